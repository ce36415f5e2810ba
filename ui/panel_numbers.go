package ui

import (
	"strconv"
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/expect"
)

// drawNumbers is the line to read from the back row. What has a goal comes
// first: where there is little room, nothing else has a mark.
func drawNumbers(r region, s *screen, l *lane, svc int, p plan) {
	pen := r.pen(0, 0)
	gap := 1
	if p.wide {
		gap = 2
	}
	drawP99(pen, s, l)
	pen.x += gap
	if p.wide {
		drawErrors(pen, s, l)
		pen.x += gap
	}
	drawAvailability(pen, s, l)
	text, st := useText(s, l, svc), plain
	if !p.wide {
		v := l.service(svc)
		var g string
		g, st = s.mark(v.Ready >= v.Desired)
		text = g + markGap(s) + strconv.Itoa(int(v.Ready)) + "/" + strconv.Itoa(int(v.Desired))
		st = strong(st)
	}
	if pen.x+1+textWidth(text) <= r.w {
		r.right(r.w, 0, text, st)
	}
}

// markGap is what keeps a mark that is a word from its number.
func markGap(s *screen) string {
	if s.ascii() {
		return " "
	}
	return ""
}

// number writes mark, label and value, and leaves the value its cells so that
// what follows stands still.
func number(p *pen, s *screen, judged, ok bool, label, value string, cells int) {
	g, st := "·", plain
	if judged {
		g, st = s.mark(ok)
	}
	if s.ascii() {
		g = pad(g, 2)
		g = g[:2]
	}
	p.s(g, st).s(" "+label+" ", plain)
	end := p.x + cells
	p.s(value, strong(st))
	p.x = max(p.x, end)
}

// drawP99 is the p99 of the last seconds. Mark and number are of one value.
func drawP99(p *pen, s *screen, l *lane) {
	d := time.Duration(l.big.p99)
	number(p, s, s.slo > 0 && d > 0, d <= s.slo, "p99", latencyBeside(d, s.slo), 5)
}

// drawErrors is the share of requests that failed in the last seconds.
func drawErrors(p *pen, s *screen, l *lane) {
	e := l.snap.Recent
	if e.Served+e.Failed == 0 {
		number(p, s, false, false, "err", "–", 6)
		return
	}
	number(p, s, true, l.big.err <= errBound, "err", shareBeside(l.big.err, 1, errBound), 6)
}

// drawAvailability is served / (served + failed) of the whole run.
func drawAvailability(p *pen, s *screen, l *lane) {
	t := &l.snap.Totals
	judged, ok, bound := false, false, 0.0
	for i := range l.snap.Expect {
		if e := &l.snap.Expect[i]; e.Known && strings.HasPrefix(e.Text, "availability") {
			judged, ok = true, e.OK
		}
	}
	whole := float64(t.Served + t.Failed)
	for i := range l.spec.Goals {
		g := &l.spec.Goals[i]
		if g.Metric.Kind != expect.Availability || g.Metric.Service != "" || whole == 0 {
			continue
		}
		bound = g.Value
		switch part := float64(t.Served) / whole; g.Op { // of the value that is printed
		case expect.AtLeast:
			ok = part >= bound
		case expect.More:
			ok = part > bound
		}
	}
	number(p, s, judged, ok, "avail", shareBeside(float64(t.Served), whole, bound), 5)
}

// useText is how busy the replicas are: their CPU, or where the work is
// nothing but waiting the share of their workers that have some.
func useText(s *screen, l *lane, svc int) string {
	if svc < len(l.spec.Services) {
		w := &l.spec.Services[svc].Work
		if w.CPU.IsZero() && !w.CPUIsAll && w.Concurrency > 0 && l.big.cpu < 0.5 {
			return "busy " + count(100*l.big.busy) + "%"
		}
	}
	return "cpu " + count(l.big.cpu) + "%"
}

// busyShare is the share of a service's workers that work.
func busyShare(v *model.ServiceView) float64 {
	busy, all := 0, 0
	for i := range v.Replicas {
		if r := &v.Replicas[i]; r.Phase == model.Running && r.Concurrency > 0 {
			busy, all = busy+int(r.Busy), all+int(r.Concurrency)
		}
	}
	if all == 0 {
		return 0
	}
	return float64(busy) / float64(all)
}

// strong makes a style one that is seen from afar.
func strong(st style) style {
	if st == bad {
		return bad
	}
	return bold
}
