package sim

import (
	"math/bits"
	"time"
)

// Level is a whole number that changes over time (the length of a queue, the
// replicas in service), with its mean weighted by time. The zero value is 0
// since the run began. Times must not decrease from call to call: it panics
// otherwise.
type Level struct {
	value, min, max int64
	start, last     time.Duration
	hi              int64 // the integral up to last, in units·ns: hi·2^64 + lo
	lo              uint64
}

// Start restarts the measurement at now, with the present value: the end of a
// warm-up.
func (l *Level) Start(now time.Duration) {
	*l = Level{value: l.value, min: l.value, max: l.value, start: now, last: now}
}

// Set gives the level the value v from now on.
func (l *Level) Set(now time.Duration, v int64) {
	l.hi, l.lo = l.Integral(now)
	l.last = now
	l.value = v
	l.min, l.max = min(l.min, v), max(l.max, v)
}

// Add changes the level by dv from now on.
func (l *Level) Add(now time.Duration, dv int64) { l.Set(now, l.value+dv) }

// Value returns the present value.
func (l *Level) Value() int64 { return l.value }

// Min returns the least value since the start.
func (l *Level) Min() int64 { return l.min }

// Max returns the greatest value since the start.
func (l *Level) Max() int64 { return l.max }

// Integral returns the exact sum of value × time from the start to now in
// units·ns, as hi·2^64 + lo.
func (l *Level) Integral(now time.Duration) (hi int64, lo uint64) {
	dt := now - l.last
	if dt < 0 {
		panic("sim: Level: time runs backwards")
	}
	var carry uint64
	if l.value >= 0 {
		h, p := bits.Mul64(uint64(l.value), uint64(dt))
		lo, carry = bits.Add64(l.lo, p, 0)
		return l.hi + int64(h+carry), lo
	}
	h, p := bits.Mul64(uint64(-l.value), uint64(dt))
	lo, carry = bits.Sub64(l.lo, p, 0)
	return l.hi - int64(h+carry), lo
}

// Mean returns the mean from the start to now, weighted by time; the present
// value if no time has passed.
func (l *Level) Mean(now time.Duration) float64 {
	span := now - l.start
	if span <= 0 {
		return float64(l.value)
	}
	hi, lo := l.Integral(now)
	sign := 1.0
	if hi < 0 { // negate, so that nothing cancels
		lo = -lo
		hi = ^hi
		if lo == 0 {
			hi++
		}
		sign = -1
	}
	return sign * (float64(float64(hi)*0x1p64) + float64(lo)) / float64(span)
}
