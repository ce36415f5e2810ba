package model

import (
	"math"
	"time"

	"example.com/hasim/sim"
	"example.com/hasim/sim/fmath"
)

// longestBackoff bounds the doubling of a retry's wait where the file does
// not.
const longestBackoff = time.Hour

// stream is one stream of traffic as it runs.
type stream struct {
	luck     sim.Stream
	next     uint64        // number of the next request
	need     float64       // what is left of its gap, in expected arrivals
	from     time.Duration // up to here its gap is consumed
	arrival  sim.Lane
	timeout  sim.Lane
	patience sim.Lane
	ticket   sim.Ticket
	failed   uint64 // measured requests that failed, for the revenue
}

// request is one client's order, over all its attempts.
type request struct {
	no       uint64
	arrived  time.Duration
	stream   int32
	attempt  int32 // from 0
	root     int32 // span of the attempt under way, or none
	cause    Cause // of the last attempt that failed
	live     bool
	measured bool
	timeout  sim.Ticket
	patience sim.Ticket
	retry    sim.Ticket
}

func (w *World) openStreams() {
	w.streams = make([]stream, len(w.spec.Traffic))
	for i := range w.streams {
		s := &w.streams[i]
		*s = stream{
			luck:    sim.NewStream(w.seed, uint32(i)),
			arrival: w.eng.NewLane(), timeout: w.eng.NewLane(), patience: w.eng.NewLane(),
		}
		s.need = w.gap(int32(i))
		w.scheduleArrival(int32(i))
	}
}

// gap draws the distance to the stream's next request, in expected arrivals:
// exponential for Poisson traffic, 1 for even, less what rounding to whole
// nanoseconds has put the last one too late. It is a distance in the
// cumulative rate, so that the same customers come whatever the rate does.
func (w *World) gap(i int32) float64 {
	s := &w.streams[i]
	if w.spec.Traffic[i].Even {
		if s.next == 0 {
			return 1
		}
		return 1 + s.need - w.spec.Traffic[i].Profile.Consumed(s.from, w.eng.Now(), w.factor)
	}
	return -fmath.Log(sim.Unit(s.luck.Draw(s.next, 0, forGap, 0)))
}

// scheduleArrival enters the stream's next arrival, if its rate lets it come.
func (w *World) scheduleArrival(i int32) {
	s := &w.streams[i]
	t, ok := w.spec.Traffic[i].Profile.Next(s.from, s.need, w.factor)
	if ok && t <= w.spec.Duration {
		s.ticket = w.eng.Push(s.arrival, t, event{kind: evArrival, a: i})
	}
}

// arrive takes the stream's next request in and draws the one after it.
func (w *World) arrive(i int32) {
	s := &w.streams[i]
	r := w.reqs.take()
	q := w.reqs.at(r)
	now := w.eng.Now()
	*q = request{no: s.next, arrived: now, stream: i, root: none, live: true, measured: now >= w.spec.Warmup}
	s.next++
	s.need, s.from = w.gap(i), now
	w.scheduleArrival(i)
	w.meter.arrived(q.measured)
	if p := w.spec.Traffic[i].Client.Patience; p > 0 {
		q.patience = w.eng.Push(s.patience, now+p, event{kind: evPatience, a: r})
	}
	w.startAttempt(r)
}

// changeRate multiplies all traffic by f from now on. What was consumed of
// each stream's gap stays consumed.
func (w *World) changeRate(f float64) {
	now := w.eng.Now()
	for i := range w.streams {
		s := &w.streams[i]
		used := w.spec.Traffic[i].Profile.Consumed(s.from, now, w.factor)
		s.need, s.from = math.Max(0, s.need-used), now
		w.eng.Cancel(s.ticket)
	}
	w.factor *= f
	for i := range w.streams {
		w.scheduleArrival(int32(i))
	}
}

// startAttempt sends the request, for the first time or again.
func (w *World) startAttempt(r int32) {
	q := w.reqs.at(r)
	st := &w.spec.Traffic[q.stream]
	q.retry = sim.Ticket{}
	if d := st.Client.Timeout; d > 0 {
		q.timeout = w.eng.Push(w.streams[q.stream].timeout, w.eng.Now()+d, event{kind: evTimeout, a: r})
	}
	s := w.newSpan(q.no, q.stream, entrance, uint32(q.attempt)<<8, st.To)
	q.root = s
	sp := w.spans.at(s)
	sp.req = r
	w.dial(s)
}

// attemptEnded is told how the attempt under way ended; its span is gone.
func (w *World) attemptEnded(r int32, cause Cause) {
	q := w.reqs.at(r)
	q.root = none
	w.eng.Cancel(q.timeout)
	if cause == Served {
		w.requestDone(r, Served)
		return
	}
	q.cause = cause
	retries := &w.spec.Traffic[q.stream].Client.Retries
	if q.attempt >= retries.Max {
		w.requestDone(r, cause)
		return
	}
	q.attempt++
	q.retry = w.eng.After(w.retryWait(q, retries), event{kind: evRetry, a: r})
}

// retryWait is Backoff × 2ⁿ⁻¹ before retry n, at most MaxBackoff, spread.
func (w *World) retryWait(q *request, retries *RetrySpec) time.Duration {
	longest := retries.MaxBackoff
	if longest == 0 {
		longest = longestBackoff
	}
	wait := retries.Backoff
	for i := int32(1); i < q.attempt && wait < longest; i++ {
		wait *= 2
	}
	wait = min(wait, longest)
	if retries.Jitter == JitterNone || wait == 0 {
		return wait
	}
	u := w.streams[q.stream].luck.Draw(q.no, 0, forJitter, uint32(q.attempt))
	if retries.Jitter == JitterFull {
		return sim.Span(u, wait+1)
	}
	half := wait / 2
	return half + sim.Span(u, wait-half+1)
}

// clientTimeout ends the attempt: the client stops waiting, its order stays
// in the kitchen.
func (w *World) clientTimeout(r int32) {
	w.hangUp(r)
	w.attemptEnded(r, Timeout)
}

// patienceOver ends the request, whatever its attempts are doing.
func (w *World) patienceOver(r int32) {
	q := w.reqs.at(r)
	cause := q.cause
	if q.root != none {
		cause = Timeout
		w.hangUp(r)
	}
	q = w.reqs.at(r)
	w.eng.Cancel(q.timeout)
	w.eng.Cancel(q.retry)
	w.requestDone(r, cause)
}

// hangUp parts the client from its attempt.
func (w *World) hangUp(r int32) {
	q := w.reqs.at(r)
	s := q.root
	q.root = none
	w.spans.at(s).req = none
	w.abandon(s)
}

// requestDone counts the request and forgets it.
func (w *World) requestDone(r int32, cause Cause) {
	q := w.reqs.at(r)
	w.eng.Cancel(q.patience)
	now := w.eng.Now()
	w.meter.requestDone(q, now, cause)
	if cause != Served && q.measured {
		w.streams[q.stream].failed++
	}
	if w.obs.Request != nil {
		attempts := q.attempt + 1
		if !q.retry.IsZero() {
			attempts = q.attempt // the next one was not made any more
		}
		w.obs.Request(&RequestDone{No: q.no, Stream: q.stream, Arrived: q.arrived, Done: now, Attempts: attempts, Cause: cause})
	}
	q.live = false
	w.reqs.give(r)
}
