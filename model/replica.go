package model

import (
	"strconv"
	"time"

	"example.com/hasim/model/balance"
	"example.com/hasim/model/metrics"
	"example.com/hasim/model/restart"
	"example.com/hasim/sim"
)

// openSince is when what exists at the start of a run was started: the
// restaurant is open when the evening begins.
const openSince = -time.Hour

// replica is one instance of a service: a container, or a pod with one.
type replica struct {
	name    string
	svc     int32
	host    int32 // or none
	ordinal int32
	phase   Phase
	ready   bool // as the cluster sees it
	hung    bool
	deleted bool // told to go (deletionTimestamp)
	pumping bool
	slow    int64 // factor in thousandths, 0 for none

	created    time.Duration
	podStart   time.Duration // when it got its host
	started    time.Duration // of its present container
	readySince time.Duration
	until      time.Duration // end of its phase, as far as one knows
	ticket     sim.Ticket    // of that end
	startWait  time.Duration // of the start-up, after its CPU time
	restarts   int32
	exit       int32
	cause      string // of its last exit
	restart    restart.State
	holds      []hold // faults on its process
	waits      bool   // for a host, counted among the pending
	outOfMem   bool   // its limit was passed: the kernel is about to kill it

	first, last int32 // spans here
	head, tail  int32 // of the queue
	here        int32
	waiting     int32
	busy        int32
	served      uint64

	cpu       cpuShare
	cpuStart  time.Duration // used, when its container was started
	cpuBefore time.Duration // used, at the last tick
	cpuShown  int32         // percent of a core in the last second
	series    metrics.Series
	work      workCounters
	scraped   workCounters // work at the last scrape
	custom    workSample   // what that scrape showed
	balancers []balancer
}

// hasWorker reports whether one more request can be worked on.
func (r *replica) hasWorker(concurrency int32) bool {
	return concurrency == Unlimited || r.busy < concurrency
}

// full reports whether the queue is at its bound.
func (r *replica) full(bound int32) bool { return bound != Unlimited && r.waiting >= bound }

func (r *replica) copyInto(dst *replica) {
	jobs, balancers, holds := dst.cpu.jobs, dst.balancers, dst.holds
	*dst = *r
	dst.holds = append(holds[:0], r.holds...)
	dst.cpu.jobs = append(jobs[:0], r.cpu.jobs...)
	dst.balancers = balancers[:0]
	for i := range r.balancers {
		dst.balancers = grow(dst.balancers)
		r.balancers[i].copyInto(&dst.balancers[i])
	}
}

// grow lengthens a slice by one element and keeps what that held before.
func grow[T any](s []T) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	var zero T
	return append(s, zero)
}

// newReplica makes a replica that has no host yet.
func (w *World) newReplica(svc int32) int32 {
	v := &w.svc[svc]
	v.ordinal = w.nextOrdinal(svc)
	id := int32(len(w.reps))
	w.reps = grow(w.reps)
	r := &w.reps[id]
	jobs, balancers, holds := r.cpu.jobs[:0], r.balancers[:0], r.holds[:0]
	now := w.eng.Now()
	*r = replica{
		name: v.name + "-" + strconv.Itoa(int(v.ordinal)), svc: svc, host: none, ordinal: v.ordinal,
		created: now, readySince: now, until: -1, first: none, last: none, head: none, tail: none, balancers: balancers, holds: holds,
	}
	r.cpu.jobs, r.cpu.last = jobs, now
	v.reps = append(v.reps, id)
	return id
}

// openReplica makes a replica that has been running since before the start.
func (w *World) openReplica(svc int32) {
	id := w.newReplica(svc)
	r := &w.reps[id]
	r.created = openSince
	if !w.assign(id) {
		return
	}
	r.podStart, r.started, r.readySince = openSince, openSince, openSince
	r.phase, r.ready = Running, true
	w.preScrape(id)
}

// startContainer starts the replica's process, for the first time or again.
func (w *World) startContainer(id int32) {
	r := &w.reps[id]
	v := &w.svc[r.svc]
	now := w.eng.Now()
	w.setPhase(id, Starting)
	r.started, r.served, r.outOfMem = now, 0, false
	w.refresh(r.svc)
	w.watchMemory(id)
	r.cpu.advance(now)
	r.cpuStart = r.cpu.used()
	draw := w.luck.replica.Draw(uint64(r.ordinal), uint32(r.svc), forStartup, uint32(r.restarts))
	total := v.work.Startup.Sample(sim.Unit(draw))
	burn := min(v.work.StartupCPU, total, longestDemand)
	r.startWait = total - burn
	r.until = now + total
	w.emit(Event{Object: r.name, Reason: Started, N: [5]int64{int64(r.restarts), int64(total)}})
	if burn > 0 {
		w.addJob(id, none, burn)
		return
	}
	w.startupBurnt(id)
}

// startupBurnt goes on after the CPU time of a start-up.
func (w *World) startupBurnt(id int32) {
	r := &w.reps[id]
	if r.startWait <= 0 {
		w.startupOver(id)
		return
	}
	r.until = w.eng.Now() + r.startWait
	r.ticket = w.eng.After(r.startWait, event{kind: evReady, a: id})
}

// startupOver is the moment from which on the replica serves.
func (w *World) startupOver(id int32) {
	r := &w.reps[id]
	r.ticket = sim.Ticket{}
	if !w.resolve(id) {
		w.exited(id, 1, "host not found in upstream")
		return
	}
	w.setPhase(id, Running)
	w.setReady(id, true)
	w.emit(Event{Object: r.name, Reason: Ready, N: [5]int64{int64(w.eng.Now() - r.started)}})
	w.refresh(r.svc)
}

// resolve is what nginx does when it starts: it looks up, once, who is behind
// the names that it proxies to. It fails when a name is unknown.
func (w *World) resolve(id int32) bool {
	r := &w.reps[id]
	v := &w.svc[r.svc]
	if !v.balance.Proxy {
		return true
	}
	for len(r.balancers) < len(v.Calls) {
		r.balancers = grow(r.balancers)
	}
	r.balancers = r.balancers[:len(v.Calls)]
	found := true
	for i := range v.Calls {
		b := &r.balancers[i]
		b.peers, b.version = b.peers[:0], 0
		b.epoch++
		if w.spec.Platform != Compose {
			continue
		}
		for _, end := range w.svc[v.Calls[i]].endpoints {
			b.peers = append(b.peers, balance.NewPeer(end, v.balance.Peer))
		}
		found = found && len(b.peers) > 0
	}
	return found
}

// exited is the end of a replica's process while its host lives.
func (w *World) exited(id int32, code int32, cause string) {
	r := &w.reps[id]
	v := &w.svc[r.svc]
	now := w.eng.Now()
	lost := r.here
	ran := now - r.started // what the restart policy judges by
	w.eng.Cancel(r.ticket)
	r.ticket = sim.Ticket{}
	r.exit, r.cause = code, cause
	r.freeHolds()
	r.outOfMem = false
	delay, again := time.Duration(0), false
	if !r.deleted {
		delay, again = v.restart.Exited(now, restart.Exit{Code: int(code), Ran: ran}, &r.restart)
	}
	w.setPhase(id, Exited)
	if again {
		w.setPhase(id, BackOff)
	}
	w.setReady(id, false)
	reason := Died
	if cause == "OOMKilled" {
		reason = OOMKilled
	}
	w.emit(Event{Object: r.name, Reason: reason, N: [5]int64{int64(code), int64(lost), int64(min(ran, now))}, Word: cause})
	w.refresh(r.svc)
	w.resetAll(id)
	r = &w.reps[id]
	r.cpu.frozen = false
	switch {
	case r.deleted:
		w.gone(id, 0)
	case again:
		r.restarts++
		v.restarts++
		r.until = now + delay
		w.emit(Event{Object: r.name, Reason: BackOffRestart, N: [5]int64{int64(delay), int64(r.restarts)}, Word: v.RestartAs})
		r.ticket = w.eng.After(delay, event{kind: evRestart, a: id})
	default:
		w.emit(Event{Object: r.name, Reason: GaveUp, N: [5]int64{int64(code), int64(r.restarts)}, Word: v.RestartAs})
	}
}

// resetAll ends everything that the replica was working on: its connections
// are reset.
func (w *World) resetAll(id int32) {
	w.clearJobs(id)
	for {
		s := w.reps[id].first
		if s == none {
			return
		}
		w.drop(s)
		w.meter.visitFailed(w.spans.at(s).svc, Reset)
		w.breakOff(s, Reset)
	}
}

// stop tells a replica to go: it takes nothing new and finishes what it has,
// within its grace.
func (w *World) stop(id int32, why string) {
	r := &w.reps[id]
	v := &w.svc[r.svc]
	r.deleted = true
	w.eng.Cancel(r.ticket)
	r.ticket = sim.Ticket{}
	if r.phase != Running && r.phase != Starting {
		w.setReady(id, false)
		if r.phase == Lost {
			w.refresh(r.svc)
			return
		}
		w.gone(id, 0)
		return
	}
	w.emit(Event{Object: r.name, Reason: Killing, N: [5]int64{int64(r.here), int64(v.Grace)}, Word: why})
	w.clearStartup(id)
	w.setPhase(id, Terminating)
	w.setReady(id, false)
	w.refresh(r.svc)
	r.until = w.eng.Now() + v.Grace
	r.ticket = w.eng.After(v.Grace, event{kind: evGrace, a: id})
	w.drained(id)
}

// clearStartup takes away the CPU burst of a start-up that will not end.
func (w *World) clearStartup(id int32) {
	if w.reps[id].phase == Starting {
		w.clearJobs(id)
	}
}

// drained ends a replica that was told to go and has nothing left.
func (w *World) drained(id int32) {
	if r := &w.reps[id]; r.phase == Terminating && r.here == 0 {
		w.gone(id, 0)
	}
}

// graceOver kills what is still there.
func (w *World) graceOver(id int32) {
	lost := w.reps[id].here
	w.reps[id].ticket = sim.Ticket{}
	w.setPhase(id, Gone) // refuses what its clients try again
	w.resetAll(id)
	w.gone(id, lost)
}

// gone removes the replica. Its id stays its own for ever.
func (w *World) gone(id int32, lost int32) {
	r := &w.reps[id]
	v := &w.svc[r.svc]
	w.eng.Cancel(r.ticket)
	r.ticket = sim.Ticket{}
	if r.waits {
		r.waits = false
		w.pending--
	}
	w.setPhase(id, Gone)
	w.setReady(id, false)
	v.reps = without(v.reps, id)
	w.unassign(id)
	r.cpu.jobs, r.balancers, r.holds = nil, nil, nil
	w.refresh(r.svc)
	w.emit(Event{Object: r.name, Reason: SuccessfulDelete, N: [5]int64{int64(lost)}})
	w.schedulePending()
}

// without removes id from the list, whose order stays.
func without(list []int32, id int32) []int32 {
	for i, x := range list {
		if x == id {
			return append(list[:i], list[i+1:]...)
		}
	}
	return list
}

func (w *World) setPhase(id int32, p Phase) {
	w.reps[id].phase = p
	w.reps[id].until = -1
}

// setReady changes the Ready condition.
func (w *World) setReady(id int32, on bool) {
	r := &w.reps[id]
	if r.ready != on {
		r.ready = on
		r.readySince = w.eng.Now()
	}
}
