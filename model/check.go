package model

import (
	"fmt"
	"time"
)

// Check verifies every invariant of the World and names the first that is
// broken, with the time and the number of the event. It looks at everything:
// call it in tests and with --check, not on the path of requests.
func (w *World) Check() error {
	for _, c := range []struct {
		name string
		f    func() error
	}{
		{"C1 every request is served, failed or in flight", w.checkRequests},
		{"C2 calls and callers name each other", w.checkSpans},
		{"R2 replicas stand where their lists say", w.checkReplicas},
		{"R3 only who serves gets requests", w.checkEndpoints},
		{"K1 CPU is given within limits, and not kept back", w.checkCPU},
		{"X4 what has exited holds nothing", w.checkExited},
		{"M1 percentiles are in order", w.checkMeters},
		{"P4 peers count their connections", w.checkPeers},
	} {
		if err := c.f(); err != nil {
			return fmt.Errorf("invariant %s: t=%v, event %d, seed %d: %w", c.name, w.eng.Now(), w.eng.Fired(), w.seed, err)
		}
	}
	return nil
}

func (w *World) checkRequests() error {
	t := &w.meter.totals
	inFlight, live := uint64(0), 0
	for i := range w.reqs.items {
		q := &w.reqs.items[i]
		if !q.live {
			continue
		}
		live++
		if q.measured {
			inFlight++
		}
		if most := w.spec.Traffic[q.stream].Client.Retries.Max; q.attempt > most {
			return fmt.Errorf("request %d made %d attempts, %d retries are allowed", q.no, q.attempt+1, most)
		}
		if q.root == none && q.retry.IsZero() {
			return fmt.Errorf("request %d is neither tried nor waits to be", q.no)
		}
		if q.root != none && w.spans.at(q.root).req != int32(i) {
			return fmt.Errorf("request %d is not its attempt's caller", q.no)
		}
	}
	if live != w.reqs.used() {
		return fmt.Errorf("%d requests live, %d records are taken", live, w.reqs.used())
	}
	if inFlight != t.InFlight || t.Arrived != t.Served+t.Failed+inFlight {
		return fmt.Errorf("arrived %d ≠ served %d + failed %d + in flight %d (counted %d)", t.Arrived, t.Served, t.Failed, inFlight, t.InFlight)
	}
	sum := uint64(0)
	for _, n := range t.Failures {
		sum += n
	}
	if sum != t.Failed {
		return fmt.Errorf("failed %d, but the causes sum up to %d", t.Failed, sum)
	}
	return nil
}

func (w *World) checkSpans() error {
	live := 0
	for i := range w.spans.items {
		sp := &w.spans.items[i]
		if sp.phase == free {
			continue
		}
		live++
		if sp.parent != none && w.spans.at(sp.parent).child != int32(i) {
			return fmt.Errorf("span %d (%s): its caller does not know it", i, w.svc[sp.svc].name)
		}
		if sp.child != none && w.spans.at(sp.child).parent != int32(i) {
			return fmt.Errorf("span %d (%s): its callee does not know it", i, w.svc[sp.svc].name)
		}
		if sp.phase == calling && sp.child == none {
			return fmt.Errorf("span %d (%s) waits for a call that nobody makes", i, w.svc[sp.svc].name)
		}
		if sp.phase == connecting && sp.ticket.IsZero() {
			return fmt.Errorf("span %d (%s) waits for a connection for ever", i, w.svc[sp.svc].name)
		}
		if sp.phase != connecting && sp.arrived > w.eng.Now() {
			return fmt.Errorf("span %d arrived in the future", i)
		}
	}
	if live != w.spans.used() {
		return fmt.Errorf("%d spans live, %d records are taken", live, w.spans.used())
	}
	return nil
}

func (w *World) checkReplicas() error {
	pending := int32(0)
	for id := range w.reps {
		if w.reps[id].waits {
			pending++
		}
	}
	if pending != w.pending {
		return fmt.Errorf("%d pods wait for a host, counted %d", pending, w.pending)
	}
	for i := range w.svc {
		v := &w.svc[i]
		exist, ready, waiting, busy := int64(0), int32(0), int64(0), int64(0)
		for _, id := range v.reps {
			r := &w.reps[id]
			if r.phase == Gone {
				return fmt.Errorf("%s is gone and still listed", r.name)
			}
			if !r.deleted {
				exist++
				if r.ready {
					ready++
				}
			}
			waiting += int64(r.waiting)
			busy += int64(r.busy)
			if err := w.checkLists(id); err != nil {
				return err
			}
		}
		m := &w.meter.svc[i]
		if exist != m.exist.Value() || ready != v.ready {
			return fmt.Errorf("%s: %d exist and %d are ready, counted %d and %d", v.name, exist, ready, m.exist.Value(), v.ready)
		}
		if waiting != m.queued.Value() || busy != v.busy {
			return fmt.Errorf("%s: %d wait and %d are worked on, counted %d and %d", v.name, waiting, busy, m.queued.Value(), v.busy)
		}
		arrived := m.visits.Served + m.visits.Failed
		here := uint64(0)
		for _, id := range v.reps {
			here += uint64(w.reps[id].here)
		}
		if m.visits.Arrived != arrived+here {
			return fmt.Errorf("%s: %d visits arrived, %d ended and %d are there", v.name, m.visits.Arrived, arrived, here)
		}
	}
	return nil
}

// checkLists compares a replica's lists with its counters and bounds.
func (w *World) checkLists(id int32) error {
	r := &w.reps[id]
	work := w.svc[r.svc].work
	here, queue, active := int32(0), int32(0), int32(0)
	for s := r.first; s != none; s = w.spans.at(s).next {
		here++
		sp := w.spans.at(s)
		if sp.rep != id {
			return fmt.Errorf("%s lists a span of replica %d", r.name, sp.rep)
		}
		if sp.phase == queued {
			queue++
		} else {
			active++
		}
	}
	if here != r.here || queue != r.waiting || active != r.busy {
		return fmt.Errorf("%s: lists hold %d (%d wait, %d active), counters say %d, %d, %d", r.name, here, queue, active, r.here, r.waiting, r.busy)
	}
	idle := r.phase == Running && !r.hung && r.hasWorker(work.Concurrency)
	if idle && queue > 0 {
		return fmt.Errorf("%s has a free worker and %d wait", r.name, queue)
	}
	return nil
}

func (w *World) checkEndpoints() error {
	for i := range w.svc {
		v := &w.svc[i]
		for _, id := range v.endpoints {
			r := &w.reps[id]
			if !w.reachable(r) {
				return fmt.Errorf("%s (%s) is an endpoint", r.name, r.phase)
			}
		}
		reachable := 0
		for _, id := range v.reps {
			r := &w.reps[id]
			if w.reachable(r) {
				reachable++
			}
			if live := r.phase == Running || r.phase == Starting || r.phase == Terminating; live && w.hosts[r.host].down {
				return fmt.Errorf("%s is %s on %s, which is down", r.name, r.phase, w.hosts[r.host].name)
			}
			if r.ready && r.phase != Running && r.phase != Lost {
				return fmt.Errorf("%s is ready and %s", r.name, r.phase)
			}
		}
		if reachable != len(v.endpoints) {
			return fmt.Errorf("%s has %d endpoints, %d replicas can be reached", v.name, len(v.endpoints), reachable)
		}
	}
	return nil
}

func (w *World) checkCPU() error {
	for i := range w.hosts {
		h := &w.hosts[i]
		granted, demanded := int64(0), int64(0)
		for _, id := range h.reps {
			c := &w.reps[id].cpu
			granted += c.grant
			demanded += c.demand
			if c.grant > c.demand {
				return fmt.Errorf("%s is granted %d nano-CPU and needs %d", w.reps[id].name, c.grant, c.demand)
			}
			if limit := w.svc[w.reps[id].svc].resources.LimitCPU; limit > 0 && c.grant > limit {
				return fmt.Errorf("%s is granted %d nano-CPU over its limit %d", w.reps[id].name, c.grant, limit)
			}
			if len(c.jobs) > 0 && c.grant > 0 && c.ticket.IsZero() {
				return fmt.Errorf("%s has work on its CPU that nothing ends", w.reps[id].name)
			}
		}
		if demanded != h.demand {
			return fmt.Errorf("%s: its replicas demand %d nano-CPU, counted %d", h.name, demanded, h.demand)
		}
		if granted > h.cpu {
			return fmt.Errorf("%s grants %d nano-CPU and has %d", h.name, granted, h.cpu)
		}
		// Division rounds down: less than one nano-CPU is lost for each.
		if spare := min(h.cpu, demanded) - granted; spare > int64(len(h.reps)) {
			return fmt.Errorf("%s keeps back %d nano-CPU that its replicas demand", h.name, spare)
		}
	}
	return nil
}

func (w *World) checkExited() error {
	for id := range w.reps {
		r := &w.reps[id]
		switch r.phase {
		case Running, Terminating:
			continue
		case Starting:
			if r.here == 0 {
				continue
			}
		}
		if r.here != 0 || r.phase != Starting && len(r.cpu.jobs) != 0 {
			return fmt.Errorf("%s is %s and holds %d requests and %d jobs", r.name, r.phase, r.here, len(r.cpu.jobs))
		}
		if r.phase == Gone && r.host != none {
			return fmt.Errorf("%s is gone and has a host", r.name)
		}
	}
	return nil
}

func (w *World) checkMeters() error {
	l := latencyOf(&w.meter.latency)
	if l.P50 > l.P90 || l.P90 > l.P95 || l.P95 > l.P99 || l.P99 > l.Max {
		return fmt.Errorf("%v", []time.Duration{l.P50, l.P90, l.P95, l.P99, l.Max})
	}
	if l.Count != w.meter.totals.Served {
		return fmt.Errorf("%d latencies of %d served", l.Count, w.meter.totals.Served)
	}
	return nil
}

// checkPeers recounts what the balancers believe of their peers.
func (w *World) checkPeers() error {
	for id := range w.reps {
		r := &w.reps[id]
		if r.phase != Running {
			continue
		}
		for call := range r.balancers {
			for i := range r.balancers[call].peers {
				p := &r.balancers[call].peers[i]
				n := w.underWay(r, int32(call), r.balancers[call].epoch, p.ID)
				if n != p.Conns {
					return fmt.Errorf("%s counts %d connections to %s, there are %d", r.name, p.Conns, w.reps[p.ID].name, n)
				}
			}
		}
	}
	return nil
}
