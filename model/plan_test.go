package model

import (
	"testing"
	"time"

	"example.com/hasim/sim"
)

// A fault hits its share of the replicas, from its first time to its last.
func TestWhomAndWhenAFaultHits(t *testing.T) {
	spec := oneService(0, 4, servers(1, sim.Constant(time.Second)))
	spec.Platform = Kubernetes
	spec.Duration = 10 * time.Second
	spec.Services[0].Work.Startup = sim.Constant(time.Hour)
	spec.Faults = []Fault{
		{Kind: FaultCrash, At: time.Second, Percent: 50, Exit: 1},
		{Kind: FaultSlow, At: time.Second, Every: time.Second, Until: 3 * time.Second, Count: 1, Factor: 2, For: time.Millisecond},
	}
	died, slowed := 0, []time.Duration{}
	w := must(New(spec, 1, Observer{Event: func(e *Event) {
		switch e.Reason {
		case Died:
			died++
		case Slowed:
			slowed = append(slowed, e.At)
		}
	}}))
	w.RunUntil(spec.Duration, -1)
	if died != 2 {
		t.Errorf("50 %% of 4 replicas are %d", died)
	}
	if len(slowed) != 3 || slowed[2] != 3*time.Second {
		t.Errorf("every second from 1 s until 3 s: %v", slowed)
	}
}

// Jitter spreads retries over the whole wait, or over its second half.
func TestJitter(t *testing.T) {
	for _, c := range []struct {
		jitter   Jitter
		low, top time.Duration
	}{{JitterNone, time.Second, time.Second}, {JitterFull, 0, time.Second}, {JitterEqual, time.Second / 2, time.Second}} {
		w := must(New(oneService(1, 1, servers(1, sim.Constant(0))), 1, Observer{}))
		retries := RetrySpec{Backoff: time.Second, Jitter: c.jitter}
		least, most := time.Hour, time.Duration(0)
		for no := range uint64(1000) {
			wait := w.retryWait(&request{no: no, attempt: 1}, &retries)
			least, most = min(least, wait), max(most, wait)
		}
		slack := (c.top - c.low) / 50
		if least < c.low || least > c.low+slack || most > c.top || most < c.top-slack {
			t.Errorf("jitter %d: from %v to %v, want %v to %v", c.jitter, least, most, c.low, c.top)
		}
	}
}

// A client whose patience ends while it waits to try again failed of what its
// last attempt failed of.
func TestPatienceEndsInAWait(t *testing.T) {
	spec := oneService(1, 0, servers(1, sim.Constant(0)))
	spec.Duration = 20 * time.Second
	spec.Traffic[0].Even = true
	spec.Traffic[0].Client = ClientSpec{Patience: 3 * time.Second, Retries: RetrySpec{Max: 5, Backoff: 10 * time.Second}}
	w := must(New(spec, 1, Observer{Request: func(r *RequestDone) {
		if r.Cause != Refused || r.Done-r.Arrived != 3*time.Second || r.Attempts != 1 {
			t.Errorf("%+v", *r)
		}
	}}))
	w.RunUntil(spec.Duration, -1)
	if failed := w.Report().Totals.Failures[Refused]; failed != 17 {
		t.Errorf("%d failed", failed)
	}
}
