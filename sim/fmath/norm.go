package fmath

import "math"

// Coefficients of algorithm AS 241, PPND16 (M. J. Wichura, Applied Statistics
// 37, 1988): rational approximations to the normal quantile in the middle, in
// the tail and in the far tail.
var (
	midNum = [8]float64{3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
		45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727}
	midDen = [8]float64{1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
		21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610}
	tailNum = [8]float64{1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
		1.27045825245236838258, .241780725177450611770, .0227238449892691845833, 7.74545014278341407640e-4}
	tailDen = [8]float64{1, 2.05319162663775882187, 1.67638483018380384940, .689767334985100004550,
		.148103976427480074590, .0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9}
	farNum = [8]float64{6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, .296560571828504891230,
		.0265321895265761230930, .00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7}
	farDen = [8]float64{1, .599832206555887937690, .136929880922735805310, .0148753612908506148525,
		7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15}
)

// poly7 evaluates the polynomial with coefficients c at x, in pairs so that
// the processor can overlap the products.
func poly7(c *[8]float64, x float64) float64 {
	x2 := float64(x * x)
	x4 := float64(x2 * x2)
	a := float64(c[1]*x) + c[0]
	b := float64(c[3]*x) + c[2]
	d := float64(c[5]*x) + c[4]
	e := float64(c[7]*x) + c[6]
	a += float64(b * x2)
	d += float64(e * x2)
	return a + float64(d*x4)
}

// NormQuantile returns the z with NormCDF(z) = p, to about 1e-15 relative.
//
//	NormQuantile(0) = -Inf    NormQuantile(1) = +Inf    NaN outside [0, 1]
//
// It is odd around 1/2: NormQuantile(1-p) = -NormQuantile(p) whenever 1-p is exact.
func NormQuantile(p float64) float64 {
	q := p - 0.5
	if math.Abs(q) <= 0.425 {
		r := 0.180625 - float64(q*q)
		return float64(q*poly7(&midNum, r)) / poly7(&midDen, r)
	}
	return normTail(p, q)
}

func normTail(p, q float64) float64 {
	t := p
	if q > 0 {
		t = 1 - p
	}
	if !(t > 0) {
		switch {
		case t == 0 && q > 0:
			return math.Inf(1)
		case t == 0:
			return math.Inf(-1)
		}
		return nan
	}
	r := math.Sqrt(-Log(t))
	var z float64
	if r <= 5 {
		r -= 1.6
		z = poly7(&tailNum, r) / poly7(&tailDen, r)
	} else {
		r -= 5
		z = poly7(&farNum, r) / poly7(&farDen, r)
	}
	if q < 0 {
		return -z
	}
	return z
}

const (
	invSqrt2Pi = 0x1.9884533d43651p-2 // 1/sqrt(2 pi)
	logSqrt2Pi = 0x1.d67f1c864beb5p-1 // ln sqrt(2 pi)
)

// NormCDF returns the probability that a standard normal variable is at most
// x, within 12 ulp, in the lower tail too.
//
//	NormCDF(-Inf) = 0    NormCDF(+Inf) = 1    NormCDF(NaN) = NaN
//
// It is meant for tables and reports, not for the path of a request.
func NormCDF(x float64) float64 {
	switch {
	case x != x:
		return nan
	case x > 8.5: // 1 - 1e-17
		return 1
	case x < -38.6: // below the smallest subnormal
		return 0
	}
	a := math.Abs(x)
	if a < 1 {
		return 0.5 + float64(normDensity(x)*normSeries(x))
	}
	// Beyond 1 the tail comes from Laplace's continued fraction
	// 1/(a + 1/(a + 2/(a + 3/...))), evaluated from a fixed depth upward.
	depth := 40 + int(600/float64(a*a))
	f := a
	for k := depth; k > 0; k-- {
		f = a + float64(k)/f
	}
	tail := normDensity(a) / f
	if x > 0 {
		return 1 - tail
	}
	return tail
}

// normSeries is (NormCDF(x) - 1/2) / density(x) = x + x^3/3 + x^5/(3*5) + ...
func normSeries(x float64) float64 {
	x2 := float64(x * x)
	sum, term := x, x
	for k := 3.0; k < 60; k += 2 {
		term = float64(term * (x2 / k))
		sum += term
	}
	return sum
}

// normDensity is exp(-x*x/2)/sqrt(2 pi), with the rounding error of x*x carried along.
func normDensity(x float64) float64 {
	p, e := twoProd(x, x)
	return float64(invSqrt2Pi * expParts(float64(-0.5*p), float64(-0.5*e)))
}
