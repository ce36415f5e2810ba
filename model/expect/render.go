package expect

import (
	"strconv"
	"time"
)

// render writes a measured value with as few digits as tell the truth: a value
// that breaks "< 500ms" by a hair is not shown as 500ms.
func (l *Line) render(x float64) string {
	for digits := 3; digits < 12; digits++ {
		text, shown := format(x, l.Metric.Unit(), digits)
		if l.holds(shown) == l.holds(x) {
			return text
		}
	}
	text, _ := format(x, l.Metric.Unit(), 17)
	return text
}

// show writes a value where nothing is compared.
func (l *Line) show(x float64) string {
	text, _ := format(x, l.Metric.Unit(), 3)
	return text
}

// format writes x with the given number of significant digits (integers in
// full) and returns what the text says.
func format(x float64, u Unit, digits int) (text string, shown float64) {
	switch u {
	case Time:
		return formatTime(x, digits)
	case Share:
		text, _ = significant(x*100, digits)
		shown, _ = strconv.ParseFloat(text+"e-2", 64)
		return text + " %", shown
	}
	return significant(x, digits)
}

// formatTime writes x ns in the largest unit that leaves no leading zero; from
// a minute on as 3m5s.
func formatTime(x float64, digits int) (text string, shown float64) {
	for _, u := range []struct {
		name string
		ns   float64
	}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}, {"ns", 1}} {
		if x < u.ns && u.ns > 1 {
			continue
		}
		if x >= 60e9 && x < 9e18 && digits == 3 {
			d := time.Duration(x).Round(time.Second)
			return d.String(), float64(d)
		}
		text, shown = significant(x/u.ns, digits)
		return text + u.name, shown * u.ns
	}
	return "0s", 0
}

// significant rounds x to digits significant digits, never before the point,
// and drops zeros at the end.
func significant(x float64, digits int) (text string, shown float64) {
	decimals := digits - 1
	for limit := 10.0; x >= limit && decimals > 0; limit *= 10 {
		decimals--
	}
	for limit := 1.0; x > 0 && x < limit && decimals < 15; limit /= 10 {
		decimals++
	}
	text = strconv.FormatFloat(x, 'f', decimals, 64)
	if decimals > 0 {
		for text[len(text)-1] == '0' {
			text = text[:len(text)-1]
		}
		if text[len(text)-1] == '.' {
			text = text[:len(text)-1]
		}
	}
	shown, _ = strconv.ParseFloat(text, 64)
	return text, shown
}

// showTime writes a moment of the run, with milliseconds at most.
func showTime(t time.Duration) string { return t.Round(time.Millisecond).String() }
