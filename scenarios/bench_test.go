package scenarios_test

import (
	"testing"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
)

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
