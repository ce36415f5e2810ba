package ui

import (
	"strconv"
	"strings"
)

// drawFrame draws the whole screen.
func drawFrame(r region, s *screen, lanes []*lane, first int) {
	s.setAxis()
	l := arrange(r.w, r.h, len(lanes), s.expand)
	if len(lanes) == 0 {
		return
	}
	prepare(r.w, s, lanes)
	if l.tiny {
		drawTiny(r, s, lanes)
		return
	}
	drawHeader(r.row(0), s, lanes)
	drawLoad(r.row(1), s, lanes[s.lane(len(lanes))])
	y := 2
	body := r.sub(0, y, r.w, l.lanes+l.brief)
	if s.expand && s.focus >= len(lanes) {
		drawLogPanel(r.sub(0, y, r.w, body.h+l.log), s, lanes)
	} else {
		drawLanes(body.sub(0, 0, r.w, l.lanes), s, lanes, first, l.side)
		drawBrief(body.sub(0, l.lanes, r.w, l.brief), s, lanes, first, l)
	}
	y += l.lanes + l.brief
	if !s.expand || s.focus < len(lanes) {
		drawLog(r.sub(0, y, r.w, l.log), s, lanes, normal)
	}
	y += l.log
	focus := s.lane(len(lanes))
	drawTimeline(r.row(y), s, lanes, focus)
	if l.timeline > 1 {
		drawLegend(r.row(y+1), s, lanes, focus)
	}
	y += l.timeline
	drawBottom(r.row(y), s, l.timeline < 2)
	drawOverlay(body, r, s, lanes)
}

// prepare brings what all panels share up to date.
func prepare(w int, s *screen, lanes []*lane) {
	strip := max(0, w-stripLeft-stripRight)
	s.most = 0
	for _, l := range lanes {
		s.most = max(s.most, mostReplicas(l.spec, s.shown(l)))
		l.strip.slo = s.slo
		l.strip.update(&l.hist, strip, 0, s.total, s.shown(l))
		s.bounds.learn(&l.strip)
		s.bounds.replicas = most(s.bounds.replicas, float64(s.most))
		if len(l.spec.Traffic) > 0 {
			s.bounds.rate = most(s.bounds.rate, l.spec.Traffic[0].Profile.Peak())
		}
	}
}

// lane is the focused lane, or the first when the log has the focus.
func (s *screen) lane(n int) int {
	if s.focus < n {
		return s.focus
	}
	return 0
}

func drawOverlay(body, r region, s *screen, lanes []*lane) {
	switch s.overlay {
	case helpOverlay:
		drawHelp(r.sub(0, 1, r.w, r.h-2), s)
	case whyOverlay:
		drawWhy(body, s, lanes)
	case summaryOverlay:
		drawSummary(body, s)
	case storyOverlay:
		lower := body
		if body.h > 22 { // the numbers and the replicas stay in view
			lower = body.sub(0, 6, body.w, body.h-6)
		}
		drawStory(lower, s)
	}
}

// drawBottom is the last line: the keys, or what was just done, or the filter
// that is being typed.
func drawBottom(r region, s *screen, toast bool) {
	switch {
	case s.filtering:
		r.text(1, 0, "/"+s.filter+"█", bold)
	case toast && s.toast != "":
		r.fit(1, 0, r.w-2, s.toast, bold)
	default:
		drawFooter(r, s)
	}
}

func drawLanes(r region, s *screen, lanes []*lane, first, side int) {
	if s.expand {
		i := s.lane(len(lanes))
		drawLane(r, s, lanes[i], i, len(lanes))
		return
	}
	x := 0
	for i := 0; i < side; i++ {
		w := (r.w - x - (side - 1 - i)) / (side - i)
		drawLane(r.sub(x, 0, w, r.h), s, lanes[first+i], first+i, len(lanes))
		x += w + 1
	}
}

// drawBrief is a line, or a part of one, for each lane that does not stand
// side by side.
func drawBrief(r region, s *screen, lanes []*lane, first int, a layout) {
	n := 0
	for i, l := range lanes {
		if i >= first && i < first+a.side {
			continue
		}
		w := r.w / min(a.across, max(1, len(lanes)-a.side))
		drawLine(r.sub(n%a.across*w, n/a.across, w, 1), s, l, i)
		n++
	}
}

// drawLine is a lane in one line: name, ready, queue, p99, verdict.
func drawLine(r region, s *screen, l *lane, i int) {
	v := l.service(s.shown(l))
	x := 1
	if i < 9 {
		x = r.text(x, 0, "["+strconv.Itoa(i+1)+"]", dim) + 1
	}
	x = r.text(x, 0, letter(i), laneStyle(i)) + 1
	broken, known := failing(l.snap.Expect)
	verdict, st := "–", dim
	if known > 0 {
		verdict, st = "✓ OK", good
		if broken > 0 {
			verdict, st = "✗ FAIL", bad
		}
		if s.ascii() {
			verdict = verdict[len("✓ "):]
		}
	}
	const fields = 8 + 8 + 9 + 8
	name := max(6, min(30, r.w-x-fields-1))
	r.fit(x, 0, name, l.name, plain)
	x += name + 1
	r.text(x, 0, strconv.Itoa(int(v.Ready))+"/"+strconv.Itoa(int(v.Desired)), bold)
	r.text(x+8, 0, "q "+count(float64(l.waiting())), plain)
	r.text(x+16, 0, "p99 "+latency(l.snap.Recent.P99), plain)
	r.text(x+26, 0, verdict, st)
}

// drawTiny is the status for screens that have no room for panels: never
// refuse to draw.
func drawTiny(r region, s *screen, lanes []*lane) {
	p := r.pen(0, 0)
	state, st := playState(s)
	p.s("hasim ", title).s(strings.TrimSuffix(baseName(s.file), ".yaml"), plain).s("  ", plain)
	p.s(clockText(s.now, s.total)+"/"+clockText(s.total, s.total), bold).s("  ", plain).s(state, st)
	y := 1
	for i, l := range lanes {
		if y < r.h {
			drawShort(r.row(y), s, l, i)
		}
		y++
	}
	if left := r.h - y; left > 1 {
		drawLog(r.sub(0, y, r.w, left-1), s, lanes, normal)
	}
	if r.h > y {
		drawBottom(r.row(r.h-1), s, true)
	}
}

// drawShort is drawLine for the narrowest screens.
func drawShort(r region, s *screen, l *lane, i int) {
	v := l.service(s.shown(l))
	broken, known := failing(l.snap.Expect)
	text := strconv.Itoa(int(v.Ready)) + "/" + strconv.Itoa(int(v.Desired)) +
		" q" + count(float64(l.waiting())) + " p99 " + latency(l.snap.Recent.P99)
	st := plain
	switch {
	case known > 0 && broken > 0:
		text, st = text+" FAIL", bad
	case known > 0:
		text, st = text+" OK", good
	}
	x := r.text(0, 0, letter(i)+" ", laneStyle(i))
	room := r.w - x - 1 - textWidth(text)
	if room >= 3 {
		r.fit(x, 0, min(room, 16), l.name, plain)
		x += min(room, 16) + 1
	}
	r.text(x, 0, text, st)
}

// drawLogPanel is the log on the whole screen, with every Event in it.
func drawLogPanel(r region, s *screen, lanes []*lane) {
	in := r.box(focused)
	r.text(2, 0, " log ", focused)
	drawLog(in, s, lanes, minor)
}

func baseName(path string) string {
	return path[strings.LastIndexByte(path, '/')+1:]
}
