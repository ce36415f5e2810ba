package sim

import (
	"math"
	"math/bits"
)

// item is one entry of the event list: when, in which order of insertion, and
// which slot of the slab holds the event. The last two share a word, so that an
// entry has 16 bytes.
type item struct {
	t   int64  // ns since the run began, never negative
	key uint64 // sequence number << slotBits | slot
}

const (
	slotBits = 24
	maxSlots = 1 << slotBits        // pending events, cancelled ones not yet dropped included
	maxSeq   = 1 << (64 - slotBits) // events of a whole run: 1.1e12
)

func (x item) slot() int32 { return int32(x.key & (maxSlots - 1)) }

// never sorts after every real entry.
var never = item{math.MaxInt64, math.MaxUint64}

// before is 1 if a sorts before b, else 0: a 128-bit comparison of (t, key)
// without a branch, because the outcome is a coin toss that no branch
// predictor can learn.
func before(a, b item) uint64 {
	_, c := bits.Sub64(a.key, b.key, 0)
	_, c = bits.Sub64(uint64(a.t), uint64(b.t), c)
	return c
}

// The heap is binary: with comparisons free of branches it is as fast as one of
// four children with ten entries and faster with ten thousand.

// siftUp moves x from the free place i towards the root.
func siftUp(h []item, i int, x item) {
	for i > 0 {
		p := (i - 1) >> 1
		if before(x, h[p]) == 0 {
			break
		}
		h[i] = h[p]
		i = p
	}
	h[i] = x
}

// siftDown moves x from the free place i towards the leaves.
func siftDown(h []item, i int, x item) {
	n := len(h)
	for {
		c := i<<1 + 1
		if c >= n {
			break
		}
		if c+1 < n {
			c += int(before(h[c+1], h[c]))
		}
		if before(h[c], x) == 0 {
			break
		}
		h[i] = h[c]
		i = c
	}
	h[i] = x
}

// heapify orders h from scratch.
func heapify(h []item) {
	if len(h) < 2 {
		return
	}
	for i := len(h)/2 - 1; i >= 0; i-- {
		siftDown(h, i, h[i])
	}
}

// ring is a queue of entries in a buffer whose length is a power of two.
type ring struct {
	buf  []item
	head int
	n    int
}

func (r *ring) at(i int) *item { return &r.buf[(r.head+i)&(len(r.buf)-1)] }

func (r *ring) grow() {
	next := make([]item, max(16, 2*len(r.buf)))
	for i := range r.n {
		next[i] = *r.at(i)
	}
	r.buf, r.head = next, 0
}

func (r *ring) copyInto(dst *ring) {
	if len(dst.buf) < len(r.buf) {
		dst.buf = make([]item, len(r.buf))
	}
	dst.head, dst.n = 0, r.n
	if r.n == 0 {
		return
	}
	k := copy(dst.buf[:r.n], r.buf[r.head&(len(r.buf)-1):])
	copy(dst.buf[k:r.n], r.buf)
}
