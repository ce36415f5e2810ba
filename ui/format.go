package ui

import (
	"math"
	"strconv"
	"time"
)

// appendCount renders a count in at most 5 characters: 0, 999, 1.7k, 128k, 3.2M.
func appendCount(b []byte, n float64) []byte {
	switch {
	case math.IsNaN(n):
		return append(b, "–"...)
	case n < 0:
		return appendCount(append(b, '-'), -n)
	case n < 999.5:
		return strconv.AppendInt(b, int64(n+.5), 10)
	}
	units := "kMGTPE"
	for i := 0; i < len(units); i++ {
		n /= 1000
		switch {
		case n < 9.95:
			return append(strconv.AppendFloat(b, n, 'f', 1, 64), units[i])
		case n < 999.5 || i == len(units)-1:
			return append(strconv.AppendInt(b, int64(math.Min(n, 99999)+.5), 10), units[i])
		}
	}
	return b
}

func count(n float64) string { return string(appendCount(nil, n)) }

// appendLatency renders a latency with about two digits: 0.4ms, 61ms, 687ms,
// 4.8s, 12s, 3m20s. Nothing measured is –.
func appendLatency(b []byte, d time.Duration) []byte {
	switch ms := float64(d) / 1e6; {
	case d <= 0:
		return append(b, "–"...)
	case ms < 9.95:
		return append(strconv.AppendFloat(b, ms, 'f', 1, 64), "ms"...)
	case ms < 999.5:
		return append(strconv.AppendInt(b, int64(ms+.5), 10), "ms"...)
	case ms < 9950:
		return append(strconv.AppendFloat(b, ms/1000, 'f', 1, 64), 's')
	case ms < 99500:
		return append(strconv.AppendInt(b, int64(ms/1000+.5), 10), 's')
	}
	return appendSpan(b, d)
}

// latencyBeside is latency with as many digits as tell it from the bound that
// it is compared with: 500.4ms is not 500ms.
func latencyBeside(d, bound time.Duration) string {
	text := latency(d)
	if bound <= 0 || d <= 0 || d == bound || text != latency(bound) {
		return text
	}
	unit, name := float64(time.Millisecond), "ms"
	if bound >= time.Second {
		unit, name = float64(time.Second), "s"
	}
	for digits := 1; digits < 7; digits++ {
		text = strconv.FormatFloat(float64(d)/unit, 'f', digits, 64)
		if text != strconv.FormatFloat(float64(bound)/unit, 'f', digits, 64) {
			break
		}
	}
	return text + name
}

// shareBeside is share with as many digits as tell it from the bound.
func shareBeside(part, whole, bound float64) string {
	text := share(part, whole)
	if whole <= 0 || bound <= 0 || part/whole == bound || text != share(bound, 1) {
		return text
	}
	for digits := 2; digits < 8; digits++ {
		text = strconv.FormatFloat(100*part/whole, 'f', digits, 64)
		if text != strconv.FormatFloat(100*bound, 'f', digits, 64) {
			break
		}
	}
	return text + "%"
}

func latency(d time.Duration) string { return string(appendLatency(nil, d)) }

// appendSpan renders how long something lasts, as people say it: 45s, 3m20s, 2h05m.
func appendSpan(b []byte, d time.Duration) []byte {
	s := int64((d + time.Second/2) / time.Second)
	switch {
	case s < 60:
		return append(strconv.AppendInt(b, s, 10), 's')
	case s < 3600:
		b = append(strconv.AppendInt(b, s/60, 10), 'm')
		if s%60 == 0 {
			return b
		}
		return append(appendPad2(b, s%60), 's')
	}
	b = append(strconv.AppendInt(b, s/3600, 10), 'h')
	return append(appendPad2(b, s/60%60), 'm')
}

func span(d time.Duration) string { return string(appendSpan(nil, d)) }

func appendPad2(b []byte, n int64) []byte {
	return append(b, byte('0'+n/10%10), byte('0'+n%10))
}

// appendClock renders a time of the run as mm:ss, or h:mm:ss where the run is
// an hour or longer, so that its width never changes.
func appendClock(b []byte, t, total time.Duration) []byte {
	s := int64(max(t, 0) / time.Second)
	if total >= time.Hour {
		b = append(strconv.AppendInt(b, s/3600, 10), ':')
		b = append(appendPad2(b, s/60%60), ':')
		return appendPad2(b, s%60)
	}
	b = append(appendPad2(b, s/60), ':')
	return appendPad2(b, s%60)
}

func clockText(t, total time.Duration) string { return string(appendClock(nil, t, total)) }

// appendShare renders a part of a whole: 0.0%, 12.3%, 99.95%. It never
// rounds up to 100% nor down to 0%.
func appendShare(b []byte, part, whole float64) []byte {
	if whole <= 0 {
		return append(b, "–"...)
	}
	p := 100 * part / whole
	if p > 0 && p < 0.05 {
		return append(b, "<0.1%"...)
	}
	for digits := 1; digits <= 3; digits++ {
		unit := math.Pow(10, -float64(digits))
		if p >= 100 || p < 100-unit/2 {
			return append(strconv.AppendFloat(b, p, 'f', digits, 64), '%')
		}
	}
	return append(b, "99.999%"...)
}

func share(part, whole float64) string { return string(appendShare(nil, part, whole)) }

// commas groups the digits of n: 128,410.
func commas(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// speedText renders a factor of speed: 0.25×, 4×, max.
func speedText(v float64) string {
	if math.IsInf(v, 1) {
		return "max"
	}
	if v < 1 {
		return strconv.FormatFloat(v, 'f', -1, 64) + "×"
	}
	return count(v) + "×"
}

// niceAbove is the least bound of an axis that is at least v and whose
// quarters are round.
func niceAbove(v float64) float64 {
	if !(v > 1) {
		return 1
	}
	v = math.Min(v, 1e15)
	for unit := 1.0; ; unit *= 10 {
		for _, m := range [...]float64{1, 1.2, 1.6, 2, 3, 4, 6, 8} {
			if m*unit >= v {
				return m * unit
			}
		}
	}
}

// money renders a sum: $1,234, from a million on $1.2M.
func money(v float64) string {
	if v < 999_999.5 {
		return "$" + commas(uint64(math.Max(v, 0)+0.5))
	}
	return "$" + count(v)
}

// some is a number of things: 1 SLO, 2 SLOs.
func some(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}
