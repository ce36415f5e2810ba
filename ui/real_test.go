package ui

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/balance"
	"example.com/hasim/model/expect"
	"example.com/hasim/model/restart"
	"example.com/hasim/model/traffic"
	"example.com/hasim/sim"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ptr[T any](v T) *T { return &v }

// realSale is the sale for a real World.
func realSale() Config {
	c := Config{File: "black-friday.yaml", Title: "One chef, then a sale: ten times the orders in 30 seconds", Seed: 42, SLO: 500 * time.Millisecond, Theme: "dark",
		Lesson: "A quiet evening with 60 orders a second. At two minutes the doors open, and half a minute later it is 600.\n\nWatch the first lane drown in its queue, and how long the second needs until its new replicas help. Predict: how many minutes of errors?"}
	for _, v := range []struct {
		name          string
		replicas, max int32
	}{{"one chef", 1, 0}, {"three chefs", 3, 0}, {"hpa 2..10", 2, 10}, {"pre-scaled", 10, 0}} {
		c.Lanes = append(c.Lanes, Lane{v.name, realSpec(v.name, v.replicas, v.max)})
	}
	return c
}

func realSpec(name string, replicas, most int32) *model.Spec {
	s := &model.Spec{
		Name: name, Duration: 10 * time.Minute, Platform: model.Kubernetes,
		Hosts: []model.HostSpec{{Name: "node-1", CPU: 16e9, Memory: 64 << 30}, {Name: "node-2", CPU: 16e9, Memory: 64 << 30}},
		Services: []model.ServiceSpec{
			{Name: "nginx", Kind: "nginx", Replicas: 1, Calls: []int32{1}, Grace: 30 * time.Second,
				Balance: model.BalanceSpec{Proxy: true, Policy: "round_robin", Peer: balance.DefaultOptions(), ConnectTimeout: time.Minute, ReadTimeout: time.Minute,
					Next: model.NextUpstream{Error: true, Timeout: true}},
				Work: model.WorkSpec{ServiceTime: sim.Constant(0), CPU: sim.Constant(0), Concurrency: model.Unlimited, Queue: model.Unlimited}},
			{Name: "app", Kind: "app", Replicas: replicas, Grace: 30 * time.Second, Restart: restart.DefaultCrashLoop(),
				Resources: model.Resources{LimitCPU: 1e9, RequestCPU: 5e8, LimitMemory: 512 << 20, RequestMemory: 256 << 20},
				Work: model.WorkSpec{ServiceTime: must(sim.LognormalP50P99(40*time.Millisecond, 180*time.Millisecond)), CPU: sim.Constant(10 * time.Millisecond),
					Concurrency: 8, Queue: 500, Startup: must(sim.Uniform(6*time.Second, 12*time.Second)), MemoryBase: 180 << 20, MemoryPerRequest: 64 << 10}},
		},
		Traffic: []model.StreamSpec{{Name: "street", Client: model.ClientSpec{Timeout: 10 * time.Second}, Worth: 35,
			Profile: traffic.New(60, []traffic.Stage{
				{Duration: 2 * time.Minute, Target: 60, Name: "quiet evening"},
				{Duration: 30 * time.Second, Target: 600, Name: "doors open"},
				{Duration: 3 * time.Minute, Target: 600, Name: "sale"},
				{Duration: time.Minute, Target: 60, Name: "last orders"},
			})}},
		Faults:  []model.Fault{{Kind: model.FaultCrash, At: 205 * time.Second, Service: 1, Count: 1, Exit: 137, Reason: "OOMKilled"}},
		Expect:  []expect.Line{must(expect.Parse("latency.p99 < 500ms")), must(expect.Parse("availability >= 99.9%"))},
		Goals:   []expect.Line{must(expect.Parse("latency.p99 < 500ms")), must(expect.Parse("availability >= 99.9%"))},
		Cluster: model.ClusterSpec{HPA: autoscale.DefaultFlags(), MetricResolution: 15 * time.Second, Eviction: 300 * time.Second},
	}
	if most > 0 {
		s.Services[1].Autoscale = &model.AutoscaleSpec{Kind: "hpa", Min: replicas, Max: most, Config: autoscale.Config{
			Flags: autoscale.DefaultFlags(),
			HPA: autoscale.HPASpec{MinReplicas: ptr(replicas), MaxReplicas: most, Metrics: []autoscale.MetricSpec{{
				Type: "Resource", Resource: &autoscale.ResourceSource{Name: "cpu", Target: autoscale.MetricTarget{Type: "Utilization", AverageUtilization: ptr(int32(70))}}}}},
		}}
	}
	return s
}

func realApp(t testing.TB, c Config) *App {
	t.Helper()
	a, err := newApp(c, newWorld, env("TERM", "xterm-256color"))
	if err != nil {
		t.Fatal(err)
	}
	a.clock.goal = rest
	return a
}

func (a *App) settle() {
	for a.clock.moving() && a.clock.goal != play {
		a.clock.turn(a.lanes, 0)
	}
	a.refresh(0)
}

// trace is everything that the lanes told, as bytes.
func trace(a *App) []byte {
	var b bytes.Buffer
	for _, l := range a.lanes {
		for i := range l.hist.events {
			b.Write(l.hist.events[i].AppendJSON(nil, l.name))
			b.WriteByte('\n')
		}
		for i := range l.hist.samples {
			s := &l.hist.samples[i]
			b.WriteString(s.At.String() + " " + s.P99.String() + " " + count(s.Rate) + "\n")
		}
		b.Write(l.run.(world).AppendOutcome(nil))
	}
	return b.Bytes()
}

// However somebody jumps about, the run is the one that was: the same Events,
// the same samples, the same requests.
func TestSeekingDoesNotChangeTheRun(t *testing.T) {
	c := realSale()
	c.Lanes = c.Lanes[1:3]
	straight := realApp(t, c)
	straight.clock.goTo(straight.lanes, c.Lanes[0].Spec.Duration)
	straight.settle()
	want := trace(straight)

	jumpy := realApp(t, c)
	r := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		switch r.IntN(4) {
		case 0:
			jumpy.clock.nextEvent(jumpy.lanes, major)
		case 1:
			jumpy.clock.goal = play
			for range 5 {
				jumpy.clock.turn(jumpy.lanes, time.Duration(r.IntN(200))*time.Millisecond)
			}
			jumpy.clock.goal = rest
		default:
			jumpy.clock.goTo(jumpy.lanes, time.Duration(r.Int64N(int64(9*time.Minute))))
		}
		jumpy.settle()
	}
	jumpy.clock.goTo(jumpy.lanes, c.Lanes[0].Spec.Duration)
	jumpy.settle()
	if got := trace(jumpy); !bytes.Equal(got, want) {
		t.Errorf("jumping about changed the run: %d bytes of trace, want %d", len(got), len(want))
	}
}

// A command takes effect again when somebody comes back to it, and one that
// is given earlier makes those after it void.
func TestCommandsSurviveSeeking(t *testing.T) {
	c := realSale()
	c.Lanes = c.Lanes[1:2]
	a := realApp(t, c)
	at := func(d time.Duration) { a.clock.goTo(a.lanes, d); a.settle() }
	at(60 * time.Second)
	a.onWhatIf(doTrafficUp)
	at(90 * time.Second)
	a.onWhatIf(doKill)
	at(119 * time.Second)
	want := trace(a)
	if a.lanes[0].snap.Factor != 2 {
		t.Fatalf("traffic factor is %v after ×2", a.lanes[0].snap.Factor)
	}
	at(30 * time.Second)
	if a.lanes[0].snap.Factor != 1 || a.lanes[0].snap.Edited {
		t.Errorf("before the command the run is the file's: factor %v", a.lanes[0].snap.Factor)
	}
	at(119 * time.Second)
	if !bytes.Equal(trace(a), want) {
		t.Error("coming back to the commands did not give the same run")
	}
	at(40 * time.Second)
	a.onWhatIf(doTrafficDown)
	if n := len(a.lanes[0].commands); n != 1 {
		t.Errorf("%d commands are left after an earlier one, want 1", n)
	}
	at(119 * time.Second)
	if f := a.lanes[0].snap.Factor; f != 0.5 {
		t.Errorf("factor is %v, want 0.5: the later commands are void", f)
	}
	a.restart()
	a.clock.goal = rest
	at(119 * time.Second)
	if s := &a.lanes[0].snap; s.Edited || s.Factor != 1 {
		t.Error("a restart leaves edits behind")
	}
}

// Seeking anywhere in a run that was played takes less than a tenth of a second.
func TestSeekIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip()
	}
	a := realApp(t, realSale())
	a.clock.goTo(a.lanes, 10*time.Minute)
	a.settle()
	worst := time.Duration(0)
	for at := 9 * time.Minute; at > 0; at -= 47 * time.Second {
		began := time.Now()
		a.clock.goTo(a.lanes, at)
		a.settle()
		worst = max(worst, time.Since(began))
	}
	t.Logf("the slowest of the ways back took %v with 4 lanes", worst)
	if worst > time.Second { // the bar is 100 ms; a busy machine gets ten times that
		t.Errorf("a way back took %v", worst)
	}
}
