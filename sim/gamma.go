package sim

import "example.com/hasim/sim/fmath"

// The quantile function of the gamma distribution has no closed form. Its
// logarithm over the normal score is a smooth, almost straight curve: a table
// of values and slopes at equal steps, with the cubic that fits both ends of a
// step, is within 1e-6 of it.
const (
	gammaPer1  = 32                 // steps per unit of the normal score
	gammaSide  = 33 * gammaPer1 / 4 // nodes on either side of the median: scores to ±8.25, all that Unit can give
	gammaNodes = 2*gammaSide + 1
)

// gammaTable returns value and slope (per step) of ln(quantile/scale), node by node.
func gammaTable(shape float64) []float64 {
	t := make([]float64, 2*gammaNodes)
	at := func(i int, start float64) float64 {
		z := float64(i-gammaSide) / gammaPer1
		y, slope := fmath.GammaLogQuantile(shape, z, start)
		t[2*i], t[2*i+1] = y, slope/gammaPer1
		return y
	}
	// From the median outward, each answer extended along its slope being the next guess.
	y := at(gammaSide, fmath.GammaStart(shape))
	for i := gammaSide + 1; i < gammaNodes; i++ {
		y = at(i, y+t[2*i-1])
	}
	y = t[2*gammaSide]
	for i := gammaSide - 1; i >= 0; i-- {
		y = at(i, y-t[2*i+3])
	}
	return t
}

// gammaLog interpolates the table at the normal score z; beyond its ends it
// stays at the ends.
func gammaLog(t []float64, z float64) float64 {
	x := float64(z*gammaPer1) + gammaSide
	x = max(0, min(gammaNodes-1, x))
	i := min(int(x), gammaNodes-2)
	s := x - float64(i)
	n := t[2*i : 2*i+4 : 2*i+4]
	y0, d0, y1, d1 := n[0], n[1], n[2], n[3]
	rise := y1 - y0
	c2 := float64(3*rise) - float64(2*d0) - d1
	c3 := d0 + d1 - float64(2*rise)
	return y0 + float64(s*(d0+float64(s*(c2+float64(s*c3)))))
}
