package model

import (
	"testing"
	"time"

	"example.com/hasim/model/traffic"
	"example.com/hasim/sim"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// oneService is a world of a single service that gets rate requests a second.
func oneService(rate float64, replicas int32, work WorkSpec) *Spec {
	return &Spec{
		Name: "default", Duration: 1000 * time.Second,
		Hosts:    []HostSpec{{Name: "host", CPU: 64e9, Memory: 64 << 30}},
		Services: []ServiceSpec{{Name: "app", Kind: "app", Replicas: replicas, Work: work}},
		Traffic:  []StreamSpec{{Profile: traffic.New(rate, nil)}},
	}
}

// servers is a service of c workers at one replica, each with exponential
// service of the given mean.
func servers(c int32, mean time.Duration) WorkSpec {
	return WorkSpec{ServiceTime: must(sim.Exponential(mean)), Concurrency: c, Queue: Unlimited}
}

func TestFirstRun(t *testing.T) {
	w := must(New(oneService(720, 1, servers(8, 10*time.Millisecond)), 1, Observer{}))
	w.RunUntil(1000*time.Second, -1)
	r := w.Report()
	t.Logf("%+v", r)
}

func BenchmarkMM8(b *testing.B) {
	spec := oneService(720, 1, servers(8, 10*time.Millisecond))
	spec.Duration = 1e6 * time.Second
	w := must(New(spec, 1, Observer{}))
	w.RunUntil(time.Second*100, -1)
	b.ReportAllocs()
	b.ResetTimer()
	w.RunUntil(spec.Duration, b.N)
}
