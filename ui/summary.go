package ui

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/hasim/model"
)

// SummaryInput is what Summary prints.
type SummaryInput struct {
	File     string
	Seed     uint64
	Duration time.Duration // virtual
	Took     time.Duration // wall time, 0: not printed
	Reports  []model.Report
	Width    int    // of the screen, 0: 80
	Color    bool   // write SGR sequences
	ASCII    bool   // write nothing but ASCII
	Words    string // "restaurant", or anything else for server words
	Exit     int    // the code that the program ends with; 0: none is printed
	Ended    string // how a run that stands before its end came to stand there, such as "left": it is not judged. "": it is
	SoFar    bool   // the run goes on
}

// Summary prints the variants side by side, as many as fit, then how each
// stands against the goals of the file, and against what it is expected to do.
func Summary(w io.Writer, in SummaryInput) {
	s := newSummary(in)
	s.head()
	rows := s.rows()
	for from := 0; from < len(in.Reports); {
		n := s.fitting(rows, from)
		s.table(rows, from, n)
		from += n
	}
	s.verdicts()
	_, _ = w.Write(s.b)
}

type summary struct {
	SummaryInput
	b     []byte
	t     *theme
	l     lens
	width int
}

// measure is one line of the table: a text per report, and a number by which
// the best is found; NaN-like none is negative.
type measure struct {
	label string
	cells []string
	score []float64 // less is better
	bad   []bool
}

func newSummary(in SummaryInput) *summary {
	s := &summary{SummaryInput: in, width: in.Width}
	if s.width <= 0 {
		s.width = 80
	}
	d := noColor
	if in.Color {
		d = max(colors16, colorDepth(osEnv))
	}
	s.t = newTheme("auto", d, in.ASCII, osEnv)
	if in.Words == "restaurant" {
		s.l = restaurant
	}
	return s
}

// put writes a text that a user may have written, in a style.
func (s *summary) put(text string, st style) {
	if s.t.sgr[st] != "" {
		s.b = append(s.b, s.t.sgr[st]...)
	}
	for _, r := range text {
		switch {
		case widthOf(r) == 0:
		case s.ASCII && r > '~':
			s.b = append(s.b, asciiOf(r))
		default:
			s.b = utf8.AppendRune(s.b, r)
		}
	}
	if s.t.sgr[st] != "" {
		s.b = append(s.b, "\x1b[0m"...)
	}
}

// newline ends a line without spaces at its end.
func (s *summary) newline() { s.b = append(bytes.TrimRight(s.b, " "), '\n') }

// spaces fills up to a column.
func (s *summary) spaces(n int) {
	for ; n > 0; n-- {
		s.b = append(s.b, ' ')
	}
}

func (s *summary) head() {
	s.put(strings.TrimSuffix(baseName(s.File), ".yaml"), bold)
	s.put("   seed "+strconv.FormatUint(s.Seed, 10)+"   "+span(s.Duration)+" simulated", plain)
	if s.Took > 0 {
		s.put(" in "+model.Short(s.Took), plain)
	}
	for i := range s.Reports {
		if s.Reports[i].Edited {
			s.put("   edited: not the file's own run", warn)
			break
		}
	}
	s.newline()
	s.newline()
}

// rows are the lines of the table.
func (s *summary) rows() []measure {
	var rows []measure
	add := func(label string, cell func(*model.Report) (text string, score float64, bad bool)) {
		m := measure{label: label}
		for i := range s.Reports {
			text, score, wrong := cell(&s.Reports[i])
			m.cells, m.score, m.bad = append(m.cells, text), append(m.score, score), append(m.bad, wrong)
		}
		rows = append(rows, m)
	}
	add("arrived", func(r *model.Report) (string, float64, bool) { return commas(r.Totals.Arrived), 0, false })
	add("served, of decided", func(r *model.Report) (string, float64, bool) {
		t := &r.Totals
		return commas(t.Served) + " (" + share(float64(t.Served), float64(t.Served+t.Failed)) + ")", -r.Availability, false
	})
	s.failureRows(add)
	add("latency p50/p99", func(r *model.Report) (string, float64, bool) {
		if r.Latency.Count == 0 {
			return "–", 1e18, false
		}
		return latency(r.Latency.P50) + " / " + latency(r.Latency.P99), float64(r.Latency.P99), false
	})
	add("queue max", func(r *model.Report) (string, float64, bool) {
		return commas(uint64(max(r.Queue.Max, 0))), float64(r.Queue.Max), false
	})
	s.replicaRows(add)
	for i := range s.Reports {
		if s.Reports[i].Totals.LostRevenue > 0 {
			add("lost revenue", func(r *model.Report) (string, float64, bool) {
				return commas(uint64(r.Totals.LostRevenue + 0.5)), r.Totals.LostRevenue, r.Totals.LostRevenue > 0
			})
			break
		}
	}
	return rows
}

type addRow func(label string, cell func(*model.Report) (string, float64, bool))

// failureRows has a line per cause that occurs.
func (s *summary) failureRows(add addRow) {
	count := func(label string, of func(*model.Report) uint64) {
		sum := uint64(0)
		for i := range s.Reports {
			sum += of(&s.Reports[i])
		}
		if sum > 0 {
			add(label, func(r *model.Report) (string, float64, bool) {
				n := of(r)
				return commas(n), float64(n), n > 0
			})
		}
	}
	count("failed", func(r *model.Report) uint64 { return r.Totals.Failed })
	for c := model.Served + 1; c < model.NumCauses; c++ {
		count("  "+c.String(), func(r *model.Report) uint64 { return r.Totals.Failures[c] })
	}
	sum := uint64(0)
	for i := range s.Reports {
		sum += s.Reports[i].Totals.InFlight
	}
	if sum > 0 {
		add("in flight", func(r *model.Report) (string, float64, bool) { return commas(r.Totals.InFlight), 0, false })
	}
}

// replicaRows are about the service that scales, or that has most replicas.
func (s *summary) replicaRows(add addRow) {
	name := ""
	for i := range s.Reports {
		if v := scaling(&s.Reports[i]); v != nil && name == "" {
			name = v.Name
		}
	}
	if name == "" {
		return
	}
	pick := func(r *model.Report) *model.ServiceReport {
		for i := range r.Services {
			if r.Services[i].Name == name {
				return &r.Services[i]
			}
		}
		return scaling(r)
	}
	words := s.l.say(wReplicas)
	add(name+" "+words+" min/max", func(r *model.Report) (string, float64, bool) {
		v := pick(r)
		if v == nil {
			return "–", 1e18, false
		}
		return strconv.FormatInt(v.Min, 10) + " / " + strconv.FormatInt(v.Max, 10), float64(v.Max), false
	})
	add(s.l.say(wReplicaMinutes), func(r *model.Report) (string, float64, bool) {
		v := pick(r)
		if v == nil {
			return "–", 1e18, false
		}
		return strconv.FormatFloat(v.ReplicaSeconds/60, 'f', 1, 64), v.ReplicaSeconds, false
	})
}

// scaling is the service of a report whose replicas changed most.
func scaling(r *model.Report) *model.ServiceReport {
	var best *model.ServiceReport
	for i := range r.Services {
		v := &r.Services[i]
		if best == nil || v.Rescales > best.Rescales ||
			v.Rescales == best.Rescales && (v.Max > best.Max || v.Max == best.Max && v.Kind == "app" && best.Kind != "app") {
			best = v
		}
	}
	return best
}

const bestWidth = 6

// labelColumn is the width of the labels.
func labelColumn(rows []measure) int {
	w := 16
	for i := range rows {
		w = max(w, textWidth(rows[i].label)+2)
	}
	return min(w, 30)
}

// columnWidth is what the cells of report i need.
func (s *summary) columnWidth(rows []measure, i int) int {
	w := min(textWidth(s.name(i)), 24)
	for _, m := range rows {
		w = max(w, textWidth(m.cells[i]))
	}
	return w + 2
}

// name is the head of column i.
func (s *summary) name(i int) string {
	if len(s.Reports) == 1 {
		return s.Reports[i].Variant
	}
	return letter(i) + " " + s.Reports[i].Variant
}

// fitting is how many columns from that one on fit side by side.
func (s *summary) fitting(rows []measure, from int) int {
	room := s.width - 2 - labelColumn(rows) - bestWidth
	n := 0
	for i := from; i < len(s.Reports); i++ {
		if room -= s.columnWidth(rows, i); room < 0 && n > 0 {
			break
		}
		n++
	}
	return n
}

func (s *summary) table(rows []measure, from, n int) {
	label := labelColumn(rows)
	if len(s.Reports) > 1 || s.Reports[0].Variant != "default" {
		s.spaces(2 + label)
		for i := from; i < from+n; i++ {
			s.cell(s.name(i), s.columnWidth(rows, i), bold)
		}
		if len(s.Reports) > 1 && from+n == len(s.Reports) {
			s.put("best", dim)
		}
		s.newline()
	}
	for _, m := range rows {
		s.spaces(2)
		s.cell(m.label, label, plain)
		for i := from; i < from+n; i++ {
			st := plain
			if m.bad[i] {
				st = bad
			}
			s.cell(m.cells[i], s.columnWidth(rows, i), st)
		}
		if !strings.HasPrefix(m.label, " ") && from+n == len(s.Reports) {
			s.put(best(m.score), good)
		}
		s.newline()
	}
	s.newline()
}

// cell writes a text and fills it up to w.
func (s *summary) cell(text string, w int, st style) {
	for textWidth(text) > w-2 {
		r := []rune(text)
		text = string(r[:len(r)-2]) + "…"
	}
	s.put(text, st)
	s.spaces(max(1, w-textWidth(text)))
}

// best are the letters of the least scores; nothing when all are equal.
func best(score []float64) string {
	least, all := score[0], true
	for _, v := range score {
		all = all && v == score[0]
		least = min(least, v)
	}
	if all {
		return ""
	}
	text := ""
	for i, v := range score {
		if v == least {
			text += letter(i)
		}
	}
	return text
}
