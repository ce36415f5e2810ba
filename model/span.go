package model

import (
	"time"

	"example.com/hasim/sim"
)

// spanPhase is where a call stands.
type spanPhase uint8

const (
	free       spanPhase = iota
	connecting           // no replica has it: the connection hangs
	queued               // waits at its replica
	onCPU                // needs CPU time
	waiting              // worked on, without CPU
	calling              // waits for a call of its own
	stalled              // its next step is due, but its replica hangs
)

// span is one call to a service: at first a connection that is being opened,
// then a visit at a replica, which may make calls of its own. Its caller is
// another span, a client's request, or nobody any more: an order whose client
// has gone is still cooked. Caller and callee always name each other; who
// leaves cuts both ends.
type span struct {
	no       uint64 // of the request
	stream   int32
	place    uint32 // in the call path, for its draws
	attempt  uint32 // the client's attempt << 8 | the proxy's try
	phase    spanPhase
	result   Cause // of a call that ended while its caller hung, or that a dead host holds
	making   bool  // a call that has not returned yet
	answered bool  // that result was an answer, not a connection's end
	svc, rep int32
	parent   int32 // calling span, or none
	req      int32 // calling request, or none
	child    int32 // span of the call under way, or none
	call     int32 // which of the service's calls that is
	arrived  time.Duration
	wait     time.Duration // of waiting, to come after the CPU time
	ticket   sim.Ticket    // end of the waiting, or of a connection that hangs
	deadline sim.Ticket    // of a proxy: until the upstream must answer

	prev, next   int32 // among all spans at the replica
	qprev, qnext int32 // in the replica's queue

	// What a proxy remembers of the call under way.
	peer, peerID int32 // index at the balancer, and the replica behind it
	epoch        uint32
	tries        int32 // left
	tried        int32 // list of peers that failed, or none
}

// inCall reports whether the span has a call that is not done with, though
// its answer may be waiting for a replica that hangs.
func (sp *span) inCall() bool {
	return sp.phase == calling || sp.phase == stalled && sp.call >= 0
}

// triedPeer is one peer that a request has failed on, in a list.
type triedPeer struct {
	id, next int32
}

func (w *World) newSpan(no uint64, stream int32, place, attempt uint32, svc int32) int32 {
	s := w.spans.take()
	*w.spans.at(s) = span{
		no: no, stream: stream, place: place, attempt: attempt, phase: connecting, svc: svc,
		rep: none, parent: none, req: none, child: none, tried: none,
		prev: none, next: none, qprev: none, qnext: none,
	}
	return s
}

// freeSpan forgets a span that is at no replica any more.
func (w *World) freeSpan(s int32) {
	sp := w.spans.at(s)
	w.eng.Cancel(sp.ticket)
	w.eng.Cancel(sp.deadline)
	w.forgetTried(sp)
	sp.phase = free
	w.spans.give(s)
}

// answer frees the span and tells its caller that the callee answered: with
// what was asked for, or with an error. The span must be at no replica any more.
func (w *World) answer(s int32, cause Cause) { w.end(s, cause, true) }

// breakOff is the same for a call whose connection failed: nobody answered.
func (w *World) breakOff(s int32, cause Cause) { w.end(s, cause, false) }

func (w *World) end(s int32, cause Cause, answered bool) {
	sp := w.spans.at(s)
	parent, req := sp.parent, sp.req
	w.freeSpan(s)
	switch {
	case parent != none:
		w.callEnded(parent, cause, answered)
	case req != none:
		w.attemptEnded(req, cause)
	}
}

// accept takes the span in at replica id, which serves.
func (w *World) accept(s, id int32) {
	sp, r := w.spans.at(s), &w.reps[id]
	v := &w.svc[r.svc]
	full := r.full(v.work.Queue)
	if r.hung && full {
		// The process takes nothing from its backlog: the connection is
		// not refused, it hangs.
		w.hang(s, id, synTimeout)
		return
	}
	sp.arrived = w.eng.Now()
	sp.rep = id
	r.work.arrived++
	w.meter.visit(r.svc)
	w.link(s)
	w.watchMemory(id)
	switch {
	case !r.hung && r.hasWorker(v.work.Concurrency):
		w.start(s)
	case !full:
		w.enqueue(s)
	default:
		w.unlink(s)
		w.meter.visitFailed(r.svc, QueueFull)
		w.refusedOrder(r.svc, v.work.Queue)
		w.answer(s, QueueFull)
	}
}

// start gives the span a worker. Its own work comes first: CPU time, then
// waiting; then its calls.
func (w *World) start(s int32) {
	sp := w.spans.at(s)
	r := &w.reps[sp.rep]
	v := &w.svc[sp.svc]
	r.busy++
	v.busy++
	total := w.sample(sp, &v.work.ServiceTime, forService)
	demand := total
	if !v.work.CPUIsAll {
		demand = w.sample(sp, &v.work.CPU, forCPU)
	}
	sp.wait = max(0, total-demand)
	if demand > 0 {
		sp.phase = onCPU
		w.addJob(sp.rep, s, min(demand, longestDemand))
		return
	}
	w.beginWaiting(s)
}

// sample draws from d for this span; what needs no draw draws none.
func (w *World) sample(sp *span, d *sim.Dist, purpose uint32) time.Duration {
	if d.IsZero() {
		return 0
	}
	return d.Sample(sim.Unit(w.streams[sp.stream].luck.Draw(sp.no, w.svc[sp.svc].placeOfWork(sp.place), purpose, sp.attempt)))
}

// beginWaiting starts the part of the work that needs no CPU.
func (w *World) beginWaiting(s int32) {
	sp := w.spans.at(s)
	if sp.wait <= 0 {
		w.beginCalls(s)
		return
	}
	d := sp.wait
	if f := w.reps[sp.rep].slow; f != 0 {
		d = scale(d, f)
	}
	sp.phase = waiting
	sp.ticket = w.eng.After(d, event{kind: evWaited, a: s})
}

// waited ends the waiting of a span.
func (w *World) waited(s int32) {
	sp := w.spans.at(s)
	sp.ticket = sim.Ticket{}
	if w.reps[sp.rep].hung {
		sp.phase = stalled
		sp.call = -1
		return
	}
	w.beginCalls(s)
}

func (w *World) beginCalls(s int32) {
	w.spans.at(s).call = -1
	w.nextCall(s)
}

// nextCall makes the span's next calls, as far as they end at once, or ends
// its visit. A call that ends while it is being made leaves its result and is
// taken up here: a thousand calls that take no time are a loop, not a stack.
func (w *World) nextCall(s int32) {
	for {
		sp := w.spans.at(s)
		sp.call++
		v := &w.svc[sp.svc]
		if int(sp.call) >= len(v.Calls) {
			w.finish(s, Served)
			return
		}
		sp.phase = calling
		if v.balance.Proxy {
			w.proxyCall(s)
			return
		}
		sp.making = true
		w.dial(w.callee(s, 0))
		sp = w.spans.at(s)
		if sp.making {
			sp.making = false // it is under way
			return
		}
		if sp.result != Served {
			w.finish(s, sp.result)
			return
		}
	}
}

// callee makes the span of the call that s is about to make.
func (w *World) callee(s int32, try uint32) int32 {
	sp := w.spans.at(s)
	v := &w.svc[sp.svc]
	c := w.newSpan(sp.no, sp.stream, v.placeOfCall(sp.place, sp.call), sp.attempt&^0xff|try&0xff, v.Calls[sp.call])
	w.spans.at(c).parent = s
	w.spans.at(s).child = c
	return c
}

// callEnded is told how the call of span s ended; the callee is gone.
func (w *World) callEnded(s int32, cause Cause, answered bool) {
	sp := w.spans.at(s)
	sp.child = none
	if sp.making {
		sp.making, sp.result = false, cause
		return
	}
	if w.reps[sp.rep].hung {
		w.eng.Cancel(sp.deadline)
		sp.phase, sp.result, sp.answered = stalled, cause, answered
		return
	}
	if w.svc[sp.svc].balance.Proxy {
		w.upstreamDone(s, cause, answered)
		return
	}
	w.callDone(s, cause)
}

// callDone goes on after a call: to the next one, or, where it failed, to
// the end of the visit with the same cause.
func (w *World) callDone(s int32, cause Cause) {
	if cause != Served {
		w.finish(s, cause)
		return
	}
	w.nextCall(s)
}

// finish ends a visit: the worker is free, the caller gets its answer.
func (w *World) finish(s int32, cause Cause) {
	sp := w.spans.at(s)
	id := sp.rep
	r := &w.reps[id]
	v := &w.svc[sp.svc]
	r.busy--
	v.busy--
	w.unlink(s)
	if cause == Served {
		took := w.eng.Now() - sp.arrived
		r.served++
		r.work.served++
		r.work.took += took
		w.meter.visitServed(sp.svc, took)
		w.watchMemory(id)
	} else {
		w.meter.visitFailed(sp.svc, cause)
	}
	w.pump(id)
	w.answer(s, cause)
	w.drained(id)
}

// pump starts what waits at the replica, as far as it has workers.
func (w *World) pump(id int32) {
	r := &w.reps[id]
	if r.pumping || r.hung || (r.phase != Running && r.phase != Terminating) {
		return
	}
	limit := w.svc[r.svc].work.Concurrency
	r.pumping = true
	for r.head != none && r.hasWorker(limit) {
		s := r.head
		w.dequeue(s)
		w.start(s)
		r = &w.reps[id]
	}
	r.pumping = false
}

// abandon is told that the caller of span s has gone (and has cut the link).
// A proxy closes its upstream connection; an application goes on cooking,
// unless it was told to notice.
func (w *World) abandon(s int32) {
	sp := w.spans.at(s)
	if sp.phase == connecting {
		w.freeSpan(s)
		return
	}
	v := &w.svc[sp.svc]
	if !v.balance.Proxy && !v.work.Cancel {
		return
	}
	if v.balance.Proxy && sp.inCall() {
		w.releasePeer(s, false)
	}
	id := sp.rep
	w.drop(s)
	w.meter.visitFailed(w.spans.at(s).svc, Timeout)
	w.freeSpan(s)
	w.pump(id)
	w.drained(id)
}

// drop takes the span out of its replica, wherever it stands there, and
// parts it from its child.
func (w *World) drop(s int32) {
	sp := w.spans.at(s)
	r := &w.reps[sp.rep]
	switch sp.phase {
	case queued:
		w.dequeue(s)
	case onCPU:
		w.removeJob(sp.rep, s)
		fallthrough
	default:
		r.busy--
		w.svc[sp.svc].busy--
	}
	w.unlink(s)
	w.eng.Cancel(sp.ticket)
	w.eng.Cancel(sp.deadline)
	w.dropChild(s)
}

// dropChild parts a span from the call that it waits for.
func (w *World) dropChild(s int32) {
	c := w.spans.at(s).child
	if c == none {
		return
	}
	w.spans.at(s).child = none
	w.spans.at(c).parent = none
	w.abandon(c)
}
