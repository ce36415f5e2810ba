package ui

import (
	"math"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
)

// history is what a lane told so far. It is append-only, except that going
// back in time cuts it.
type history struct {
	samples   []model.Sample
	services  []model.ServiceSample // stride per sample
	stride    int
	events    []model.Event
	decisions []decision
	gen       int // counts the cuts
}

// decision is one sync of an autoscaler.
type decision struct {
	service int32
	at      time.Duration
	d       autoscale.Decision
}

// length is where a history stood, to cut it back to there.
type length struct{ samples, events, decisions int }

func (h *history) length() length {
	return length{len(h.samples), len(h.events), len(h.decisions)}
}

// observer records a run into h.
func (h *history) observer() model.Observer {
	return model.Observer{
		Event:  func(e *model.Event) { h.events = append(h.events, *e) },
		Sample: h.sample,
		Decision: func(service int32, at time.Duration, d *autoscale.Decision) {
			h.decisions = append(h.decisions, decision{service, at, *d})
		},
	}
}

func (h *history) sample(s *model.Sample) {
	h.stride = len(s.Services)
	h.services = append(h.services, s.Services...)
	own := *s
	own.Services = nil
	h.samples = append(h.samples, own)
}

// cut forgets what came after l.
func (h *history) cut(l length) {
	h.samples = h.samples[:l.samples]
	h.services = h.services[:l.samples*h.stride]
	clear(h.events[l.events:])
	h.events = h.events[:l.events]
	clear(h.decisions[l.decisions:])
	h.decisions = h.decisions[:l.decisions]
	h.gen++
}

// service is service svc in sample i.
func (h *history) service(i, svc int) model.ServiceSample {
	if svc < 0 || svc >= h.stride {
		return model.ServiceSample{}
	}
	return h.services[i*h.stride+svc]
}

// lastDecision is the newest decision about svc, or about any service that
// has one when svc has none.
func (h *history) lastDecision(svc int) *decision {
	for i := len(h.decisions) - 1; i >= 0; i-- {
		if int(h.decisions[i].service) == svc {
			return &h.decisions[i]
		}
	}
	if n := len(h.decisions); n > 0 {
		return &h.decisions[n-1]
	}
	return nil
}

// columns is a run brought to n columns of equal time: the greatest queue and
// p99 in each, the least number of ready replicas, the mean rate, so that no
// spike is lost however narrow the chart is. Columns without a sample are NaN.
type columns struct {
	n        int
	from, to time.Duration
	svc, gen int
	folded   int
	counts   []int
	rate     []float64
	queue    []float64
	p50, p99 []float64 // milliseconds
	ready    []float64
	desired  []float64
	broken   []bool        // something was bad just then
	slo      time.Duration // of p99, 0: none
}

// update brings c up to date with h for that axis; it folds only what is new.
func (c *columns) update(h *history, n int, from, to time.Duration, svc int) {
	n = max(n, 0)
	if c.n != n || c.from != from || c.to != to || c.svc != svc || c.gen != h.gen || c.folded > len(h.samples) {
		c.reset(n)
		c.from, c.to, c.svc, c.gen = from, to, svc, h.gen
	}
	if n == 0 || to <= from {
		return
	}
	if c.folded == 0 && from > 0 {
		c.folded = firstAfter(h.samples, from)
	}
	for ; c.folded < len(h.samples); c.folded++ {
		c.fold(h, c.folded)
	}
}

// firstAfter is the index of the first sample later than t.
func firstAfter(s []model.Sample, t time.Duration) int {
	lo, hi := 0, len(s)
	for lo < hi {
		if mid := (lo + hi) / 2; s[mid].At > t {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

func (c *columns) reset(n int) {
	c.n, c.folded = n, 0
	for _, v := range []*[]float64{&c.rate, &c.queue, &c.p50, &c.p99, &c.ready, &c.desired} {
		*v = (*v)[:0]
		for i := 0; i < n; i++ {
			*v = append(*v, math.NaN())
		}
	}
	c.counts = append(c.counts[:0], make([]int, n)...)
	c.broken = append(c.broken[:0], make([]bool, n)...)
}

// fold adds one sample to its column. A run with fewer seconds than columns
// leaves none empty: a sample also fills those before it that have nothing.
func (c *columns) fold(h *history, i int) {
	s := &h.samples[i]
	if s.At <= c.from || s.At > c.to {
		return
	}
	width := float64(c.to - c.from)
	x := int(float64(s.At-c.from-1) / width * float64(c.n))
	first := x
	if prev := s.At - time.Second - c.from; prev >= 0 {
		first = min(x, int(float64(prev)/width*float64(c.n)))
		if c.counts[first] > 0 && first < x {
			first++
		}
	}
	for ; first <= x; first++ {
		c.add(first, s, h.service(i, c.svc))
	}
}

func (c *columns) add(x int, s *model.Sample, v model.ServiceSample) {
	k := float64(c.counts[x])
	c.counts[x]++
	c.rate[x] = mean(c.rate[x], s.Rate, k)
	c.queue[x] = most(c.queue[x], float64(s.QueueMax))
	if s.P50 > 0 {
		c.p50[x] = mean(c.p50[x], s.P50.Seconds()*1000, k)
	}
	if s.P99 > 0 {
		c.p99[x] = most(c.p99[x], s.P99.Seconds()*1000)
	}
	c.ready[x] = least(c.ready[x], float64(v.Ready))
	c.desired[x] = most(c.desired[x], float64(v.Desired))
	c.broken[x] = c.broken[x] || s.Failed > 0 || c.slo > 0 && s.P99 > c.slo
}

func mean(old, v, n float64) float64 {
	if n == 0 || math.IsNaN(old) {
		return v
	}
	return (old*n + v) / (n + 1)
}

func most(old, v float64) float64 {
	if old > v || math.IsNaN(v) {
		return old
	}
	return v
}

func least(old, v float64) float64 {
	if old < v || math.IsNaN(v) {
		return old
	}
	return v
}
