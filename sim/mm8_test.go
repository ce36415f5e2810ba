package sim

import (
	"math"
	"testing"
	"time"

	"example.com/hasim/sim/fmath"
)

// The queue M/M/8 at 90 % load, mean service 10 ms: the yardstick of the
// engine, written once on Engine and once by hand with nothing around it.
const (
	mm8Gap     = 10e6 / 8 / 0.9 // ns
	mm8Service = 10e6
)

type event16 struct {
	kind, a, b, c int32
}

type mm8 struct {
	engine   Engine[event16]
	lane     Lane
	gaps     Stream
	services Stream
	arrived  uint64
	started  uint64
	served   uint64
	busy     int
	waiting  [1 << 14]time.Duration // arrival times of the queue, a ring
	head     int
	tail     int
	wait     time.Duration // of all who started
}

func newMM8() *mm8 {
	q := &mm8{gaps: NewStream(1, 1), services: NewStream(1, 2)}
	q.lane = q.engine.NewLane()
	q.engine.Push(q.lane, 0, event16{kind: 0})
	return q
}

func exp(x uint64, mean float64) time.Duration {
	return time.Duration(-mean * fmath.Log(Unit(x)))
}

func (q *mm8) start(arrival time.Duration) {
	q.wait += q.engine.Now() - arrival
	q.started++
	q.engine.After(exp(q.services.Draw(q.started, 0, 0, 0), mm8Service), event16{kind: 1})
}

func (q *mm8) run(events int) {
	e := &q.engine
	for range events {
		ev, _ := e.Next(math.MaxInt64)
		switch ev.kind {
		case 0:
			q.arrived++
			e.Push(q.lane, e.Now()+exp(q.gaps.Draw(q.arrived, 0, 0, 0), mm8Gap), event16{kind: 0})
			if q.busy < 8 {
				q.busy++
				q.start(e.Now())
			} else {
				q.waiting[q.tail&(len(q.waiting)-1)] = e.Now()
				q.tail++
			}
		case 1:
			q.served++
			if q.head < q.tail {
				q.head++
				q.start(q.waiting[(q.head-1)&(len(q.waiting)-1)])
			} else {
				q.busy--
			}
		}
	}
}

// byHand is the same queue on a binary heap of values, nothing general about it.
type byHand struct {
	heap     []handEvent
	seq      uint64
	now      int64
	gaps     Stream
	services Stream
	arrived  uint64
	started  uint64
	served   uint64
	busy     int
	waiting  [1 << 14]int64
	head     int
	tail     int
	wait     int64
}

type handEvent struct {
	t    int64
	seq  uint64
	id   int32
	kind uint8
}

func (a handEvent) less(b handEvent) bool { return a.t < b.t || a.t == b.t && a.seq < b.seq }

func (q *byHand) push(t int64, kind uint8) {
	q.seq++
	x := handEvent{t: t, seq: q.seq, kind: kind}
	q.heap = append(q.heap, x)
	i := len(q.heap) - 1
	for i > 0 && x.less(q.heap[(i-1)/2]) {
		q.heap[i] = q.heap[(i-1)/2]
		i = (i - 1) / 2
	}
	q.heap[i] = x
}

func (q *byHand) pop() handEvent {
	top, n := q.heap[0], len(q.heap)-1
	x := q.heap[n]
	q.heap = q.heap[:n]
	i := 0
	for {
		c := 2*i + 1
		if c >= n {
			break
		}
		if c+1 < n && q.heap[c+1].less(q.heap[c]) {
			c++
		}
		if !q.heap[c].less(x) {
			break
		}
		q.heap[i] = q.heap[c]
		i = c
	}
	if n > 0 {
		q.heap[i] = x
	}
	return top
}

func (q *byHand) start(arrival int64) {
	q.wait += q.now - arrival
	q.started++
	q.push(q.now+int64(exp(q.services.Draw(q.started, 0, 0, 0), mm8Service)), 1)
}

func (q *byHand) run(events int) {
	for range events {
		ev := q.pop()
		q.now = ev.t
		switch ev.kind {
		case 0:
			q.arrived++
			q.push(q.now+int64(exp(q.gaps.Draw(q.arrived, 0, 0, 0), mm8Gap)), 0)
			if q.busy < 8 {
				q.busy++
				q.start(q.now)
			} else {
				q.waiting[q.tail&(len(q.waiting)-1)] = q.now
				q.tail++
			}
		case 1:
			q.served++
			if q.head < q.tail {
				q.head++
				q.start(q.waiting[(q.head-1)&(len(q.waiting)-1)])
			} else {
				q.busy--
			}
		}
	}
}

func newByHand() *byHand {
	q := &byHand{gaps: NewStream(1, 1), services: NewStream(1, 2)}
	q.push(0, 0)
	return q
}

// TestMM8 holds both loops against each other to the last bit, and the mean
// wait against Erlang's formula: 0.876916 service times at 90 % load.
func TestMM8(t *testing.T) {
	a, b := newMM8(), newByHand()
	a.run(6_000_000)
	b.run(6_000_000)
	if a.served != b.served || int64(a.wait) != b.wait || int64(a.engine.Now()) != b.now {
		t.Fatalf("engine: %d served, wait %d, at %d; by hand: %d, %d, %d", a.served, a.wait, a.engine.Now(), b.served, b.wait, b.now)
	}
	got := float64(a.wait) / float64(a.started) / mm8Service
	t.Logf("mean wait %.4f service times", got)
	if math.Abs(got-0.876916) > 0.06 { // 3 M arrivals: a standard error of about 1.6 %
		t.Errorf("mean wait %.4f service times, theory says 0.8769", got)
	}
}

func BenchmarkMM8Engine(b *testing.B) {
	q := newMM8()
	q.run(100_000)
	b.ReportAllocs()
	b.ResetTimer()
	q.run(b.N)
}

func BenchmarkMM8ByHand(b *testing.B) {
	q := newByHand()
	q.run(100_000)
	b.ReportAllocs()
	b.ResetTimer()
	q.run(b.N)
}

// BenchmarkHold is the classic: n events pending, each schedules one more.
func BenchmarkHold(b *testing.B) {
	for _, n := range []struct {
		name string
		n    int
	}{{"100", 100}, {"10k", 10_000}} {
		b.Run(n.name, func(b *testing.B) {
			var e Engine[event16]
			s := NewStream(1, 1)
			for i := range n.n {
				e.After(time.Duration(s.Draw(uint64(i), 0, 0, 0)>>34), event16{})
			}
			b.ResetTimer()
			for i := range b.N {
				ev, _ := e.Next(math.MaxInt64)
				e.After(time.Duration(s.Draw(uint64(i), 1, 0, 0)>>34), ev)
			}
		})
	}
}

// BenchmarkTimeout is what a client's timeout adds: one push and one cancel.
func BenchmarkTimeout(b *testing.B) {
	run := func(b *testing.B, put func(e *Engine[event16], l Lane) Ticket) {
		var e Engine[event16]
		l := e.NewLane()
		var open [64]Ticket
		for i := range b.N {
			e.Next(e.Now() + 1000)
			e.Cancel(open[i&63])
			open[i&63] = put(&e, l)
		}
	}
	b.Run("lane", func(b *testing.B) {
		run(b, func(e *Engine[event16], l Lane) Ticket { return e.Push(l, e.Now()+time.Second, event16{}) })
	})
	b.Run("heap", func(b *testing.B) {
		run(b, func(e *Engine[event16], l Lane) Ticket { return e.After(time.Second, event16{}) })
	})
}

func BenchmarkCheckpoint(b *testing.B) {
	var e, dst Engine[event16]
	l := e.NewLane()
	for i := range 100 {
		e.After(time.Duration(i*7919%1000), event16{})
		e.Push(l, time.Second, event16{})
	}
	for b.Loop() {
		e.CopyInto(&dst)
	}
}
