package sim

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand"
	"testing"
	"time"

	"example.com/hasim/sim/fmath"
)

const ms = time.Millisecond

// must makes a Dist from a constructor's two results.
func must(t testing.TB) func(Dist, error) Dist {
	return func(d Dist, err error) Dist {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

func family(t testing.TB) map[string]Dist {
	ok := must(t)
	return map[string]Dist{
		"constant":           Constant(7 * ms),
		"uniform":            ok(Uniform(5*ms, 25*ms)),
		"exponential":        ok(Exponential(10 * ms)),
		"lognormal":          ok(LognormalP50P99(20*ms, 200*ms)),
		"lognormal cv":       ok(LognormalMeanCV(10*ms, 1.5)),
		"gamma narrow":       ok(Gamma(10*ms, 0.1)),
		"gamma":              ok(Gamma(10*ms, 0.5)),
		"gamma wide":         ok(Gamma(10*ms, 2)),
		"weibull narrow":     ok(Weibull(10*ms, 0.3)),
		"weibull wide":       ok(Weibull(10*ms, 3)),
		"pareto":             ok(Pareto(10*ms, 2.5)),
		"empirical":          ok(Empirical([]time.Duration{4 * ms, 1 * ms, 2 * ms, 2 * ms, 100 * ms})),
		"gamma least cv":     ok(Gamma(10*ms, MinCV)),
		"gamma most cv":      ok(Gamma(10*ms, MaxCV)),
		"weibull least cv":   ok(Weibull(10*ms, MinCV)),
		"weibull most cv":    ok(Weibull(10*ms, MaxCV)),
		"lognormal most cv":  ok(LognormalMeanCV(10*ms, MaxCV)),
		"uniform of a point": ok(Uniform(5*ms, 5*ms)),
	}
}

// strata integrates f over the quantile function: the mean of f at the middles
// of n equal parts, finer towards the ends by substitution u = s²(3-2s).
func strata(d *Dist, n int, f func(x float64) float64) float64 {
	sum := 0.0
	for i := range n {
		s := (float64(i) + 0.5) / float64(n)
		u, w := s*s*(3-2*s), 6*s*(1-s)
		sum += w * f(float64(d.Sample(u)))
	}
	return sum / float64(n)
}

// TestMoments: mean and coefficient of variation are what was asked for.
func TestMoments(t *testing.T) {
	ok := must(t)
	cases := []struct {
		name     string
		d        Dist
		mean, cv float64
	}{
		{"constant", Constant(time.Second), 1, 0},
		{"uniform", ok(Uniform(time.Second, 3*time.Second)), 2, 1 / (2 * math.Sqrt(3))},
		{"exponential", ok(Exponential(time.Second)), 1, 1},
		{"lognormal", ok(LognormalMeanCV(time.Second, 0.8)), 1, 0.8},
		{"lognormal p50 p99", ok(LognormalP50P99(time.Second, 4*time.Second)), math.Exp(0.1775577), math.Sqrt(math.Exp(2*0.1775577) - 1)},
		{"gamma .2", ok(Gamma(time.Second, 0.2)), 1, 0.2},
		{"gamma 1", ok(Gamma(time.Second, 1)), 1, 1},
		{"gamma 2", ok(Gamma(time.Second, 2)), 1, 2},
		{"weibull .2", ok(Weibull(time.Second, 0.2)), 1, 0.2},
		{"weibull 1", ok(Weibull(time.Second, 1)), 1, 1},
		{"weibull 1.5", ok(Weibull(time.Second, 1.5)), 1, 1.5},
		{"pareto", ok(Pareto(time.Second, 6)), 1, 1 / math.Sqrt(24)},
		{"empirical", ok(Empirical([]time.Duration{time.Second, 3 * time.Second})), 2, 0.5},
	}
	for _, c := range cases {
		mean := strata(&c.d, 400_000, func(x float64) float64 { return x })
		variance := strata(&c.d, 400_000, func(x float64) float64 { return (x - mean) * (x - mean) })
		if cv := math.Sqrt(variance) / mean; math.Abs(mean/1e9-c.mean) > 1e-4*c.mean || math.Abs(cv-c.cv) > 2e-3*(1e-3+c.cv) {
			t.Errorf("%s: mean %.6f s, cv %.5f; want %.6f and %.5f", c.name, mean/1e9, cv, c.mean, c.cv)
		}
		if m := c.d.Mean().Seconds(); math.Abs(m-c.mean) > 1e-4 {
			t.Errorf("%s: Mean() = %v, want %v", c.name, m, c.mean)
		}
	}
}

// TestQuantiles against closed forms, written with the standard library.
func TestQuantiles(t *testing.T) {
	ok := must(t)
	z := func(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }
	sigma := math.Log(10) / z(0.99)
	erlang4 := func(u float64) float64 { // mean 1, cv 1/2: shape 4, by bisection
		lo, hi := 0.0, 40.0
		for range 200 {
			x := (lo + hi) / 2
			if 1-math.Exp(-x)*(1+x+x*x/2+x*x*x/6) < u {
				lo = x
			} else {
				hi = x
			}
		}
		return lo / 4
	}
	cases := []struct {
		name string
		d    Dist
		want func(u float64) float64 // s
	}{
		{"uniform", ok(Uniform(time.Second, 3*time.Second)), func(u float64) float64 { return 1 + 2*u }},
		{"exponential", ok(Exponential(time.Second)), func(u float64) float64 { return -math.Log1p(-u) }},
		{"lognormal", ok(LognormalP50P99(time.Second, 10*time.Second)), func(u float64) float64 { return math.Exp(sigma * z(u)) }},
		{"gamma 1", ok(Gamma(time.Second, 1)), func(u float64) float64 { return -math.Log1p(-u) }},
		{"gamma 1/2", ok(Gamma(time.Second, 0.5)), erlang4},
		{"gamma chi-square", ok(Gamma(time.Second, math.Sqrt2)), func(u float64) float64 { q := z((1 + u) / 2); return q * q }},
		{"weibull 1", ok(Weibull(time.Second, 1)), func(u float64) float64 { return -math.Log1p(-u) }},
		{"pareto", ok(Pareto(time.Second, 2)), func(u float64) float64 { return 0.5 / math.Sqrt(1-u) }},
	}
	for _, c := range cases {
		for u := 0.0005; u < 0.9999; u += 0.0007 {
			got, want := float64(c.d.Sample(u)), c.want(u)*1e9
			if math.Abs(got-want) > 0.6+1e-8*want {
				t.Fatalf("%s at %.4f: %.1f ns, want %.1f", c.name, u, got, want)
			}
		}
	}
}

// TestGammaTable: between its nodes the interpolation stays within 1e-6 of the
// exact quantile, for every shape that is allowed.
func TestGammaTable(t *testing.T) {
	for _, cv := range []float64{MinCV, 0.01, 0.1, 0.5, 1, 2, 5, 10, MaxCV} {
		shape := 1 / (cv * cv)
		table := gammaTable(shape)
		worst, at := 0.0, 0.0
		for i := 1; i < gammaNodes-1; i++ {
			for _, s := range []float64{0.2, 0.5, 0.8} {
				z := (float64(i-gammaSide) + s) / gammaPer1
				exact, _ := fmath.GammaLogQuantile(shape, z, table[2*i])
				if exact < -60 {
					continue // below any nanosecond
				}
				if d := math.Abs(gammaLog(table, z) - exact); d > worst {
					worst, at = d, z
				}
			}
		}
		t.Logf("cv %-6v relative error %.1e at %.2f", cv, worst, at)
		if worst > 1e-6 {
			t.Errorf("cv %v: relative error %.1e at score %.2f", cv, worst, at)
		}
	}
}

// TestEverySampleIsInRangeAndMonotone for all families, at and beyond the ends too.
func TestEverySampleIsInRangeAndMonotone(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for name, d := range family(t) {
		for _, u := range []float64{math.Inf(-1), -1, 0, 5e-324, 0x1p-53, 1 - 0x1p-53, 1, 2, math.Inf(1), math.NaN()} {
			if s := d.Sample(u); s < 0 || s > MaxSample {
				t.Errorf("%s: Sample(%v) = %v", name, u, s)
			}
		}
		if d.Sample(0) > d.Sample(0x1p-53) || d.Sample(1-0x1p-53) > d.Sample(1) {
			t.Errorf("%s: the ends are not at the ends", name)
		}
		last := d.Sample(0)
		for i := range 20_000 {
			s := d.Sample((float64(i) + 0.5) / 20_000)
			if s < last {
				t.Fatalf("%s decreases at %d: %v after %v", name, i, s, last)
			}
			last = s
		}
		for range 20_000 { // neighbours
			u := r.Float64()
			if a, b := d.Sample(u), d.Sample(math.Nextafter(u, 1)); b < a-1 {
				t.Fatalf("%s decreases beside %v: %v after %v", name, u, b, a)
			}
		}
		if n := testing.AllocsPerRun(100, func() { d.Sample(0.3) }); n != 0 {
			t.Errorf("%s: %v allocations a sample", name, n)
		}
	}
}

func TestTheLongestSample(t *testing.T) {
	d, err := Pareto(time.Hour, 1.0001)
	if err != nil {
		t.Fatal(err)
	}
	if s := d.Sample(1 - 0x1p-53); s > MaxSample {
		t.Errorf("sample %v", s)
	}
	if s := d.Sample(1); s != MaxSample {
		t.Errorf("the end of the tail is %v", s)
	}
}

func TestKindsAndZeros(t *testing.T) {
	ok := must(t)
	var zero Dist
	if !zero.IsZero() || zero.Kind() != "constant" || zero.Sample(0.5) != 0 || zero.Mean() != 0 {
		t.Error("the zero Dist is not the constant 0")
	}
	for _, d := range []Dist{Constant(0), ok(Uniform(0, 0)), ok(Empirical([]time.Duration{0, 0}))} {
		if !d.IsZero() {
			t.Errorf("%s of 0 takes time", d.Kind())
		}
	}
	for name, d := range family(t) {
		if d.IsZero() || d.Mean() <= 0 {
			t.Errorf("%s: zero %v, mean %v", name, d.IsZero(), d.Mean())
		}
		if kind := d.Kind(); name[:len(kind)] != kind {
			t.Errorf("%s is of kind %s", name, kind)
		}
	}
	mustPanic(t, "negative constant", func() { Constant(-1) })
}

func TestEmpiricalKeepsItsOwnValues(t *testing.T) {
	v := []time.Duration{3, 1, 2}
	d := must(t)(Empirical(v))
	v[0] = 99
	for i, want := range []time.Duration{1, 2, 3} {
		if got := d.Sample((float64(i) + 0.5) / 3); got != want {
			t.Errorf("third %d: %d, want %d", i, got, want)
		}
	}
}

func TestMistakesAreExplained(t *testing.T) {
	e := func(_ Dist, err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	cases := []struct{ got, want string }{
		{e(Uniform(-1, 5)), "min must not be negative"},
		{e(Uniform(5, 4)), "max must not be below min"},
		{e(Uniform(5, 1e18)), "max must be at most 1000h0m0s"},
		{e(Exponential(0)), "mean must be above 0"},
		{e(Exponential(1e18)), "mean must be at most 1000h0m0s"},
		{e(LognormalP50P99(0, 5)), "p50 must be above 0"},
		{e(LognormalP50P99(5, 5)), "p99 must be above p50"},
		{e(LognormalP50P99(5, 1e18)), "p99 must be at most 1000h0m0s"},
		{e(LognormalMeanCV(1, 0)), "cv must be between 0.001 and 20 (for no variation use a constant)"},
		{e(Gamma(1, math.NaN())), "cv must be between 0.001 and 20 (for no variation use a constant)"},
		{e(Weibull(1, 21)), "cv must be between 0.001 and 20 (for no variation use a constant)"},
		{e(Weibull(-1, 1)), "mean must be above 0"},
		{e(Pareto(1, 1)), "alpha must be above 1 (the mean is infinite otherwise)"},
		{e(Pareto(1, math.NaN())), "alpha must be above 1 (the mean is infinite otherwise)"},
		{e(Pareto(0, 2)), "mean must be above 0"},
		{e(Empirical(nil)), "values must not be empty"},
		{e(Empirical([]time.Duration{2, -1})), "values must not be negative"},
		{e(Empirical([]time.Duration{2, 1e18})), "values must be at most 1000h0m0s"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("error %q, want %q", c.got, c.want)
		}
	}
}

// TestGoldenSamples holds every bit of the samples, on every machine.
func TestGoldenSamples(t *testing.T) {
	const want = uint64(0xb81d05cc4bfa7057)
	names := []string{"constant", "uniform", "exponential", "lognormal", "lognormal cv", "gamma narrow", "gamma", "gamma wide",
		"weibull narrow", "weibull wide", "pareto", "empirical", "gamma least cv", "gamma most cv"}
	all := family(t)
	h := fnv.New64a()
	s := NewStream(7, 7)
	for i, name := range names {
		d := all[name]
		for j := range uint64(5000) {
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], uint64(d.Sample(Unit(s.Draw(j, uint32(i), 0, 0)))))
			h.Write(b[:])
		}
	}
	if got := h.Sum64(); got != want {
		t.Errorf("the samples hash to %#x, want %#x", got, want)
	}
}

var sinkDuration time.Duration

func BenchmarkSample(b *testing.B) {
	all := family(b)
	var us [1024]float64
	s := NewStream(1, 1)
	for i := range us {
		us[i] = Unit(s.Draw(uint64(i), 0, 0, 0))
	}
	for _, name := range []string{"constant", "uniform", "exponential", "lognormal", "gamma", "weibull wide", "pareto", "empirical"} {
		d := all[name]
		b.Run(name, func(b *testing.B) {
			var sum time.Duration
			for i := range b.N {
				sum += d.Sample(us[i&1023])
			}
			sinkDuration = sum
		})
	}
}

func BenchmarkNewGamma(b *testing.B) {
	for b.Loop() {
		Gamma(time.Second, 0.5)
	}
}
