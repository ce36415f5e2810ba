package traffic

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// blackFriday is the profile of the lesson: quiet, doors open, sale, last orders.
func blackFriday() Profile {
	return New(60, []Stage{
		{2 * time.Minute, 60, "quiet evening"},
		{30 * time.Second, 600, "doors open"},
		{3 * time.Minute, 600, "sale"},
		{time.Minute, 60, "last orders"},
	})
}

func TestRateAndTotalsOfALesson(t *testing.T) {
	p := blackFriday()
	for _, c := range []struct {
		at          time.Duration
		rate, total float64
		stage       int
	}{
		{0, 60, 0, 0},
		{time.Minute, 60, 3600, 0},
		{2 * time.Minute, 60, 7200, 1},
		{2*time.Minute + 15*time.Second, 330, 7200 + (60+330)/2*15, 1},
		{2*time.Minute + 30*time.Second, 600, 7200 + 330*30, 2},
		{5*time.Minute + 30*time.Second, 600, 7200 + 9900 + 108000, 3},
		{6 * time.Minute, 330, 7200 + 9900 + 108000 + (600+330)/2*30, 3},
		{6*time.Minute + 30*time.Second, 60, 7200 + 9900 + 108000 + 330*60, 3},
		{10 * time.Minute, 60, 7200 + 9900 + 108000 + 19800 + 60*210, 3},
	} {
		if got := p.Rate(c.at); math.Abs(got-c.rate) > 1e-9 {
			t.Errorf("rate at %v: %v, want %v", c.at, got, c.rate)
		}
		if got := p.Cumulative(c.at); math.Abs(got-c.total) > 1e-6 {
			t.Errorf("arrivals until %v: %v, want %v", c.at, got, c.total)
		}
		if got := p.StageAt(c.at); got != c.stage {
			t.Errorf("stage at %v: %d, want %d", c.at, got, c.stage)
		}
	}
	if p.Peak() != 600 || p.StageStart(2) != 150*time.Second || p.StageStart(4) != 390*time.Second {
		t.Errorf("peak %v, sale at %v, end %v", p.Peak(), p.StageStart(2), p.StageStart(4))
	}
}

// Closed forms: the n-th arrival of a straight line.
func TestNextAgainstClosedForms(t *testing.T) {
	sec := func(x float64) time.Duration { return time.Duration(math.Round(x * 1e9)) }
	up := New(0, []Stage{{10 * time.Second, 100, ""}})                                  // n = 5 t²
	down := New(100, []Stage{{10 * time.Second, 0, ""}})                                // n = 100 t - 5 t²
	jump := New(10, []Stage{{10 * time.Second, 10, ""}, {0, 100, ""}, {0, 50, "last"}}) // 10/s, then 50/s
	pause := New(10, []Stage{{0, 0, ""}, {time.Minute, 0, "closed"}, {0, 10, ""}})
	zero := New(0, nil)
	for _, c := range []struct {
		name         string
		p            *Profile
		from         time.Duration
		need, factor float64
		want         time.Duration
		ok           bool
	}{
		{"ramp from 0", &up, 0, 20, 1, 2 * time.Second, true},
		{"ramp from 0, twice the traffic", &up, 0, 40, 2, 2 * time.Second, true},
		{"ramp from its middle", &up, 5 * time.Second, 55, 1, 6 * time.Second, true},
		{"over the end of the ramp", &up, 9 * time.Second, 95 + 100, 1, 11 * time.Second, true},
		{"ramp down", &down, 0, 95, 1, time.Second, true},
		{"the last of a ramp down", &down, 0, 500, 1, 10 * time.Second, true},
		{"more than a ramp to 0 holds", &down, 0, 500.001, 1, 0, false},
		{"ramp down near its end", &down, 0, 499.99, 1, sec(10 - math.Sqrt(0.002)), true},
		{"before a jump", &jump, 0, 50, 1, 5 * time.Second, true},
		{"over two jumps at once", &jump, 9 * time.Second, 10 + 25, 1, 10500 * time.Millisecond, true},
		{"closed at first", &pause, 0, 5, 1, time.Minute + 500*time.Millisecond, true},
		{"rounded to the nearest ns", &jump, 0, 20. / 3, 1, 666_666_667, true},
		{"no rate", &zero, 0, 1e-9, 1, 0, false},
		{"factor 0", &up, 0, 1, 0, 0, false},
		{"nothing needed", &zero, 7 * time.Second, 0, 1, 7 * time.Second, true},
		{"beyond the clock", &jump, 0, 1e18, 1e-9, 0, false},
	} {
		got, ok := c.p.Next(c.from, c.need, c.factor)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
	var none Profile
	if _, ok := none.Next(0, 1, 1); ok || none.Rate(0) != 0 || none.Cumulative(time.Hour) != 0 || none.StageAt(0) != -1 || none.StageStart(0) != 0 {
		t.Error("the zero profile is no traffic")
	}
	if got := jump.Rate(10 * time.Second); got != 50 {
		t.Errorf("rate at the jump %v, want the one after it", got)
	}
}

// Whatever the profile and wherever it starts: Next consumes what was needed,
// to within the half nanosecond of its rounding, and never goes back.
func TestNextIsTheInverseOfConsumed(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		var stages []Stage
		for range rng.IntN(5) {
			stages = append(stages, Stage{Duration: time.Duration(rng.IntN(4)) * time.Duration(rng.Int64N(1e11)), Target: float64(rng.IntN(3)) * rng.Float64() * 1000})
		}
		p := New(rng.Float64()*100, stages)
		factor := 0.1 + 3*rng.Float64()
		at := time.Duration(rng.Int64N(1e11))
		for range 20 {
			need := rng.ExpFloat64() * math.Pow(10, float64(rng.IntN(5)-1))
			next, ok := p.Next(at, need, factor)
			if !ok {
				if left := p.Consumed(at, math.MaxInt64, factor); left >= need*(1+1e-9) {
					t.Fatalf("%+v: never from %v, but %v ≥ %v comes", p, at, left, need)
				}
				break
			}
			slack := p.Peak()*factor*1e-9 + need*1e-12
			if got := p.Consumed(at, next, factor); next < at || math.Abs(got-need) > slack {
				t.Fatalf("%+v\nfrom %v to %v consumes %v, want %v", p, at, next, got, need)
			}
			if whole := factor * (p.Cumulative(next) - p.Cumulative(at)); math.Abs(whole-need) > slack+1e-6 {
				t.Fatalf("cumulative grows by %v, want %v", whole, need)
			}
			at = next
		}
	}
}

// Poisson: the count over a ramp is its area, and so is the variance.
func TestPoissonCounts(t *testing.T) {
	p := New(0, []Stage{{10 * time.Second, 100, ""}, {10 * time.Second, 0, ""}})
	rng := rand.New(rand.NewPCG(7, 8))
	const runs = 400
	sum, squares, early := 0.0, 0.0, 0.0
	for range runs {
		n := 0.0
		for at, ok := p.Next(0, rng.ExpFloat64(), 1); ok; at, ok = p.Next(at, rng.ExpFloat64(), 1) {
			n++
			if at < 5*time.Second {
				early++
			}
		}
		sum, squares = sum+n, squares+n*n
	}
	mean := sum / runs
	variance := squares/runs - mean*mean
	if math.Abs(mean-1000) > 4*math.Sqrt(1000./runs) || variance < 780 || variance > 1250 {
		t.Errorf("mean %v, variance %v, want 1000 of both", mean, variance)
	}
	if share := early / sum; math.Abs(share-0.125) > 0.005 {
		t.Errorf("%v of the arrivals in the first quarter, want 1/8", share)
	}
}

// k6's even arrivals: with the rounding carried on, the 600th arrival of 60/s
// comes at 10 s to the nanosecond.
func TestEvenArrivalsCarryTheirRounding(t *testing.T) {
	p := New(60, nil)
	at, carry := time.Duration(0), 0.0
	for range 600 {
		need := 1 - carry
		next, _ := p.Next(at, need, 1)
		carry, at = p.Consumed(at, next, 1)-need, next
	}
	if d := at - 10*time.Second; d < -1 || d > 1 {
		t.Errorf("the 600th arrival is off by %v", d)
	}
}

// Traffic × 2 in the middle of a wait: what is left of the need gives the same
// customer, earlier.
func TestAChangedFactorKeepsTheNeed(t *testing.T) {
	p := New(1, nil)
	left := 1 - p.Consumed(0, 400*time.Millisecond, 1)
	if got, _ := p.Next(400*time.Millisecond, left, 2); got != 700*time.Millisecond {
		t.Errorf("comes at %v, want 700ms", got)
	}
}

func TestNewPanicsOnNonsense(t *testing.T) {
	for _, f := range []func(){
		func() { New(-1, nil) },
		func() { New(math.NaN(), nil) },
		func() { New(1, []Stage{{time.Second, math.Inf(1), ""}}) },
		func() { New(1, []Stage{{-1, 1, ""}}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}

func TestNextDoesNotAllocate(t *testing.T) {
	p := blackFriday()
	if n := testing.AllocsPerRun(100, func() { p.Next(125*time.Second, 1, 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNext(b *testing.B) {
	p := blackFriday()
	b.Run("ramp", func(b *testing.B) {
		for b.Loop() {
			p.Next(130*time.Second, 1.3, 1)
		}
	})
	b.Run("flat", func(b *testing.B) {
		for b.Loop() {
			p.Next(200*time.Second, 1.3, 1)
		}
	})
}
