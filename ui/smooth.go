package ui

import "time"

// smooth is an average that follows its value within 2.5 s of wall time or
// 2 s of virtual time, whichever is shorter, for the numbers that are read
// from afar. A number that is compared with a bound is never on the other
// side of it than the value that it follows.
type smooth struct {
	set                      bool
	p50, p99, err, cpu, busy float64
}

const (
	smoothWall    = 2500 * time.Millisecond
	smoothVirtual = 2 * time.Second
)

// errBound is the share of failures from which on they are marked.
const errBound = 0.01

// update follows the snapshot: wall and virtual are the time since the last
// one, slo the bound of p99 in ns (0: none). It follows at once when the clock
// stands or jumps.
func (s *smooth) update(v smooth, wall, virtual time.Duration, slo float64, jump bool) {
	k := max(float64(wall)/float64(smoothWall), float64(virtual)/float64(smoothVirtual))
	if jump || !s.set || k >= 1 || virtual < 0 {
		v.set = true
		*s = v
		return
	}
	snapped := v.p99 == 0 || s.p99 == 0 // nobody was served
	follow(&s.p50, v.p50, k, 0, snapped)
	follow(&s.p99, v.p99, k, slo, snapped)
	follow(&s.err, v.err, k, errBound, v.err == 0)
	follow(&s.cpu, v.cpu, k, 0, false)
	follow(&s.busy, v.busy, k, 0, false)
}

// follow moves towards a value by a share of the way; all of it when that
// crosses the bound, so that number and mark turn together.
func follow(old *float64, v, k, bound float64, snap bool) {
	if snap || bound > 0 && (v > bound) != (*old > bound) {
		k = 1
	}
	*old += (v - *old) * k
	if k == 1 {
		*old = v
	}
}
