package ui

import (
	"strconv"
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
)

// popup clears a box of at most w×h in the middle of r and returns its inside.
func popup(r region, w, h int, name string) region {
	w, h = min(w, r.w), min(h, r.h)
	margin := 1
	if (r.w-w)/2 <= 6 {
		margin = r.w // no sliver of the picture beside it
	}
	r.sub((r.w-w)/2-margin, (r.h-h)/2, w+2*margin, h).clear()
	b := r.sub((r.w-w)/2, (r.h-h)/2, w, h)
	in := b.box(focused)
	b.fit(2, 0, w-4, " "+name+" ", focused)
	return in.sub(1, 0, in.w-2, in.h)
}

// drawHelp lists every key of the table in columns, with the glyphs below.
func drawHelp(r region, s *screen) {
	lines := helpLines(s, min(r.w, 116)-4)
	in := popup(r, 116, len(lines)+2, "keys and signs · esc closes")
	top := min(s.helpScroll, max(0, len(lines)-in.h))
	for y := 0; y < in.h && top+y < len(lines); y++ {
		p := in.pen(0, y)
		for _, part := range lines[top+y] {
			p.s(part.text, part.st)
		}
	}
	if top+in.h < len(lines) {
		in.right(in.w, in.h-1, "↓ more", warn)
	}
}

// part is a piece of a line with one style.
type part struct {
	text string
	st   style
}

// helpLines is the help as lines for a width: two columns of groups, or one.
func helpLines(s *screen, w int) [][]part {
	var blocks [][][]part
	for _, g := range groups {
		block := [][]part{{{strings.ToUpper(g), title}}}
		for i := range keyTable {
			if b := &keyTable[i]; b.group == g {
				block = append(block, []part{{pad(keyText(b.Help().Key, s.ascii()), 14), keycap}, {s.lens.expand(b.Help().Desc), plain}})
			}
		}
		blocks = append(blocks, append(block, nil))
	}
	var lines [][]part
	if w >= 96 {
		left, right := append(blocks[0], blocks[1]...), append(blocks[2], blocks[3]...)
		lines = beside(left[:len(left)-1], right[:len(right)-1], w/2)
	} else {
		for _, b := range blocks {
			lines = append(lines, b...)
		}
	}
	lines = append(lines, signs(s)...)
	for _, t := range wrap(goalsText, w) {
		lines = append(lines, []part{{t, plain}})
	}
	return append(lines, pairs(w)...)
}

// goalsText is the difference between the two kinds of expect lines.
const goalsText = "SLO marks: the goals of the file, for every lane. What a variant itself is expected to do sets the exit code."

// pairs lists both vocabularies.
func pairs(w int) [][]part {
	var lines [][]part
	line := ""
	for _, g := range glossary {
		pair := servers.say(g) + " = " + restaurant.say(g)
		if line != "" && textWidth(line)+3+textWidth(pair) > w {
			lines, line = append(lines, []part{{line, plain}}), ""
		}
		if line != "" {
			line += "   "
		}
		line += pair
	}
	return append(lines, []part{{line, plain}})
}

// beside sets two columns side by side.
func beside(a, b [][]part, w int) [][]part {
	var lines [][]part
	for i := 0; i < max(len(a), len(b)); i++ {
		var line []part
		n := 0
		if i < len(a) {
			line = append(line, a[i]...)
			for _, p := range a[i] {
				n += textWidth(p.text)
			}
		}
		if i < len(b) {
			line = append(line, part{strings.Repeat(" ", max(1, w-n)), plain})
			line = append(line, b[i]...)
		}
		lines = append(lines, line)
	}
	return lines
}

// signs explains the glyphs in the words of the lens.
func signs(s *screen) [][]part {
	l := s.lens
	return [][]part{
		{{"SIGNS AND WORDS", title}},
		{{"● ", good}, {l.say(wReady) + "  ", plain}, {"▪▫ ", busySlot}, {l.say(wRequests) + " in work, free  ", plain},
			{"▪7 ", inkQueue}, {"7 " + l.say(wWaiting) + " there  ", plain},
			{"◌ ", starting}, {l.say(wStarting) + "  ", plain}, {"○ ", warn}, {l.say(wPending) + " or " + l.say(wUnready), plain}},
		{{"✗ ", bad}, {l.say(wCrashed) + " (137: exit code) or " + l.say(wLost) + "  ", plain}, {"◉ ", bad}, {l.say(wHung) + "  ", plain},
			{"◦ ", dim}, {l.say(wDraining), plain}},
	}
}

func pad(s string, w int) string {
	if n := textWidth(s); n < w {
		return s + strings.Repeat(" ", w-n)
	}
	return s + " "
}

// drawStory is the lesson: what this run teaches and what to watch.
func drawStory(r region, s *screen) {
	w := min(r.w, 84)
	text := flow(s.lesson, w-4)
	lines := wrap(s.title, w-4)
	head := len(lines)
	if head > 0 && len(text) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, text...)
	in := popup(r, w, len(lines)+3, "the story")
	for y, l := range lines {
		if y >= in.h-1 {
			break
		}
		st := plain
		if y < head {
			st = title
		}
		in.text(0, y, l, st)
	}
	p := in.pen(0, in.h-1)
	if s.opening {
		p.s("space", keycap).s(": begin  ", dim).s("q", keycap).s(" quit  ", dim).s("?", keycap).s(" keys", dim)
		return
	}
	p.s("esc", keycap).s(" close  ", dim).s("space", keycap).s(" play, pause  ", dim).s("s", keycap).s(" show this again  ", dim).s("?", keycap).s(" keys", dim)
}

// flow joins the lines of each paragraph before it wraps them. An empty line
// ends a paragraph; lines that begin with - or * are items, indented.
func flow(text string, w int) []string {
	var lines []string
	para := ""
	end := func() {
		if para == "" {
			return
		}
		indent := 0
		if item(para) {
			indent = 2
		}
		for i, l := range wrap(para, w-indent) {
			if i > 0 && indent > 0 {
				l = "  " + l
			}
			lines = append(lines, l)
		}
		para = ""
	}
	for _, l := range strings.Split(strings.TrimSpace(text), "\n") {
		l = strings.TrimSpace(l)
		if l == "" || item(l) {
			end()
		}
		if l == "" && len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, "")
		}
		para = strings.TrimSpace(para + " " + l)
	}
	end()
	return lines
}

func item(l string) bool { return strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "* ") }

// wrap breaks a text into lines of at most w cells; its own line ends and
// indents stay.
func wrap(text string, w int) []string {
	var lines []string
	if text == "" || w < 1 {
		return nil
	}
	for _, para := range strings.Split(text, "\n") {
		indent := para[:len(para)-len(strings.TrimLeft(para, " "))]
		if len(indent) >= w/2 {
			indent = ""
		}
		line, n := indent, 0
		for _, f := range strings.Fields(para) {
			k := textWidth(f)
			if n > 0 && len(indent)+n+1+k > w {
				lines = append(lines, line)
				line, n = indent, 0
			}
			if n > 0 {
				line, n = line+" ", n+1
			}
			line, n = line+f, n+k
		}
		lines = append(lines, line)
	}
	return lines
}

// drawWhy explains the last decision of the focused lane's autoscaler, under
// what kubectl get hpa would print.
func drawWhy(r region, s *screen, lanes []*lane) {
	i := deciding(s, lanes)
	l := lanes[i]
	svc := s.shown(l)
	v := l.service(svc)
	var lines [][]part
	add := func(st style, text string) {
		for _, t := range wrap(text, min(r.w, 110)-4) {
			lines = append(lines, []part{{t, st}})
		}
	}
	if v.Max > 0 {
		cols := []int{max(8, textWidth(v.Name)+2), max(14, len("Deployment/")+textWidth(v.Name)+2), max(9, textWidth(v.Targets)+2), 9, 9, 9}
		lines = append(lines,
			[]part{{row(cols, "NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS"), dim}},
			[]part{{row(cols, v.Name, "Deployment/"+v.Name, v.Targets, strconv.Itoa(int(v.Min)), strconv.Itoa(int(v.Max)), strconv.Itoa(int(v.Desired))), bold}}, nil)
	}
	d := l.hist.lastDecision(svc)
	switch {
	case d == nil && v.Max == 0:
		add(plain, "This lane has no "+s.lens.say(wAutoscaler)+": nobody decides.")
	case d == nil:
		add(plain, "The "+s.lens.say(wAutoscaler)+" has not decided yet: it looks every 15 s.")
	default:
		add(title, "decided at "+clockText(d.at, s.total)+": "+strconv.Itoa(int(d.d.From))+" → "+strconv.Itoa(int(d.d.Replicas)))
		for _, t := range d.d.Explain() {
			add(plain, t)
		}
		addConditions(&lines, &d.d, s.total)
	}
	if e := lastOf(l, model.SuccessfulRescale); e != nil {
		lines = append(lines, nil)
		add(dim, "last change "+clockText(e.At, s.total)+"  "+e.Object+"  "+e.Message())
	}
	drawExpectations(&lines, s, l)
	in := popup(r, 110, len(lines)+2, "why · "+letter(i)+" "+l.name+" · esc closes")
	for y := 0; y < in.h && y+s.helpScroll < len(lines); y++ {
		p := in.pen(0, y)
		for _, part := range lines[y+s.helpScroll] {
			p.s(part.text, part.st)
		}
	}
	if s.helpScroll+in.h < len(lines) {
		in.right(in.w, in.h-1, "↓ more", warn)
	}
}

// addConditions lays the conditions out as kubectl describe hpa does, with the
// time of their last transition.
func addConditions(lines *[][]part, d *autoscale.Decision, total time.Duration) {
	if len(d.Conditions) == 0 {
		return
	}
	cols := []int{16, 8, 8, 21, 0}
	*lines = append(*lines, nil, []part{{row(cols[:4], "CONDITION", "STATUS", "SINCE", "REASON") + "MESSAGE", dim}})
	for _, c := range d.Conditions {
		text := row(cols[:4], c.Type, c.Status.String(), clockText(c.Since, total), c.Reason)
		*lines = append(*lines, []part{{text, plain}, {c.Message, dim}})
	}
}

// deciding is the focused lane, or the first with an autoscaler when that has
// none.
func deciding(s *screen, lanes []*lane) int {
	focus := s.lane(len(lanes))
	if lanes[focus].service(s.shown(lanes[focus])).Max > 0 {
		return focus
	}
	for i, l := range lanes {
		if l.service(s.shown(l)).Max > 0 {
			return i
		}
	}
	return focus
}

// drawSummary is the table that is also printed when the session ends.
func drawSummary(r region, s *screen) {
	w := 0
	for _, l := range s.summary {
		w = max(w, textWidth(l))
	}
	in := popup(r, w+4, len(s.summary)+2, "summary · esc closes")
	top := min(s.helpScroll, max(0, len(s.summary)-in.h))
	for y := 0; y < in.h && top+y < len(s.summary); y++ {
		l, st := s.summary[top+y], plain
		switch {
		case top+y == 0, strings.HasPrefix(l, goalsHead), strings.HasPrefix(l, expectHead):
			st = title
		case strings.HasPrefix(l, "  ✗"), strings.HasPrefix(l, "  X "):
			st = bad
		case strings.HasPrefix(l, "  ✓"), strings.HasPrefix(l, "  ok "):
			st = good
		}
		in.text(0, y, l, st)
	}
	if top+in.h < len(s.summary) {
		in.right(in.w, in.h-1, "↓ more", warn)
	}
}

// drawExpectations adds how each expect line stands.
func drawExpectations(lines *[][]part, s *screen, l *lane) {
	if len(l.snap.Expect) == 0 {
		return
	}
	*lines = append(*lines, nil, []part{{"goals of the file", title}})
	for _, e := range l.snap.Expect {
		g, st := s.mark(e.OK)
		if !e.Known {
			g, st = "·", dim
		}
		*lines = append(*lines, []part{{g + " ", st}, {pad(e.Text, 36), plain}, {e.Value, bold}})
	}
}

func row(cols []int, fields ...string) string {
	var b strings.Builder
	for i, f := range fields {
		b.WriteString(pad(f, cols[i]))
	}
	return b.String()
}

// lastOf is the newest Event with that reason.
func lastOf(l *lane, r model.Reason) *model.Event {
	for i := len(l.hist.events) - 1; i >= 0; i-- {
		if l.hist.events[i].Reason == r {
			return &l.hist.events[i]
		}
	}
	return nil
}
