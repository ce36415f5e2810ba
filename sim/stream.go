package sim

import (
	"math/bits"
	"time"
)

// Stream is a source of draws for one purpose (the arrivals of a client, the
// work of a service). It has no state: a draw is a pure function of the seed,
// the stream and what it is for. Two runs that differ in a policy give the same
// request the same luck, and one more draw shifts no other.
//
// The construction is a keyed hash in two layers. Both the request with the
// key, and the place, purpose and attempt together, go through a mixer: a
// bijection of 64-bit words made of multiplications and xor-shifts in which
// each bit in changes each bit out with probability one half. The sum of the
// two goes through the mixer once more. So distinct requests never collide for
// a fixed (place, purpose, attempt), and the reverse up to 64 bits of chance.
type Stream struct{ key uint64 }

const (
	golden = 0x9E3779B97F4A7C15 // 2^64 / golden ratio: an odd number without structure
	silver = 0xD1B54A32D192ED03 // another odd number, from the plastic constant
)

// NewStream returns the stream with the given number for a seed.
func NewStream(seed uint64, stream uint32) Stream {
	return Stream{mix(mix(seed^golden) + uint64(stream)*silver)}
}

// NamedStream returns the stream with the given name for a seed: the same as a
// numbered stream, when things are better known by name than by position.
func NamedStream(seed uint64, name string) Stream {
	h := uint64(14695981039346656037) // FNV-1a, 64 bits
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	// The rotation keeps the names apart from the numbers.
	return Stream{mix(bits.RotateLeft64(mix(seed^golden), 32) + mix(h))}
}

// Draw returns 64 random bits for a request (or iteration), a place in its call
// path, a purpose there and an attempt.
func (s Stream) Draw(request uint64, place uint32, purpose uint32, attempt uint32) uint64 {
	a := mix(request*golden + s.key)
	b := mix(uint64(place)<<32 + uint64(purpose) + uint64(attempt)*silver)
	return mix(a + b)
}

// mix is a bijection of 64-bit words with strong avalanche. The constants are
// those of Pelle Evensen's "moremur", found by a search.
func mix(x uint64) uint64 {
	x ^= x >> 27
	x *= 0x3C79AC492BA7B653
	x ^= x >> 33
	x *= 0x1C69B3F74AC4AE35
	return x ^ x>>27
}

// Unit turns a draw into a uniform number in (0, 1), never 0 or 1: the middle
// of one of 2^52 equal cells. With 52 bits both the number and 1 minus it are
// exact; with 53 the last cell's middle would round to 1.
func Unit(x uint64) float64 { return float64((float64(x>>12) + 0.5) * 0x1p-52) }

// Index turns a draw into a uniform index in [0, n). The bias is below n/2^64.
// It panics if n <= 0.
func Index(x uint64, n int) int {
	if n <= 0 {
		panic("sim: Index: n must be above 0")
	}
	hi, _ := bits.Mul64(x, uint64(n))
	return int(hi)
}

// Span maps a draw to a duration in [0, d); 0 when d is not above 0.
func Span(x uint64, d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	hi, _ := bits.Mul64(x, uint64(d))
	return time.Duration(hi)
}
