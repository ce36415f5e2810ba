package sim

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"example.com/hasim/sim/fmath"
)

// MaxSample is the longest duration that a Dist gives: a longer one is cut to
// it, so that sums of samples cannot leave the range of the clock.
const MaxSample = 1000 * time.Hour

// Dist is a distribution of durations. It is immutable once built and may be
// shared; the zero value is the constant 0. A sample is the inverse of the
// distribution function at one uniform number, so that a larger number gives a
// longer duration, and two distributions can be compared on the same luck.
type Dist struct {
	kind   kind
	a, b   float64 // what Sample needs, in ns: see there
	mean   time.Duration
	table  []float64       // gamma: values and slopes over the normal score
	values []time.Duration // empirical: sorted
}

type kind uint8

const (
	constant kind = iota
	uniform
	exponential
	lognormal
	gamma
	weibull
	pareto
	empirical
)

var kindNames = [...]string{"constant", "uniform", "exponential", "lognormal", "gamma", "weibull", "pareto", "empirical"}

// Kind returns the name of the distribution's family, as scenario files spell it.
func (d *Dist) Kind() string { return kindNames[d.kind] }

// Mean returns the mean of the distribution, without the cut at MaxSample (but
// not above the range of a time.Duration).
func (d *Dist) Mean() time.Duration { return d.mean }

// IsZero reports whether the distribution never takes time: every sample is 0.
func (d *Dist) IsZero() bool {
	switch d.kind {
	case constant, uniform:
		return d.a == 0 && d.b == 0
	case empirical:
		return d.values[len(d.values)-1] == 0
	}
	return false
}

// Sample returns the duration at the uniform number u in (0, 1): the quantile
// at u, rounded to a nanosecond, from 0 to MaxSample. It does not decrease in
// u, but for the last bit of the floating-point result: neighbouring u may
// differ by a nanosecond the wrong way. Numbers outside (0, 1) count as the
// nearest end, NaN as 0.
func (d *Dist) Sample(u float64) time.Duration {
	switch d.kind {
	case constant:
		return time.Duration(d.a)
	case uniform: // a + b*u
		return toDuration(d.a + float64(d.b*max(0, min(1, u))))
	case exponential: // a = mean
		return toDuration(-d.a * logUpper(u))
	case lognormal: // a = median, b = sigma
		return toDuration(d.a * fmath.Exp(d.b*score(u)))
	case gamma: // a = scale
		return toDuration(d.a * fmath.Exp(gammaLog(d.table, score(u))))
	case weibull: // a = scale, b = 1/shape
		return toDuration(d.a * fmath.Exp(d.b*fmath.Log(-logUpper(u))))
	case pareto: // a = least value, b = 1/alpha
		return toDuration(d.a * fmath.Exp(-d.b*logUpper(u)))
	default:
		return d.values[rankOf(u, len(d.values))]
	}
}

// logUpper is ln(1-u) for u clamped to [0, 1]. 1-u is exact for what Unit gives.
func logUpper(u float64) float64 { return fmath.Log(1 - max(0, min(1, u))) }

// score is the normal quantile of u clamped to [0, 1].
func score(u float64) float64 { return fmath.NormQuantile(max(0, min(1, u))) }

// toDuration rounds x ns. Its conversion keeps the sum from fusing with a product of the caller's. The comparison is false for NaN, which gives 0: no
// conversion that differs between processors is reached.
func toDuration(x float64) time.Duration {
	if x >= float64(MaxSample) {
		return MaxSample
	}
	if x > 0 {
		return time.Duration(float64(x) + 0.5)
	}
	return 0
}

// rankOf is floor(u*n) within [0, n-1].
func rankOf(u float64, n int) int {
	x := u * float64(n)
	switch {
	case x >= float64(n):
		return n - 1
	case x > 0:
		return int(x)
	}
	return 0
}

// toMean rounds a mean in ns that may be beyond the range of a duration.
func toMean(x float64) time.Duration {
	if x >= 9e18 {
		return math.MaxInt64
	}
	return time.Duration(float64(x) + 0.5)
}

// Constant returns the distribution that always takes d (at most MaxSample).
// It panics if d is negative.
func Constant(d time.Duration) Dist {
	if d < 0 {
		panic("sim: Constant: negative duration")
	}
	d = min(d, MaxSample)
	return Dist{kind: constant, a: float64(d), mean: d}
}

// Uniform returns the distribution with equal chances from lowest to highest.
func Uniform(lowest, highest time.Duration) (Dist, error) {
	switch {
	case lowest < 0:
		return Dist{}, errors.New("min must not be negative")
	case highest < lowest:
		return Dist{}, errors.New("max must not be below min")
	case highest > MaxSample:
		return Dist{}, fmt.Errorf("max must be at most %v", MaxSample)
	}
	return Dist{kind: uniform, a: float64(lowest), b: float64(highest - lowest), mean: lowest + (highest-lowest)/2}, nil
}

// Exponential returns the distribution without memory: density e^(-t/mean)/mean.
func Exponential(mean time.Duration) (Dist, error) {
	if err := checkMean(mean); err != nil {
		return Dist{}, err
	}
	return Dist{kind: exponential, a: float64(mean), mean: mean}, nil
}

// z99 is the normal score of 0.99.
const z99 = 2.3263478740408408

// LognormalP50P99 returns the lognormal distribution with the given median and
// 99th percentile.
func LognormalP50P99(p50, p99 time.Duration) (Dist, error) {
	switch {
	case p50 <= 0:
		return Dist{}, errors.New("p50 must be above 0")
	case p99 <= p50:
		return Dist{}, errors.New("p99 must be above p50")
	case p99 > MaxSample:
		return Dist{}, fmt.Errorf("p99 must be at most %v", MaxSample)
	}
	sigma := fmath.Log(float64(p99)/float64(p50)) / z99
	mean := float64(p50) * fmath.Exp(0.5*float64(sigma*sigma))
	return Dist{kind: lognormal, a: float64(p50), b: sigma, mean: toMean(mean)}, nil
}

// LognormalMeanCV returns the lognormal distribution with the given mean and
// coefficient of variation (standard deviation / mean).
func LognormalMeanCV(mean time.Duration, cv float64) (Dist, error) {
	if err := checkMeanCV(mean, cv); err != nil {
		return Dist{}, err
	}
	variance := fmath.Log(1 + float64(cv*cv))
	median := float64(mean) * fmath.Exp(-0.5*variance)
	return Dist{kind: lognormal, a: median, b: math.Sqrt(variance), mean: mean}, nil
}

// Gamma returns the gamma distribution with the given mean and coefficient of
// variation: shape 1/cv², scale mean·cv².
func Gamma(mean time.Duration, cv float64) (Dist, error) {
	if err := checkMeanCV(mean, cv); err != nil {
		return Dist{}, err
	}
	shape := 1 / float64(cv*cv)
	return Dist{kind: gamma, a: float64(mean) / shape, mean: mean, table: gammaTable(shape)}, nil
}

// Weibull returns the Weibull distribution with the given mean and coefficient
// of variation.
func Weibull(mean time.Duration, cv float64) (Dist, error) {
	if err := checkMeanCV(mean, cv); err != nil {
		return Dist{}, err
	}
	inv := weibullInverseShape(cv)
	scale := float64(mean) / fmath.Exp(fmath.Lgamma(1+inv))
	return Dist{kind: weibull, a: scale, b: inv, mean: mean}, nil
}

// weibullInverseShape solves gamma(1+2r)/gamma(1+r)² = 1+cv² for r = 1/shape.
// The left side grows with r, so halving an interval finds it.
func weibullInverseShape(cv float64) float64 {
	want := fmath.Log(1 + float64(cv*cv))
	lo, hi := 0.0, 50.0
	for range 100 {
		r := float64((lo + hi) / 2) // a division by 2 is compiled as a product
		if fmath.Lgamma(1+float64(2*r))-float64(2*fmath.Lgamma(1+r)) < want {
			lo = r
		} else {
			hi = r
		}
	}
	return float64((lo + hi) / 2)
}

// Pareto returns the Pareto distribution with the given mean and tail index
// alpha > 1: the least value is mean·(alpha-1)/alpha, the chance of more than t
// is (least/t)^alpha.
func Pareto(mean time.Duration, alpha float64) (Dist, error) {
	if err := checkMean(mean); err != nil {
		return Dist{}, err
	}
	if !(alpha > 1) || math.IsInf(alpha, 0) {
		return Dist{}, errors.New("alpha must be above 1 (the mean is infinite otherwise)")
	}
	least := float64(mean) * ((alpha - 1) / alpha)
	return Dist{kind: pareto, a: least, b: 1 / alpha, mean: mean}, nil
}

// Empirical returns the distribution that gives each of the values with the
// same chance. The values are copied.
func Empirical(values []time.Duration) (Dist, error) {
	if len(values) == 0 {
		return Dist{}, errors.New("values must not be empty")
	}
	v := slices.Clone(values)
	slices.Sort(v)
	if v[0] < 0 {
		return Dist{}, errors.New("values must not be negative")
	}
	if last := v[len(v)-1]; last > MaxSample {
		return Dist{}, fmt.Errorf("values must be at most %v", MaxSample)
	}
	sum := 0.0
	for _, x := range v {
		sum += float64(x)
	}
	return Dist{kind: empirical, mean: toMean(sum / float64(len(v))), values: v}, nil
}

// The coefficients of variation that Gamma, Weibull and LognormalMeanCV take:
// below, a constant says the same; above, a sample's mean never settles.
const (
	MinCV = 0.001
	MaxCV = 20
)

func checkMean(mean time.Duration) error {
	switch {
	case mean <= 0:
		return errors.New("mean must be above 0")
	case mean > MaxSample:
		return fmt.Errorf("mean must be at most %v", MaxSample)
	}
	return nil
}

func checkMeanCV(mean time.Duration, cv float64) error {
	if err := checkMean(mean); err != nil {
		return err
	}
	if !(cv >= MinCV && cv <= MaxCV) {
		return fmt.Errorf("cv must be between %v and %v (for no variation use a constant)", MinCV, MaxCV)
	}
	return nil
}
