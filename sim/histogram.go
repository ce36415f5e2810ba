package sim

import (
	"math"
	"math/bits"
	"time"
)

// The range in which a histogram is exact to one part in perOctave.
const (
	histLowBits  = 10 // below 2^10 ns, about 1 µs: histLow buckets of equal width
	histHighBits = 43 // from 2^43 ns, about 2.4 h, on: the last bucket
	histLow      = 8
	histLowShift = histLowBits - 3
)

// Histogram counts durations in buckets: perOctave of equal width for each
// doubling from about 1 µs to 2.4 h, eight below. Two histograms of the same
// shape add up exactly, bucket by bucket. Count, Sum, Mean, Min and Max are
// exact. Make one with NewHistogram.
type Histogram struct {
	buckets  []uint64
	shift    uint8 // log2 perOctave
	cut      bool  // Sub was used: min and max are only bounds
	count    uint64
	sumHi    uint64
	sumLo    uint64
	min, max int64
}

// NewHistogram returns an empty histogram with perOctave buckets for each
// doubling: a power of two from 1 to 1024, else it panics. A quantile is off by
// at most 1/(2·perOctave) of its value: 128 give 0.4 %, in 34 kB; 32 give 1.6 %.
func NewHistogram(perOctave int) Histogram {
	if perOctave < 1 || perOctave > 1<<histLowBits || perOctave&(perOctave-1) != 0 {
		panic("sim: NewHistogram: perOctave must be a power of two from 1 to 1024")
	}
	return Histogram{
		buckets: make([]uint64, histLow+(histHighBits-histLowBits)*perOctave+1),
		shift:   uint8(bits.TrailingZeros(uint(perOctave))),
		min:     math.MaxInt64,
	}
}

// index returns the bucket of v >= 0.
func (h *Histogram) index(v int64) int {
	if v < 1<<histLowBits {
		return int(v >> histLowShift)
	}
	if v >= 1<<histHighBits {
		return len(h.buckets) - 1
	}
	octave := bits.Len64(uint64(v)) - 1
	// The leading bit adds one octave, taken off together with the ones below the range.
	return int(v>>(uint(octave-int(h.shift))&63)) + (octave-histLowBits-1)<<(h.shift&63) + histLow
}

// middle returns the middle of bucket i.
func (h *Histogram) middle(i int) int64 {
	if i < histLow {
		return int64(i)<<histLowShift + 1<<(histLowShift-1)
	}
	i -= histLow
	octave := i>>h.shift + histLowBits
	if octave >= histHighBits {
		return 1 << histHighBits
	}
	sub := int64(i) & (1<<h.shift - 1)
	width := octave - int(h.shift)
	return (1<<h.shift+sub)<<width + 1<<width>>1
}

// Record counts a duration; a negative one counts as 0.
func (h *Histogram) Record(v time.Duration) {
	x := max(0, int64(v))
	h.buckets[h.index(x)]++
	h.count++
	var carry uint64
	h.sumLo, carry = bits.Add64(h.sumLo, uint64(x), 0)
	h.sumHi += carry
	h.min = min(h.min, x)
	h.max = max(h.max, x)
}

// Count returns the number of durations.
func (h *Histogram) Count() uint64 { return h.count }

// Sum returns the sum of all durations in nanoseconds, as hi·2^64 + lo.
func (h *Histogram) Sum() (hi, lo uint64) { return h.sumHi, h.sumLo }

// Mean returns the mean, rounded down to a nanosecond; 0 if there is nothing.
func (h *Histogram) Mean() time.Duration {
	if h.count == 0 {
		return 0
	}
	q, _ := bits.Div64(h.sumHi, h.sumLo, h.count)
	return time.Duration(q)
}

// Max returns the longest duration; 0 if there is nothing.
func (h *Histogram) Max() time.Duration { return time.Duration(h.max) }

// Min returns the shortest duration; 0 if there is nothing.
func (h *Histogram) Min() time.Duration {
	if h.count == 0 {
		return 0
	}
	return time.Duration(h.min)
}

// Quantile returns the duration that a share q of all does not exceed, by
// nearest rank: the middle of the bucket that holds the one of rank ceil(q·n),
// within [Min, Max]. The first and the last rank are exact. It does not
// decrease in q, and is 0 if there is nothing. A q outside [0, 1] counts as the
// nearest end.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	rank := nearestRank(q, h.count)
	if !h.cut && rank == 1 {
		return h.Min()
	}
	if !h.cut && rank == h.count {
		return h.Max()
	}
	v := h.middle(h.find(rank))
	return time.Duration(max(h.min, min(h.max, v)))
}

// find returns the bucket that holds the given rank, coming from the nearer end.
func (h *Histogram) find(rank uint64) int {
	first, last := h.index(h.min), h.index(h.max)
	if rank <= h.count/2 {
		for i := first; i < last; i++ {
			if h.buckets[i] >= rank {
				return i
			}
			rank -= h.buckets[i]
		}
		return last
	}
	above := h.count - rank // that many are beyond it
	for i := last; i > first; i-- {
		if h.buckets[i] > above {
			return i
		}
		above -= h.buckets[i]
	}
	return first
}

// nearestRank is ceil(q·n) within [1, n]. A product that is a whole number but
// for its rounding (0.07·100) counts as that number.
func nearestRank(q float64, n uint64) uint64 {
	x := float64(q * float64(n))
	switch {
	case x >= float64(n):
		return n
	case !(x > 1):
		return 1
	}
	if near := math.Floor(x + 0.5); math.Abs(x-near) <= 1e-12*x {
		x = near
	}
	return min(n, uint64(int64(math.Ceil(x))))
}

// Add counts everything that o has counted. It panics if the shapes differ.
func (h *Histogram) Add(o *Histogram) {
	h.sameShape(o)
	if o.count == 0 {
		return
	}
	for i := h.index(o.min); i <= h.index(o.max); i++ {
		h.buckets[i] += o.buckets[i]
	}
	var carry uint64
	h.sumLo, carry = bits.Add64(h.sumLo, o.sumLo, 0)
	h.sumHi, _ = bits.Add64(h.sumHi, o.sumHi, carry)
	h.count += o.count
	h.min, h.max = min(h.min, o.min), max(h.max, o.max)
	h.cut = h.cut || o.cut
}

// Sub takes away what o has counted, which h must have counted too: a sliding
// window is a running total less an older one. Min and Max cannot be known
// afterwards: they stay as bounds until Reset, or until nothing is left. It
// panics if the shapes differ or o has counted more.
func (h *Histogram) Sub(o *Histogram) {
	h.sameShape(o)
	if o.count > h.count {
		panic("sim: Histogram.Sub: more than there is")
	}
	if o.count == h.count {
		h.Reset()
		return
	}
	if o.count == 0 {
		return
	}
	for i := h.index(o.min); i <= h.index(o.max); i++ {
		h.buckets[i] -= o.buckets[i]
	}
	var borrow uint64
	h.sumLo, borrow = bits.Sub64(h.sumLo, o.sumLo, 0)
	h.sumHi, _ = bits.Sub64(h.sumHi, o.sumHi, borrow)
	h.count -= o.count
	h.cut = true
}

func (h *Histogram) sameShape(o *Histogram) {
	if len(h.buckets) != len(o.buckets) {
		panic("sim: histograms of different shapes")
	}
}

// Reset forgets everything.
func (h *Histogram) Reset() {
	clear(h.buckets)
	*h = Histogram{buckets: h.buckets, shift: h.shift, min: math.MaxInt64}
}

// CopyInto makes dst an independent copy of h, reusing dst's buckets.
func (h *Histogram) CopyInto(dst *Histogram) {
	if dst == h {
		return
	}
	buckets := append(dst.buckets[:0], h.buckets...)
	*dst = *h
	dst.buckets = buckets
}
