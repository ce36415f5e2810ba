package model

import (
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"example.com/hasim/sim"
	"pgregory.net/rapid"
)

// What must not matter does not: the names of the services, and a service
// that no request visits.
func TestWhatMustNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec, seed := anySpec(t), rapid.Uint64().Draw(t, "seed")
		spec.Changes = nil // an edit names every service of the file
		all := func(w *World) { w.RunUntil(spec.Duration, -1) }
		before := tell(must(New(spec, seed, Observer{})), all)

		renamed := *spec
		renamed.Services = append([]ServiceSpec(nil), spec.Services...)
		for i := range renamed.Services {
			renamed.Services[i].Name = "zz" + renamed.Services[i].Name
		}
		after := tell(must(New(&renamed, seed, Observer{})), all)
		if strings.ReplaceAll(after, "zz", "") != before {
			t.Fatal("other names, another run")
		}

		wider := *spec
		wider.Services = append(append([]ServiceSpec(nil), spec.Services...), ServiceSpec{
			Name: "idle", Kind: "app", Calls: []int32{1},
			Work: WorkSpec{ServiceTime: sim.Constant(time.Second), Concurrency: 1, Queue: 1},
		})
		if tell(must(New(&wider, seed, Observer{})), all) != before {
			t.Fatal("a service that nobody visits changes the run")
		}
	})
}

// A proxy that costs nothing changes nobody's work: the same customers wait
// the same times with it and without it.
func TestAProxyMovesNoLuck(t *testing.T) {
	work := servers(3, must(sim.LognormalMeanCV(serviceTime, 1)))
	outcomes := func(spec *Spec) (list []RequestDone) {
		w := must(New(spec, 5, Observer{Request: func(r *RequestDone) { list = append(list, *r) }}))
		w.RunUntil(100*time.Second, -1)
		return list
	}
	without := outcomes(oneService(20, 1, work))
	with := outcomes(behind("round_robin", oneService(20, 1, work)))
	if len(with) != len(without) || len(with) < 1000 {
		t.Fatalf("%d requests with a proxy, %d without", len(with), len(without))
	}
	for i := range with {
		if with[i] != without[i] {
			t.Fatalf("request %d: %+v with a proxy, %+v without", i, with[i], without[i])
		}
	}
}

// A hundred thousand calls that take no time are made one after another, on
// one small stack.
func TestManyCallsAtOnce(t *testing.T) {
	spec := oneService(1, 1, servers(1, sim.Constant(0)))
	spec.Duration = 10 * time.Second
	spec.Services = append(spec.Services, ServiceSpec{Name: "db", Kind: "app", Replicas: 1, Work: servers(Unlimited, sim.Constant(0))})
	spec.Services[0].Calls = make([]int32, 100_000)
	for i := range spec.Services[0].Calls {
		spec.Services[0].Calls[i] = 1
	}
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	w := must(New(spec, 1, Observer{}))
	w.RunUntil(spec.Duration, -1)
	r := w.Report()
	if visits := r.Services[1].Visits.Served; visits != r.Totals.Served*100_000 || visits == 0 {
		t.Errorf("%d calls for %d requests", visits, r.Totals.Served)
	}
}
