// Package traffic says when the next request comes.
//
// A Profile is the arrival rate over time as k6 writes it: stages, each a
// straight line to its target. The requests are a Poisson process with that
// rate, made by inversion: the next request comes when the area under the rate
// has grown by an exponential draw of mean 1 (or by exactly 1, for arrivals as
// even as k6's own). Because the draw is an area and not a time, a factor on
// the traffic or another profile moves a request without changing which
// customer it is.
package traffic

import (
	"fmt"
	"math"
	"time"
)

// Stage is a straight line from the rate before it to Target. A Duration of 0
// is a jump.
type Stage struct {
	Duration time.Duration
	Target   float64 // requests per second
	Name     string
}

// piece is a stretch of the profile with one slope. Times in ns, areas in
// requests, rates per second.
type piece struct {
	start      time.Duration
	dur        time.Duration // the last piece has none: its rate holds for ever
	from, to   float64
	slope      float64 // per second per second
	cumulative float64 // area before start
}

// Profile is an arrival rate over time. Immutable once made, so it may be
// shared. The zero value is a rate of 0 for ever.
type Profile struct {
	stages []Stage
	starts []time.Duration // of each stage, and the end of the last
	pieces []piece
	peak   float64
}

// New returns the profile that begins with rate start (requests per second) and
// goes through stages; after the last its rate holds. It panics on a rate that
// is negative or not finite and on a negative duration: readers of files
// refuse those.
func New(start float64, stages []Stage) Profile {
	check(start)
	p := Profile{stages: append([]Stage(nil), stages...), peak: start}
	at, rate, area := time.Duration(0), start, 0.0
	for _, s := range stages {
		check(s.Target)
		if s.Duration < 0 || at+s.Duration < at {
			panic(fmt.Sprintf("traffic: stage of duration %v", s.Duration))
		}
		p.starts = append(p.starts, at)
		p.peak = max(p.peak, s.Target)
		if s.Duration > 0 {
			sec := s.Duration.Seconds()
			slope := (s.Target - rate) / sec
			p.pieces = append(p.pieces, piece{start: at, dur: s.Duration, from: rate, to: s.Target, slope: slope, cumulative: area})
			area += float64((rate + s.Target) / 2 * sec)
			at += s.Duration
		}
		rate = s.Target
	}
	p.starts = append(p.starts, at)
	p.pieces = append(p.pieces, piece{start: at, from: rate, to: rate, cumulative: area})
	return p
}

func check(rate float64) {
	if math.IsNaN(rate) || math.IsInf(rate, 0) || rate < 0 {
		panic(fmt.Sprintf("traffic: rate %v", rate))
	}
}

// Rate returns the requests per second at t. At a jump it is the rate after it.
func (p *Profile) Rate(t time.Duration) float64 {
	if len(p.pieces) == 0 {
		return 0
	}
	return p.pieces[p.find(t)].rate(t)
}

// Cumulative returns the expected number of arrivals in [0, t] at factor 1.
func (p *Profile) Cumulative(t time.Duration) float64 {
	if len(p.pieces) == 0 || t <= 0 {
		return 0
	}
	s := &p.pieces[p.find(t)]
	return s.cumulative + s.area(s.start, t)
}

// Consumed returns factor times the area under the rate from one time to a
// later one, summed from the near end so that a short stretch is as exact late
// in a run as early; 0 when to is not after from.
func (p *Profile) Consumed(from, to time.Duration, factor float64) float64 {
	from = max(from, 0)
	if len(p.pieces) == 0 || to <= from {
		return 0
	}
	area := 0.0
	for i := p.find(from); i < len(p.pieces) && from < to; i++ {
		s := &p.pieces[i]
		end := to
		if s.dur > 0 {
			end = min(to, s.start+s.dur)
		}
		area += s.area(from, end)
		from = end
	}
	return float64(factor * area)
}

// Next returns the first time from or later at which factor times the area
// under the rate since from reaches need; false if it never does, because the
// rate stays 0 or the time lies beyond the clock's range.
//
// The time is the exact solution rounded to the nearest nanosecond, never
// before from and never past the end of the stage it lies in. Poisson arrivals
// need nothing more. Even arrivals (need 1) would sum up the rounding: a caller
// that wants them exact carries Consumed(from, t, factor) - need into the next
// need.
func (p *Profile) Next(from time.Duration, need, factor float64) (t time.Duration, ok bool) {
	from = max(from, 0)
	if need <= 0 {
		return from, true
	}
	if len(p.pieces) == 0 || !(factor > 0) || math.IsInf(factor, 1) {
		return 0, false
	}
	need /= factor
	for i := p.find(from); i < len(p.pieces); i++ {
		s := &p.pieces[i]
		if s.dur == 0 {
			return s.solve(from, need, math.MaxInt64)
		}
		end := s.start + s.dur
		if here := s.area(from, end); here < need {
			need -= here
			from = end
			continue
		}
		return s.solve(from, need, end)
	}
	return 0, false
}

// StageAt returns the index of the stage that t lies in, the last one when the
// profile is over, -1 if there are no stages. At a border it is the later one.
func (p *Profile) StageAt(t time.Duration) int {
	i := len(p.stages) - 1
	for i > 0 && p.starts[i] > t {
		i--
	}
	return i
}

// StageStart returns when stage i begins; StageStart(len(Stages())) is when the
// last one ends.
func (p *Profile) StageStart(i int) time.Duration {
	if len(p.starts) == 0 {
		return 0
	}
	return p.starts[i]
}

// Peak returns the highest rate, in requests per second.
func (p *Profile) Peak() float64 { return p.peak }

// Stages returns the stages as given. The caller must not change them.
func (p *Profile) Stages() []Stage { return p.stages }

// find returns the index of the piece that t lies in.
func (p *Profile) find(t time.Duration) int {
	lo, hi := 0, len(p.pieces)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if p.pieces[mid].start <= t {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// rate returns the rate at t within the piece.
func (s *piece) rate(t time.Duration) float64 {
	if s.slope == 0 || t <= s.start {
		return s.from
	}
	return max(s.from+float64(s.slope*(t-s.start).Seconds()), 0)
}

// area returns the area from a to b, both within the piece.
func (s *piece) area(a, b time.Duration) float64 {
	if s.slope == 0 {
		return float64(s.from * (b - a).Seconds())
	}
	to := s.to
	if b < s.start+s.dur {
		to = s.rate(b)
	}
	return float64((s.rate(a) + to) / 2 * (b - a).Seconds())
}

// solve returns when the area since from is need: the root of
// r·x + slope/2·x² = need, in the form that loses no digits for a small slope
// and works for a falling rate too. It does not pass end.
func (s *piece) solve(from time.Duration, need float64, end time.Duration) (time.Duration, bool) {
	r := s.rate(from)
	var x float64
	if s.slope == 0 {
		x = need / r
	} else {
		under := float64(r*r) + float64(2*s.slope*need)
		x = 2 * need / (r + math.Sqrt(max(under, 0)))
	}
	x = float64(x*1e9) + 0.5
	if left := end - from; !(x < float64(left)) {
		return end, end != math.MaxInt64
	}
	return from + time.Duration(x), true
}
