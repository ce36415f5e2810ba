package fmath

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand"
	"testing"
)

// ulps is the distance of got from want in units of want's last place.
func ulps(got, want float64) float64 {
	if got == want {
		return 0
	}
	u := math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want)
	return math.Abs(got-want) / u
}

// worst is the largest distance over n points of the generator.
func worst(n int, seed int64, f, oracle func(float64) float64, gen func(*rand.Rand) float64) (w, at float64) {
	r := rand.New(rand.NewSource(seed))
	for range n {
		x := gen(r)
		if u := ulps(f(x), oracle(x)); u > w || math.IsNaN(u) {
			w, at = u, x
		}
	}
	return w, at
}

func TestAccuracyAgainstTheStandardLibrary(t *testing.T) {
	anyBits := func(r *rand.Rand) float64 {
		for {
			if x := math.Float64frombits(r.Uint64() >> 1); !math.IsNaN(x) && !math.IsInf(x, 0) {
				return x
			}
		}
	}
	between := func(a, b float64) func(*rand.Rand) float64 {
		return func(r *rand.Rand) float64 { return a + (b-a)*r.Float64() }
	}
	cases := []struct {
		name      string
		f, oracle func(float64) float64
		gen       func(*rand.Rand) float64
		bar       float64
	}{
		{"log anywhere", Log, stdLog, anyBits, 2},
		{"log in (0,1)", Log, stdLog, between(0, 1), 2},
		{"log near 1", Log, stdLog, between(0.98, 1.02), 2},
		{"log subnormal", Log, stdLog, between(0, 0x1p-1022), 2},
		{"exp", Exp, math.Exp, between(-708, 709), 2},
		{"exp small", Exp, math.Exp, between(-1, 1), 2},
		{"exp subnormal", Exp, math.Exp, between(-745, -708), 1},
		{"normal cdf", NormCDF, func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }, between(-1, 8), 12},
		{"lgamma large", Lgamma, func(x float64) float64 { v, _ := math.Lgamma(x); return v }, between(12, 1e6), 10},
	}
	for _, c := range cases {
		w, at := worst(200_000, 1, c.f, c.oracle, c.gen)
		t.Logf("%-16s %.2f ulp at %v", c.name, w, at)
		if !(w <= c.bar) {
			t.Errorf("%s: %v ulp at %v, want at most %v", c.name, w, at, c.bar)
		}
	}
}

// stdLog is math.Log, whose amd64 version is wrong for subnormal numbers.
func stdLog(x float64) float64 {
	if x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

// TestAccuracyAgainstTheTruth uses 200-bit arithmetic: the standard library is
// off by up to an ulp itself, and its Pow by many.
func TestAccuracyAgainstTheTruth(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	var log, log10, exp, pow, tail float64
	off := func(got float64, want *big.Float) float64 {
		w, _ := want.Float64()
		if w == 0 {
			return math.Abs(got)
		}
		u := math.Nextafter(math.Abs(w), math.Inf(1)) - math.Abs(w)
		d, _ := new(big.Float).Sub(big200(got), want).Float64()
		return math.Abs(d) / u
	}
	ln10 := bigLog(10)
	for range 5_000 {
		x := math.Exp(r.NormFloat64() * math.Exp(3*r.NormFloat64()-1))
		if x == 0 || math.IsInf(x, 0) {
			continue
		}
		l := bigLog(x)
		log = max(log, off(Log(x), l))
		log10 = max(log10, off(Log10(x), new(big.Float).Quo(l, ln10)))
		e := 300 * r.NormFloat64()
		if math.Abs(e) < 700 {
			exp = max(exp, off(Exp(e), bigExp(big200(e))))
		}
		y := 300 * r.NormFloat64() / math.Log(x)
		if p := y * math.Log(x); math.Abs(p) < 700 && x != 1 {
			pow = max(pow, off(Pow(x, y), bigExp(new(big.Float).Mul(big200(y), l))))
		}
		u := r.Float64()
		tail = max(tail, off(Log(u), bigLog(u)))
	}
	t.Logf("log %.3f %.3f, log10 %.3f, exp %.3f, pow %.3f ulp", log, tail, log10, exp, pow)
	if log > 1 || tail > 1 || log10 > 1 || exp > 1 || pow > 2 {
		t.Error("a function is off by more than 1 ulp (Pow: 2)")
	}
}

func big200(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }

// bigLog is ln x = k ln 2 + 2 atanh((m-1)/(m+1)).
func bigLog(x float64) *big.Float {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	series := func(num, den *big.Float) *big.Float {
		s := new(big.Float).SetPrec(200).Quo(num, den)
		s2 := new(big.Float).Mul(s, s)
		sum := big200(0)
		for j := 1; j < 140; j += 2 {
			sum.Add(sum, new(big.Float).Quo(s, big200(float64(j))))
			s = new(big.Float).Mul(s, s2)
		}
		return sum.Mul(sum, big200(2))
	}
	ln2 := series(big200(1), big200(3))
	one := big200(1)
	ln := series(new(big.Float).Sub(big200(m), one), new(big.Float).Add(big200(m), one))
	return ln.Add(ln, ln2.Mul(ln2, big200(float64(k))))
}

// bigExp is e^x: the series at x/2^20, squared twenty times.
func bigExp(x *big.Float) *big.Float {
	r := new(big.Float).SetPrec(260).SetMantExp(x, -20)
	sum, term := new(big.Float).SetPrec(260).SetInt64(1), new(big.Float).SetPrec(260).SetInt64(1)
	for k := int64(1); k < 24; k++ {
		term.Mul(term, r).Quo(term, new(big.Float).SetInt64(k))
		sum.Add(sum, term)
	}
	for range 20 {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestLgammaOfSmallArguments(t *testing.T) {
	for x := 1e-4; x < 12; x += 0.001 {
		want, _ := math.Lgamma(x)
		if d := math.Abs(Lgamma(x) - want); d > 2e-14 {
			t.Fatalf("Lgamma(%v) is off by %v", x, d)
		}
	}
}

func TestPowFollowsTheStandardSpecialCases(t *testing.T) {
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1e308, -1e308, 5e-324, 2.5}
	for _, x := range special {
		for _, y := range special {
			got, want := Pow(x, y), math.Pow(x, y)
			same := got == want && math.Signbit(got) == math.Signbit(want) || got != got && want != want
			if !same && !(ulps(got, want) <= 2) {
				t.Errorf("Pow(%v, %v) = %v, want %v", x, y, got, want)
			}
		}
	}
}

func TestPowersOfTen(t *testing.T) {
	x := 1.0
	for k := 0.0; k <= 22; k++ {
		if Log10(x) != k {
			t.Errorf("Log10(%v) = %v", x, Log10(x))
		}
		if Pow(10, k) != x {
			t.Errorf("Pow(10, %v) = %v", k, Pow(10, k))
		}
		x *= 10
	}
}

func TestEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	cases := []struct {
		name      string
		got, want float64
	}{
		{"log 0", Log(0), -inf}, {"log -0", Log(math.Copysign(0, -1)), -inf}, {"log 1", Log(1), 0},
		{"log inf", Log(inf), inf}, {"log -1", Log(-1), nan}, {"log nan", Log(nan), nan}, {"log -inf", Log(-inf), nan},
		{"log smallest", Log(5e-324), -1074 * math.Ln2}, {"log largest", Log(math.MaxFloat64), math.Log(math.MaxFloat64)},
		{"log10 0", Log10(0), -inf}, {"log10 -1", Log10(-1), nan}, {"log10 inf", Log10(inf), inf},
		{"exp 0", Exp(0), 1}, {"exp inf", Exp(inf), inf}, {"exp -inf", Exp(-inf), 0}, {"exp nan", Exp(nan), nan},
		{"exp 710", Exp(710), inf}, {"exp -746", Exp(-746), 0}, {"exp -745.1", Exp(-745.1), 5e-324},
		{"exp largest", Exp(709.782712893384), math.Exp(709.782712893384)},
		{"q 0", NormQuantile(0), -inf}, {"q 1", NormQuantile(1), inf}, {"q half", NormQuantile(0.5), 0},
		{"q -1", NormQuantile(-1), nan}, {"q 2", NormQuantile(2), nan}, {"q nan", NormQuantile(nan), nan},
		{"cdf 0", NormCDF(0), 0.5}, {"cdf inf", NormCDF(inf), 1}, {"cdf -inf", NormCDF(-inf), 0}, {"cdf nan", NormCDF(nan), nan},
		{"lgamma 0", Lgamma(0), inf}, {"lgamma 1", Lgamma(1), 0}, {"lgamma 2", Lgamma(2), 0}, {"lgamma -1", Lgamma(-1), nan},
		{"lgamma inf", Lgamma(inf), inf}, {"lgamma nan", Lgamma(nan), nan},
	}
	for _, c := range cases {
		if c.got != c.want && !(c.got != c.got && c.want != c.want) && ulps(c.got, c.want) > 1 {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestNormQuantileInvertsNormCDF(t *testing.T) {
	for z := -8.2; z < 8.2; z += 0.00137 {
		p := NormCDF(-math.Abs(z)) // the lower tail keeps its digits
		got := NormQuantile(p)
		if math.Abs(got+math.Abs(z)) > 3e-15*max(1, math.Abs(z)) {
			t.Fatalf("NormQuantile(NormCDF(%v)) = %v", -math.Abs(z), got)
		}
	}
	for p := 0x1p-53; p < 0.5; p *= 1.01 {
		if q := 1 - p; 1-q == p && NormQuantile(p) != -NormQuantile(q) {
			t.Fatalf("not odd at %v", p)
		}
	}
	// Deep in the tail the standard library's Erfc is the judge.
	for z := -30.0; z < -1; z += 0.01 {
		if u := ulps(NormCDF(z), 0.5*math.Erfc(-z/math.Sqrt2)); u > 2500 { // its argument is rounded: z*z ulps
			t.Fatalf("NormCDF(%v) is off by %v ulp", z, u)
		}
	}
	if got, want := NormQuantile(0.99), 2.3263478740408408; ulps(got, want) > 2 {
		t.Errorf("z99 = %v, want %v", got, want)
	}
}

func TestGammaQuantile(t *testing.T) {
	for _, shape := range []float64{0.0025, 0.04, 0.25, 0.5, 1, 2, 4, 100, 1e6} {
		y := GammaStart(shape)
		for _, z := range []float64{0, -1, -3, -8.2, 0, 1, 2, 4, 8.2} {
			if z == 0 {
				y = GammaStart(shape)
			}
			var slope float64
			y, slope = GammaLogQuantile(shape, z, y)
			lower, upper := logGammaTails(shape, y)
			got, want := lower, Log(NormCDF(z))
			if z > 0 {
				got, want = upper, Log(NormCDF(-z))
			}
			if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
				t.Errorf("shape %v at %v: tail %v, want %v", shape, z, got, want)
			}
			const h = 1e-4
			a, _ := GammaLogQuantile(shape, z-h, y)
			b, _ := GammaLogQuantile(shape, z+h, y)
			if d := (b - a) / (2 * h); math.Abs(d-slope) > 1e-5*(1e-2+math.Abs(slope)) {
				t.Errorf("shape %v at %v: slope %v, differences say %v", shape, z, slope, d)
			}
		}
	}
	// Shape 1 is the exponential distribution.
	for z := -6.0; z < 3; z += 0.25 {
		y, _ := GammaLogQuantile(1, z, 0)
		if want := math.Log(-math.Log1p(-NormCDF(z))); math.Abs(y-want) > 2e-13*max(1, math.Abs(want)) {
			t.Errorf("exponential at %v: %v, want %v", z, y, want)
		}
	}
}

func TestTables(t *testing.T) {
	bf := func(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }
	split := func(x *big.Float) (hi, lo float64) {
		hi, _ = x.Float64()
		lo, _ = new(big.Float).SetPrec(200).Sub(x, bf(hi)).Float64()
		return hi, lo
	}
	for i, e := range logTable {
		c := 1 + float64(i)/128
		if i >= nHalf {
			c /= 2
		}
		// ln c = 2 (s + s^3/3 + ...), s = (c-1)/(c+1)
		s := new(big.Float).Quo(bf(c-1), bf(c+1))
		s2 := new(big.Float).Mul(s, s)
		sum := bf(0)
		for k := 1; k < 160; k += 2 {
			sum.Add(sum, new(big.Float).Quo(s, bf(float64(k))))
			s = new(big.Float).Mul(s, s2)
		}
		hi, lo := split(sum.Mul(sum, bf(2)))
		inv, _ := new(big.Float).Quo(bf(1), bf(c)).Float64()
		if e.hi != hi || e.lo != lo || e.inv != inv {
			t.Errorf("logTable[%d] = %x, want %x %x %x", i, e, inv, hi, lo)
		}
	}
	root, p := bf(2), bf(1)
	for range 7 {
		root = new(big.Float).Sqrt(root)
	}
	for j, e := range expTable {
		hi, _ := p.Float64()
		d := new(big.Float).SetPrec(200).Sub(p, bf(hi))
		tail, _ := d.Quo(d, bf(hi)).Float64()
		if e.val != hi || e.tail != tail {
			t.Errorf("expTable[%d] = %x, want %x %x", j, e, hi, tail)
		}
		p = new(big.Float).Mul(p, root)
	}
}

// TestGoldenBits holds every bit of the results: another processor, another
// compiler or another order of operations must not change one.
func TestGoldenBits(t *testing.T) {
	const want = uint64(0xf10b4cdcd9916f8)
	h := fnv.New64a()
	put := func(x float64) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(x))
		h.Write(b[:])
	}
	x := uint64(12345)
	for range 20_000 {
		x = x*6364136223846793005 + 1442695040888963407
		u := float64((float64(x>>12) + 0.5) * 0x1p-52)
		e := float64(1400*u) - 700
		put(Log(u))
		put(Log(math.Float64frombits(x >> 2)))
		put(Log10(u))
		put(Exp(e))
		put(Pow(u, e/50))
		put(Pow(1+float64((u-0.5)*0.015), float64(50*e)))
		put(NormQuantile(u))
		put(NormCDF(float64(16*u) - 8))
		put(Lgamma(30 * u))
	}
	for z := -8.0; z <= 8; z++ {
		y, s := GammaLogQuantile(0.3, z, GammaStart(0.3))
		put(y)
		put(s)
	}
	if got := h.Sum64(); got != want {
		t.Errorf("the results hash to %#x, want %#x", got, want)
	}
}

var sink float64

func BenchmarkLog(b *testing.B)          { bench(b, Log, 0x1p-53, 0.99) }
func BenchmarkMathLog(b *testing.B)      { bench(b, math.Log, 0x1p-53, 0.99) }
func BenchmarkExp(b *testing.B)          { bench(b, Exp, -5, 9.99) }
func BenchmarkMathExp(b *testing.B)      { bench(b, math.Exp, -5, 9.99) }
func BenchmarkNormQuantile(b *testing.B) { bench(b, NormQuantile, 0x1p-53, 0.99) }
func BenchmarkPow(b *testing.B) {
	bench(b, func(x float64) float64 { return Pow(x, 3.3) }, 0x1p-53, 0.99)
}

func bench(b *testing.B, f func(float64) float64, from, span float64) {
	var xs [1024]float64
	r := rand.New(rand.NewSource(1))
	for i := range xs {
		xs[i] = from + span*r.Float64()
	}
	s := 0.0
	for i := 0; b.Loop(); i++ {
		s += f(xs[i&1023])
	}
	sink = s
}
