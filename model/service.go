package model

import (
	"time"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/balance"
	"example.com/hasim/model/restart"
	"example.com/hasim/sim"
)

// service is a group of replicas as it runs. What comes from the file is
// immutable and shared; a change of the file's (changes: set) replaces it.
type service struct {
	*ServiceSpec
	name         string
	index        int32
	balance      BalanceSpec
	policy       balance.Policy
	draws        bool // the policy uses what pickRequest draws
	work         *WorkSpec
	resources    Resources
	restart      restart.Policy
	reading      sim.Lane      // deadlines of a proxy
	lastDeadline time.Duration // the latest of them
	scaler       autoscale.Policy

	reps      []int32 // those that are not Gone, oldest first
	endpoints []int32 // those that a connection may reach
	version   uint32  // of endpoints
	stale     bool    // endpoints are to be rebuilt at the end of a batch
	ordinal   int32   // of the newest replica
	desired   int32
	busy      int64
	ready     int32
	anyReady  bool // once
	outage    time.Duration
	refusing  refusing
	demand    demand
	scaling   autoscale.State
	targets   string
	note      string
	warned    string // what the last sync warned of
	sync      sim.Ticket
	rescales  uint64
	restarts  uint64
}

// demand is what a service is asked for, whether anybody serves it: what an
// ingress in front of it counts, for Object and External metrics.
type demand struct {
	asked, before uint64 // calls so far, and up to the last scrape
	at            time.Duration
	perSecond     int64 // milli, between the last two scrapes
}

// scrape takes the rate since the last one.
func (d *demand) scrape(now time.Duration) {
	if now <= d.at {
		return
	}
	d.perSecond = int64(d.asked-d.before) * 1000 * int64(time.Second) / int64(now-d.at)
	d.before, d.at = d.asked, now
}

// refusing is an episode of full queues.
type refusing struct {
	on    bool
	since time.Duration
	last  time.Duration
	count uint64
}

func (w *World) openServices() {
	w.svc = make([]service, len(w.spec.Services))
	for i := range w.svc {
		v := &w.svc[i]
		v.index = int32(i)
		v.configure(&w.spec.Services[i])
		if v.balance.Proxy {
			v.reading = w.eng.NewLane()
		}
		v.version = 1
		v.outage = -1
	}
	for _, i := range calleesFirst(w.spec) {
		for range w.svc[i].Replicas {
			w.openReplica(i)
		}
		w.svc[i].desired = w.svc[i].Replicas
		w.refresh(i)
	}
	for i := range w.reps {
		w.resolve(int32(i))
	}
}

// configure takes over what the file says of the service.
func (v *service) configure(s *ServiceSpec) {
	v.ServiceSpec = s
	v.name = s.Name
	v.balance, v.work, v.resources, v.restart = s.Balance, &s.Work, s.Resources, s.Restart
	v.policy, _ = balance.New(s.Balance.Policy)
	if v.policy == nil {
		v.policy = balance.RoundRobin{}
	}
	switch v.policy.(type) {
	case balance.RoundRobin, balance.LeastConn:
		v.draws = false
	default:
		v.draws = true
	}
	if v.restart == nil {
		v.restart = restart.DefaultCrashLoop()
	}
}

// calleesFirst orders the services so that who is called comes first.
func calleesFirst(s *Spec) []int32 {
	var order []int32
	seen := make([]bool, len(s.Services))
	var visit func(i int32)
	visit = func(i int32) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, c := range s.Services[i].Calls {
			visit(c)
		}
		order = append(order, i)
	}
	for i := range s.Services {
		visit(int32(i))
	}
	return order
}

// nextOrdinal is one more than the highest number in use under Compose; a
// ReplicaSet's pods are new ones each time.
func (w *World) nextOrdinal(svc int32) int32 {
	v := &w.svc[svc]
	if w.spec.Platform != Compose {
		return v.ordinal + 1
	}
	highest := int32(0)
	for _, id := range v.reps {
		highest = max(highest, w.reps[id].ordinal)
	}
	return highest + 1
}

// refresh rebuilds who can be reached and tells the meters.
func (w *World) refresh(svc int32) {
	v := &w.svc[svc]
	if w.batching {
		v.stale = true // once, when all of them are created or told to go
		return
	}
	v.stale = false
	v.endpoints = v.endpoints[:0]
	ready, exist := int32(0), int32(0)
	for _, id := range v.reps {
		r := &w.reps[id]
		if !r.deleted {
			exist++
		}
		if r.ready && !r.deleted {
			ready++
		}
		if w.reachable(r) {
			v.endpoints = append(v.endpoints, id)
		}
	}
	v.version++
	v.ready = ready
	now := w.eng.Now()
	w.meter.replicas(now, svc, exist, ready)
	switch {
	case ready > 0 && v.outage >= 0:
		w.emit(Event{Object: v.name, Reason: EndpointsBack, N: [5]int64{int64(ready), int64(now - v.outage)}})
		v.outage = -1
	case ready == 0 && v.anyReady && v.outage < 0 && v.desired > 0:
		v.outage = now
		w.emit(Event{Object: v.name, Reason: NoEndpoints, N: [5]int64{int64(v.desired)}})
	}
	v.anyReady = v.anyReady || ready > 0
}

// reachable: Kubernetes' endpoints carry the ready; Docker's DNS knows every
// container that runs, whether it serves yet or hangs.
func (w *World) reachable(r *replica) bool {
	if w.spec.Platform == Compose {
		return (r.phase == Running || r.phase == Starting || r.phase == Lost) && !r.deleted
	}
	return r.ready && !r.deleted
}
