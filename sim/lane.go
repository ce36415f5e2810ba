package sim

import "time"

// NewLane makes a lane: a queue of events whose times never decrease in the
// order in which they are put in. One constant delay gives such a queue (a
// client's timeout, a probe's period), and so does a stream's next arrival.
// Putting in and taking out cost O(1) whatever the number of entries, where the
// heap costs O(log n). Few lanes are expected, up to about 16: the least of
// their heads is found by looking at all of them.
func (e *Engine[E]) NewLane() Lane {
	e.lanes = append(e.lanes, ring{})
	e.heads = append(e.heads, never)
	return Lane(len(e.lanes))
}

// Push puts ev at the end of lane l for time t. It panics if t is in the past
// or before the lane's last pending entry, or if l is no lane of e.
func (e *Engine[E]) Push(l Lane, t time.Duration, ev E) Ticket {
	if int64(t) < e.now {
		panic("sim: Push: time is in the past")
	}
	i := int32(l) - 1
	r := &e.lanes[i]
	if r.n > 0 && int64(t) < r.at(r.n-1).t {
		panic("sim: Push: time is before the lane's last entry")
	}
	if r.n == len(r.buf) {
		e.makeRoom(r)
	}
	x, ticket := e.store(int64(t), ev, int32(l))
	*r.at(r.n) = x
	r.n++
	if r.n == 1 {
		e.heads[i] = x
		if e.from == 0 || before(x, e.first) == 1 {
			e.first, e.from = x, int32(l)
		}
	}
	return ticket
}

// popHead takes the first entry of lane i, which has just been handed out, off.
func (e *Engine[E]) popHead(i int32) {
	r := &e.lanes[i]
	r.head++
	r.n--
	for r.n > 0 && e.isDead(*r.at(0)) {
		e.release(r.at(0).slot())
		r.head++
		r.n--
	}
	e.setHead(i, r)
}

// trim drops the cancelled entries at both ends of lane i: at the head so that
// the head is always live, at the end so that Push compares with a live entry.
func (e *Engine[E]) trim(i int32) {
	r := &e.lanes[i]
	for r.n > 0 && e.isDead(*r.at(r.n - 1)) {
		e.release(r.at(r.n - 1).slot())
		r.n--
	}
	moved := r.n == 0
	for r.n > 0 && e.isDead(*r.at(0)) {
		e.release(r.at(0).slot())
		r.head++
		r.n--
		moved = true
	}
	if moved {
		e.setHead(i, r)
	}
}

// setHead notes the new head of lane i and finds the least head.
func (e *Engine[E]) setHead(i int32, r *ring) {
	h := never
	if r.n > 0 {
		h = *r.at(0)
	}
	e.heads[i] = h
	best, from := never, int32(0)
	for j, x := range e.heads {
		if before(x, best) == 1 {
			best, from = x, int32(j)+1
		}
	}
	e.first, e.from = best, from
}

// makeRoom makes place in a full ring: by dropping its cancelled entries if
// they are at least half of it, else by doubling it.
func (e *Engine[E]) makeRoom(r *ring) {
	kept := 0
	for i := range r.n {
		if !e.isDead(*r.at(i)) {
			kept++
		}
	}
	if r.n == 0 || kept > r.n/2 {
		r.grow()
		return
	}
	kept = 0
	for i := range r.n {
		x := *r.at(i)
		if e.isDead(x) {
			e.release(x.slot())
			continue
		}
		*r.at(kept) = x
		kept++
	}
	r.n = kept
}
