package ui

import (
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/traffic"
)

// actor is a runner that plays a written part: the storybook's frames do not
// change when the model does.
type actor struct {
	obs      model.Observer
	spec     *model.Spec
	part     *part2
	now      time.Duration
	killed   int
	factor   float64
	edited   bool
	panicAt  time.Duration
	hangAt   time.Duration
	reportOf string
}

// part2 is what happens to one lane of the sale: its replicas over time.
type part2 struct {
	most     int32
	scaled   bool
	desired  func(t time.Duration) int32
	ready    func(t time.Duration) int32
	queue    func(t time.Duration) int64
	p50, p99 func(t time.Duration) time.Duration
	events   []model.Event
}

func (a *actor) Now() time.Duration { return a.now }

func (a *actor) Events() uint64 { return uint64(a.now / time.Millisecond) }

func (a *actor) RunUntil(t time.Duration, budget int) bool {
	t = min(t, a.spec.Duration)
	for a.now < t {
		next := min(t, a.now.Truncate(time.Second)+time.Second)
		for i := range a.part.events {
			if e := a.part.events[i]; e.At > a.now && e.At <= next && a.obs.Event != nil {
				a.obs.Event(&e)
			}
		}
		a.now = next
		if a.panicAt > 0 && a.now >= a.panicAt {
			panic("the actor forgot the text")
		}
		for a.hangAt > 0 && a.now >= a.hangAt {
			fmt.Fprint(os.Stderr, "it hangs")
			time.Sleep(time.Hour)
		}
		if a.now%time.Second == 0 && a.obs.Sample != nil {
			s := a.sample()
			a.obs.Sample(&s)
		}
	}
	return true
}

func (a *actor) sample() model.Sample {
	t, p := a.now, a.part
	return model.Sample{
		At: t, Rate: a.rate(), Served: uint32(a.rate()), P50: p.p50(t), P99: p.p99(t), QueueMax: p.queue(t),
		Services: []model.ServiceSample{
			{Desired: 1, Ready: 1, Exist: 1},
			{QueueMax: int32(p.queue(t)), Desired: p.desired(t), Ready: p.ready(t), Exist: p.desired(t), CPU: 87},
		},
		Violating: p.p99(t) > 500*time.Millisecond,
	}
}

func (a *actor) rate() float64 { return a.spec.Traffic[0].Profile.Rate(a.now) * a.factor }

func (a *actor) Apply(c model.Command) error {
	a.edited = true
	switch c.Kind {
	case model.CommandKill:
		a.killed++
		if a.obs.Event != nil {
			a.obs.Event(&model.Event{At: a.now, Object: "app-1", Reason: model.Died, N: [5]int64{137, 4, int64(time.Minute)}, Word: "killed by hand"})
		}
	case model.CommandTraffic:
		a.factor *= c.Factor
	case model.CommandHostUp:
		return errors.New("host node-1 is that already")
	}
	return nil
}

func (a *actor) Snapshot(s *model.Snapshot) {
	t, p := a.now, a.part
	replicas := s.Services
	*s = model.Snapshot{Now: t, Duration: a.spec.Duration, Rate: a.rate(), Factor: a.factor, Edited: a.edited}
	_ = replicas
	s.Recent = model.Recent{P50: p.p50(t), P99: p.p99(t), Served: 6000, Failed: 3, PerSecond: 600}
	s.Totals = model.Totals{Arrived: 31204, Served: 30000, Failed: 1204}
	s.Totals.Failures[model.QueueFull] = 1150
	s.Totals.Failures[model.Timeout] = 54
	s.Services = []model.ServiceView{
		{Name: "nginx", Kind: "nginx", Desired: 1, Ready: 1, Exist: 1, Replicas: []model.ReplicaView{{Name: "nginx-1", Phase: model.Running, Ready: true, Concurrency: model.Unlimited}}},
		{Name: "app", Kind: "app", Desired: p.desired(t), Ready: p.ready(t), Exist: p.desired(t), Waiting: p.queue(t), Refused: 1150, CPU: 87},
	}
	v := &s.Services[1]
	if p.scaled {
		v.Min, v.Max, v.Targets = 2, 10, "cpu: 143%/70%"
	}
	for i := int32(0); i < v.Desired; i++ {
		r := model.ReplicaView{ID: i, Name: fmt.Sprintf("app-%d", i+1), Host: "node-1", Phase: model.Running, Ready: true, Busy: min(8, int32(p.queue(t)/200)+3), Concurrency: 8, Queue: 500}
		switch {
		case i == 1 && t > 3*time.Minute+25*time.Second && t < 3*time.Minute+40*time.Second:
			r.Phase, r.Ready, r.Reason, r.Exit, r.Left = model.BackOff, false, "OOMKilled", 137, 3*time.Minute+40*time.Second-t
		case i >= v.Ready:
			r.Phase, r.Ready, r.Left = model.Starting, false, 9*time.Second
		}
		v.Replicas = append(v.Replicas, r)
	}
	s.Hosts = []model.HostView{{Name: "node-1", Ready: true, CPU: 40}}
	s.Expect = []model.Verdict{
		{Text: "latency.p99 < 500ms", OK: p.p99(t) < 500*time.Millisecond, Known: t > 2*time.Second, Value: model.Short(p.p99(t))},
		{Text: "availability >= 99.9%", OK: p.most == 10, Known: t > 2*time.Second, Value: "98.1%"},
	}
}

func (a *actor) Report() model.Report {
	return model.Report{Variant: a.reportOf, Duration: a.now, Availability: 0.981, Edited: a.edited}
}

func (a *actor) save(dst runner) runner {
	c := *a
	c.obs = model.Observer{}
	return &c
}

func (a *actor) restore(src runner) {
	obs := a.obs
	*a = *src.(*actor)
	a.obs = obs
}

// step is a function of time from pairs of a second and a value.
func step[T any](pairs ...any) func(time.Duration) T {
	return func(t time.Duration) T {
		var v T
		for i := 0; i+1 < len(pairs); i += 2 {
			if t >= time.Duration(pairs[i].(int))*time.Second {
				v = pairs[i+1].(T)
			}
		}
		return v
	}
}

const (
	msec = time.Millisecond
	sec  = time.Second
)

func hill(top float64, from, peak, to int) func(time.Duration) float64 {
	return func(t time.Duration) float64 {
		s := t.Seconds()
		switch {
		case s < float64(from) || s > float64(to):
			return 0
		case s < float64(peak):
			return top * (s - float64(from)) / float64(peak-from)
		}
		return top * (float64(to) - s) / float64(to-peak)
	}
}

func saleParts() []*part2 {
	queueA, queueB := hill(1740, 128, 200, 480), hill(1580, 125, 150, 175)
	lat := func(base, top float64, f func(time.Duration) float64, most float64) func(time.Duration) time.Duration {
		return func(t time.Duration) time.Duration {
			return time.Duration(base * math.Pow(top/base, math.Sqrt(f(t)/most)) * 1e6)
		}
	}
	events := []model.Event{
		{At: 120 * sec, Object: "traffic", Reason: model.StageStarted, N: [5]int64{600000, int64(30 * sec)}, Word: "doors open"},
		{At: 151400 * msec, Object: "app-2", Reason: model.QueueFullStarted, N: [5]int64{500}},
		{At: 182100 * msec, Object: "app", Reason: model.QueueFullEnded, N: [5]int64{1204, int64(31 * sec)}},
		{At: 205 * sec, Object: "app-2", Reason: model.OOMKilled, N: [5]int64{137, 8, int64(205 * sec)}, Word: "OOMKilled"},
		{At: 205 * sec, Object: "app-2", Reason: model.BackOffRestart, N: [5]int64{int64(10 * sec), 1}, Word: "kubelet"},
	}
	scale := []model.Event{
		{At: 150 * sec, Object: "app", Reason: model.SuccessfulRescale, N: [5]int64{2, 4}, Word: "New size: 4; reason: cpu resource utilization (percentage of request) above target"},
		{At: 165 * sec, Object: "app", Reason: model.SuccessfulRescale, N: [5]int64{4, 8}, Word: "New size: 8; reason: cpu resource utilization (percentage of request) above target"},
		{At: 210 * sec, Object: "app", Reason: model.SuccessfulRescale, N: [5]int64{8, 10}, Word: "New size: 10; reason: cpu resource utilization (percentage of request) above target"},
	}
	return []*part2{
		{most: 3, desired: step[int32](0, int32(3)), ready: step[int32](0, int32(3), 205, int32(2), 220, int32(3)),
			queue: func(t time.Duration) int64 { return int64(queueA(t)) },
			p50:   lat(58, 2900, queueA, 1740), p99: lat(178, 9800, queueA, 1740), events: events},
		{most: 10, scaled: true, desired: step[int32](0, int32(2), 150, int32(4), 165, int32(8), 210, int32(10)),
			ready: step[int32](0, int32(2), 160, int32(4), 175, int32(8), 205, int32(7), 219, int32(8), 222, int32(10)),
			queue: func(t time.Duration) int64 { return int64(queueB(t)) },
			p50:   lat(52, 600, queueB, 1580), p99: lat(171, 4100, queueB, 1580), events: merge(events, scale)},
	}
}

func merge(a, b []model.Event) []model.Event {
	var out []model.Event
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].At <= b[0].At {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

func saleSpec(name string, replicas, most int32) *model.Spec {
	s := &model.Spec{Name: name, Duration: 10 * time.Minute, Platform: model.Kubernetes,
		Services: []model.ServiceSpec{
			{Name: "nginx", Kind: "nginx", Replicas: 1, Calls: []int32{1}},
			{Name: "app", Kind: "app", Replicas: replicas},
		},
		Traffic: []model.StreamSpec{{Name: "street", Profile: traffic.New(60, []traffic.Stage{
			{Duration: 2 * time.Minute, Target: 60, Name: "quiet evening"},
			{Duration: 30 * time.Second, Target: 600, Name: "doors open"},
			{Duration: 5 * time.Minute, Target: 600, Name: "the sale"},
			{Duration: time.Minute, Target: 60, Name: "last orders"},
		})}},
		Faults: []model.Fault{{Kind: model.FaultCrash, At: 205 * time.Second, Service: 1, Count: 1}},
	}
	if most > replicas {
		s.Services[1].Autoscale = &model.AutoscaleSpec{Min: replicas, Max: most}
	}
	return s
}

// sale is the configuration of the storybook: the names are longer than they
// are wide, so that cutting is seen.
func sale(names ...string) Config {
	c := Config{File: "black-friday.yaml", Seed: 42, SLO: 500 * time.Millisecond, Theme: "dark",
		Title: "One chef, then a sale: ten times the orders in 30 seconds"}
	if len(names) == 0 {
		names = []string{"three chefs", "hpa 2..10"}
	}
	for i, n := range names {
		if i%2 == 0 {
			c.Lanes = append(c.Lanes, Lane{n, saleSpec(n, 3, 3)})
		} else {
			c.Lanes = append(c.Lanes, Lane{n, saleSpec(n, 2, 10)})
		}
	}
	return c
}

func act(spec *model.Spec, seed uint64, obs model.Observer) (runner, error) {
	parts := saleParts()
	i := 0
	if spec.Services[1].Autoscale != nil {
		i = 1
	}
	return &actor{obs: obs, spec: spec, part: parts[i], factor: 1, reportOf: spec.Name}, nil
}

func env(pairs ...string) func(string) string {
	return func(k string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == k {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// stage opens the storybook at a time and a size. NoColor keeps goldens readable.
func stage(c Config, at time.Duration, w, h int) *App {
	c.Start, c.NoColor = at, true
	a, err := newApp(c, act, env("TERM", "xterm-256color"))
	if err != nil {
		panic(err)
	}
	for a.clock.goal == seek {
		a.clock.turn(a.lanes, 0)
	}
	a.jumped = true
	a.refresh(0)
	a.w, a.h, a.stale = w, h, true
	return a
}
