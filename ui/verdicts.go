package ui

import (
	"strconv"
	"strings"

	"example.com/hasim/model"
)

// The heads of the two blocks.
const (
	goalsHead  = "goals of the file"
	expectHead = "what each variant is expected to do"
)

// verdicts prints what the file asks of every variant, then what each variant
// says of itself, then the sum. A run that was left is not judged.
func (s *summary) verdicts() {
	for i := range s.Reports {
		if r := &s.Reports[i]; !s.judged(r) {
			s.put("not judged: "+s.Ended+" at "+span(r.Duration)+" of "+span(r.Planned)+s.code(), warn)
			s.newline()
			return
		}
	}
	s.goals()
	s.expectations()
}

// judged says that the verdicts on a report count.
func (s *summary) judged(r *model.Report) bool { return s.Ended == "" || r.Duration >= r.Planned }

// code names the exit code where there is one to tell.
func (s *summary) code() string {
	if s.Exit == 0 {
		return ""
	}
	return " (exit " + strconv.Itoa(s.Exit) + ")"
}

// preliminary says that the run goes on: no verdict is the last word.
func (s *summary) preliminary() bool {
	return s.SoFar && s.Reports[0].Duration < s.Reports[0].Planned
}

// heading is the head of a block.
func (s *summary) heading(text string) string {
	if s.preliminary() {
		text += ", so far"
	}
	return text
}

// goals prints one row per goal with a column per variant, or, where that is
// too wide, a line per goal and variant.
func (s *summary) goals() {
	texts := s.goalTexts()
	if len(texts) == 0 {
		return
	}
	head := s.heading(goalsHead)
	label := textWidth(head)
	for _, t := range texts {
		label = max(label, textWidth(t))
	}
	widths := make([]int, len(s.Reports))
	total := 2 + label + 2
	for i := range s.Reports {
		for _, t := range texts {
			g, v, _ := s.goal(i, t)
			widths[i] = max(widths[i], textWidth(g)+1+textWidth(v))
		}
		total += widths[i] + 2
	}
	if len(s.Reports) == 1 || total > s.width {
		s.goalLines(texts)
		return
	}
	s.put(head, bold)
	s.spaces(label + 4 - textWidth(head))
	for i := range s.Reports {
		s.put(letter(i), bold)
		s.spaces(widths[i] + 1)
	}
	s.newline()
	for _, t := range texts {
		s.spaces(2)
		s.put(t, plain)
		s.spaces(label + 2 - textWidth(t))
		for i := range s.Reports {
			g, v, st := s.goal(i, t)
			s.put(g+" "+v, st)
			s.spaces(widths[i] + 2 - textWidth(g) - 1 - textWidth(v))
		}
		s.newline()
	}
	s.newline()
}

func (s *summary) goalLines(texts []string) {
	s.put(s.heading(goalsHead), bold)
	s.newline()
	width := widest(texts)
	for _, t := range texts {
		for i := range s.Reports {
			if e := find(s.Reports[i].Goals, t); e != nil {
				s.expectation(i, e, width)
			}
		}
	}
	s.newline()
}

// goalTexts are the goals of all reports, each once.
func (s *summary) goalTexts() []string {
	var texts []string
	seen := map[string]bool{}
	for i := range s.Reports {
		for _, e := range s.Reports[i].Goals {
			if !seen[e.Text] {
				seen[e.Text] = true
				texts = append(texts, e.Text)
			}
		}
	}
	return texts
}

func find(all []model.Expectation, text string) *model.Expectation {
	for i := range all {
		if all[i].Text == text {
			return &all[i]
		}
	}
	return nil
}

// goal is one cell of the matrix: mark, value and their style.
func (s *summary) goal(i int, text string) (string, string, style) {
	e := find(s.Reports[i].Goals, text)
	if e == nil {
		return "–", "", dim
	}
	g, st := verdictMark(e.OK, s.ASCII)
	return g, valueText(e), st
}

// valueText is a value as this package writes them: no space before a %.
func valueText(e *model.Expectation) string { return strings.ReplaceAll(e.Value, " %", "%") }

// same lines: what is expected of the variant is what the file asks of all.
func repeats(r *model.Report) bool {
	if len(r.Expectations) != len(r.Goals) {
		return false
	}
	for i := range r.Goals {
		if r.Goals[i].Text != r.Expectations[i].Text {
			return false
		}
	}
	return true
}

// expectations lists what each variant is expected to do, where that is more
// than the goals, and sums up.
func (s *summary) expectations() {
	failed, all, own := 0, 0, false
	var texts []string
	for i := range s.Reports {
		r := &s.Reports[i]
		own = own || !repeats(r) && len(r.Expectations) > 0
		for _, e := range r.Expectations {
			all++
			if !e.OK {
				failed++
			}
			if !repeats(r) {
				texts = append(texts, e.Text)
			}
		}
	}
	if all == 0 {
		return
	}
	if own {
		s.put(s.heading(expectHead), bold)
		s.newline()
	}
	for i := range s.Reports {
		s.variant(i, own, max(widest(texts), 16))
	}
	if own {
		s.newline()
	}
	s.sum(failed, all)
}

// variant lists the expectations of report i, or says in a line that they are
// the goals.
func (s *summary) variant(i int, own bool, width int) {
	r := &s.Reports[i]
	if !repeats(r) {
		for j := range r.Expectations {
			s.expectation(i, &r.Expectations[j], width)
		}
		return
	}
	if !own || len(r.Expectations) == 0 {
		return
	}
	held := 0
	for j := range r.Expectations {
		if r.Expectations[j].OK {
			held++
		}
	}
	n := len(r.Expectations)
	s.expectation(i, &model.Expectation{Text: "the goals of the file", OK: held == n, Value: strconv.Itoa(held) + " of " + strconv.Itoa(n), FirstBroken: -1}, width)
}

func (s *summary) sum(failed, all int) {
	switch {
	case s.preliminary():
		s.put(strconv.Itoa(all-failed)+" of "+some(all, "expectation", "expectations")+" would hold now", plain)
	case failed > 0:
		s.put(strconv.Itoa(failed)+" of "+some(all, "expectation", "expectations")+" failed"+s.code(), bad)
	case all == 1:
		s.put("the expectation holds"+s.code(), good)
	default:
		s.put("all "+strconv.Itoa(all)+" expectations hold"+s.code(), good)
	}
	s.newline()
}

func widest(texts []string) int {
	w := 0
	for _, t := range texts {
		w = max(w, textWidth(t))
	}
	return w
}

// expectation is one verdict. Its text is never cut: where the value has no
// room beside it, it stands on the next line.
func (s *summary) expectation(i int, e *model.Expectation, width int) {
	g, st := verdictMark(e.OK, s.ASCII)
	if s.ASCII {
		g = pad(g, 2)[:2]
	}
	s.spaces(2)
	s.put(g+" ", st)
	indent := 2 + textWidth(g) + 1
	if len(s.Reports) > 1 {
		s.put(letter(i)+" ", plain)
		indent += 2
	}
	value, more := valueText(e), ""
	if !e.OK && e.FirstBroken >= 0 {
		more = "  first broken at " + clockText(e.FirstBroken, s.Duration)
	}
	room := s.width - indent
	pieces := hardWrap(e.Text, room)
	for _, p := range pieces[:len(pieces)-1] {
		s.put(p, plain)
		s.newline()
		s.spaces(indent)
	}
	last := pieces[len(pieces)-1]
	s.put(last, plain)
	if n := max(textWidth(last), min(width, room)) + 2; n+textWidth(value) <= room {
		s.spaces(n - textWidth(last))
		room -= n
	} else {
		s.newline()
		s.spaces(indent + 2)
		room -= 2
	}
	for j, p := range hardWrap(value, room) {
		if j > 0 {
			s.newline()
			s.spaces(indent + 2)
		}
		s.put(p, st)
		value = p
	}
	switch room -= textWidth(value); {
	case more == "":
	case textWidth(more)+max(0, 7-textWidth(value)) <= room:
		s.spaces(7 - textWidth(value))
		s.put(more, plain)
	default:
		s.newline()
		s.spaces(indent)
		s.put(more, plain)
	}
	s.newline()
}

// hardWrap is wrap that also breaks words that are longer than a line. It
// returns at least one line.
func hardWrap(text string, w int) []string {
	var lines []string
	for _, l := range wrap(text, w) {
		for w > 1 && textWidth(l) > w {
			n, cut := 0, len(l)
			for i, r := range l {
				if n += widthOf(r); n > w {
					cut = i
					break
				}
			}
			lines, l = append(lines, l[:cut]), l[cut:]
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}
