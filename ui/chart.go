package ui

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guptarohit/asciigraph"
)

// labelWidth is how many cells the labels of every chart take, so that charts
// above each other line up.
const labelWidth = 6

// line is one series of a chart: a value per point, NaN where there is none.
type line struct {
	v  []float64
	st style
	cs asciigraph.CharSet
}

// The ways to draw a line. They differ in shape as well as in colour.
var (
	thin   = asciigraph.DefaultCharSet
	heavy  = asciigraph.CharSet{Horizontal: "━", VerticalLine: "┃", ArcDownRight: "┏", ArcDownLeft: "┓", ArcUpRight: "┗", ArcUpLeft: "┛", EndCap: "━", StartCap: "━", UpRight: "┗", DownHorizontal: "━"}
	dashed = asciigraph.CreateCharSet("┄")
)

// scale maps values to the height of a chart.
type scale struct {
	lo, hi float64
	log    bool
}

// at is where v lies: 0 at the bottom, 1 at the top. What lies outside is
// clamped, what is not a number stays so.
func (s scale) at(v float64) float64 {
	lo, hi := s.lo, s.hi
	if math.IsNaN(v) {
		return v
	}
	if s.log {
		lo, hi, v = math.Log10(lo), math.Log10(hi), math.Log10(math.Max(v, lo))
	}
	if !(hi > lo) {
		return 0
	}
	return math.Min(1, math.Max(0, (v-lo)/(hi-lo)))
}

// value is the inverse of at.
func (s scale) value(at float64) float64 {
	if s.log {
		return s.lo * math.Pow(s.hi/s.lo, at)
	}
	return s.lo + (s.hi-s.lo)*at
}

// chart is a drawn chart that is kept until what it shows has changed.
type chart struct {
	key   chartKey
	w, h  int
	cells []cell
	tmp   [][]float64
}

type chartKey struct {
	series, gen, svc int
	cut              time.Duration
	w, h             int
	zoom             bool
	s                scale
	slo              float64
}

// plot draws lines through asciigraph into w×h cells, the first of which is
// the axis. It takes w values per line. Whatever the values are, it neither
// panics nor draws outside: the values are scaled to rows here, so the library
// sees numbers between 0 and h-1 only.
func (c *chart) plot(w, h int, s scale, lines []line) {
	c.w, c.h = w, h
	if cap(c.cells) < w*h {
		c.cells = make([]cell, max(w*h, 0))
	}
	c.cells = c.cells[:max(w*h, 0)]
	for i := range c.cells {
		c.cells[i] = cell{' ', plain}
	}
	if w < 2 || h < 1 {
		return
	}
	for y := 0; y < h; y++ {
		c.cells[y*w] = cell{'┤', dim}
	}
	if h < 2 {
		return
	}
	c.render(lines, s)
}

// render asks asciigraph and copies what it drew.
func (c *chart) render(lines []line, s scale) {
	var data [][]float64
	var colors []asciigraph.AnsiColor
	var sets []asciigraph.CharSet
	for i, l := range lines {
		if len(c.tmp) <= i {
			c.tmp = append(c.tmp, nil)
		}
		scaled, some := rows(c.tmp[i][:0], l.v, c.w, c.h, s)
		c.tmp[i] = scaled
		if some {
			data, colors, sets = append(data, scaled), append(colors, marker(l.st)), append(sets, l.cs)
		}
	}
	if len(data) == 0 {
		return
	}
	c.copyFrom(asciigraph.PlotMany(data,
		asciigraph.Height(c.h-1), asciigraph.LowerBound(0), asciigraph.UpperBound(float64(c.h-1)),
		asciigraph.Offset(1), asciigraph.YAxisValueFormatter(func(float64) string { return "" }),
		asciigraph.SeriesColors(colors...), asciigraph.SeriesChars(sets...),
		asciigraph.AxisColor(marker(dim))))
}

// rows maps values to rows: exactly n of them, and whether any is a number.
func rows(dst, v []float64, n, h int, s scale) ([]float64, bool) {
	some := false
	for i := 0; i < n; i++ {
		y := math.NaN()
		if i < len(v) {
			y = s.at(v[i]) * float64(h-1)
		}
		some = some || !math.IsNaN(y)
		dst = append(dst, y)
	}
	return dst, some
}

// marker hides a style in one of asciigraph's colours; copyFrom finds it again.
func marker(st style) asciigraph.AnsiColor { return asciigraph.AnsiColor(16 + st) }

// copyFrom reads a drawn chart back into cells.
func (c *chart) copyFrom(s string) {
	for y := 0; y < c.h && s != ""; y++ {
		text, rest, _ := strings.Cut(s, "\n")
		s = rest
		st, x := plain, 0
		for i := 0; i < len(text); {
			if text[i] == '\x1b' {
				end := strings.IndexByte(text[i:], 'm')
				if end < 0 {
					break
				}
				st = styleOf(text[i+2 : i+end])
				i += end + 1
				continue
			}
			r, n := utf8.DecodeRuneInString(text[i:])
			if x < c.w {
				c.cells[y*c.w+x] = cell{r, st}
			}
			x++
			i += n
		}
	}
}

// styleOf reads the style back from the parameters of an SGR sequence.
func styleOf(sgr string) style {
	n := 0
	for _, d := range sgr[strings.LastIndexByte(sgr, ';')+1:] {
		n = n*10 + int(d-'0')
	}
	if n < 16 || n-16 >= int(numStyles) {
		return plain
	}
	return style(n - 16)
}

// draw copies the chart to r at x, y.
func (c *chart) draw(r region, x, y int) {
	for j := 0; j < c.h; j++ {
		for i := 0; i < c.w; i++ {
			if k := c.cells[j*c.w+i]; k.r != ' ' {
				r.set(x+i, y+j, k.r, k.st)
			}
		}
	}
}

// labels writes the values of the rows left of a chart: the bottom, the top,
// and those between whose values are round.
func labels(r region, y, h int, s scale, format func([]byte, float64) []byte) {
	var buf [16]byte
	for j := 0; j < h; j++ {
		at := 0.0
		if h > 1 {
			at = float64(h-1-j) / float64(h-1)
		}
		v := s.value(at)
		if j > 0 && j < h-1 && !round(v, s) {
			continue
		}
		b := format(buf[:0], v)
		r.bytes(labelWidth-utf8.RuneCount(b), y+j, b, dim)
	}
}

// round says that a label with v is worth its place: on a linear axis a value
// of at most two digits, on a logarithmic one every row.
func round(v float64, s scale) bool {
	if s.log {
		return true
	}
	if v == 0 {
		return true
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	q := v / unit
	if math.Abs(q-math.Round(q)) > 1e-6 {
		return false
	}
	return s.hi > 12 || v == math.Floor(v)
}

// appendTick renders an axis label for a latency in milliseconds.
func appendTick(b []byte, ms float64) []byte {
	switch {
	case ms < 0.95:
		return append(appendCount(b, ms*1000), "µs"...)
	case ms < 950:
		return append(appendCount(b, ms), "ms"...)
	}
	return appendSpan(b, time.Duration(ms*1e6))
}

var bars = [...]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}

// spark draws v as bars from 0 to top, one per cell, · where there is nothing.
func spark(r region, x, y int, v []float64, top float64, st style) {
	for i, f := range v {
		if math.IsNaN(f) {
			r.set(x+i, y, '·', freeSlot)
			continue
		}
		n := 0
		if top > 0 && f > 0 {
			n = int(math.Ceil(math.Min(1, f/top)*float64(len(bars)))) - 1
		}
		r.set(x+i, y, bars[max(n, 0)], st)
	}
}
