// Package metrics is the pipeline between what a container uses and what the
// autoscaler learns of it: metrics-server, which asks every node once per
// resolution and reports, for each container, the use between its last two
// points. So every number is late and an average, a new container is missing
// for a scrape or two, and so is one that was restarted.
//
// The rules are those of metrics-server as Kubernetes 1.37's HPA meets it
// (MS1 to MS5 of the specification).
package metrics

import (
	"math/bits"
	"time"
)

// FreshAge is the age from which a container with a single point is reported
// as if it had used nothing at its start, as long as it is younger than the
// resolution (MS3).
const FreshAge = 10 * time.Second

// Series is what metrics-server keeps of one container: its last two points.
// The zero value has none. It is a plain value.
type Series struct {
	last, prev       point
	hasLast, hasPrev bool
}

// point is one scrape of one container.
type point struct {
	at     time.Duration
	cpu    time.Duration // CPU time since the container's start
	memory int64
}

// Sample is what the metrics API answers for one container.
type Sample struct {
	CPU    int64         // millicores over the window, rounded up as a Quantity's MilliValue is
	Memory int64         // bytes, at the end of the window
	At     time.Duration // end of the window
	Window time.Duration
}

// Scrape takes in what the node reports at now: a container that was started
// at start has used cpu since then and holds memory bytes. One that started
// after the last point is another container and has no older point (MS3).
func (s *Series) Scrape(now, start, cpu time.Duration, memory int64, resolution time.Duration) {
	p := point{at: now, cpu: cpu, memory: memory}
	age := now - start
	switch {
	case age >= FreshAge && age < resolution:
		s.prev, s.hasPrev = point{at: start, memory: memory}, true
	case s.hasLast && start < s.last.at && now > s.last.at:
		s.prev, s.hasPrev = s.last, true
	case s.hasLast && start < s.last.at && now == s.last.at:
		return // the same point again (MS2: two distinct ones)
	default:
		s.prev, s.hasPrev = point{}, false
	}
	s.last, s.hasLast = p, true
}

// Miss is a round in which the container's node did not answer, or in which
// the container did not run: it is missing until it has two points again (MS4).
func (s *Series) Miss() { *s = Series{} }

// Sample returns the use between the last two points. It is false when there
// are not two, or when the counter went backwards, which metrics-server takes
// for a broken pair.
func (s *Series) Sample() (Sample, bool) {
	if !s.hasLast || !s.hasPrev || s.last.cpu < s.prev.cpu {
		return Sample{}, false
	}
	window := s.last.at - s.prev.at
	return Sample{CPU: millicores(s.last.cpu-s.prev.cpu, window), Memory: s.last.memory, At: s.last.at, Window: window}, true
}

const (
	nanoPerCore  = 1_000_000_000
	nanoPerMilli = 1_000_000
)

// millicores is used ÷ window in thousandths of a core: metrics-server reports
// whole nanocores, and the HPA reads them rounded up to a millicore.
func millicores(used, window time.Duration) int64 {
	hi, lo := bits.Mul64(uint64(used), nanoPerCore)
	if window <= 0 || hi >= uint64(window) {
		return 0 // no window, or more cores than a machine can have
	}
	nano, _ := bits.Div64(hi, lo, uint64(window))
	return int64(nano/nanoPerMilli) + boolInt(nano%nanoPerMilli > 0)
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
