package scenarios

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

// maxDiagnostics is how many errors of a file are told at once.
const maxDiagnostics = 20

// Diagnostic is one thing that is wrong at a place in a file. Line and Col
// count from 1, Col in characters. Its texts are safe for a terminal.
type Diagnostic struct {
	File      string
	Line, Col int
	Warning   bool
	Path, Msg string // where in the tree, "" if nowhere; what is wrong
	Help      string // what to write instead, or ""
	Rule      string // of a warning: its id
	Excerpt   string // the line, or the part of it round Col
	Width     int    // cells that the caret underlines, at least 1
	caret     int    // cells before the caret in Excerpt
	more      int    // of the last one: errors beyond it that are not told
}

// Diagnostics are sorted by place; as an error, they are what is wrong with a
// file, at most 20 of them.
type Diagnostics []Diagnostic

// Error renders all of them.
func (d Diagnostics) Error() string {
	var b strings.Builder
	d.Render(&b)
	return strings.TrimSuffix(b.String(), "\n")
}

// Render prints each as
//
//	file:line:col: error: path: what is wrong
//	   12 |   replicas: 3.5
//	      |             ^~~
//	help: what to write instead
func (d Diagnostics) Render(w io.Writer) {
	for i := range d {
		d[i].render(w)
	}
}

func (g *Diagnostic) render(w io.Writer) {
	kind := "error"
	if g.Warning {
		kind = "warning"
	}
	fmt.Fprintf(w, "%s:%d:%d: %s: ", visible(g.File), g.Line, g.Col, kind)
	if g.Path != "" {
		fmt.Fprintf(w, "%s: ", g.Path)
	}
	fmt.Fprintln(w, g.Msg)
	if g.Excerpt != "" {
		margin := fmt.Sprintf("%5d", g.Line)
		fmt.Fprintf(w, "%s | %s\n", margin, g.Excerpt)
		fmt.Fprintf(w, "%s | %s^%s\n", strings.Repeat(" ", len(margin)), strings.Repeat(" ", g.caret), strings.Repeat("~", max(g.Width-1, 0)))
	}
	if g.Help != "" {
		fmt.Fprintf(w, "help: %s\n", g.Help)
	}
	if g.more > 0 {
		fmt.Fprintf(w, "and %d more\n", g.more)
	}
}

// ReadError says why a file could not be read at all.
type ReadError struct {
	File, Msg, Help string
	Err             error // the system's, or nil
}

// Error is one line, and one more with the help.
func (e *ReadError) Error() string {
	s := visible(e.File) + ": " + e.Msg
	if e.Help != "" {
		s += "\nhelp: " + e.Help
	}
	return s
}

// Unwrap returns the system's error.
func (e *ReadError) Unwrap() error { return e.Err }

// collector gathers what is wrong. The same thing at the same place, seen in
// several variants, is told once.
type collector struct {
	diags Diagnostics
	seen  map[diagKey]bool
	mute  bool // drop warnings: those of a tree that does not run
	fails int  // errors so far, repeated ones too
	read  int  // services decoded so far, over all variants and changes
	size  int  // of the file, in values
	work  int  // values decoded so far, over all variants and changes
}

type diagKey struct {
	file      string
	line, col int
	msg       string
}

// maxCollected bounds what a hostile file can make us remember.
const maxCollected = 1000

// full says that nothing more is remembered: what is wrong beyond it is only
// counted.
func (c *collector) full() bool { return len(c.diags) >= maxCollected }

func (c *collector) add(g Diagnostic) {
	if !g.Warning {
		c.fails++
	}
	k := diagKey{g.File, g.Line, g.Col, g.Msg}
	if c.seen[k] || c.full() {
		return
	}
	if c.seen == nil {
		c.seen = map[diagKey]bool{}
	}
	c.seen[k] = true
	c.diags = append(c.diags, g)
}

// result returns the errors as an error, nil if there are none.
func (c *collector) result() error {
	d := c.pick(false)
	if len(d) == 0 {
		return nil
	}
	if extra := len(d) - maxDiagnostics; extra > 0 {
		d = d[:maxDiagnostics]
		d[maxDiagnostics-1].more = extra
	}
	return d
}

func (c *collector) warnings() Diagnostics {
	d := c.pick(true)
	return d[:min(len(d), maxDiagnostics)]
}

func (c *collector) pick(warning bool) Diagnostics {
	var d Diagnostics
	for _, g := range c.diags {
		if g.Warning == warning {
			d = append(d, g)
		}
	}
	slices.SortStableFunc(d, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return d
}

// source is a text that diagnostics quote: the file, or a --set argument.
type source struct {
	file  string
	lines []string
	last  []rune // line number at, in characters: a file may be one long line with many errors
	at    int
}

// runes is a line, from 1, in characters.
func (s *source) runes(line int) []rune {
	if s.at != line {
		s.at, s.last = line, []rune(s.lines[line-1])
	}
	return s.last
}

func newSource(file string, src []byte) *source {
	return &source{file: file, lines: splitLines(string(src))}
}

// splitLines breaks where YAML breaks lines, so that numbers agree.
func splitLines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Split(s, "\n")
}

// Excerpts are cut so that they fit a terminal.
const (
	excerptWidth  = 96
	excerptBefore = 48
)

// quote fills the place and the excerpt of g from line and col, width
// characters wide.
func (s *source) quote(g *Diagnostic, line, col, width int) {
	g.File, g.Line, g.Col, g.Width = s.file, max(line, 1), max(col, 1), 1
	if g.Line > len(s.lines) {
		return
	}
	runes := s.runes(g.Line)
	at := min(g.Col-1, len(runes))
	from := max(0, at-excerptBefore)
	if len(runes) <= excerptWidth {
		from = 0
	}
	to := min(len(runes), from+excerptWidth)
	before, mark, after := visible(string(runes[from:at])), "", ""
	end := min(max(at+width, at), to)
	mark, after = visible(string(runes[at:end])), visible(string(runes[end:to]))
	if from > 0 {
		before = "…" + before
	}
	if to < len(runes) {
		after += "…"
	}
	g.Excerpt = strings.TrimRight(before+mark+after, " ")
	g.caret, g.Width = cells(before), max(1, cells(mark))
}

var cellWidth = &runewidth.Condition{StrictEmojiNeutral: true}

// cells is how many columns of a terminal s takes.
func cells(s string) int { return cellWidth.StringWidth(s) }
