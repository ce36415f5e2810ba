package sim

import (
	"math"
	"math/bits"
	"slices"
	"testing"
	"time"
)

type drawArgs struct {
	seed    uint64
	stream  uint32
	request uint64
	place   uint32
	purpose uint32
	attempt uint32
}

func (a drawArgs) draw() uint64 {
	return NewStream(a.seed, a.stream).Draw(a.request, a.place, a.purpose, a.attempt)
}

// flips lists the arguments with one bit changed, for every bit there is.
func (a drawArgs) flips() []drawArgs {
	var out []drawArgs
	for i := range 64 {
		b, c := a, a
		b.seed ^= 1 << i
		c.request ^= 1 << i
		out = append(out, b, c)
	}
	for i := range 32 {
		b, c, d, e := a, a, a, a
		b.stream ^= 1 << i
		c.place ^= 1 << i
		d.purpose ^= 1 << i
		e.attempt ^= 1 << i
		out = append(out, b, c, d, e)
	}
	return out
}

// TestAvalanche: one bit of any argument changes each bit of the draw in half
// of the cases, for the small arguments that a run uses.
func TestAvalanche(t *testing.T) {
	const n = 2000
	changed := make([][64]int, 256)
	for i := range n {
		a := drawArgs{uint64(i % 7), uint32(i % 5), uint64(i), uint32(i % 11), uint32(i % 13), uint32(i % 3)}
		x := a.draw()
		for j, b := range a.flips() {
			for d := x ^ b.draw(); d != 0; d &= d - 1 {
				changed[j][bits.TrailingZeros64(d)]++
			}
		}
	}
	total := 0
	for j := range changed {
		for k, c := range changed[j] {
			total += c
			// 16384 cells, standard deviation 0.5*sqrt(n): 5.5 of them is beyond chance.
			if math.Abs(float64(c)-n/2) > 5.5*0.5*math.Sqrt(n) {
				t.Fatalf("argument bit %d changes draw bit %d in %d of %d cases", j, k, c, n)
			}
		}
	}
	if mean := float64(total) / (256 * 64 * n); math.Abs(mean-0.5) > 1e-3 {
		t.Errorf("a bit changes in %.4f of the cases", mean)
	}
}

// sequences are the ways in which a run walks through the arguments.
var sequences = map[string]func(i uint64) uint64{
	"requests":      func(i uint64) uint64 { return drawArgs{seed: 1, stream: 1, request: i}.draw() },
	"seeds":         func(i uint64) uint64 { return drawArgs{seed: i, stream: 1, request: 1}.draw() },
	"streams":       func(i uint64) uint64 { return drawArgs{seed: 1, stream: uint32(i), request: 1}.draw() },
	"places":        func(i uint64) uint64 { return drawArgs{seed: 1, request: 9, place: uint32(i)}.draw() },
	"purposes":      func(i uint64) uint64 { return drawArgs{seed: 1, request: 9, purpose: uint32(i)}.draw() },
	"attempts":      func(i uint64) uint64 { return drawArgs{seed: 1, request: 9, attempt: uint32(i)}.draw() },
	"high requests": func(i uint64) uint64 { return drawArgs{seed: 1, request: i << 40}.draw() },
	"grid": func(i uint64) uint64 {
		return drawArgs{seed: 42, request: i / 64, place: uint32(i / 8 % 8), purpose: uint32(i % 8)}.draw()
	},
}

// TestUniform: chi-square over 256 cells of the top and the bottom byte,
// Kolmogorov-Smirnov, and the correlation of neighbours, for each walk.
func TestUniform(t *testing.T) {
	const n = 1 << 17
	for name, f := range sequences {
		var top, low [256]float64
		us := make([]float64, n)
		for i := range us {
			x := f(uint64(i))
			top[x>>56]++
			low[x&255]++
			us[i] = Unit(x)
		}
		for _, cells := range [][256]float64{top, low} {
			chi := 0.0
			for _, c := range cells {
				chi += (c - n/256) * (c - n/256) / (n / 256)
			}
			if math.Abs(chi-255)/math.Sqrt(2*255) > 4.5 {
				t.Errorf("%s: chi-square %.0f with 255 degrees of freedom", name, chi)
			}
		}
		for lag := 1; lag <= 4; lag++ {
			c := 0.0
			for i := lag; i < n; i++ {
				c += (us[i] - 0.5) * (us[i-lag] - 0.5)
			}
			if z := 12 * c / math.Sqrt(n); math.Abs(z) > 4.5 {
				t.Errorf("%s: correlation at lag %d, z = %.1f", name, lag, z)
			}
		}
		slices.Sort(us)
		d := 0.0
		for i, u := range us {
			d = max(d, math.Abs(u-float64(i)/n), math.Abs(u-float64(i+1)/n))
		}
		if d*math.Sqrt(n) > 2.2 { // 1 in 8000
			t.Errorf("%s: Kolmogorov-Smirnov %.2f", name, d*math.Sqrt(n))
		}
	}
}

// TestNeighboursAreIndependent: the draws of two places, purposes, attempts,
// streams or seeds over the same requests are not correlated.
func TestNeighboursAreIndependent(t *testing.T) {
	const n = 1 << 16
	base := drawArgs{seed: 3, stream: 2, place: 1, purpose: 1}
	others := map[string]drawArgs{
		"seed":       {seed: 4, stream: 2, place: 1, purpose: 1},
		"stream":     {seed: 3, stream: 3, place: 1, purpose: 1},
		"place":      {seed: 3, stream: 2, place: 2, purpose: 1},
		"purpose":    {seed: 3, stream: 2, place: 1, purpose: 2},
		"attempt":    {seed: 3, stream: 2, place: 1, purpose: 1, attempt: 1},
		"swapped":    {seed: 2, stream: 3, place: 1, purpose: 1},
		"next order": {seed: 3, stream: 2, place: 1, purpose: 1, request: 1},
	}
	for name, o := range others {
		c, equal := 0.0, 0
		for i := range uint64(n) {
			a, b := base, o
			a.request += i
			b.request += i
			x, y := a.draw(), b.draw()
			c += (Unit(x) - 0.5) * (Unit(y) - 0.5)
			equal += 64 - bits.OnesCount64(x^y)
		}
		if z := 12 * c / math.Sqrt(n); math.Abs(z) > 4.5 {
			t.Errorf("%s: correlated, z = %.1f", name, z)
		}
		if z := (float64(equal) - 32*n) / (4 * math.Sqrt(n)); math.Abs(z) > 4.5 {
			t.Errorf("%s: equal bits, z = %.1f", name, z)
		}
	}
}

func TestDrawsDoNotCollide(t *testing.T) {
	var all []uint64
	for _, seed := range []uint64{0, 1, golden} {
		for stream := range uint32(4) {
			s := NewStream(seed, stream)
			for request := range uint64(300) {
				for place := range uint32(8) {
					for purpose := range uint32(6) {
						for attempt := range uint32(4) {
							all = append(all, s.Draw(request, place, purpose, attempt))
						}
					}
				}
			}
		}
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != len(all) {
		t.Errorf("%d different draws", n)
	}
}

func TestNamedStreams(t *testing.T) {
	a, b, c := NamedStream(1, "arrivals"), NamedStream(1, "service"), NamedStream(2, "arrivals")
	if a == b || a == c || a != NamedStream(1, "arrivals") || NamedStream(1, "") == NewStream(1, 0) {
		t.Error("named streams are not told apart")
	}
}

func TestUnitAndIndexStayInside(t *testing.T) {
	for _, x := range []uint64{0, 1, 1 << 11, 1<<64 - 1, 1<<64 - 1<<11, 1 << 63} {
		u := Unit(x)
		if !(u > 0 && u < 1) || Unit(^x) != 1-u {
			t.Errorf("Unit(%#x) = %v, of the complement %v", x, u, Unit(^x))
		}
	}
	if Index(0, 10) != 0 || Index(1<<64-1, 10) != 9 || Index(1<<63, 10) != 5 {
		t.Error("Index is out of place")
	}
	mustPanic(t, "Index of nothing", func() { Index(1, 0) })
	var count [10]int
	s := NewStream(9, 9)
	for i := range uint64(100_000) {
		count[Index(s.Draw(i, 0, 0, 0), 10)]++
	}
	for i, c := range count {
		if math.Abs(float64(c)-10_000) > 5*95 {
			t.Errorf("index %d came %d times of 100000", i, c)
		}
	}
}

// TestGoldenDraws: a scenario's luck must never change from version to version.
func TestGoldenDraws(t *testing.T) {
	h := uint64(0)
	for i := range uint32(1000) {
		h = mix(h + NewStream(uint64(i), i).Draw(uint64(i)*i7, i, i+1, i+2))
		h = mix(h + NamedStream(uint64(i), "frontend").Draw(uint64(i), 0, 0, 0))
	}
	if want := uint64(0x8ff136beb02cc3e5); h != want {
		t.Errorf("draws hash to %#x, want %#x", h, want)
	}
}

const i7 = 1_000_003

var sink64 uint64

func BenchmarkDraw(b *testing.B) {
	s := NewStream(1, 1)
	var x uint64
	for i := range b.N {
		x += s.Draw(uint64(i), 1, 2, 3)
	}
	sink64 = x
}

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		x    uint64
		d    time.Duration
		want time.Duration
	}{{0, time.Hour, 0}, {1 << 63, time.Hour, 30 * time.Minute}, {1<<64 - 1, 10, 9}, {7, 0, 0}, {7, -1, 0}} {
		if got := Span(c.x, c.d); got != c.want {
			t.Errorf("Span(%#x, %v) = %v, want %v", c.x, c.d, got, c.want)
		}
	}
}
