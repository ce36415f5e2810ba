package fmath

import "math"

const (
	ln2Hi = 0x1.62e42fefa2p-01        // ln 2 to 40 bits: k*ln2Hi is exact for every exponent k
	ln2Lo = 0x1.9ef35793c7673p-41     // the rest of ln 2
	l10Hi = 0x1.bcb7b1526e50ep-02     // 1/ln 10
	l10Lo = 0x1.95355baaafad3p-57     // the rest of 1/ln 10
	one52 = 1 << 52                   // the weight of a float64's exponent field
	man52 = one52 - 1                 // the mask of its fraction
	bits1 = uint64(0x3ff) << 52       // the bits of 1.0
	nHalf = 54                        // from this cell on the fraction is halved, so that ln stays within ±ln(2)/2
	round = uint64(1) << (52 - 7 - 1) // half a cell
)

// logReduce writes a positive finite x as 2^k * (c + d), where c is the centre
// of cell i. The difference d is exact.
func logReduce(x float64) (k int64, i uint64, d float64) {
	b := math.Float64bits(x)
	k = int64(b>>52) - 1023
	if k == -1023 { // subnormal
		b = math.Float64bits(x * (1 << 54))
		k = int64(b>>52) - 1023 - 54
	}
	m := b & man52
	i = (m + round) >> (52 - 7)
	// Cells 0..53 sit at 1+i/128, cells 54..128 at half of it with the exponent one up.
	var half uint64
	if i >= nHalf {
		half = 1
	}
	k += int64(half)
	z := math.Float64frombits(m | (bits1 - half<<52))
	c := math.Float64frombits((bits1 - half<<52) + i<<(52-7))
	return k, i, z - c
}

// logTail is ln(1+r) - r for |r| <= 2^-8.
func logTail(r float64) float64 {
	r2 := float64(r * r)
	a := float64(r*(1.0/3)) - 0.5
	b := float64(r*(1.0/5)) - 0.25
	c := float64(r*(1.0/7)) - 1.0/6
	c = float64(c*r2) + b
	c = float64(c*r2) + a
	return float64(c * r2)
}

// Log returns the natural logarithm of x, within 1 ulp.
//
//	Log(±0) = -Inf    Log(x < 0) = NaN    Log(+Inf) = +Inf    Log(NaN) = NaN
//
// Subnormal x are as accurate as any other.
func Log(x float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return logSpecial(x)
	}
	k, i, d := logReduce(x)
	t := &logTable[i]
	r := float64(d * t.inv)
	kf := float64(k)
	w, e1 := twoSum(float64(kf*ln2Hi), t.hi)
	s, e2 := twoSum(w, r)
	return s + ((e1 + e2) + (t.lo + float64(kf*ln2Lo)) + logTail(r))
}

func logSpecial(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x > 0:
		return x // +Inf
	}
	return nan
}

// logParts returns ln x as an unevaluated sum hi+lo, good to about 2^-61 of the
// result. x is positive and finite.
func logParts(x float64) (hi, lo float64) {
	k, i, d := logReduce(x)
	t := &logTable[i]
	r := float64(d * t.inv)
	// What rounding cost r: (d - r*c)/c. c has at most 9 bits, so r*c is exact in two halves.
	c := (128 + float64(i)) / 128
	if i >= nHalf {
		c = c / 2
	}
	p, pe := twoProd(r, c)
	re := float64(((d - p) - pe) * t.inv)
	kf := float64(k)
	w, e1 := twoSum(float64(kf*ln2Hi), t.hi)
	s, e2 := twoSum(w, r)
	r4 := float64(r*r) * float64(r*r)
	more := float64(float64(r4*r4) * (float64(r*(1.0/9)) - 0.125)) // two more terms than logTail
	tail := (more - float64(r*re)) + logTail(r)
	return twoSum(s, (e1+e2)+(t.lo+float64(kf*ln2Lo)+re)+tail)
}

// Log10 returns the decimal logarithm of x, within 1 ulp; exact for powers of
// ten. The special cases are those of Log.
func Log10(x float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return logSpecial(x)
	}
	hi, lo := logParts(x)
	p, e := twoProd(hi, l10Hi)
	return p + (e + float64(hi*l10Lo) + float64(lo*l10Hi))
}
