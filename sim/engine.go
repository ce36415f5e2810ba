package sim

import (
	"math"
	"time"
)

// Engine is a clock and the list of the events to come. Events are plain data
// of type E (a kind and a few integers, without pointers), so that an engine
// can be copied. Events with equal times come out in the order in which they
// were put in, whatever the way. The zero value is ready, at time 0.
//
// A run may put in at most 2^40 events, and 2^24 may be pending at a time; the
// engine panics beyond that.
type Engine[E any] struct {
	now   int64
	seq   uint64
	fired uint64
	live  int

	slab []slot[E]
	free int32 // first free slot + 1; 0: none

	heap []item
	hole bool // heap[0] has been handed out; the next entry put in may take its place
	dead int  // cancelled entries still in the heap

	lanes []ring
	heads []item // the first entry of each lane, or never
	first item   // the least of heads
	from  int32  // its lane + 1; 0: no lane has an entry
}

// slot holds an event. The generation is odd while the event is pending and
// even otherwise; it makes old tickets recognisable.
type slot[E any] struct {
	ev   E
	gen  uint32
	link int32 // pending: 0 for the heap, or lane + 1; free: next free slot + 1
}

// Ticket names a pending event. The zero value names none.
type Ticket struct {
	slot int32
	gen  uint32
}

// IsZero reports whether t has never named an event.
func (t Ticket) IsZero() bool { return t.gen == 0 }

// Lane names a lane of one engine (and of its copies). The zero value names none.
type Lane int32

// Now returns the time since the run began.
func (e *Engine[E]) Now() time.Duration { return time.Duration(e.now) }

// Pending returns the number of events to come, cancelled ones not counted.
func (e *Engine[E]) Pending() int { return e.live }

// Fired returns the number of events handed out so far.
func (e *Engine[E]) Fired() uint64 { return e.fired }

// After puts ev into the list for d from now. A time beyond the last instant
// that the clock can show (292 years) becomes that instant. It panics if d < 0.
func (e *Engine[E]) After(d time.Duration, ev E) Ticket {
	if d < 0 {
		panic("sim: After: negative delay")
	}
	t := e.now + int64(d)
	if t < 0 {
		t = math.MaxInt64
	}
	return e.insert(t, ev)
}

// At puts ev into the list for time t. It panics if t is in the past.
func (e *Engine[E]) At(t time.Duration, ev E) Ticket {
	if int64(t) < e.now {
		panic("sim: At: time is in the past")
	}
	return e.insert(int64(t), ev)
}

func (e *Engine[E]) insert(t int64, ev E) Ticket {
	x, ticket := e.store(t, ev, 0)
	if e.hole {
		e.hole = false
		siftDown(e.heap, 0, x)
		e.skim()
		return ticket
	}
	e.heap = append(e.heap, x)
	siftUp(e.heap, len(e.heap)-1, x)
	return ticket
}

// store puts ev into a slot and returns the entry and the ticket for it.
func (e *Engine[E]) store(t int64, ev E, link int32) (item, Ticket) {
	if e.seq+1 >= maxSeq {
		panic("sim: more than 2^40 events in one run")
	}
	i := e.free - 1
	if i >= 0 {
		e.free = e.slab[i].link
	} else {
		i = e.extend()
	}
	s := &e.slab[i]
	s.ev, s.link = ev, link
	s.gen++
	e.seq++
	e.live++
	return item{t, e.seq<<slotBits | uint64(i)}, Ticket{i, s.gen}
}

func (e *Engine[E]) extend() int32 {
	if len(e.slab) >= maxSlots {
		panic("sim: more than 2^24 events pending")
	}
	e.slab = append(e.slab, slot[E]{})
	return int32(len(e.slab) - 1)
}

// release gives the slot of an entry that has left the list back.
func (e *Engine[E]) release(i int32) {
	e.slab[i].link = e.free
	e.free = i + 1
}

func (e *Engine[E]) isDead(x item) bool { return e.slab[x.slot()].gen&1 == 0 }

// Cancel takes an event out of the list. It returns false, and does nothing,
// if the event has come out or was cancelled already, or for the zero Ticket.
// A ticket stays safe after its slot has been used again, for the next 2^31
// uses of that slot.
func (e *Engine[E]) Cancel(t Ticket) bool {
	if uint(t.slot) >= uint(len(e.slab)) {
		return false
	}
	s := &e.slab[t.slot]
	if s.gen != t.gen || t.gen&1 == 0 {
		return false
	}
	s.gen++ // the entry is dead; it is dropped when it surfaces
	e.live--
	if s.link != 0 {
		e.trim(s.link - 1)
		return true
	}
	e.dead++
	if e.dead > 32 && e.dead > len(e.heap)/2 {
		e.compact()
	} else if !e.hole {
		e.skim()
	}
	return true
}

// Peek returns the time of the next event. It is false when there is none.
func (e *Engine[E]) Peek() (t time.Duration, ok bool) {
	if e.live == 0 {
		return 0, false
	}
	e.settle()
	x := never
	if len(e.heap) > 0 {
		x = e.heap[0]
	}
	if e.from != 0 && before(e.first, x) == 1 {
		x = e.first
	}
	return time.Duration(x.t), true
}

// Next takes the next event out of the list if its time is at most limit, and
// moves the clock to it. Otherwise it moves the clock to limit and returns
// false. The clock never moves back: a limit in the past leaves it alone.
func (e *Engine[E]) Next(limit time.Duration) (ev E, ok bool) {
	if e.hole {
		e.settle()
	}
	var x item
	fromLane := e.from != 0
	if len(e.heap) > 0 {
		x = e.heap[0]
		fromLane = fromLane && before(e.first, x) == 1
	} else if !fromLane {
		e.now = max(e.now, int64(limit))
		return ev, false
	}
	if fromLane {
		x = e.first
	}
	if x.t > int64(limit) {
		e.now = max(e.now, int64(limit))
		return ev, false
	}
	e.now = x.t
	e.fired++
	e.live--
	i := x.slot()
	s := &e.slab[i]
	ev = s.ev
	s.gen++
	if fromLane {
		e.popHead(s.link - 1)
	} else {
		e.hole = true
	}
	s.link = e.free // release
	e.free = i + 1
	return ev, true
}

// settle closes the hole at the root.
func (e *Engine[E]) settle() {
	if !e.hole {
		return
	}
	e.hole = false
	e.dropRoot()
	e.skim()
}

func (e *Engine[E]) dropRoot() {
	n := len(e.heap) - 1
	x := e.heap[n]
	e.heap = e.heap[:n]
	if n > 0 {
		siftDown(e.heap, 0, x)
	}
}

// skim drops cancelled entries from the root, so that a settled heap always
// shows a live one.
func (e *Engine[E]) skim() {
	for e.dead > 0 && e.isDead(e.heap[0]) {
		e.release(e.heap[0].slot())
		e.dead--
		e.dropRoot()
	}
}

// compact drops all cancelled entries of the heap at once.
func (e *Engine[E]) compact() {
	h := e.heap
	if e.hole {
		e.hole = false
		h[0] = h[len(h)-1]
		h = h[:len(h)-1]
	}
	kept := h[:0]
	for _, x := range h {
		if e.isDead(x) {
			e.release(x.slot())
		} else {
			kept = append(kept, x)
		}
	}
	e.heap, e.dead = kept, 0
	heapify(kept)
}

// CopyInto makes dst an independent copy of e, reusing dst's buffers: nothing
// is allocated once they have grown. Tickets and lanes of e are valid in dst.
// It only reads e, so several copies of one checkpoint may be made at a time.
func (e *Engine[E]) CopyInto(dst *Engine[E]) {
	if dst == e {
		return
	}
	slab, heap, lanes, heads := dst.slab, dst.heap, dst.lanes, dst.heads
	*dst = *e
	dst.slab = append(slab[:0], e.slab...)
	dst.heap = append(heap[:0], e.heap...)
	dst.heads = append(heads[:0], e.heads...)
	// Rings keep their own buffers, also those beyond the current length.
	lanes = lanes[:cap(lanes)]
	for len(lanes) < len(e.lanes) {
		lanes = append(lanes, ring{})
	}
	dst.lanes = lanes[:len(e.lanes)]
	for i := range e.lanes {
		e.lanes[i].copyInto(&dst.lanes[i])
	}
}
