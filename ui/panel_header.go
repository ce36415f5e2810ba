package ui

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// margins of everything that has the time of the run as its axis, so that the
// strip and the timeline line up.
const (
	stripLeft  = 8
	stripRight = 15
)

// drawHeader is the first line: file and seed on the left, the state of the
// clock and the verdict on the right. What does not fit is left out from the
// left.
func drawHeader(r region, s *screen, lanes []*lane) {
	broken, known, edited := 0, 0, false
	for _, l := range lanes {
		b, k := failing(l.snap.Expect)
		broken, known = broken+b, known+k
		edited = edited || l.snap.Edited || len(l.commands) > 0
	}
	x := r.w - 1
	x = drawVerdict(r, s, x, broken, known)
	time := clockText(s.now, s.total) + " / " + clockText(s.total, s.total)
	x = r.right(x-2, 0, "T+"+time, bold)
	state, st := playState(s)
	x = min(x-2-max(textWidth(state), 8), x)
	r.text(x, 0, state, st)
	if edited && r.w >= 60 {
		x = r.right(x-2, 0, "edited", warn)
	}
	left := r.sub(0, 0, x-1, 1)
	end := left.text(1, 0, "hasim", title)
	if left.w-end < 8 {
		return
	}
	seed := "seed " + strconv.FormatUint(s.seed, 10)
	room := left.w - end - 2
	if room >= textWidth(s.file)+2+len(seed) {
		end = left.text(end+2, 0, s.file, plain)
		left.text(end+2, 0, seed, dim)
		return
	}
	left.fit(end+2, 0, room, s.file, plain)
}

// drawVerdict says how many expect lines are broken, before x.
func drawVerdict(r region, s *screen, x, broken, known int) int {
	if r.w < 60 {
		return x
	}
	if known == 0 {
		return r.right(x, 0, "no verdict yet", dim)
	}
	g, st := s.mark(broken == 0)
	text := strconv.Itoa(known-broken) + " of " + some(known, "SLO", "SLOs") + " met"
	switch {
	case r.w < 100 && broken == 0:
		text = some(known, "SLO", "SLOs")
	case broken > 0:
		text = strconv.Itoa(broken) + " of " + some(known, "SLO", "SLOs") + " broken"
		if r.w < 100 {
			text = strings.TrimSuffix(text, " broken")
		}
	}
	x = r.right(x, 0, text, st)
	return r.right(x-1, 0, g, st)
}

// playState is the glyph and word for what the clock does.
func playState(s *screen) (string, style) {
	switch {
	case s.goal == seek:
		return "» to " + clockText(s.to, s.total), warn
	case s.goal == search:
		return "» next", warn
	case s.goal == play:
		return "▸ " + speedText(s.speed) + reachedText(s.speed, s.reached), good
	case s.now >= s.total:
		return "■ end", bold
	case s.opening:
		return "■ waits", warn
	}
	return "■ paused " + speedText(s.speed), warn
}

// reachedText is the speed that is reached when it is lower than wanted.
func reachedText(want, got float64) string {
	switch {
	case got <= 0:
		return ""
	case math.IsInf(want, 1):
		return " (" + count(got) + "×)"
	case got < want*0.9:
		return " (reached " + strconv.FormatFloat(got, 'f', 1, 64) + "×)"
	}
	return ""
}

// drawLoad is the second line: the rate over the whole run, and now.
func drawLoad(r region, s *screen, l *lane) {
	r.text(1, 0, s.lens.say(wLoad), dim)
	var buf [32]byte
	b := appendCount(buf[:0], l.snap.Rate) // never smoothed: it is what comes now
	b = append(b, ' ')
	b = append(b, s.lens.say(wPerSecond)...)
	r.bytes(r.w-1-len(b), 0, b, bold)
	w := r.w - stripLeft - stripRight
	if w < 4 || l.strip.n != w {
		return
	}
	spark(r, stripLeft, 0, l.strip.rate, niceAbove(s.bounds.rate), inkLoad)
	for _, at := range stageStarts(l) {
		x := column(at, s.total, w)
		if x < 0 {
			continue
		}
		if math.IsNaN(l.strip.rate[x]) {
			r.set(stripLeft+x, 0, '▲', inkMark)
		}
	}
}

// column is where a time of the run lies on an axis of w cells, -1 outside.
func column(at, total time.Duration, w int) int {
	if total <= 0 || w <= 0 || at < 0 || at > total {
		return -1
	}
	return min(w-1, int(float64(at)/float64(total)*float64(w)))
}

// stageStarts are the times at which the first stream's traffic turns.
func stageStarts(l *lane) []time.Duration {
	if l.stages == nil && len(l.spec.Traffic) > 0 {
		p := &l.spec.Traffic[0].Profile
		l.stages = make([]time.Duration, 0, len(p.Stages()))
		for i := range p.Stages() {
			if at := p.StageStart(i); at > 0 && at < l.spec.Duration {
				l.stages = append(l.stages, at)
			}
		}
	}
	return l.stages
}
