package ui

import (
	"strconv"
	"time"

	"example.com/hasim/model"
)

// tmark is one mark on the timeline.
type tmark struct {
	at    time.Duration
	glyph rune
	st    style
	text  string
}

// timelineMarks are the marks that the file tells beforehand: the stages of
// the traffic, the operator's changes and the faults.
func timelineMarks(l *lane) []tmark {
	if l.marks != nil {
		return l.marks
	}
	marks := []tmark{}
	if len(l.spec.Traffic) > 0 {
		p := &l.spec.Traffic[0].Profile
		for i, st := range p.Stages() {
			if at := p.StageStart(i); at > 0 {
				marks = append(marks, tmark{at, '▲', inkMark, st.Name})
			}
		}
	}
	for i := range l.spec.Changes {
		marks = append(marks, tmark{l.spec.Changes[i].At, '■', inkMark, l.spec.Changes[i].Text})
	}
	for i := range l.spec.Faults {
		f := &l.spec.Faults[i]
		for n, at := 0, f.At; at < l.spec.Duration && n < 1000; n, at = n+1, at+f.Every {
			marks = append(marks, tmark{at, '✗', inkFault, f.Kind.String()})
			if f.Every <= 0 || f.Times > 0 && n+1 >= int(f.Times) || f.Until > 0 && at+f.Every > f.Until {
				break
			}
		}
	}
	l.marks = marks
	return marks
}

// drawTimeline is the scrubber: what was played, what is to come, the marks,
// where the focused lane i did badly, and when it was rescaled; when it never
// was, the rescales are those of the first lane that was.
func drawTimeline(r region, s *screen, lanes []*lane, i int) {
	l := lanes[i]
	var buf [16]byte
	b := appendClock(buf[:0], s.now, s.total)
	r.bytes(stripLeft-1-len(b), 0, b, bold)
	b = appendClock(buf[:0], s.total, s.total)
	w := r.w - stripLeft - stripRight
	r.bytes(stripLeft+w+1, 0, b, dim)
	if w < 4 {
		return
	}
	here := column(s.now, s.total, w)
	for x := 0; x < w; x++ {
		switch {
		case x > here:
			r.set(stripLeft+x, 0, '─', dim)
		case l.strip.n == w && l.strip.broken[x]:
			r.set(stripLeft+x, 0, '▒', bad)
		default:
			r.set(stripLeft+x, 0, '━', focused)
		}
	}
	if scaler := rescaling(lanes, i); scaler >= 0 {
		for _, e := range lanes[scaler].hist.events {
			if rescales(&e) {
				g := '▴'
				if e.N[1] < e.N[0] {
					g = '▾'
				}
				r.set(stripLeft+column(e.At, s.total, w), 0, g, good)
			}
		}
	}
	for _, m := range timelineMarks(l) {
		if x := column(m.at, s.total, w); x >= 0 {
			r.set(stripLeft+x, 0, m.glyph, m.st)
		}
	}
	for i := range l.commands {
		r.set(stripLeft+column(l.commands[i].At, s.total, w), 0, '◉', warn)
	}
	r.set(stripLeft+here, 0, '●', shout)
}

func rescales(e *model.Event) bool {
	return e.Reason == model.SuccessfulRescale || e.Reason == model.ScalingReplicaSet
}

// rescaling is the lane whose rescales are marked, -1 when there are none.
func rescaling(lanes []*lane, focus int) int {
	for at := -1; at < len(lanes); at++ {
		i := at
		if at < 0 {
			i = focus
		}
		for j := range lanes[i].hist.events {
			if rescales(&lanes[i].hist.events[j]) {
				return i
			}
		}
	}
	return -1
}

// drawLegend explains the timeline's marks and names the chapter.
func drawLegend(r region, s *screen, lanes []*lane, i int) {
	l := lanes[i]
	p := r.pen(stripLeft, 0)
	p.s("▲", inkMark).s(" stage  ", dim).s("✗", inkFault).s(" fault  ", dim)
	if scaler := rescaling(lanes, i); scaler >= 0 {
		p.s("▴▾", good).s(" rescale", dim)
		if len(lanes) > 1 {
			p.s(" of ", dim).s(letter(scaler), laneStyle(scaler))
		}
		p.s("  ", dim)
	}
	p.s("▒", bad)
	if s.slo > 0 {
		p.s(" over SLO or failing", dim)
	} else {
		p.s(" failing", dim)
	}
	if len(l.commands) > 0 {
		p.s("  ", dim).s("◉", warn).s(" you", dim)
	}
	if s.toast != "" {
		r.fit(max(p.x+2, r.w-1-textWidth(s.toast)), 0, r.w-p.x-3, s.toast, bold)
		return
	}
	if text := chapter(l, s.now); text != "" && p.x+2+textWidth(text) < r.w {
		r.right(r.w-1, 0, text, plain)
	}
}

// chapter is the stage of the traffic that the run is in.
func chapter(l *lane, now time.Duration) string {
	if len(l.spec.Traffic) == 0 {
		return ""
	}
	p := &l.spec.Traffic[0].Profile
	stages := p.Stages()
	i := p.StageAt(now)
	if i < 0 || i >= len(stages) {
		return ""
	}
	if now >= p.StageStart(len(stages)) && i == len(stages)-1 && stages[i].Duration > 0 {
		return "after the last stage"
	}
	text := "stage " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(stages))
	if stages[i].Name != "" {
		text += ": " + stages[i].Name
	}
	return text
}
