package sim

import (
	"math/rand"
	"slices"
	"testing"
	"time"
)

// twin is the dumbest event list that can be right: a slice, sorted by time
// and order of insertion.
type twin struct {
	now    time.Duration
	seq    int
	events []twinEvent
}

type twinEvent struct {
	t   time.Duration
	seq int
	ev  int64
}

func (w *twin) put(t time.Duration, ev int64) int {
	w.seq++
	e := twinEvent{t, w.seq, ev}
	i, _ := slices.BinarySearchFunc(w.events, e, func(a, b twinEvent) int {
		if a.t != b.t {
			return int(a.t - b.t)
		}
		return a.seq - b.seq
	})
	w.events = slices.Insert(w.events, i, e)
	return w.seq
}

func (w *twin) cancel(seq int) bool {
	for i, e := range w.events {
		if e.seq == seq {
			w.events = slices.Delete(w.events, i, i+1)
			return true
		}
	}
	return false
}

func (w *twin) next(limit time.Duration) (int64, bool) {
	if len(w.events) == 0 || w.events[0].t > limit {
		w.now = max(w.now, limit)
		return 0, false
	}
	e := w.events[0]
	w.events = slices.Delete(w.events, 0, 1)
	w.now = e.t
	return e.ev, true
}

func (w *twin) clone() *twin {
	c := *w
	c.events = slices.Clone(w.events)
	return &c
}

// TestEngineAgainstTwin drives engine and twin with the same random
// operations, through calm, crowded and cancelling phases, checkpoints included.
func TestEngineAgainstTwin(t *testing.T) {
	for seed := int64(1); seed <= 4; seed++ {
		runTwins(t, seed, 50_000)
	}
}

func runTwins(t *testing.T, seed int64, steps int) {
	type pair struct {
		ticket Ticket
		seq    int
	}
	r := rand.New(rand.NewSource(seed))
	e, w := new(Engine[int64]), new(twin)
	var saved, spare Engine[int64]
	var savedTwin *twin
	var tickets []pair
	delays := []time.Duration{0, 3, 50, 700}
	var lanes []Lane
	for range delays {
		lanes = append(lanes, e.NewLane())
	}
	for step := range steps {
		ev := int64(step)
		phase := (step / 4000) % 4 // 0 balanced, 1 growing, 2 cancelling, 3 draining
		op := r.Intn(100)
		switch {
		case op < []int{15, 30, 25, 8}[phase]:
			d := time.Duration(r.Intn(60)) // narrow: many ties
			if r.Intn(4) == 0 {
				d *= 40
			}
			tickets = append(tickets, pair{e.After(d, ev), w.put(w.now+d, ev)})
		case op < []int{25, 40, 35, 12}[phase]:
			at := w.now + time.Duration(r.Intn(1000))
			tickets = append(tickets, pair{e.At(at, ev), w.put(at, ev)})
		case op < []int{45, 65, 60, 22}[phase]:
			k := r.Intn(len(lanes))
			tickets = append(tickets, pair{e.Push(lanes[k], w.now+delays[k], ev), w.put(w.now+delays[k], ev)})
		case op < []int{60, 68, 92, 30}[phase] && len(tickets) > 0:
			i := r.Intn(len(tickets))
			if r.Intn(2) == 0 {
				i = max(0, len(tickets)-1-r.Intn(20))
			}
			if got, want := e.Cancel(tickets[i].ticket), w.cancel(tickets[i].seq); got != want {
				t.Fatalf("seed %d step %d: Cancel = %v, want %v", seed, step, got, want)
			}
		case op == 97 && phase == 2 && r.Intn(4) == 0: // nearly everybody gives up at once
			for _, i := range r.Perm(len(tickets)) {
				if r.Intn(50) > 0 && e.Cancel(tickets[i].ticket) != w.cancel(tickets[i].seq) {
					t.Fatalf("seed %d step %d: the twins disagree on a cancelled event", seed, step)
				}
			}
			tickets = tickets[:0]
		case op == 98:
			e.CopyInto(&saved)
			savedTwin = w.clone()
		case op == 99 && savedTwin != nil && r.Intn(8) == 0:
			// Go back to the checkpoint; tickets given since then are void.
			saved.CopyInto(&spare)
			*e, spare = spare, *e
			w = savedTwin.clone()
			tickets = slices.DeleteFunc(tickets, func(p pair) bool { return p.seq > w.seq })
		default:
			limit := w.now + time.Duration(r.Intn(40))
			gotEv, got := e.Next(limit)
			wantEv, want := w.next(limit)
			if got != want || gotEv != wantEv {
				t.Fatalf("seed %d step %d: Next = %v %v, want %v %v", seed, step, gotEv, got, wantEv, want)
			}
		}
		if e.Now() != w.now || e.Pending() != len(w.events) {
			t.Fatalf("seed %d step %d: at %v with %d pending, want %v with %d", seed, step, e.Now(), e.Pending(), w.now, len(w.events))
		}
		if op&3 == 0 {
			at, ok := e.Peek()
			if ok != (len(w.events) > 0) || ok && at != w.events[0].t {
				t.Fatalf("seed %d step %d: Peek = %v %v", seed, step, at, ok)
			}
		}
	}
	for {
		gotEv, got := e.Next(1 << 62)
		wantEv, want := w.next(1 << 62)
		if got != want || gotEv != wantEv {
			t.Fatalf("seed %d draining: Next = %v %v, want %v %v", seed, gotEv, got, wantEv, want)
		}
		if !got {
			return
		}
	}
}

func TestTiesComeOutInTheOrderTheyWentIn(t *testing.T) {
	var e Engine[int]
	a, b := e.NewLane(), e.NewLane()
	for i := 0; i < 90; i += 3 {
		e.Push(b, time.Second, i)
		e.At(time.Second, i+1)
		e.Push(a, time.Second, i+2)
	}
	for want := range 90 {
		if got, ok := e.Next(time.Second); !ok || got != want {
			t.Fatalf("got %d %v, want %d", got, ok, want)
		}
	}
	if e.Fired() != 90 || e.Pending() != 0 {
		t.Errorf("fired %d, pending %d", e.Fired(), e.Pending())
	}
}

func TestTheClock(t *testing.T) {
	var e Engine[int]
	if _, ok := e.Peek(); ok {
		t.Error("an empty engine has a next event")
	}
	e.After(10, 1)
	if _, ok := e.Next(9); ok || e.Now() != 9 {
		t.Errorf("an event came out early, or the clock is at %v", e.Now())
	}
	if _, ok := e.Next(10); !ok || e.Now() != 10 {
		t.Error("the event at the limit did not come out")
	}
	if _, ok := e.Next(5); ok || e.Now() != 10 {
		t.Error("the clock went back")
	}
	e.After(10, 1)
	if _, ok := e.Next(5); ok || e.Now() != 10 {
		t.Error("the clock went back with an event pending")
	}
	e.Next(20)
	far := e.After(1<<63-1, 2) // beyond the end of time
	if at, ok := e.Peek(); !ok || at != 1<<63-1 {
		t.Errorf("the far event is at %v", at)
	}
	e.Cancel(far)
	e.At(1<<63-1, 3)
	if ev, ok := e.Next(1<<63 - 1); !ok || ev != 3 {
		t.Error("the last instant is out of reach")
	}
}

func TestStaleTickets(t *testing.T) {
	var e Engine[int]
	if e.Cancel(Ticket{}) || !(Ticket{}).IsZero() {
		t.Error("the zero ticket names something")
	}
	first := e.After(1, 1)
	if first.IsZero() {
		t.Error("a ticket is zero")
	}
	e.Next(1)
	second := e.After(1, 2) // takes the slot of the first
	if first.slot != second.slot {
		t.Fatal("the slot was not used again")
	}
	if e.Cancel(first) {
		t.Error("a ticket of a fired event cancelled another")
	}
	if s := e.slab[first.slot]; e.Cancel(Ticket{first.slot, s.gen - 1}) {
		t.Error("a ticket with an even generation names something")
	}
	if !e.Cancel(second) || e.Cancel(second) {
		t.Error("Cancel must succeed once")
	}
	if e.Cancel(Ticket{slot: 1 << 20, gen: 1}) || e.Cancel(Ticket{slot: -1, gen: 1}) {
		t.Error("a foreign ticket names something")
	}
	if e.Cancel(Ticket{first.slot, e.slab[first.slot].gen}) {
		t.Error("a free slot can be cancelled")
	}
	if _, ok := e.Next(100); ok {
		t.Error("a cancelled event came out")
	}
}

func TestALaneForgetsItsCancelledEnd(t *testing.T) {
	var e Engine[int]
	l := e.NewLane()
	e.Push(l, 10, 1)
	e.Cancel(e.Push(l, 50, 2))
	e.Push(l, 20, 3) // allowed: the entry at 50 is gone
	mustPanic(t, "lane going back", func() { e.Push(l, 19, 4) })
	for _, want := range []int{1, 3} {
		if got, ok := e.Next(100); !ok || got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
}

func TestMisuse(t *testing.T) {
	var e Engine[int]
	l := e.NewLane()
	e.Next(100)
	mustPanic(t, "negative delay", func() { e.After(-1, 0) })
	mustPanic(t, "At in the past", func() { e.At(99, 0) })
	mustPanic(t, "Push in the past", func() { e.Push(l, 99, 0) })
	mustPanic(t, "no lane", func() { e.Push(0, 200, 0) })
	if _, ok := e.Next(1000); ok || e.Pending() != 0 {
		t.Error("a refused event is pending")
	}
}

func TestTheEndOfTheNumbers(t *testing.T) {
	var e Engine[int]
	e.seq = maxSeq - 2
	e.After(1, 1)
	mustPanic(t, "too many events", func() { e.After(1, 2) })
	e.CopyInto(&e)
	if ev, ok := e.Next(1); !ok || ev != 1 {
		t.Error("the last event is lost")
	}
}

func mustPanic(t *testing.T, name string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", name)
		}
	}()
	f()
}

// TestCancelledEntriesDoNotPileUp: a client that always answers before its
// timeout leaves the list as small as what is in flight.
func TestCancelledEntriesDoNotPileUp(t *testing.T) {
	var e Engine[int]
	l := e.NewLane()
	e.Push(l, time.Hour, -1) // one request hangs at the head of the lane,
	e.At(time.Hour/2, -2)    // another at the root of the heap
	var a, b Ticket
	for i := range 100_000 {
		now := e.Now()
		lastA, lastB := a, b
		a, b = e.Push(l, now+time.Hour, i), e.At(now+time.Hour, i)
		e.After(1, i)
		e.Next(now + 1)
		e.Cancel(lastA)
		e.Cancel(lastB)
	}
	if len(e.heap) > 100 || len(e.slab) > 200 || len(e.lanes[0].buf) > 64 {
		t.Errorf("for 4 pending events: heap %d, slab %d, ring %d", len(e.heap), len(e.slab), len(e.lanes[0].buf))
	}
}

func TestTheSteadyStateDoesNotAllocate(t *testing.T) {
	q := newMM8()
	q.run(100_000)
	if n := testing.AllocsPerRun(10, func() { q.run(10_000) }); n != 0 {
		t.Errorf("%v allocations in the loop", n)
	}
	var dst Engine[event16]
	q.engine.CopyInto(&dst)
	if n := testing.AllocsPerRun(100, func() { q.run(100); q.engine.CopyInto(&dst) }); n != 0 {
		t.Errorf("%v allocations in a checkpoint", n)
	}
}

func TestACopyIsIndependent(t *testing.T) {
	q := newMM8()
	q.run(5000)
	var other Engine[event16]
	q.engine.CopyInto(&other)
	saved := *q
	q.run(5000)
	again := saved
	again.engine = Engine[event16]{}
	other.CopyInto(&again.engine)
	again.run(5000)
	if q.served != again.served || q.engine.Now() != again.engine.Now() || q.wait != again.wait {
		t.Errorf("the copy went another way: %d at %v, want %d at %v", again.served, again.engine.Now(), q.served, q.engine.Now())
	}
}

func TestHeapifyOrdersAnything(t *testing.T) {
	r := rand.New(rand.NewSource(8))
	for n := range 40 {
		h := make([]item, n)
		for i := range h {
			h[i] = item{int64(r.Intn(10)), uint64(i)}
		}
		heapify(h)
		for i := 1; i < n; i++ {
			if before(h[i], h[(i-1)/2]) == 1 {
				t.Fatalf("%d entries: entry %d sorts before its parent", n, i)
			}
		}
	}
}
