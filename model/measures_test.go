package model

import (
	"testing"
	"time"

	"example.com/hasim/model/expect"
	"example.com/hasim/model/traffic"
	"example.com/hasim/sim"
)

// Money: what failed times what a request is worth, stream by stream.
func TestLostRevenue(t *testing.T) {
	spec := oneService(0, 1, servers(1, sim.Constant(time.Hour)))
	spec.Services[0].Work.Queue = 0
	spec.Duration = 10 * time.Second
	spec.Traffic = []StreamSpec{
		{Even: true, Worth: 2.5, Profile: traffic.New(1, nil)},
		{Even: true, Worth: 10, Profile: traffic.New(2, nil)},
	}
	w := must(New(spec, 1, Observer{}))
	w.RunUntil(spec.Duration, -1)
	r := w.Report()
	// 10 and 20 came; one of them has the only worker, and which stream's
	// that is the order of the streams says.
	if got := r.Totals.LostRevenue; r.Totals.Failed != 29 || got != 10*2.5+19*10 {
		t.Errorf("%d failed, %v lost", r.Totals.Failed, got)
	}
}

// What the warm-up saw is left out: requests, queues, restarts, expectations.
func TestWarmup(t *testing.T) {
	spec := oneService(0, 1, servers(1, sim.Constant(10*time.Millisecond)))
	spec.Duration, spec.Warmup = 60*time.Second, 30*time.Second
	spec.Traffic[0].Even = true
	spec.Traffic[0].Profile = traffic.New(500, []traffic.Stage{{Duration: 10 * time.Second, Target: 500}, {Duration: 0, Target: 1}})
	spec.Faults = []Fault{{Kind: FaultCrash, At: 20 * time.Second, Count: 1, Exit: 1, Reason: "Error"}}
	spec.Platform = Kubernetes
	spec.Expect = []expect.Line{must(expect.Parse("queue.max == 0")), must(expect.Parse("restarts == 0"))}
	w := must(New(spec, 1, Observer{}))
	w.RunUntil(25*time.Second, -1)
	if w.Report().Queue.Max < 1000 {
		t.Fatal("the warm-up was to have a queue")
	}
	w.RunUntil(spec.Duration, -1)
	r := w.Report()
	if r.Totals.Arrived != 31 || r.Queue.Max != 0 || r.Queue.Mean != 0 || r.Services[0].Queue.Max != 0 {
		t.Errorf("after the warm-up: %d arrived, queue %+v, of the service %+v", r.Totals.Arrived, r.Queue, r.Services[0].Queue)
	}
	for _, e := range r.Expectations {
		if !e.OK {
			t.Errorf("%s: %s, first broken at %v", e.Text, e.Value, e.FirstBroken)
		}
	}
}

// Where several slow faults lie on one replica the slowest counts.
func TestTheSlowestCounts(t *testing.T) {
	spec := oneService(1, 1, servers(8, sim.Constant(100*time.Millisecond)))
	spec.Traffic[0].Even = true
	spec.Duration = 30 * time.Second
	spec.Faults = []Fault{
		{Kind: FaultSlow, At: 4500 * time.Millisecond, For: 20 * time.Second, Count: 1, Factor: 5},
		{Kind: FaultSlow, At: 9500 * time.Millisecond, For: 5 * time.Second, Count: 1, Factor: 2},
	}
	took := map[time.Duration]time.Duration{}
	w := must(New(spec, 1, Observer{Request: func(r *RequestDone) { took[r.Arrived] = r.Done - r.Arrived }}))
	w.RunUntil(spec.Duration, -1)
	for at, want := range map[time.Duration]time.Duration{
		3 * time.Second: 100 * time.Millisecond, 6 * time.Second: 500 * time.Millisecond, 12 * time.Second: 500 * time.Millisecond,
		20 * time.Second: 500 * time.Millisecond, 27 * time.Second: 100 * time.Millisecond,
	} {
		if took[at] != want {
			t.Errorf("the request of %v took %v, want %v", at, took[at], want)
		}
	}
}

// Traffic twice as dense keeps the same customers: the next one comes after
// half of what was left of the wait.
func TestLiveTrafficKeepsTheCustomers(t *testing.T) {
	arrivals := func(change bool) (at []time.Duration) {
		spec := oneService(0.1, 1, servers(Unlimited, sim.Constant(0)))
		w := must(New(spec, 3, Observer{Request: func(r *RequestDone) { at = append(at, r.Arrived) }}))
		w.RunUntil(100*time.Second, -1)
		if change {
			if err := w.Apply(Command{Kind: CommandTraffic, Factor: 2}); err != nil {
				t.Fatal(err)
			}
		}
		w.RunUntil(spec.Duration, -1)
		return at
	}
	plain, dense := arrivals(false), arrivals(true)
	const from = 100 * time.Second
	for i := range plain {
		want := plain[i]
		if want > from {
			want = from + (want-from)/2
		}
		if diff := dense[i] - want; diff < -time.Microsecond || diff > time.Microsecond {
			t.Fatalf("customer %d comes at %v, want %v", i, dense[i], want)
		}
	}
}
