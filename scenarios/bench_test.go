package scenarios_test

import (
	"testing"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
	"example.com/hasim/sim"
)

// BenchmarkReference is one draw and one step of a bare recursion, to read the
// other figures by: they are ratios on a shared machine.
func BenchmarkReference(b *testing.B) {
	luck := sim.NewStream(1, 0)
	law, err := sim.LognormalP50P99(40*time.Millisecond, 180*time.Millisecond)
	if err != nil {
		b.Fatal(err)
	}
	free, now, no := time.Duration(0), time.Duration(0), uint64(0)
	for b.Loop() {
		now += time.Second / 600
		free = max(free, now) + law.Sample(sim.Unit(luck.Draw(no, 1, 1, 0)))/64
		no++
	}
	if free < now {
		b.Fatal("the recursion went backwards")
	}
}

// BenchmarkBlackFriday runs the flagship's autoscaled variant: nginx, CPU
// shared under limits, timeouts, the metrics pipeline, the autoscaler.
func BenchmarkBlackFriday(b *testing.B) {
	s, err := scenarios.Load("black-friday", scenarios.Options{})
	if err != nil {
		b.Fatal(err)
	}
	v := &s.Variants[1]
	requests := uint64(0)
	for b.Loop() {
		w, err := model.New(&v.Spec, s.Seed, model.Observer{})
		if err != nil {
			b.Fatal(err)
		}
		w.RunUntil(v.Spec.Duration, -1)
		requests += w.Report().Totals.Arrived
	}
	b.ReportMetric(float64(requests)/1e6/b.Elapsed().Seconds(), "Mreq/s")
}
