package model

import (
	"time"

	"example.com/hasim/model/expect"
	"example.com/hasim/sim"
)

// Precision of the histograms, in buckets per octave: 128 is within 0.8 %, 32
// within 3 %.
const (
	finePerOctave   = 128
	coarsePerOctave = 32
)

// window is how many seconds "recent" means (format: percentiles on the
// screen are of the last 10 s).
const window = 10

// meter measures the run. It only listens: nothing that it holds influences
// what happens.
type meter struct {
	totals  Totals
	latency sim.Histogram // of served requests, measured ones
	recent  sim.Histogram // of the last seconds and the present one
	seconds [window]second
	at      int // the present one
	queued  sim.Level
	most    int64 // of queued, in this second
	svc     []serviceMeter
	lines   []lineMeter // of Expect
	goals   []lineMeter
	digest  uint64
	done    uint64 // requests that ended, measured or not
	main    int32  // the service that lines without a service mean
	since   time.Duration
}

// second is one second's part of the recent past.
type second struct {
	latency        sim.Histogram
	arrived        uint32
	served, failed uint32
}

// serviceMeter measures one service.
type serviceMeter struct {
	visits     VisitReport
	latency    sim.Histogram
	queued     sim.Level
	most       int64 // of queued, in this second
	exist      sim.Level
	desired    int64
	desiredMax int64
	ready      int64
	readyMin   int64 // -1 before the first was ready
}

// lineMeter follows one expect line.
type lineMeter struct {
	state expect.State
	known bool
	holds bool
}

func (w *World) openMeter() {
	m := &w.meter
	m.latency = sim.NewHistogram(finePerOctave)
	m.recent = sim.NewHistogram(coarsePerOctave)
	for i := range m.seconds {
		m.seconds[i].latency = sim.NewHistogram(coarsePerOctave)
	}
	for i := range w.svc {
		m.svc[i].latency = sim.NewHistogram(finePerOctave)
		m.svc[i].exist.Start(0)
		m.desired(int32(i), w.svc[i].desired)
	}
	m.lines = make([]lineMeter, len(w.spec.Expect))
	m.goals = make([]lineMeter, len(w.spec.Goals))
	m.main = w.mainService()
	w.eng.After(time.Second, event{kind: evTick})
	if w.spec.Warmup > 0 {
		w.eng.At(w.spec.Warmup, event{kind: evWarm})
	}
}

// mainService is the one that scales, else the first that works and is no
// proxy.
func (w *World) mainService() int32 {
	for i := range w.svc {
		if w.svc[i].Autoscale != nil {
			return int32(i)
		}
	}
	for i := range w.svc {
		if !w.svc[i].balance.Proxy {
			return int32(i)
		}
	}
	return 0
}

// warm ends the warm-up: what came before is left out of the metrics.
func (w *World) warm() {
	m := &w.meter
	now := w.eng.Now()
	m.since = now
	m.queued.Start(now)
	for i := range m.svc {
		s := &m.svc[i]
		inFlight := s.visits.Arrived - s.visits.Served - s.visits.Failed
		s.visits = VisitReport{Arrived: inFlight}
		s.latency.Reset()
		s.queued.Start(now)
		s.exist.Start(now)
		w.svc[i].restarts, w.svc[i].rescales = 0, 0
		s.desiredMax = s.desired
		s.readyMin = s.ready
		if !w.svc[i].anyReady {
			s.readyMin = -1
		}
	}
}

func (m *meter) arrived(measured bool) {
	m.seconds[m.at].arrived++
	if measured {
		m.totals.Arrived++
		m.totals.InFlight++
	}
}

func (m *meter) requestDone(q *request, now time.Duration, cause Cause) {
	took := now - q.arrived
	m.done++
	m.digest = digest(m.digest, q.no, uint64(q.stream)<<8|uint64(cause), uint64(took))
	s := &m.seconds[m.at]
	if cause == Served {
		s.served++
		s.latency.Record(took)
		m.recent.Record(took)
	} else {
		s.failed++
	}
	if !q.measured {
		return
	}
	m.totals.InFlight--
	if cause == Served {
		m.totals.Served++
		m.latency.Record(took)
		return
	}
	m.totals.Failed++
	m.totals.Failures[cause]++
}

// digest folds the outcome of one request into the digest of all.
func digest(h, a, b, c uint64) uint64 {
	for _, x := range [3]uint64{a, b, c} {
		h = (h ^ x) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

func (m *meter) visit(svc int32) { m.svc[svc].visits.Arrived++ }

func (m *meter) visitServed(svc int32, took time.Duration) {
	m.svc[svc].visits.Served++
	m.svc[svc].latency.Record(took)
}

func (m *meter) visitFailed(svc int32, cause Cause) {
	m.svc[svc].visits.Failed++
	m.svc[svc].visits.Failures[cause]++
}

// queue is told that a request begins (1) or ends (-1) to wait.
func (m *meter) queue(now time.Duration, svc int32, d int64) {
	s := &m.svc[svc]
	s.queued.Add(now, d)
	m.queued.Add(now, d)
	s.most = max(s.most, s.queued.Value())
	m.most = max(m.most, m.queued.Value())
}

func (m *meter) replicas(now time.Duration, svc, exist, ready int32) {
	for int(svc) >= len(m.svc) {
		m.svc = append(m.svc, serviceMeter{readyMin: -1})
	}
	s := &m.svc[svc]
	s.exist.Set(now, int64(exist))
	s.ready = int64(ready)
	if s.readyMin < 0 {
		if ready > 0 {
			s.readyMin = int64(ready)
		}
		return
	}
	s.readyMin = min(s.readyMin, int64(ready))
}

func (m *meter) desired(svc, n int32) {
	s := &m.svc[svc]
	s.desired = int64(n)
	s.desiredMax = max(s.desiredMax, s.desired)
}

// tick ends a second of the run.
func (w *World) tick() {
	now := w.eng.Now()
	w.eng.After(time.Second, event{kind: evTick})
	w.endRefusing()
	w.measureCPU()
	violating := w.judge()
	if w.obs.Sample != nil {
		w.sampleNow(violating)
	}
	m := &w.meter
	m.most = m.queued.Value()
	for i := range m.svc {
		m.svc[i].most = m.svc[i].queued.Value()
	}
	m.at = int(now/time.Second) % window
	s := &m.seconds[m.at]
	m.recent.Sub(&s.latency)
	s.latency.Reset()
	s.arrived, s.served, s.failed = 0, 0, 0
}

// measureCPU notes what each replica and host used in the last second.
func (w *World) measureCPU() {
	now := w.eng.Now()
	for i := range w.hosts {
		h := &w.hosts[i]
		sum := h.usedNow
		for _, id := range h.reps {
			r := &w.reps[id]
			r.cpu.advance(now)
			used := r.cpu.used()
			sum += used - r.cpuBefore
			r.cpuShown = int32((used - r.cpuBefore) * 100 / time.Second)
			r.cpuBefore = used
		}
		h.usedNow = 0
		h.cpuShown = int32(int64(sum) * 100 / max(1, h.cpu))
	}
}

// cpuPercent is the mean use over the running replicas, in percent of the
// request, or of one core where there is none.
func (w *World) cpuPercent(svc int32) int32 {
	v := &w.svc[svc]
	sum, n := int64(0), int64(0)
	for _, id := range v.reps {
		if r := &w.reps[id]; r.phase == Running {
			sum += int64(r.cpuShown)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	if request := v.resources.RequestCPU; request > 0 {
		return int32(sum * core / n / request)
	}
	return int32(sum / n)
}

// judge shows every line its metric, and tells when a goal turns. It reports
// whether some goal does not hold.
func (w *World) judge() (violating bool) {
	for i := range w.spec.Expect {
		w.observeLine(&w.spec.Expect[i], &w.meter.lines[i])
	}
	for i := range w.spec.Goals {
		l, m := &w.spec.Goals[i], &w.meter.goals[i]
		was := *m
		w.observeLine(l, m)
		if was.known && was.holds != m.holds {
			reason := ExpectationMet
			if !m.holds {
				reason = ExpectationBroken
			}
			w.emit(Event{Object: l.Text, Reason: reason, Word: w.verdict(l, m).Value})
		}
		violating = violating || m.known && !m.holds
	}
	return violating
}

// observeLine shows one line the value of its metric.
func (w *World) observeLine(l *expect.Line, m *lineMeter) {
	if w.eng.Now() < w.spec.Warmup {
		return
	}
	v := w.value(l.Metric)
	l.Observe(w.eng.Now(), v, &m.state)
	m.holds = l.Holds(w.eng.Now(), &m.state)
	m.known = m.known || v.Samples >= expect.MinSamples || !l.Metric.Sampled()
}

// AppendOutcome appends the line that ends a trace: how many requests ended,
// and the digest of how each of them did.
func (w *World) AppendOutcome(b []byte) []byte {
	b = append(b, `{"requests":`...)
	b = appendUint(b, w.meter.done)
	b = append(b, `,"digest":"`...)
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[w.meter.digest>>shift&15])
	}
	return append(b, `"}`...)
}
