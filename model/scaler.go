package model

import (
	"time"

	"example.com/hasim/model/autoscale"
)

// clusterState is what the controllers of the cluster share.
type clusterState struct {
	blind     int32 // faults that keep metrics-server away
	scrapedAt time.Duration
	scraping  bool // somebody needs metrics
}

// workCounters count what a replica has done since it exists.
type workCounters struct {
	arrived, served uint64
	took            time.Duration // sum over the served
}

// workSample is what a scrape shows of a replica beside CPU and memory: the
// custom metrics of Pods, Object and External sources.
type workSample struct {
	ok                 bool
	at                 time.Duration
	perSecond, latency int64 // milli requests per second; milliseconds, as milli-seconds of a second
	waiting, inFlight  int64 // milli
	window             time.Duration
}

// DefaultMetricResolution is metrics-server's --metric-resolution as its
// released manifests set it (MS1).
const DefaultMetricResolution = 15 * time.Second

func (w *World) resolution() time.Duration {
	if d := w.spec.Cluster.MetricResolution; d > 0 {
		return d
	}
	return DefaultMetricResolution
}

// openCluster starts the controllers: the scrapes first, so that one which
// falls on the instant of a sync comes before it.
func (w *World) openCluster() {
	w.cluster.scrapedAt = -1
	for i := range w.svc {
		w.cluster.scraping = w.cluster.scraping || w.svc[i].Autoscale != nil
	}
	for i := range w.spec.Changes {
		w.cluster.scraping = w.cluster.scraping || w.spec.Changes[i].Set != nil
	}
	if w.cluster.scraping {
		w.eng.At(w.spec.Cluster.MetricPhase, event{kind: evScrape})
	}
	for i := range w.svc {
		w.setScaler(int32(i))
		w.firstSync(int32(i))
	}
}

// firstSync lets an autoscaler that is there from the start look for the
// first time after one period. It was created at 0 and reconciled at once
// (T1); there were no metrics yet, so all that remained of it is the present
// size in its history (R3).
func (w *World) firstSync(svc int32) {
	v := &w.svc[svc]
	if v.scaler == nil {
		return
	}
	lowest, highest := v.scaler.Bounds()
	if len(v.scaler.Metrics()) == 0 || v.desired < lowest || v.desired > highest {
		return // it needs no metrics to decide at once (R6, R7)
	}
	w.eng.Cancel(v.sync)
	v.sync = w.eng.After(v.scaler.Period(), event{kind: evSync, a: svc})
	v.scaling.Recommendations = append(v.scaling.Recommendations, autoscale.Recommendation{Replicas: v.desired})
}

// preScrape gives a replica that was there before the run a first point at its
// start, so that the first scrape already says something.
func (w *World) preScrape(id int32) {
	r := &w.reps[id]
	r.series.Scrape(0, r.started, 0, r.memory(w.svc[r.svc].work), w.resolution())
}

func (w *World) scrapeDue() {
	w.eng.After(w.resolution(), event{kind: evScrape})
	w.scrape()
}

// scrape is metrics-server's round over all nodes.
func (w *World) scrape() {
	now := w.eng.Now()
	if w.cluster.scrapedAt == now {
		return
	}
	w.cluster.scrapedAt = now
	for i := range w.svc {
		if w.cluster.blind == 0 {
			w.svc[i].demand.scrape(now)
		}
		for _, id := range w.svc[i].reps {
			w.scrapeReplica(id, now)
		}
	}
}

func (w *World) scrapeReplica(id int32, now time.Duration) {
	r := &w.reps[id]
	alive := r.phase == Running || r.phase == Starting || r.phase == Terminating
	if !alive || w.cluster.blind > 0 {
		r.series.Miss()
		r.custom.ok = false
		return
	}
	r.cpu.advance(now)
	r.series.Scrape(now, r.started, r.cpu.used()-r.cpuStart, r.memory(w.svc[r.svc].work), w.resolution())
	window := now - r.custom.at
	if r.custom.at == 0 {
		window = min(w.resolution(), now-max(0, r.created))
	}
	if window <= 0 {
		return
	}
	done := workCounters{r.work.arrived - r.scraped.arrived, r.work.served - r.scraped.served, r.work.took - r.scraped.took}
	c := workSample{ok: true, at: now, window: window, waiting: int64(r.waiting) * 1000, inFlight: int64(r.here) * 1000}
	c.perSecond = int64(done.arrived) * 1000 * int64(time.Second) / int64(window)
	if done.served > 0 {
		c.latency = int64(done.took/time.Millisecond) / int64(done.served)
	}
	r.custom, r.scraped = c, r.work
}

// syncDue is one reconcile of a service's autoscaler.
func (w *World) syncDue(svc int32) {
	v := &w.svc[svc]
	now := w.eng.Now()
	v.sync = w.eng.After(v.scaler.Period(), event{kind: evSync, a: svc})
	if w.scrapeIsDue(now) {
		w.scrape()
	}
	o := w.observe(svc)
	d := v.scaler.Sync(now, &o, &v.scaling)
	v.targets = autoscale.Targets(v.scaler, &v.scaling)
	if w.obs.Decision != nil {
		w.obs.Decision(svc, now, &d)
	}
	w.tellDecision(svc, &d)
	if d.Rescale {
		v.rescales++
		v.note = d.Message
		w.scaleTo(svc, d.Replicas)
	}
}

// scrapeIsDue reports whether a scrape falls on this instant.
func (w *World) scrapeIsDue(now time.Duration) bool {
	phase := w.spec.Cluster.MetricPhase
	return w.cluster.scraping && now >= phase && (now-phase)%w.resolution() == 0
}

// tellDecision emits the autoscaler's events; warnings that it repeats at each
// sync are said once.
func (w *World) tellDecision(svc int32, d *autoscale.Decision) {
	v := &w.svc[svc]
	warned := ""
	for i := range d.Events {
		if e := &d.Events[i]; e.Type == autoscale.EventWarning {
			warned += e.Reason + ": " + e.Message + "\n"
		}
	}
	for i := range d.Events {
		e := &d.Events[i]
		if e.Type == autoscale.EventWarning && v.warned == warned {
			continue
		}
		text := e.Message
		if Reason(e.Reason) == SuccessfulRescale && d.Message != "" {
			text = d.Message
		}
		w.emit(Event{Object: v.name, Reason: Reason(e.Reason), N: [5]int64{int64(d.From), int64(d.Replicas)}, Word: text, Decision: d})
	}
	v.warned = warned
}

// observe is what the API and the metrics pipeline show of a service now.
func (w *World) observe(svc int32) autoscale.Observation {
	v := &w.svc[svc]
	o := autoscale.Observation{SpecReplicas: v.desired}
	ids := make([]int32, 0, len(v.reps))
	res := &v.resources
	containers := []autoscale.Container{{Name: v.name, Requests: autoscale.Requests{
		CPU: res.RequestCPU / 1e6, HasCPU: res.RequestCPU > 0,
		Memory: res.RequestMemory * 1000, HasMemory: res.RequestMemory > 0,
	}}}
	for _, id := range v.reps {
		r := &w.reps[id]
		if !r.deleted {
			o.StatusReplicas++
		}
		p := autoscale.Pod{Name: r.name, Phase: autoscale.Running, Deleting: r.deleted, Ready: autoscale.NotReady,
			ReadySince: r.readySince, HasStart: r.host != none, Start: r.podStart, Containers: containers}
		if r.ready {
			p.Ready = autoscale.Ready
		}
		if r.phase == Pending {
			p.Phase = autoscale.Pending
		}
		o.Pods = append(o.Pods, p)
		ids = append(ids, id)
	}
	for _, m := range v.scaler.Metrics() {
		o.Metrics = append(o.Metrics, w.read(svc, &m, ids))
	}
	return o
}

// metricName is what a metric reads, and whether from every pod.
func metricName(m *autoscale.MetricSpec) (name string, perPod bool) {
	switch {
	case m.Resource != nil:
		return m.Resource.Name, true
	case m.ContainerResource != nil:
		return m.ContainerResource.Name, true
	case m.Pods != nil:
		return m.Pods.Metric.Name, true
	case m.Object != nil:
		return m.Object.Metric.Name, false
	case m.External != nil:
		return m.External.Metric.Name, false
	}
	return "", false
}

// The metrics API's words for nobody being there.
const (
	resourceAPIDown = "unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)"
	customAPIDown   = "unable to fetch metrics from custom metrics API: the server is currently unable to handle the request"
)

// read is the answer of the metrics API for one metric.
func (w *World) read(svc int32, m *autoscale.MetricSpec, ids []int32) autoscale.Reading {
	name, perPod := metricName(m)
	resource := name == autoscale.CPU || name == autoscale.Memory
	if w.cluster.blind > 0 {
		if resource {
			return autoscale.Reading{Err: resourceAPIDown}
		}
		return autoscale.Reading{Err: customAPIDown}
	}
	reading := autoscale.Reading{Samples: make([]autoscale.Sample, len(ids))}
	sum, ready := int64(0), int64(0)
	for i, id := range ids {
		s := w.sampleOf(id, name)
		reading.Samples[i] = s
		if s.OK {
			sum += s.Value
			ready++
		}
	}
	if perPod {
		return reading
	}
	switch {
	case name == MetricRequests:
		sum = w.svc[svc].demand.perSecond
	case name == MetricLatency && ready > 0:
		sum /= ready
	}
	return autoscale.Reading{Value: sum}
}

// The custom metrics that a World provides: per replica, and for Object and
// External sources as a sum (the latency as a mean; the requests as an ingress
// counts them, so that they are there when no replica is).
const (
	MetricRequests = "requests_per_second"
	MetricQueue    = "queue_depth"
	MetricInFlight = "in_flight"
	MetricLatency  = "latency_seconds" // mean over the last scrape interval
)

// Metrics lists the names that Pods, Object and External sources may have.
func Metrics() []string {
	return []string{MetricRequests, MetricQueue, MetricInFlight, MetricLatency}
}

// sampleOf is the last sample of one metric of one replica.
func (w *World) sampleOf(id int32, name string) autoscale.Sample {
	r := &w.reps[id]
	switch name {
	case autoscale.CPU, autoscale.Memory:
		s, ok := r.series.Sample()
		if !ok {
			return autoscale.Sample{}
		}
		out := autoscale.Sample{OK: true, Value: s.CPU, At: s.At, Window: s.Window}
		if name == autoscale.Memory {
			out.Value = s.Memory * 1000
		}
		return out
	}
	out := autoscale.Sample{OK: r.custom.ok, At: r.custom.at, Window: r.custom.window}
	switch name {
	case MetricRequests:
		out.Value = r.custom.perSecond
	case MetricQueue:
		out.Value = r.custom.waiting
	case MetricInFlight:
		out.Value = r.custom.inFlight
	case MetricLatency:
		out.Value = r.custom.latency
	default:
		out.OK = false
	}
	return out
}

// Autoscaler returns the autoscaler of a service and what it remembers, to be
// read only; ok is false where there is none.
func (w *World) Autoscaler(svc int32) (p autoscale.Policy, s *autoscale.State, ok bool) {
	v := &w.svc[svc]
	return v.scaler, &v.scaling, v.scaler != nil
}
