package ui

import (
	"math"
	"strconv"

	"example.com/hasim/model"
)

// plan is the height of each part of a lane; 0 leaves it out.
type plan struct {
	verdict, scaler, replicas, door int
	queue, latency, ready           int  // rows of the charts, without their titles
	bars                            bool // bars of one line instead of charts for the queue
	allBars                         bool // and for latency and replicas
	readyBars                       bool // a line of bars for the replicas, a chart for latency
	axis                            int
	wide                            bool
}

// planLane divides h lines among the parts of a lane that is w wide.
func planLane(w, h, most int) plan {
	p := plan{verdict: 1, wide: w >= 50}
	indent := 0
	if p.wide {
		indent = replicaIndent
	}
	switch {
	case h >= 20:
		p.scaler, p.door, p.axis = 1, 1, 2
		p.replicas = replicaRows(most, w-indent, min(4, 2+(h-24)/3))
		left := h - p.verdict - p.scaler - p.door - p.axis - p.replicas - 2
		p.queue, p.ready = divide(left)
		p.latency = left - p.ready - p.queue
	case h >= 12:
		p.bars = true
		p.replicas = replicaRows(most, w-indent, 2)
		left := h - p.verdict - p.replicas - 3
		p.ready = 3
		p.latency = left - p.ready
	case h >= 9 && p.wide: // wide but short: one chart that can be read
		p.bars, p.readyBars = true, true
		p.replicas = replicaRows(most, w-indent, 2)
		p.latency = h - p.verdict - p.replicas - 3
	default:
		p.allBars = true
		p.replicas = max(0, min(2, h-1))
		if w >= 45 && h >= 8 {
			p.scaler = 1
		}
	}
	return p
}

// divide gives the queue and the replicas their rows; the rest is for the
// latency, whose logarithmic axis wants six.
func divide(left int) (queue, ready int) {
	switch {
	case left >= 16:
		return min(11, left/3), odd(min(9, left/3))
	case left >= 14:
		return left - 11, 5
	}
	return max(3, left-9), 3
}

func odd(n int) int { return n - (n+1)%2 }

// replicaRows is how many lines replicas want, at most limit.
func replicaRows(most, w, limit int) int {
	limit = max(limit, 2)
	if per := (w + 1) / int(wideForm); per > 0 && per*limit >= most {
		return max(2, (most+per-1)/per)
	}
	per := max(1, (w+1)/int(shortForm))
	return max(2, min(limit, (most+per-1)/per))
}

const replicaIndent = 15 // the label left of the replicas

// drawLane is one lane in its box.
func drawLane(r region, s *screen, l *lane, i, lanes int) {
	st := border
	if s.focus == i {
		st = focused
	}
	in := r.box(st)
	drawLaneTitle(r, s, l, i, lanes)
	in = in.sub(1, 0, in.w-2, in.h)
	if in.w < 8 || in.h < 1 {
		return
	}
	svc := s.shown(l)
	most := max(s.most, len(l.service(svc).Replicas))
	p := planLane(in.w, in.h, most)
	y := 0
	next := func(h int) region {
		sub := in.sub(0, y, in.w, h)
		y += h
		return sub
	}
	drawNumbers(next(p.verdict), s, l, svc, p)
	if p.scaler > 0 {
		drawScaler(next(p.scaler), s, l, svc)
	}
	drawCrew(next(p.replicas), s, l.service(svc), most, p)
	if p.door > 0 {
		drawDoor(next(p.door), s, l)
	}
	rest := in.sub(0, y, in.w, in.h-y)
	if p.allBars {
		drawBars(rest, s, l, svc)
		return
	}
	drawCharts(rest, s, l, svc, p)
}

// drawLaneTitle writes into the upper border: the key that jumps here, the
// letter, the name, and how the expect lines stand.
func drawLaneTitle(r region, s *screen, l *lane, i, lanes int) {
	st := title
	if s.focus == i {
		st = focused
	}
	right := r.w - 2
	if broken, known := failing(l.snap.Expect); known > 0 && r.w >= 30 {
		g, vs := s.mark(broken == 0)
		right = r.right(right, 0, " "+g+" "+strconv.Itoa(known-broken)+"/"+some(known, "SLO", "SLOs")+" ", vs) - 1
	}
	if lost := l.snap.Totals.LostRevenue; lost > 0 {
		text := " lost " + money(lost) + " "
		if right-textWidth(text)-1 > 11+textWidth(l.name) {
			right = r.right(right, 0, text, bad) - 1
		}
	}
	top := r.sub(0, 0, right, 1)
	x := 2
	if lanes > 1 && i < 9 {
		if s.focus == i {
			top.set(x-1, 0, '▸', focused)
		}
		x = top.text(x, 0, "["+strconv.Itoa(i+1)+"]", dim)
	} else {
		top.set(x-1, 0, '─', border)
	}
	x = top.text(x, 0, " ", plain)
	x = top.text(x, 0, letter(i), laneStyle(i))
	x = top.text(x, 0, " ", plain)
	x = top.fit(x, 0, right-x-1, l.name, st)
	top.text(x, 0, " ", plain)
}

// drawScaler is what kubectl get hpa would say of the service, and how the
// other services do on the right.
func drawScaler(r region, s *screen, l *lane, svc int) {
	v := l.service(svc)
	p := r.pen(0, 0)
	if v.Max == 0 {
		p.s("no "+s.lens.say(wAutoscaler), dim)
	} else {
		p.s(s.lens.say(wAutoscaler), dim).s("  ", plain)
		if v.Targets != "" {
			p.s(v.Targets, plain).s("  ", plain)
		}
		p.s(strconv.Itoa(int(v.Min))+".."+strconv.Itoa(int(v.Max)), dim)
		if v.Desired >= v.Max {
			p.s("  at maximum", warn)
		}
	}
	drawHosts(p, s, l.snap.Hosts, v.Max > 0)
	drawOthers(r.sub(p.x+2, 0, r.w-p.x-2, 1), s, l, svc)
}

// drawHosts shows each host by a glyph, where there is more than one; beside
// an autoscaler, which needs the room, only when one is down.
func drawHosts(p *pen, s *screen, hosts []model.HostView, scaled bool) {
	down := 0
	for i := range hosts {
		if hosts[i].Down || !hosts[i].Ready {
			down++
		}
	}
	if down == 0 && (scaled || len(hosts) < 2) || len(hosts) > 10 && down == 0 {
		return
	}
	p.s("   "+s.lens.say(wHosts)+" ", dim)
	if len(hosts) > 10 {
		p.s(strconv.Itoa(down)+" down", bad)
		return
	}
	for i := range hosts {
		switch {
		case hosts[i].Down:
			p.s("✗", bad)
		case !hosts[i].Ready:
			p.s("○", warn)
		default:
			p.s("●", good)
		}
	}
	if down > 0 {
		p.s(" "+strconv.Itoa(down)+" down", bad)
	}
}

// drawOthers names the other services at the right end, nginx ● 1/1, as many
// as have room.
func drawOthers(r region, s *screen, l *lane, svc int) {
	right := r.w
	for i := range l.snap.Services {
		v := &l.snap.Services[i]
		if i == svc {
			continue
		}
		name := v.Name
		if i == 0 && s.lens == restaurant && v.Kind == "nginx" {
			name = s.lens.say(wBalancer)
		}
		g, st := '●', good
		if v.Ready < v.Desired {
			g, st = '✗', bad
		}
		value := " " + strconv.Itoa(int(v.Ready)) + "/" + strconv.Itoa(int(v.Desired))
		if v.Waiting > 0 {
			value += " +" + count(float64(v.Waiting))
		}
		x := right - textWidth(name) - 2 - len(value)
		if x < 0 {
			return
		}
		p := r.pen(x, 0)
		p.s(name, dim)
		r.set(p.x+1, 0, g, st)
		r.text(p.x+2, 0, value, plain)
		right = x - 3
	}
}

// drawCrew is the label and the replicas beside it.
func drawCrew(r region, s *screen, v *model.ServiceView, most int, p plan) {
	if p.wide {
		var buf [24]byte
		x := r.text(0, 0, s.lens.say(wReplicas), dim)
		b := strconv.AppendInt(buf[:0], int64(v.Ready), 10)
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(v.Desired), 10)
		_, st := s.mark(v.Ready >= v.Desired)
		if x+1+len(b) >= replicaIndent && r.h > 1 {
			r.bytes(0, 1, b, strong(st))
		} else {
			r.bytes(x+1, 0, b, strong(st))
		}
		r = r.sub(replicaIndent, 0, r.w-replicaIndent, r.h)
	}
	drawReplicas(r, s, v, replicaForm(most, r.w, r.h))
}

// drawDoor is the queue as a row of people, what became of those who left,
// and how many wait: also the title of the queue's chart.
func drawDoor(r region, s *screen, l *lane) {
	waiting := l.waiting()
	r.text(0, 0, s.lens.say(wDoor), dim)
	const room = 8
	n := 0
	if waiting > 0 {
		n = 1 + int(math.Sqrt(float64(waiting)/s.queueScale().hi)*float64(room-1))
	}
	for i := 0; i < min(n, room); i++ {
		r.set(replicaIndent+i, 0, '▸', inkQueue)
	}
	x := r.right(r.w, 0, " "+s.lens.say(wWaiting), plain)
	x = r.right(x, 0, count(float64(waiting)), bold)
	x -= max(0, 4-(r.w-x-1-textWidth(s.lens.say(wWaiting)))) // the failures stand still
	drawFailures(r.sub(replicaIndent+room+1, 0, x-2-replicaIndent-room-1, 1).pen(0, 0), s, &l.snap.Totals)
}

// drawFailures names the two most frequent causes; where they have no room it
// says how many requests were lost in all.
func drawFailures(p *pen, s *screen, t *model.Totals) {
	first, second, causes := model.Cause(0), model.Cause(0), 0
	for c := model.Served + 1; c < model.NumCauses; c++ {
		n := t.Failures[c]
		if n > 0 {
			causes++
		}
		switch {
		case n == 0:
		case first == 0 || n > t.Failures[first]:
			first, second = c, first
		case second == 0 || n > t.Failures[second]:
			second = c
		}
	}
	if first == 0 {
		return
	}
	name := func(c model.Cause) string { return count(float64(t.Failures[c])) + " " + s.lens.causeWord(c) }
	text := name(first)
	if second != 0 {
		text += ", " + name(second)
	}
	if p.x+textWidth(text) > p.r.w {
		text = "lost " + count(float64(t.Failed))
	}
	p.s(text, bad)
}

// waiting sums the queues of a lane.
func (l *lane) waiting() int64 {
	n := int64(0)
	for i := range l.snap.Services {
		n += l.snap.Services[i].Waiting
	}
	return n
}
