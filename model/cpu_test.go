package model

import (
	"testing"
	"time"

	"example.com/hasim/model/traffic"
	"example.com/hasim/sim"
)

// onCPUOnly is a service that needs nothing but CPU time.
func onCPUOnly(need time.Duration) WorkSpec {
	return WorkSpec{ServiceTime: sim.Constant(need), CPUIsAll: true, Concurrency: Unlimited, Queue: Unlimited}
}

// burst sends n requests at once, at 1 s.
func burst(n int) traffic.Profile {
	return traffic.New(0, []traffic.Stage{{Duration: time.Second, Target: 0}, {Duration: 0, Target: float64(n) * 1e6}, {Duration: time.Microsecond, Target: float64(n) * 1e6}, {Duration: 0, Target: 0}})
}

// finished runs a world with some services on one host, each given n requests
// at 1 s, and returns when each service was done and what CPU time it used.
func finished(t *testing.T, cores int64, n int, services ...ServiceSpec) (done []time.Duration, used []float64) {
	t.Helper()
	spec := &Spec{Duration: 10 * time.Minute, Hosts: []HostSpec{{Name: "host", CPU: cores * core, Memory: 1 << 30}}, Services: services}
	for i := range services {
		spec.Traffic = append(spec.Traffic, StreamSpec{To: int32(i), Even: true, Profile: burst(n)})
	}
	done = make([]time.Duration, len(services))
	w := must(New(spec, 1, Observer{Request: func(r *RequestDone) { done[r.Stream] = r.Done - time.Second }}))
	for w.Step() {
		if err := w.Check(); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range w.Report().Services {
		used = append(used, s.CPUSeconds)
	}
	return done, used
}

// near allows for the microsecond within which the requests of a burst come.
func near(got, want time.Duration) bool {
	return got > want-10*time.Microsecond && got < want+10*time.Microsecond
}

// Eight requests of one second of CPU time each: how long they take depends on
// the cores they get, never how much CPU time they use.
func TestCPUIsSharedAndNothingIsLost(t *testing.T) {
	for _, c := range []struct {
		name  string
		cores int64
		limit int64
		want  time.Duration
	}{
		{"a core each", 8, 0, time.Second},
		{"more cores help nobody: a request runs on one", 64, 0, time.Second},
		{"four cores", 4, 0, 2 * time.Second},
		{"a limit of two cores", 64, 2 * core, 4 * time.Second},
		{"a limit of half a core", 64, core / 2, 16 * time.Second},
		{"a limit above the host", 4, 16 * core, 2 * time.Second},
	} {
		s := ServiceSpec{Name: "app", Replicas: 1, Work: onCPUOnly(time.Second), Resources: Resources{LimitCPU: c.limit}}
		done, used := finished(t, c.cores, 8, s)
		if !near(done[0], c.want) {
			t.Errorf("%s: took %v, want %v", c.name, done[0], c.want)
		}
		if used[0] < 8 || used[0] > 8.000001 {
			t.Errorf("%s: used %v s of CPU time, want 8", c.name, used[0])
		}
	}
}

// A host that is too small is divided by the CPU requests; what one leaves,
// the others take.
func TestAFullHostIsDividedByRequests(t *testing.T) {
	small := ServiceSpec{Name: "small", Replicas: 1, Work: onCPUOnly(time.Second), Resources: Resources{RequestCPU: core / 2}}
	large := ServiceSpec{Name: "large", Replicas: 1, Work: onCPUOnly(time.Second), Resources: Resources{RequestCPU: 3 * core / 2}}
	// 8 core-seconds each on 4 cores: at 1 and 3 cores until large is done
	// after 8/3 s; small has 16/3 left and then four cores to itself.
	done, used := finished(t, 4, 8, small, large)
	if want := time.Second * 8 / 3; !near(done[1], want) {
		t.Errorf("large took %v, want %v", done[1], want)
	}
	if want := time.Second * 4; !near(done[0], want) {
		t.Errorf("small took %v, want %v: the host has 16 core-seconds of work and 4 cores", done[0], want)
	}
	if used[0]+used[1] < 16 || used[0]+used[1] > 16.000002 {
		t.Errorf("used %v s, want 16", used)
	}
}

// Without a request a container has Docker's 1024 shares under Compose, and
// on Kubernetes the two of a pod that asked for nothing.
func TestSharesWithoutARequest(t *testing.T) {
	for _, c := range []struct {
		platform Platform
		want     time.Duration // of the one that asked for 100m, beside one that asked for nothing, on one core
	}{{Compose, 4 * time.Second * (1024 + 102) / 102}, {Kubernetes, 4 * time.Second * (2 + 102) / 102}} {
		spec := &Spec{Platform: c.platform, Duration: 10 * time.Minute, Hosts: []HostSpec{{Name: "host", CPU: core, Memory: 1 << 30}}}
		var done time.Duration
		for i, r := range []Resources{{RequestCPU: core / 10}, {}} {
			spec.Services = append(spec.Services, ServiceSpec{Name: string(rune('a' + i)), Replicas: 1, Work: onCPUOnly(time.Second), Resources: r})
			spec.Services[i].Work.ServiceTime = sim.Constant(time.Duration(1+59*i) * time.Second)
			spec.Traffic = append(spec.Traffic, StreamSpec{To: int32(i), Even: true, Profile: burst(4)})
		}
		w := must(New(spec, 1, Observer{Request: func(r *RequestDone) {
			if r.Stream == 0 {
				done = r.Done - time.Second
			}
		}}))
		w.RunUntil(spec.Duration, -1)
		if diff := done - c.want; diff < -time.Millisecond || diff > time.Millisecond {
			t.Errorf("%v: %v, want %v", c.platform, done, c.want)
		}
	}
}

// A grant of a hundredth of a core among ten thousand is small, not nothing.
func TestATinyGrantIsOfUse(t *testing.T) {
	s := ServiceSpec{Name: "app", Replicas: 1, Work: onCPUOnly(time.Millisecond), Resources: Resources{LimitCPU: core / 100}}
	done, used := finished(t, 1, 3000, s)
	if want := 300 * time.Second; done[0] < want || done[0] > want+time.Second {
		t.Errorf("3 000 times 1 ms at a hundredth of a core took %v, want %v", done[0], want)
	}
	if used[0] < 3 || used[0] > 3.001 {
		t.Errorf("used %v s, want 3", used[0])
	}
}

// A limit frees what it keeps one replica from using.
func TestALimitProtectsTheNeighbour(t *testing.T) {
	greedy := ServiceSpec{Name: "greedy", Replicas: 1, Work: onCPUOnly(time.Second)}
	polite := ServiceSpec{Name: "polite", Replicas: 1, Work: onCPUOnly(time.Second)}
	done, _ := finished(t, 2, 4, greedy, polite)
	if !near(done[1], 4*time.Second) {
		t.Errorf("without limits: %v, want 4s", done[1])
	}
	greedy.Resources.LimitCPU = core / 2
	done, _ = finished(t, 2, 4, greedy, polite)
	if want := time.Second * 8 / 3; !near(done[1], want) {
		t.Errorf("beside a neighbour that may use half a core of two: %v, want %v", done[1], want)
	}
}

// A start-up that burns CPU takes longer where CPU is short.
func TestStartupBurst(t *testing.T) {
	for _, c := range []struct {
		limit int64
		want  time.Duration
	}{{0, 10 * time.Second}, {core / 2, 14 * time.Second}} {
		work := onCPUOnly(time.Second)
		work.Startup, work.StartupCPU = sim.Constant(10*time.Second), 4*time.Second
		spec := oneService(0, 1, work)
		spec.Services[0].Resources.LimitCPU = c.limit
		spec.Changes = []Change{{At: time.Second, Scale: []ScaleTo{{0, 2}}}}
		var ready time.Duration
		w := must(New(spec, 1, Observer{Event: func(e *Event) {
			if e.Reason == Ready {
				ready = e.At - time.Second
			}
		}}))
		w.RunUntil(time.Minute, -1)
		if ready != c.want {
			t.Errorf("limit %d: ready after %v, want %v", c.limit, ready, c.want)
		}
		if used := w.Report().Services[0].CPUSeconds; used != 4 {
			t.Errorf("used %v s, want 4", used)
		}
	}
}

// Virtual time starts over before it runs out of bits, and nobody notices.
func TestVirtualTimeStartsOver(t *testing.T) {
	spec := oneService(2, 1, onCPUOnly(400*time.Millisecond))
	spec.Services[0].Resources.LimitCPU = core
	spec.Traffic[0].Even = true
	end := func(vt int64) string {
		w := must(New(spec, 1, Observer{}))
		w.RunUntil(700*time.Millisecond, -1)
		c := &w.reps[0].cpu
		for i := range c.jobs {
			c.jobs[i].end += vt
		}
		c.vt += vt
		c.nextEnd += vt
		w.RunUntil(50*time.Second, -1)
		return string(w.AppendOutcome(nil))
	}
	if end(0) != end(rebaseAt) {
		t.Error("a run whose virtual time starts over ends differently")
	}
}
