package fmath

import "math"

const (
	expPerLn2 = 0x1.71547652b82fep+07 // 128/ln 2
	stepHi    = 0x1.62e42fef8p-08     // (ln 2)/128 to 34 bits: n*stepHi is exact for every n in use
	stepLo    = 0x1.1cf79abc9e3b4p-43 // the rest
	expMax    = 709.782712893384      // above: more than the largest float64
	expMin    = -745.1332191019412    // below: less than half the smallest subnormal
)

// Exp returns e to the x, within 1 ulp (subnormal results: within one of their steps).
//
//	Exp(+Inf) = +Inf    Exp(-Inf) = 0    Exp(NaN) = NaN
//
// Results out of range are +Inf and 0.
func Exp(x float64) float64 { return expParts(x, 0) }

// expParts is e^(x+lo) for a lo far below x's last bits.
func expParts(x, lo float64) float64 {
	if !(x >= expMin && x <= expMax) {
		switch {
		case x > expMax:
			return math.Inf(1)
		case x < expMin:
			return 0
		}
		return nan
	}
	n := int64(float64(x*expPerLn2) + math.Copysign(0.5, x))
	nf := float64(n)
	r := (x - float64(nf*stepHi)) - float64(nf*stepLo)
	r += lo
	r2 := float64(r * r)
	a := float64(r*(1.0/6)) + 0.5
	b := float64(r*(1.0/120)) + 1.0/24
	p := r + float64(r2*(a+float64(r2*b)))
	t := &expTable[n&127]
	y := t.val + float64(t.val*(t.tail+p))
	k := n >> 7
	if k > -1021 {
		return math.Float64frombits(math.Float64bits(y) + uint64(k)<<52)
	}
	// Near and below the smallest normal number: scale up exactly, then round once.
	y = math.Float64frombits(math.Float64bits(y) + uint64(k+64)<<52)
	return float64(y * 0x1p-64)
}

// Pow returns x to the y, within 2 ulp. The special cases are those of the
// standard library's Pow:
//
//	Pow(x, ±0) = 1 and Pow(1, y) = 1 for any x, y, NaN included
//	Pow(±0, y) = ±Inf for an odd integer y < 0, +Inf for other y < 0
//	Pow(±0, y) = ±0 for an odd integer y > 0, +0 for other y > 0
//	Pow(x < 0, y) = NaN for a finite y that is no integer
//	Pow(x, +Inf) = +Inf for |x| > 1, 1 for -1, +0 for |x| < 1; and the other way round for -Inf
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case x != x || y != y:
		return nan
	case x == 0:
		if y < 0 {
			return signOdd(math.Inf(1), x, y)
		}
		return signOdd(0, x, y)
	case math.IsInf(y, 0):
		ax := math.Abs(x)
		switch {
		case ax == 1:
			return 1
		case (ax > 1) == (y > 0):
			return math.Inf(1)
		}
		return 0
	case math.IsInf(x, 0):
		if y < 0 {
			return signOdd(0, x, y)
		}
		return signOdd(math.Inf(1), x, y)
	case x < 0 && y != math.Trunc(y):
		return nan
	}
	return signOdd(powPositive(math.Abs(x), y), x, y)
}

// signOdd gives v the sign of x when y is an odd integer.
func signOdd(v, x, y float64) float64 {
	if math.Signbit(x) && math.Abs(y) < 1<<53 && y == math.Trunc(y) && math.Trunc(y/2)*2 != y {
		return -v
	}
	return v
}

func powPositive(x, y float64) float64 {
	hi, lo := logParts(x)
	if hi == 0 {
		return 1
	}
	// Far out of range already: the exact product below could overflow in its parts.
	if est := float64(hi * y); est > 800 {
		return math.Inf(1)
	} else if est < -800 {
		return 0
	}
	if math.Abs(y) < 0x1p-900 { // x^y rounds to 1; keeps the splitting away from subnormals
		return 1
	}
	// |hi*y| <= 800 and |hi| >= 2^-53 bound y by 2^64, well inside twoProd's range.
	p, e := twoProd(hi, y)
	return expParts(p, e+float64(lo*y))
}
