package model

import (
	"fmt"
	"testing"
	"time"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/balance"
	"example.com/hasim/model/expect"
	"example.com/hasim/model/restart"
	"example.com/hasim/model/traffic"
	"example.com/hasim/sim"
	"pgregory.net/rapid"
)

// anyDist draws a distribution of about ms milliseconds.
func anyDist(t *rapid.T, label string, ms int) sim.Dist {
	mean := time.Duration(rapid.IntRange(0, ms).Draw(t, label)) * time.Millisecond
	if mean == 0 {
		return sim.Constant(0)
	}
	switch rapid.IntRange(0, 3).Draw(t, label+" law") {
	case 0:
		return sim.Constant(mean)
	case 1:
		return must(sim.Exponential(mean))
	case 2:
		return must(sim.LognormalMeanCV(mean, 1.5))
	}
	return must(sim.Uniform(mean/2, mean*2))
}

func anyWork(t *rapid.T) WorkSpec {
	w := WorkSpec{
		ServiceTime: anyDist(t, "service time", 60), CPU: anyDist(t, "cpu", 30),
		CPUIsAll:    rapid.Bool().Draw(t, "cpu is all"),
		Concurrency: rapid.SampledFrom([]int32{1, 2, 8, Unlimited}).Draw(t, "concurrency"),
		Queue:       rapid.SampledFrom([]int32{0, 3, 50, Unlimited}).Draw(t, "queue"),
		Startup:     anyDist(t, "startup", 3000),
		Cancel:      rapid.Bool().Draw(t, "cancel"),
		MemoryBase:  1 << 20, MemoryPerRequest: 1 << 10, MemoryLeak: 10,
	}
	if rapid.Bool().Draw(t, "burst") {
		w.StartupCPU = 500 * time.Millisecond
	}
	return w
}

// anySpec draws a scenario: a proxy, an application, perhaps a database, on
// either platform, with everything breaking that can break.
func anySpec(t *rapid.T) *Spec {
	s := &Spec{Name: "random", Duration: 40 * time.Second, Platform: Platform(rapid.IntRange(0, 1).Draw(t, "platform"))}
	hosts := 1
	if s.Platform == Kubernetes {
		hosts = rapid.IntRange(1, 4).Draw(t, "hosts")
		s.Cluster.Eviction = 5 * time.Second
	}
	for i := range hosts {
		s.Hosts = append(s.Hosts, HostSpec{Name: fmt.Sprint("node-", i+1), CPU: int64(rapid.IntRange(1, 4).Draw(t, "cores")) * core, Memory: 8 << 30})
	}
	next := NextUpstream{Error: true, Timeout: true, HTTP503: rapid.Bool().Draw(t, "http_503")}
	proxy := BalanceSpec{
		Proxy: true, Policy: rapid.SampledFrom(balance.Names()).Draw(t, "policy"), Peer: balance.DefaultOptions(),
		ConnectTimeout: 2 * time.Second, ReadTimeout: time.Duration(rapid.IntRange(1, 60).Draw(t, "read timeout")) * time.Second, Next: next,
	}
	res := Resources{LimitMemory: rapid.SampledFrom([]int64{0, 1<<20 + 20<<10}).Draw(t, "memory limit"), RequestCPU: core / 4, LimitCPU: int64(rapid.IntRange(0, 4).Draw(t, "limit")) * core / 4}
	s.Services = []ServiceSpec{
		{Name: "nginx", Kind: "nginx", Replicas: int32(rapid.IntRange(1, 2).Draw(t, "proxies")), Calls: []int32{1}, Balance: proxy,
			Work: WorkSpec{ServiceTime: sim.Constant(0), CPU: sim.Constant(0), Concurrency: Unlimited, Queue: Unlimited, Startup: sim.Constant(0)}},
		{Name: "app", Kind: "app", Replicas: int32(rapid.IntRange(0, 6).Draw(t, "replicas")), Work: anyWork(t), Resources: res, Grace: 3 * time.Second},
	}
	if rapid.Bool().Draw(t, "database") {
		s.Services[1].Calls = []int32{2, 2}
		s.Services = append(s.Services, ServiceSpec{Name: "db", Kind: "app", Replicas: 1, Work: anyWork(t), Grace: time.Second})
	}
	if s.Platform == Compose {
		for i := range s.Services {
			s.Services[i].Restart = must(restart.ParseDocker(rapid.SampledFrom([]string{"no", "always", "on-failure:2"}).Draw(t, "restart")))
		}
	} else if rapid.Bool().Draw(t, "autoscaled") {
		two, util := int32(2), int32(50)
		s.Services[1].Autoscale = &AutoscaleSpec{Kind: "hpa", Min: 2, Max: 8, Config: autoscale.Config{
			Flags: autoscale.DefaultFlags(),
			HPA: autoscale.HPASpec{MinReplicas: &two, MaxReplicas: 8, Metrics: []autoscale.MetricSpec{{
				Type: autoscale.TypeResource, Resource: &autoscale.ResourceSource{Name: autoscale.CPU,
					Target: autoscale.MetricTarget{Type: autoscale.TargetUtilization, AverageUtilization: &util}}}}}}}
	}
	s.Traffic = []StreamSpec{{
		To: int32(rapid.IntRange(0, 1).Draw(t, "entry")), Even: rapid.Bool().Draw(t, "even"), Post: rapid.Bool().Draw(t, "post"), Worth: 2,
		Profile: traffic.New(float64(rapid.IntRange(0, 60).Draw(t, "rate")), []traffic.Stage{{Duration: 10 * time.Second, Target: 80}, {Duration: 0, Target: 20}}),
		Client: ClientSpec{
			Timeout:  time.Duration(rapid.IntRange(0, 4).Draw(t, "timeout")) * time.Second,
			Patience: time.Duration(rapid.IntRange(0, 5).Draw(t, "patience")) * time.Second,
			Retries:  RetrySpec{Max: int32(rapid.IntRange(0, 3).Draw(t, "retries")), Backoff: 50 * time.Millisecond, Jitter: Jitter(rapid.IntRange(0, 2).Draw(t, "jitter"))},
		},
	}}
	for range rapid.IntRange(0, 5).Draw(t, "faults") {
		s.Faults = append(s.Faults, anyFault(t, s))
	}
	if rapid.Bool().Draw(t, "scaled by hand") {
		s.Changes = []Change{{At: 12 * time.Second, Scale: []ScaleTo{{1, int32(rapid.IntRange(0, 8).Draw(t, "to"))}}}, {At: 20 * time.Second, Reload: []int32{0}}}
	}
	if rapid.Bool().Draw(t, "edited") {
		edited := *s
		edited.Services = append([]ServiceSpec(nil), s.Services...)
		edited.Services[0].Balance.ReadTimeout = time.Second
		edited.Services[1].Work = anyWork(t)
		s.Changes = append(s.Changes, Change{At: 15 * time.Second, Set: &edited})
	}
	s.Goals = []expect.Line{must(expect.Parse("latency.p50 < 100ms"))}
	s.Expect = []expect.Line{must(expect.Parse("latency.p99 < 500ms")), must(expect.Parse("availability >= 99%"))}
	return s
}

func anyFault(t *rapid.T, s *Spec) Fault {
	f := Fault{
		Kind: FaultKind(rapid.IntRange(0, 4).Draw(t, "fault")), At: time.Duration(rapid.IntRange(0, 30).Draw(t, "at")) * time.Second,
		Service: int32(rapid.IntRange(0, len(s.Services)-1).Draw(t, "of")), Host: int32(rapid.IntRange(0, len(s.Hosts)-1).Draw(t, "host")),
		Count: int32(rapid.IntRange(1, 3).Draw(t, "count")), All: rapid.Bool().Draw(t, "all"), Exit: 1, Reason: "Error", Factor: 3,
	}
	if rapid.Bool().Draw(t, "lasts") {
		f.For = time.Duration(rapid.IntRange(1, 10).Draw(t, "for")) * time.Second
	}
	if rapid.Bool().Draw(t, "repeats") {
		f.Every = time.Duration(rapid.IntRange(2, 9).Draw(t, "every")) * time.Second
	}
	return f
}

// Whatever a scenario is made of, every invariant holds after every event.
func TestEveryInvariantHoldsAfterEveryEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ended [NumCauses]uint64
		w := must(New(anySpec(t), rapid.Uint64().Draw(t, "seed"), Observer{
			Request: func(r *RequestDone) {
				ended[r.Cause]++
				if r.Done < r.Arrived {
					t.Fatalf("request %d ended before it began", r.No)
				}
			},
			Decision: func(_ int32, at time.Duration, d *autoscale.Decision) {
				if d.Rescale && (d.Replicas < d.Min || d.Replicas > d.Max) {
					t.Fatalf("R1: at %v the autoscaler asked for %d, bounds %d..%d", at, d.Replicas, d.Min, d.Max)
				}
			},
		}))
		for i := 0; w.Step(); i++ {
			if i%5 == 0 || i < 200 {
				if err := w.Check(); err != nil {
					t.Fatal(err)
				}
			}
			if i == 3000 {
				_ = w.Apply(Command{Kind: CommandTraffic, Factor: 2})
				_ = w.Apply(Command{Kind: CommandKill, Service: 1, Replica: -1})
			}
		}
		if err := w.Check(); err != nil {
			t.Fatal(err)
		}
		totals := w.Report().Totals
		for c := Cause(1); c < NumCauses; c++ {
			if ended[c] != totals.Failures[c] {
				t.Fatalf("C1: %d requests ended by %s, %d are counted", ended[c], c, totals.Failures[c])
			}
		}
		if ended[Served] != totals.Served {
			t.Fatalf("C1: %d requests were served, %d are counted", ended[Served], totals.Served)
		}
	})
}

// tell tells a whole run as text: every event, then the outcome.
func tell(w *World, run func(w *World)) string {
	var b []byte
	w.obs.Event = func(e *Event) { b = append(e.AppendJSON(b, ""), '\n') }
	run(w)
	return string(w.AppendOutcome(b))
}

// The same seed is the same run: in one go, in random steps, or from a
// checkpoint on, whose making disturbs nothing.
func TestTheSameRunHoweverItIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec, seed := anySpec(t), rapid.Uint64().Draw(t, "seed")
		straight := tell(must(New(spec, seed, Observer{})), func(w *World) { w.RunUntil(spec.Duration, -1) })
		chopped := tell(must(New(spec, seed, Observer{})), func(w *World) {
			var dst World
			for !w.RunUntil(w.Now()+time.Duration(rapid.IntRange(1, 5e9).Draw(t, "step")), rapid.IntRange(1, 1000).Draw(t, "budget")) || !w.Done() {
				w.CopyInto(&dst)
			}
		})
		if straight != chopped {
			t.Fatalf("a chopped run differs:\n%s\n----\n%s", straight, chopped)
		}
		cut := time.Duration(rapid.IntRange(0, 40).Draw(t, "cut")) * time.Second
		var copy World
		first := tell(must(New(spec, seed, Observer{})), func(w *World) {
			w.RunUntil(cut, -1)
			w.CopyInto(&copy)
		})
		first = first[:len(first)-len(copy.AppendOutcome(nil))]
		if rest := tell(&copy, func(w *World) { w.RunUntil(spec.Duration, -1) }); first+rest != straight {
			t.Fatalf("a run from a checkpoint at %v differs", cut)
		}
	})
}
