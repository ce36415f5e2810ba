package model

// link and unlink keep the list of all spans at a replica.
func (w *World) link(s int32) {
	sp := w.spans.at(s)
	r := &w.reps[sp.rep]
	sp.prev, sp.next = r.last, none
	if r.last != none {
		w.spans.at(r.last).next = s
	} else {
		r.first = s
	}
	r.last = s
	r.here++
}

func (w *World) unlink(s int32) {
	sp := w.spans.at(s)
	r := &w.reps[sp.rep]
	if sp.prev != none {
		w.spans.at(sp.prev).next = sp.next
	} else {
		r.first = sp.next
	}
	if sp.next != none {
		w.spans.at(sp.next).prev = sp.prev
	} else {
		r.last = sp.prev
	}
	r.here--
}

// enqueue and dequeue keep the replica's queue: first come, first served.
func (w *World) enqueue(s int32) {
	sp := w.spans.at(s)
	r := &w.reps[sp.rep]
	sp.phase = queued
	sp.qprev, sp.qnext = r.tail, none
	if r.tail != none {
		w.spans.at(r.tail).qnext = s
	} else {
		r.head = s
	}
	r.tail = s
	r.waiting++
	w.meter.queue(w.eng.Now(), sp.svc, 1)
}

func (w *World) dequeue(s int32) {
	sp := w.spans.at(s)
	r := &w.reps[sp.rep]
	if sp.qprev != none {
		w.spans.at(sp.qprev).qnext = sp.qnext
	} else {
		r.head = sp.qnext
	}
	if sp.qnext != none {
		w.spans.at(sp.qnext).qprev = sp.qprev
	} else {
		r.tail = sp.qprev
	}
	r.waiting--
	w.meter.queue(w.eng.Now(), sp.svc, -1)
}
