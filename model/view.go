package model

import (
	"strconv"
	"time"

	"example.com/hasim/model/expect"
	"example.com/hasim/sim"
)

func appendUint(b []byte, v uint64) []byte { return strconv.AppendUint(b, v, 10) }

// value measures what an expect line speaks of, over the run so far.
func (w *World) value(x expect.Metric) expect.Value {
	m := &w.meter
	one := func(v float64) expect.Value { return expect.Value{Number: v, Samples: 1} }
	svc, named := m.main, false
	if x.Service != "" {
		svc, named = w.spec.Service(x.Service), true
	}
	if svc < 0 {
		return expect.Value{}
	}
	s := &m.svc[svc]
	t := w.totals()
	queued, latency := &m.queued, &m.latency
	if named {
		queued, latency = &s.queued, &s.latency
		v := &s.visits
		t = Totals{Arrived: v.Arrived, Served: v.Served, Failed: v.Failed, Failures: v.Failures}
	}
	now := w.eng.Now()
	switch x.Kind {
	case expect.LatencyMean, expect.LatencyP50, expect.LatencyP90, expect.LatencyP95, expect.LatencyP99, expect.LatencyMax:
		return expect.Value{Number: float64(percentile(latency, x.Kind)), Samples: int64(latency.Count())}
	case expect.Availability:
		return expect.Value{Number: ratio(t.Served, t.Served+t.Failed, 1), Samples: int64(t.Served + t.Failed)}
	case expect.ErrorRate:
		return expect.Value{Number: ratio(t.Failed, t.Served+t.Failed, 0), Samples: int64(t.Served + t.Failed)}
	case expect.Arrived:
		return one(float64(t.Arrived))
	case expect.Served:
		return one(float64(t.Served))
	case expect.Failed:
		return one(float64(t.Failed))
	case expect.Failures:
		for c := Cause(1); c < NumCauses; c++ {
			if c.String() == x.Cause {
				return one(float64(t.Failures[c]))
			}
		}
		return one(0)
	case expect.QueueMean:
		return one(queued.Mean(now))
	case expect.QueueMax:
		return one(float64(queued.Max()))
	case expect.ReplicasDesired:
		return one(float64(s.desired))
	case expect.ReplicasReady:
		return one(float64(s.ready))
	case expect.ReplicasMin:
		return one(float64(s.exist.Min()))
	case expect.ReplicasMax:
		return one(float64(s.exist.Max()))
	case expect.ReplicasMean:
		return one(s.exist.Mean(now))
	case expect.ReplicasReadyMin:
		return one(float64(max(0, s.readyMin)))
	case expect.ReplicaSeconds:
		return one(float64(s.exist.Mean(now) * (now - m.since).Seconds()))
	case expect.LostRevenue:
		return one(t.LostRevenue)
	case expect.Restarts:
		return one(float64(w.svc[svc].restarts))
	case expect.Rescales:
		return one(float64(w.svc[svc].rescales))
	}
	return expect.Value{}
}

func percentile(h *sim.Histogram, k expect.Kind) time.Duration {
	switch k {
	case expect.LatencyMean:
		return h.Mean()
	case expect.LatencyP50:
		return h.Quantile(0.5)
	case expect.LatencyP90:
		return h.Quantile(0.9)
	case expect.LatencyP95:
		return h.Quantile(0.95)
	case expect.LatencyP99:
		return h.Quantile(0.99)
	}
	return h.Max()
}

func ratio(a, b uint64, none float64) float64 {
	if b == 0 {
		return none
	}
	return float64(a) / float64(b)
}

// totals are the clients' counts with the money that their failures cost.
func (w *World) totals() Totals {
	t := w.meter.totals
	for i := range w.streams {
		t.LostRevenue += float64(float64(w.streams[i].failed) * w.spec.Traffic[i].Worth)
	}
	return t
}

// sampleNow tells the observer of the second that has just ended.
func (w *World) sampleNow(violating bool) {
	m := &w.meter
	sec := &m.seconds[m.at]
	s := &w.scratch.sample
	services := s.Services[:0]
	*s = Sample{
		At: w.eng.Now(), Rate: float64(sec.arrived), Served: sec.served, Failed: sec.failed,
		InFlight: int64(w.reqs.used()), P50: m.recent.Quantile(0.5), P99: m.recent.Quantile(0.99),
		QueueMax: m.most, Violating: violating,
	}
	for i := range w.svc {
		v := &w.svc[i]
		services = append(services, ServiceSample{
			QueueMax: int32(m.svc[i].most), Desired: v.desired, Ready: v.ready,
			Exist: int32(m.svc[i].exist.Value()), CPU: w.cpuPercent(int32(i)),
		})
	}
	s.Services = services
	w.obs.Sample(s)
}

// Snapshot fills s with what there is to see now. It reuses s's slices.
func (w *World) Snapshot(s *Snapshot) {
	now := w.eng.Now()
	services, hosts, lines := s.Services[:0], s.Hosts[:0], s.Expect[:0]
	*s = Snapshot{Now: now, Duration: w.spec.Duration, Stage: -1, Factor: w.factor, Edited: len(w.log) > 0, Totals: w.totals()}
	for i := range w.spec.Traffic {
		p := &w.spec.Traffic[i].Profile
		s.Rate += float64(p.Rate(now) * w.factor)
		if i == 0 {
			s.Stage = p.StageAt(now)
		}
	}
	s.Recent = w.recently()
	for i := range w.svc {
		services = grow(services)
		w.viewService(int32(i), &services[i])
	}
	for i := range w.hosts {
		h := &w.hosts[i]
		hosts = append(hosts, HostView{Name: h.name, Down: h.down, Ready: h.ready, CPU: h.cpuShown})
	}
	for i := range w.spec.Goals {
		lines = append(lines, w.verdict(&w.spec.Goals[i], &w.meter.goals[i]))
	}
	s.Services, s.Hosts, s.Expect = services, hosts, lines
}

func (w *World) recently() Recent {
	m := &w.meter
	r := Recent{P50: m.recent.Quantile(0.5), P90: m.recent.Quantile(0.9), P99: m.recent.Quantile(0.99)}
	for i := range m.seconds {
		r.Served += uint64(m.seconds[i].served)
		r.Failed += uint64(m.seconds[i].failed)
	}
	span := min(window*time.Second-time.Second+w.eng.Now()%time.Second, w.eng.Now())
	if span > 0 {
		r.PerSecond = float64(r.Served) / span.Seconds()
	}
	return r
}

// verdict is how a line stands now.
func (w *World) verdict(l *expect.Line, m *lineMeter) Verdict {
	state := m.state
	value := l.Finish(w.eng.Now(), w.value(l.Metric), &state).Value
	return Verdict{Text: l.Text, OK: m.holds || !m.known, Known: m.known, Value: value}
}

func (w *World) viewService(i int32, s *ServiceView) {
	v := &w.svc[i]
	replicas := s.Replicas[:0]
	m := &w.meter.svc[i]
	*s = ServiceView{
		Name: v.name, Kind: v.Kind, Desired: v.desired, Ready: v.ready, Exist: int32(m.exist.Value()),
		Waiting: m.queued.Value(), Busy: v.busy, Refused: m.visits.Failures[QueueFull],
		CPU: w.cpuPercent(i), Targets: v.targets, Note: v.note,
	}
	if v.Autoscale != nil {
		s.Min, s.Max = v.Autoscale.Min, v.Autoscale.Max
	}
	for _, id := range v.reps {
		replicas = append(replicas, w.viewReplica(id))
	}
	s.Replicas = replicas
}

func (w *World) viewReplica(id int32) ReplicaView {
	r := &w.reps[id]
	work := w.svc[r.svc].work
	view := ReplicaView{
		ID: id, Name: r.name, Phase: r.phase, Ready: r.ready, Hung: r.hung, Slow: r.slow != 0,
		Busy: r.busy, Waiting: r.waiting, Concurrency: work.Concurrency, Queue: work.Queue,
		Restarts: r.restarts, Exit: r.exit, Reason: r.cause, CPU: r.cpuShown,
	}
	if r.host != none {
		view.Host = w.hosts[r.host].name
	}
	if r.until >= 0 {
		view.Left = max(0, r.until-w.eng.Now())
	}
	return view
}

// Report sums the run up as far as it went.
func (w *World) Report() Report {
	m := &w.meter
	now := w.eng.Now()
	t := w.totals()
	rep := Report{
		Variant: w.spec.Name, Duration: now, Events: w.eng.Fired(), Digest: m.digest, Totals: t,
		Availability: ratio(t.Served, t.Served+t.Failed, 1), Latency: latencyOf(&m.latency),
		Queue: QueueReport{m.queued.Mean(now), m.queued.Max()}, Edited: len(w.log) > 0, Planned: w.spec.Duration,
	}
	for i := range w.svc {
		rep.Services = append(rep.Services, w.reportService(int32(i)))
	}
	rep.Expectations = w.verdicts(w.spec.Expect, m.lines)
	rep.Goals = w.verdicts(w.spec.Goals, m.goals)
	return rep
}

// verdicts judges lines by the run so far.
func (w *World) verdicts(lines []expect.Line, meters []lineMeter) (out []Expectation) {
	for i := range lines {
		l, state := &lines[i], meters[i].state
		v := l.Finish(w.eng.Now(), w.value(l.Metric), &state)
		out = append(out, Expectation{Text: l.Text, OK: v.OK, Value: v.Value, FirstBroken: v.FirstBroken})
	}
	return out
}

func latencyOf(h *sim.Histogram) Latency {
	return Latency{
		Count: h.Count(), Mean: h.Mean(), P50: h.Quantile(0.5), P90: h.Quantile(0.9),
		P95: h.Quantile(0.95), P99: h.Quantile(0.99), Max: h.Max(),
	}
}

func (w *World) reportService(i int32) ServiceReport {
	v, m := &w.svc[i], &w.meter.svc[i]
	now := w.eng.Now()
	visits := m.visits
	visits.InFlight = visits.Arrived - visits.Served - visits.Failed
	visits.Latency = latencyOf(&m.latency)
	mean := m.exist.Mean(now)
	s := ServiceReport{
		Name: v.name, Kind: v.Kind, Visits: visits,
		Queue: QueueReport{m.queued.Mean(now), m.queued.Max()},
		Min:   m.exist.Min(), Max: m.exist.Max(), Mean: mean, ReadyMin: m.readyMin,
		ReplicaSeconds: float64(mean * (now - w.meter.since).Seconds()),
		Restarts:       v.restarts, Rescales: v.rescales, Desired: int64(v.desired), DesiredMax: m.desiredMax,
	}
	used := time.Duration(0)
	for id := range w.reps {
		if r := &w.reps[id]; r.svc == i {
			r.cpu.advance(now)
			used += r.cpu.used()
		}
	}
	s.CPUSeconds = used.Seconds()
	return s
}
