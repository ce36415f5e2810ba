package model

import (
	"fmt"
	"time"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/sim"
)

// none is the index of nothing.
const none = int32(-1)

// Observer is told what happens, while it happens. Any of its functions may
// be nil; what they are given is theirs for the call only.
type Observer struct {
	Event    func(*Event)
	Sample   func(*Sample) // once a virtual second
	Decision func(service int32, at time.Duration, d *autoscale.Decision)
	Request  func(*RequestDone)
}

// RequestDone is the end of one client's request.
type RequestDone struct {
	No            uint64
	Stream        int32
	Arrived, Done time.Duration
	Attempts      int32
	Cause         Cause
}

// World is one run of one Spec. All that it knows is plain data, so that
// CopyInto makes a checkpoint of it. It is not safe for concurrent use.
type World struct {
	seed uint64
	obs  Observer
	spec *Spec
	eng  sim.Engine[event]

	streams []stream
	svc     []service
	reps    []replica // by id; ids are never used again
	hosts   []host
	zones   []zone // by zone of a host, plus one
	reqs    slab[request]
	spans   slab[span]
	tried   slab[triedPeer]

	luck    luck
	meter   meter
	faults  []faultState
	cluster clusterState
	scratch scratch
	log     []Command // commands that were applied
	factor  float64   // by which they multiplied the traffic

	batching   bool  // replicas are created or told to go, one after another
	scheduling bool  // an event will try the pending pods again
	pending    int32 // pods that wait for a host
}

// scratch holds buffers that mean nothing between two events.
type scratch struct {
	ids     []int32
	ids2    []int32
	shares  []share
	sample  Sample
	victims []victim
}

// luck is the generators, one for each kind of thing that draws.
type luck struct {
	replica sim.Stream // start-up times, by service and ordinal
	fault   sim.Stream // victims, by fault and occurrence
	place   sim.Stream // the scheduler's ties
	node    sim.Stream // phases of heartbeats
}

// Purposes of draws: what one draw of a request is for.
const (
	forGap uint32 = iota
	forService
	forCPU
	forPick
	forPick2
	forDial
	forJitter
	forStartup
	forVictim
	forLease
	forMonitor
	forKey
)

// New makes the World of a spec at virtual time 0. The spec must be complete
// (package scenarios sees to that); what New finds wrong is a bug of its
// caller or a spec made by hand.
func New(spec *Spec, seed uint64, obs Observer) (*World, error) {
	if err := validate(spec); err != nil {
		return nil, err
	}
	w := &World{seed: seed, obs: obs, spec: spec, factor: 1}
	w.luck = luck{
		replica: sim.NamedStream(seed, "replica"),
		fault:   sim.NamedStream(seed, "fault"),
		place:   sim.NamedStream(seed, "placement"),
		node:    sim.NamedStream(seed, "node"),
	}
	w.openHosts()
	w.openServices()
	w.openMeter()
	w.openCluster()
	w.openPlan()
	w.openStreams()
	return w, nil
}

// validate refuses what would make the run meaningless or endless.
func validate(s *Spec) error {
	switch {
	case s.Duration <= 0:
		return fmt.Errorf("a run needs a duration above 0")
	case len(s.Hosts) == 0:
		return fmt.Errorf("a run needs a host")
	case len(s.Services) == 0:
		return fmt.Errorf("a run needs a service")
	}
	for i := range s.Services {
		for _, c := range s.Services[i].Calls {
			if c < 0 || int(c) >= len(s.Services) {
				return fmt.Errorf("service %s calls service number %d, which does not exist", s.Services[i].Name, c)
			}
		}
	}
	if callsItself(s) {
		return fmt.Errorf("the services call each other in a circle")
	}
	for i := range s.Traffic {
		if to := s.Traffic[i].To; to < 0 || int(to) >= len(s.Services) {
			return fmt.Errorf("stream %d goes to service number %d, which does not exist", i, to)
		}
	}
	return nil
}

// callsItself reports whether the calls have a cycle.
func callsItself(s *Spec) bool {
	state := make([]uint8, len(s.Services))
	var visit func(i int32) bool
	visit = func(i int32) bool {
		if state[i] != 0 {
			return state[i] == 1
		}
		state[i] = 1
		for _, c := range s.Services[i].Calls {
			if visit(c) {
				return true
			}
		}
		state[i] = 2
		return false
	}
	for i := range s.Services {
		if visit(int32(i)) {
			return true
		}
	}
	return false
}

// Now is the virtual time.
func (w *World) Now() time.Duration { return w.eng.Now() }

// Done reports whether the run is at its end.
func (w *World) Done() bool { return w.eng.Now() >= w.spec.Duration }

// Events counts the engine's events so far.
func (w *World) Events() uint64 { return w.eng.Fired() }

// Spec returns the spec that the World runs.
func (w *World) Spec() *Spec { return w.spec }

// Commands returns those that were applied, in their order.
func (w *World) Commands() []Command { return w.log }

// RunUntil runs to the time t (the end of the run at most) or until budget
// engine events were handled, and reports whether it reached t. A negative
// budget is none.
func (w *World) RunUntil(t time.Duration, budget int) bool {
	t = min(t, w.spec.Duration)
	for budget != 0 {
		ev, ok := w.eng.Next(t)
		if !ok {
			return true
		}
		w.handle(ev)
		budget--
	}
	next, ok := w.eng.Peek()
	return w.eng.Now() >= t && (!ok || next > t)
}

// Step handles one engine event and reports false at the end of the run.
func (w *World) Step() bool {
	ev, ok := w.eng.Next(w.spec.Duration)
	if ok {
		w.handle(ev)
	}
	return ok
}

// kind of an engine event.
type kind uint8

const (
	evArrival     kind = iota // a: stream
	evWaited                  // a: span: its waiting part is over
	evCPU                     // a: replica: its next job has its CPU time
	evTimeout                 // a: request: its attempt's time is up
	evPatience                // a: request
	evRetry                   // a: request
	evDeadline                // a: span (of a proxy): the upstream did not answer
	evUnreachable             // a: span: nobody took the connection
	evReady                   // a: replica: its start-up's waiting part is over
	evRestart                 // a: replica
	evGrace                   // a: replica: its grace is over
	evTick                    // once a second
	evWarm                    // the warm-up is over
	evScrape                  // metrics-server
	evSync                    // a: service: its autoscaler
	evChange                  // a: change
	evFault                   // a: fault
	evFaultEnd                // a: fault, b: occurrence
	evStage                   // a: stream, b: stage
	evUnready                 // a: host: the node controller notices
	evTaint                   // a: zone, plus one: it may taint another node
	evEvict                   // a: host: the tolerations run out
	evOOM                     // a: replica: it is over its memory limit
	evSchedule                // the pods that wait for a host are tried again
)

// event is plain data: what, of which thing, and which life of it.
type event struct {
	kind kind
	a    int32
	b    uint32
}

// handle does what is due. Events of a life that has ended are cancelled
// when it ends; those that name a generation are checked where they arrive.
func (w *World) handle(ev event) {
	switch ev.kind {
	case evArrival:
		w.arrive(ev.a)
	case evWaited:
		w.waited(ev.a)
	case evCPU:
		w.cpuDone(ev.a)
	case evTimeout:
		w.clientTimeout(ev.a)
	case evPatience:
		w.patienceOver(ev.a)
	case evRetry:
		w.startAttempt(ev.a)
	case evDeadline:
		w.upstreamTimeout(ev.a)
	case evUnreachable:
		w.unreachable(ev.a)
	default:
		w.handleRare(ev)
	}
}

// handleRare is the part of handle that requests do not pass.
func (w *World) handleRare(ev event) {
	switch ev.kind {
	case evReady:
		w.startupOver(ev.a)
	case evRestart:
		w.startContainer(ev.a)
	case evGrace:
		w.graceOver(ev.a)
	case evTick:
		w.tick()
	case evWarm:
		w.warm()
	case evScrape:
		w.scrapeDue()
	case evSync:
		w.syncDue(ev.a)
	case evChange:
		w.applyChange(&w.spec.Changes[ev.a])
	case evFault:
		w.faultDue(ev.a)
	case evFaultEnd:
		w.faultEnds(ev.a, ev.b)
	case evStage:
		w.stageStarts(ev.a, int(ev.b))
	case evUnready:
		w.nodeUnready(ev.a)
	case evTaint:
		w.zones[ev.a].waiting = false
		w.taintUnreachable()
	case evEvict:
		w.evict(ev.a)
	case evSchedule:
		w.scheduling = false
		w.placePending()
	case evOOM:
		w.killForMemory(ev.a)
	}
}

func (w *World) emit(e Event) {
	if w.obs.Event != nil {
		e.At = w.eng.Now()
		w.obs.Event(&e)
	}
}

// openPlan enters what the file says will happen: changes, faults, stages.
func (w *World) openPlan() {
	for i := range w.spec.Changes {
		w.eng.At(w.spec.Changes[i].At, event{kind: evChange, a: int32(i)})
	}
	w.faults = make([]faultState, len(w.spec.Faults))
	for i := range w.spec.Faults {
		w.eng.At(w.spec.Faults[i].At, event{kind: evFault, a: int32(i)})
	}
	for i := range w.spec.Traffic {
		p := &w.spec.Traffic[i].Profile
		for j := range p.Stages() {
			w.eng.At(p.StageStart(j), event{kind: evStage, a: int32(i), b: uint32(j)})
		}
	}
}
