package ui

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// cell is one character on the screen and how it looks. The second half of a
// wide character has the rune 0.
type cell struct {
	r  rune
	st style
}

// canvas is a frame in the making: a grid of cells. Nothing that is drawn on
// it can make a line longer or shorter than the screen.
type canvas struct {
	w, h    int
	cells   []cell
	foreign []bool // lines that hold characters whose width is not certain
	out     []byte
}

// reset empties the canvas and gives it a size.
func (c *canvas) reset(w, h int) {
	w, h = max(w, 0), max(h, 0)
	c.w, c.h = w, h
	if cap(c.cells) < w*h {
		c.cells = make([]cell, w*h)
	}
	c.cells = c.cells[:w*h]
	for i := range c.cells {
		c.cells[i] = cell{' ', plain}
	}
	if cap(c.foreign) < h {
		c.foreign = make([]bool, h)
	}
	c.foreign = c.foreign[:h]
	clear(c.foreign)
}

// put draws one rune that takes width cells.
func (c *canvas) put(x, y int, r rune, width int, st style) {
	i := y*c.w + x
	c.split(i, x)
	c.cells[i] = cell{r, st}
	if width == 2 {
		c.split(i+1, x+1)
		c.cells[i+1] = cell{0, st}
	}
}

// split turns a wide character that loses one of its halves into spaces.
func (c *canvas) split(i, x int) {
	if c.cells[i].r == 0 && x > 0 {
		c.cells[i-1].r = ' '
	}
	if x+1 < c.w && c.cells[i+1].r == 0 {
		c.cells[i+1].r = ' '
	}
}

// frame renders the canvas: h lines of exactly w cells, no line end behind
// the last.
func (c *canvas) frame(t *theme) string {
	b := c.out[:0]
	for y := 0; y < c.h; y++ {
		if y > 0 {
			b = append(b, '\n')
		}
		start := len(b)
		b = c.line(b, y, t, false)
		if c.foreign[y] && !t.ascii && ansi.StringWidth(string(b[start:])) != c.w {
			b = c.line(b[:start], y, t, true)
		}
	}
	c.out = b
	return string(b)
}

// line renders one line. careful replaces each character of uncertain width.
func (c *canvas) line(b []byte, y int, t *theme, careful bool) []byte {
	now := plain
	for _, k := range c.cells[y*c.w : (y+1)*c.w] {
		if k.st != now && t.sgr[k.st] != t.sgr[now] {
			if t.sgr[now] != "" {
				b = append(b, "\x1b[0m"...)
			}
			b = append(b, t.sgr[k.st]...)
		}
		now = k.st
		switch {
		case k.r < utf8.RuneSelf && k.r != 0:
			b = append(b, byte(k.r))
		case t.ascii:
			b = append(b, asciiOf(k.r))
		case careful && (k.r == 0 || !certain(k.r)):
			b = append(b, '?')
		case k.r != 0:
			b = utf8.AppendRune(b, k.r)
		}
	}
	if t.sgr[now] != "" {
		b = append(b, "\x1b[0m"...)
	}
	return b
}

// certain says that every terminal draws r in one cell.
func certain(r rune) bool {
	switch {
	case r >= ' ' && r < 0x7f:
		return true
	case r >= 0xa1 && r < 0x250 && r != 0xad:
		return true
	case r >= 0x2500 && r < 0x25fd: // box drawing, blocks, geometric shapes
		return true
	case r >= 0x2190 && r <= 0x2193:
		return true
	}
	switch r {
	case '✓', '✗', '✕', '…', '•', '–', '—', '’', '“', '”', '≤', '≥', '≈', '−', '⇥', '␣':
		return true
	}
	return false
}

// widthOf is the number of cells of r: 0 for what is not drawn at all.
// Controls, marks that combine, direction marks and joiners are left out, so
// that no text of a user can move the cursor or disguise itself.
func widthOf(r rune) int {
	if certain(r) {
		return 1
	}
	switch {
	case r < ' ', r == utf8.RuneError, r >= 0x7f && r <= 0xa0, r == 0xad:
		return 0
	case unicode.In(r, unicode.M, unicode.Cf, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
		return 0
	}
	return min(ansi.StringWidth(string(r)), 2)
}

// textWidth is how many cells s takes on a canvas.
func textWidth(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x7f {
			for _, r := range s[i:] {
				n += widthOf(r)
			}
			return n
		}
		if s[i] >= ' ' {
			n++
		}
	}
	return n
}

// region is a rectangle of a canvas. Drawing is cut at its edges.
type region struct {
	c          *canvas
	x, y, w, h int
}

func (c *canvas) all() region { return region{c, 0, 0, c.w, c.h} }

// sub is the part of r at x, y with that size, cut to r.
func (r region) sub(x, y, w, h int) region {
	if x < 0 {
		w, x = w+x, 0
	}
	if y < 0 {
		h, y = h+y, 0
	}
	x, y = min(x, r.w), min(y, r.h)
	return region{r.c, r.x + x, r.y + y, max(0, min(w, r.w-x)), max(0, min(h, r.h-y))}
}

// row is line y of r.
func (r region) row(y int) region { return r.sub(0, y, r.w, 1) }

// set draws one rune that is known to be one cell wide.
func (r region) set(x, y int, ch rune, st style) {
	if x >= 0 && y >= 0 && x < r.w && y < r.h {
		r.c.put(r.x+x, r.y+y, ch, 1, st)
	}
}

// clear empties the region.
func (r region) clear() {
	for y := 0; y < r.h; y++ {
		for x := 0; x < r.w; x++ {
			r.set(x, y, ' ', plain)
		}
	}
}

// text draws s at x, y, cut at the right edge, and returns the x behind it.
func (r region) text(x, y int, s string, st style) int {
	if y < 0 || y >= r.h {
		return x + textWidth(s)
	}
	for _, ch := range s {
		n := widthOf(ch)
		if n == 0 {
			continue
		}
		if x+n > r.w {
			return r.w
		}
		if x >= 0 {
			if !certain(ch) {
				r.c.foreign[r.y+y] = true
			}
			r.c.put(r.x+x, r.y+y, ch, n, st)
		}
		x += n
	}
	return x
}

// bytes is text for a buffer of ASCII and certain runes.
func (r region) bytes(x, y int, b []byte, st style) int {
	for i := 0; i < len(b); {
		ch, n := rune(b[i]), 1
		if ch >= utf8.RuneSelf {
			ch, n = utf8.DecodeRune(b[i:])
		}
		r.set(x, y, ch, st)
		x++
		i += n
	}
	return x
}

// fit draws s in at most w cells; what does not fit ends in …
func (r region) fit(x, y, w int, s string, st style) int {
	w = min(w, r.w-x)
	if w <= 0 {
		return x
	}
	if textWidth(s) <= w {
		return r.text(x, y, s, st)
	}
	end := r.sub(x, y, w-1, 1).text(0, 0, s, st)
	r.set(x+end, y, '…', st)
	return x + end + 1
}

// right draws s so that it ends before x.
func (r region) right(x, y int, s string, st style) int {
	n := textWidth(s)
	r.text(x-n, y, s, st)
	return x - n
}

// box draws a border along the region's edges and returns what is inside.
func (r region) box(st style) region {
	if r.w < 2 || r.h < 2 {
		return r.sub(0, 0, 0, 0)
	}
	for x := 1; x < r.w-1; x++ {
		r.set(x, 0, '─', st)
		r.set(x, r.h-1, '─', st)
	}
	for y := 1; y < r.h-1; y++ {
		r.set(0, y, '│', st)
		r.set(r.w-1, y, '│', st)
	}
	r.set(0, 0, '╭', st)
	r.set(r.w-1, 0, '╮', st)
	r.set(0, r.h-1, '╰', st)
	r.set(r.w-1, r.h-1, '╯', st)
	return r.sub(1, 1, r.w-2, r.h-2)
}

// pen writes along one line.
type pen struct {
	r    region
	x, y int
}

func (r region) pen(x, y int) *pen { return &pen{r, x, y} }

func (p *pen) s(s string, st style) *pen {
	p.x = p.r.text(p.x, p.y, s, st)
	return p
}

// glyphs that stand for others where only ASCII can be shown
var asciiGlyphs = map[rune]byte{
	'●': 'o', '○': '.', '◉': 'O', '◌': '~', '◦': '-', '▪': '#', '▫': '.', '■': '#', '□': '.',
	'▲': '^', '▼': 'v', '▶': '>', '▴': '^', '▾': 'v', '▸': '>', '✓': 'v', '✗': 'X', '✕': 'x', '×': 'x',
	'•': '*', '·': ' ', '…': '~', '─': '-', '━': '=', '┄': '.', '│': '|', '┃': '#',
	'╭': '+', '╮': '+', '╰': '+', '╯': '+', '╴': '-', '╶': '-', '┏': '#', '┓': '#', '┗': '#', '┛': '#', '╸': '=', '╺': '=',
	'┌': '+', '┐': '+', '└': '+', '┘': '+', '├': '+', '┤': '|', '┬': '+', '┴': '+', '┼': '+',
	'▁': '.', '▂': ':', '▃': '-', '▄': '=', '▅': '+', '▆': '*', '▇': '#', '█': '#',
	'░': '.', '▒': '%', '▓': '#', '←': '<', '→': '>', '↑': '^', '↓': 'v', '⇥': '>', '␣': '_',
	'≥': '>', '≤': '<', '–': '-', '—': '-', '−': '-', '’': '\'', '“': '"', '”': '"', 'µ': 'u', '÷': '/', '≈': '~',
}

// asciiOf is the ASCII stand-in of r.
func asciiOf(r rune) byte {
	if r == 0 {
		return '?'
	}
	if b, ok := asciiGlyphs[r]; ok {
		return b
	}
	return '?'
}
