package ui

// layout says what the screen has room for.
type layout struct {
	tiny     bool
	load     bool
	log      int // lines
	timeline int
	footer   bool
	side     int // lanes side by side
	lanes    int // lines that they take
	brief    int // lines below them, for the lanes that are one line each
	across   int // of which so many stand in one line
}

// Sizes from which a screen is drawn as such.
const (
	fullW, fullH       = 100, 30
	compactW, compactH = 80, 24
	oneW, oneH         = 50, 15
	laneFull           = 56
	laneCompact        = 38
	briefWidth         = 60
)

// arrange divides a screen of w×h among n lanes.
func arrange(w, h, n int, expand bool) layout {
	if w < oneW || h < oneH {
		return layout{tiny: true}
	}
	l := layout{load: true, footer: true, timeline: 1, side: 1}
	switch {
	case h >= fullH:
		l.timeline, l.log = 2, 4+min(6, (h-36)/4)
		if h < 36 {
			l.log = 4 - (36-h)/3
		}
	case h >= compactH:
		l.log = max(2, 4-(n-1)/2)
	case h >= 20:
		l.log = 2
	}
	if w >= compactW && !expand {
		l.side = sideBySide(w, h, n)
	}
	l.side = max(1, min(l.side, n))
	l.across = max(1, w/briefWidth)
	l.brief = (n - l.side + l.across - 1) / l.across
	if expand {
		l.brief = 0
	}
	used := 1 + 1 + l.timeline + 1
	if room := h - used - 9; l.brief > room-l.log {
		l.log = max(0, min(l.log, room-l.brief))
		l.brief = max(0, min(l.brief, room-l.log))
	}
	l.lanes = h - used - l.log - l.brief
	return l
}

// sideBySide is how many lanes stand side by side: at full size where that
// holds at least two or all of them, else compact. A wide screen that is short
// has fewer lanes rather than narrow ones: their charts have no height to lose.
func sideBySide(w, h, n int) int {
	full := (w + 1) / (laneFull + 1)
	if w >= fullW && (full >= 2 || h >= fullH && full >= n) {
		return full
	}
	return (w + 1) / (laneCompact + 1)
}

// window is the first of the lanes that stand side by side: the focused one
// is always among them.
func window(first, side, n, focus int) int {
	if focus < n {
		if focus < first {
			first = focus
		}
		if focus >= first+side {
			first = focus - side + 1
		}
	}
	return max(0, min(first, n-side))
}
