package scenarios

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/balance"
	"example.com/hasim/sim"
)

const small = "hasim: v1\nservices: {app: {work: {service_time: 50ms}}}\n"

func load(t *testing.T, path string, o Options) *Scenario {
	t.Helper()
	s, err := Load(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(t *testing.T, src string, o Options) *Scenario {
	t.Helper()
	s, err := Parse("f.yaml", []byte(src), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %+v\nwant %+v", what, got, want)
	}
}

func TestEveryKeyArrives(t *testing.T) {
	s := load(t, "testdata/good/everything.yaml", Options{})
	if len(s.Warnings) > 0 {
		t.Errorf("%v", s.Warnings)
	}
	same(t, "head", []any{s.Name, s.Title, s.Lesson, s.Seed, s.Duration, s.SLO}, []any{"everything", "Every key", "Watch.", uint64(1<<64 - 1), 10 * time.Minute, 500 * time.Millisecond})
	same(t, "variants", []any{s.Variants[0].Name, s.Variants[0].Paired, s.Variants[1].Name, s.Variants[1].Paired, s.Variants[2].Name, s.Variants[2].Paired}, []any{"one chef", true, "hpa 2..10", true, "more guests", false})
	p := &s.Variants[1].Spec
	same(t, "spec", []any{p.Name, p.Title, p.Duration, p.Warmup, p.Platform}, []any{"hpa 2..10", "Every key", 10 * time.Minute, 30 * time.Second, model.Kubernetes})
	same(t, "hosts", p.Hosts, []model.HostSpec{{Name: "node-1", CPU: 4e9, Memory: 8 << 30, Zone: "a"}, {Name: "node-2", CPU: 4e9, Memory: 8 << 30, Zone: "a"}, {Name: "node-3", CPU: 4e9, Memory: 8 << 30, Zone: "a"}, {Name: "big", CPU: 16e9, Memory: 32 << 30, Zone: "b"}})
	same(t, "cluster", p.Cluster, model.ClusterSpec{
		HPA:              autoscale.Flags{SyncPeriod: 30 * time.Second, Tolerance: 0.2, InitialReadinessDelay: 10 * time.Second, CPUInitializationPeriod: time.Minute, DownscaleStabilization: 2 * time.Minute},
		MetricResolution: 30 * time.Second, MetricPhase: 5 * time.Second, Eviction: 30 * time.Second})
	everyService(t, p)
	everyStory(t, s, p)
}

func everyService(t *testing.T, p *model.Spec) {
	nginx, app, db, cache := p.Services[0], p.Services[1], p.Services[2], p.Services[3]
	same(t, "kinds", []string{nginx.Kind, app.Kind, db.Kind, cache.Kind}, []string{"nginx", "app", "postgres", "redis"})
	same(t, "balance", nginx.Balance, model.BalanceSpec{Proxy: true, Policy: "least_conn", Peer: balance.Options{Weight: 1, MaxFails: 2, FailTimeout: 5 * time.Second, MaxConns: 100},
		ConnectTimeout: 3 * time.Second, ReadTimeout: 20 * time.Second, Next: model.NextUpstream{Error: true, HTTP500: true, NonIdempotent: true}, Tries: 2})
	same(t, "an app's balance", app.Balance, model.BalanceSpec{Policy: "random", Peer: balance.DefaultOptions()})
	same(t, "calls", app.Calls, []int32{2, 3})
	same(t, "replicas and grace", []any{app.Replicas, app.Grace, app.Restart, app.RestartAs}, []any{int32(3), 20 * time.Second, nil, "Always"})
	same(t, "resources", app.Resources, model.Resources{LimitCPU: 1e9, RequestCPU: 5e8, LimitMemory: 512 << 20, RequestMemory: 256 << 20})
	lognormal, _ := sim.LognormalP50P99(40*time.Millisecond, 180*time.Millisecond)
	uniform, _ := sim.Uniform(6*time.Second, 12*time.Second)
	same(t, "work", app.Work, model.WorkSpec{ServiceTime: lognormal, CPU: sim.Constant(10 * time.Millisecond), Concurrency: 8, Queue: 500,
		Startup: uniform, StartupCPU: 2 * time.Second, MemoryBase: 180 << 20, MemoryPerRequest: 2 << 20, Cancel: true})
	empirical, _ := sim.Empirical([]time.Duration{time.Millisecond, 2 * time.Millisecond})
	same(t, "unlimited", cache.Work, model.WorkSpec{ServiceTime: empirical, CPU: sim.Dist{}, CPUIsAll: true, Concurrency: model.Unlimited, Queue: model.Unlimited})

	hpa := app.Autoscale
	same(t, "autoscale", []any{hpa.Kind, hpa.Min, hpa.Max, hpa.Config.Flags, len(hpa.Config.HPA.Metrics)}, []any{"hpa", int32(2), int32(10), p.Cluster.HPA, 5})
	same(t, "cpu", *hpa.Config.HPA.Metrics[0].Resource.Target.AverageUtilization, int32(70))
	same(t, "external", *hpa.Config.HPA.Metrics[4].External.Target.AverageValue, autoscale.Quantity(500))
	up, down := hpa.Config.HPA.Behavior.ScaleUp, hpa.Config.HPA.Behavior.ScaleDown
	same(t, "behavior", []any{*up.Tolerance, *up.StabilizationWindowSeconds, *down.StabilizationWindowSeconds, down.Policies}, []any{0.05, int32(0), int32(60), []autoscale.ScalingPolicy{{Type: "Percent", Value: 50, PeriodSeconds: 60}}})
	batch, steps, tracked, flat := p.Services[4].Autoscale, p.Services[5].Autoscale, p.Services[6].Autoscale, p.Services[7].Autoscale
	same(t, "schedule", batch.Config.Schedule, autoscale.ScheduleConfig{Every: time.Hour, Period: 30 * time.Second, Shifts: []autoscale.Shift{{Replicas: 1}, {At: 5 * time.Minute, Replicas: 3, Name: "dinner"}}})
	same(t, "step", []any{steps.Config.Step.High, steps.Config.Step.Low, steps.Config.Step.Up, steps.Config.Step.CooldownDown, steps.Max}, []any{int64(80), int64(30), int32(2), time.Minute, int32(5)})
	same(t, "tracking", []any{tracked.Config.TargetTracking.ScaleInCooldown, tracked.Config.TargetTracking.DisableScaleIn, *tracked.Config.TargetTracking.Metric.Pods.Target.AverageValue}, []any{5 * time.Minute, true, autoscale.Quantity(5000)})
	same(t, "fixed", []any{flat.Config.Fixed.Replicas, p.Services[7].Replicas}, []any{int32(4), int32(4)})
}

func everyStory(t *testing.T, s *Scenario, p *model.Spec) {
	shop, batch := &p.Traffic[0], &p.Traffic[1]
	same(t, "stream", []any{shop.Name, shop.To, shop.Even, shop.Worth, shop.Post}, []any{"shop", int32(0), true, 35.0, true})
	same(t, "profile", []any{shop.Profile.Rate(0), shop.Profile.Rate(3 * time.Minute), shop.Profile.Stages()[1].Name, batch.Profile.Rate(0), batch.Name}, []any{60.0, 600.0, "doors open", 2.0, "traffic-2"})
	same(t, "client", shop.Client, model.ClientSpec{Timeout: 10 * time.Second, Patience: 30 * time.Second, Retries: model.RetrySpec{Max: 2, Backoff: 100 * time.Millisecond, MaxBackoff: time.Second, Jitter: model.JitterFull}})
	same(t, "change", []any{p.Changes[0].Scale, p.Changes[0].Text, p.Changes[1].Reload, p.Changes[2].Text}, []any{[]model.ScaleTo{{Service: 1, Replicas: 5}}, "scale app=5", []int32{0}, "set services.app.autoscale.maxReplicas=20"})
	set := p.Changes[2].Set
	same(t, "set", []any{set.Services[1].Autoscale.Max, set.Services[1].Autoscale.Min, set.Services[1].Work, set.Hosts, set.Services[1].Replicas}, []any{int32(20), int32(2), p.Services[1].Work, p.Hosts, int32(3)})
	same(t, "faults", p.Faults, []model.Fault{
		{Kind: model.FaultCrash, At: 205 * time.Second, Service: 1, Count: 1, Exit: 137, Reason: "OOMKilled"},
		{Kind: model.FaultCrash, At: 4 * time.Minute, Every: 20 * time.Second, Until: 6 * time.Minute, Times: 3, Service: 1, Count: 1, Exit: 1, Reason: "Error"},
		{Kind: model.FaultHang, At: 5 * time.Minute, For: 10 * time.Second, Service: 1, Count: 1, Percent: 50},
		{Kind: model.FaultSlow, At: 6 * time.Minute, For: 45 * time.Second, Service: 1, Count: 1, All: true, Factor: 3},
		{Kind: model.FaultHostDown, At: 8 * time.Minute, For: 2 * time.Minute},
		{Kind: model.FaultMetricsDown, At: 9 * time.Minute, For: 30 * time.Second},
	})
	same(t, "expect", []int{len(p.Expect), len(s.Variants[2].Spec.Expect)}, []int{3, 1})
	chef := &s.Variants[0].Spec
	same(t, "one chef", []any{chef.Services[1].Autoscale == nil, chef.Services[1].Replicas, chef.Changes[2].Set.Services[1].Autoscale == nil, chef.Services[1].Work}, []any{true, int32(1), true, p.Services[1].Work})
}

func TestCompose(t *testing.T) {
	s := load(t, "testdata/good/compose.yaml", Options{})
	p := &s.Variants[0].Spec
	web, app := p.Services[0], p.Services[1]
	same(t, "names", []any{s.Name, s.Title, p.Name, p.Platform, s.Duration, s.Seed}, []any{"compose", "compose", "default", model.Compose, 5 * time.Minute, uint64(1)})
	same(t, "balance", []any{web.Balance.Policy, web.Balance.Proxy, web.Balance.ReadTimeout, web.Balance.Next}, []any{"random_two", true, time.Minute, model.NextUpstream{Error: true, Timeout: true}})
	same(t, "restart", []any{app.RestartAs, app.Grace, web.RestartAs, web.Grace}, []any{"on-failure:3", 90 * time.Second, "no", 10 * time.Second})
	same(t, "resources", app.Resources, model.Resources{LimitCPU: 15e8, LimitMemory: 1 << 30, RequestMemory: 512 << 20})
	same(t, "hosts", p.Hosts, []model.HostSpec{{Name: "box", CPU: 8e9, Memory: 16 << 30}})
	var rules []string
	for _, w := range s.Warnings {
		rules = append(rules, w.Rule)
	}
	same(t, "warnings", rules, []string{"W1", "W2", "W2"})
	want := []string{
		"web: service_time 0s, cpu 0s, concurrency unlimited, queue unlimited, startup 0s", "web: restart no, as Compose", "app: kind app",
		"app: service_time lognormal p50 40ms p99 180ms, cpu 10ms, concurrency 8, queue 500, startup uniform 2s to 5s",
		"traffic.to: web", "traffic.client: timeout 1m, as k6", "duration: 5m"}
	same(t, "defaults", s.Defaults, want)
}

func TestTenLinesAreEnough(t *testing.T) {
	s := parse(t, "hasim: v1\nservices:\n  web: {image: nginx, calls: app}\n  app:\n", Options{})
	p := &s.Variants[0].Spec
	same(t, "traffic", []any{p.Traffic[0].To, p.Traffic[0].Profile.Rate(0), p.Traffic[0].Client.Timeout}, []any{int32(0), 10.0, time.Minute})
	same(t, "host", p.Hosts, []model.HostSpec{{Name: "host", CPU: 64e9, Memory: 256 << 30}})
	if len(s.Defaults) < 6 {
		t.Errorf("%q", s.Defaults)
	}
	if _, err := model.New(p, s.Seed, model.Observer{}); err != nil {
		t.Error(err)
	}
}

func TestKubernetesTakesALimitForTheRequest(t *testing.T) {
	src := "hasim: v1\nplatform: PLATFORM\nservices: {app: {deploy: {resources: {limits: {cpus: 2, memory: 1G}}}, autoscale: {maxReplicas: 3}}}\n"
	kube := parse(t, strings.ReplaceAll(src, "PLATFORM", "kubernetes"), Options{})
	same(t, "kubernetes", kube.Variants[0].Spec.Services[0].Resources, model.Resources{LimitCPU: 2e9, RequestCPU: 2e9, LimitMemory: 1 << 30, RequestMemory: 1 << 30})
	compose := parse(t, strings.ReplaceAll(src, "PLATFORM", "compose"), Options{})
	same(t, "compose", compose.Variants[0].Spec.Services[0].Resources, model.Resources{LimitCPU: 2e9, LimitMemory: 1 << 30})
	same(t, "without a request", compose.Warnings[len(compose.Warnings)-1].Rule, "A-NOREQUEST")
}

func TestBehaviorOmittedIsNotBehaviorEmpty(t *testing.T) {
	src := "hasim: v1\nplatform: kubernetes\nservices: {app: {autoscale: {maxReplicas: 3BEHAVIOR}}}\n"
	for text, want := range map[string]bool{"": false, ", behavior: {}": true, ", behavior: null": false, ", behavior: {scaleUp: {}}": true} {
		s := parse(t, strings.ReplaceAll(src, "BEHAVIOR", text), Options{})
		if got := s.Variants[0].Spec.Services[0].Autoscale.Config.HPA.Behavior != nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestTextLosesWhatTerminalsObey(t *testing.T) {
	s := parse(t, `hasim: v1
title: "a\e[31mred\e]0;title\a \u202Eright\u200B\x9b1m end"
lesson: "one\n\ttwo\e]52;c;aGk=\e\\ three"
services: {app: {work: {service_time: 50ms}}}
variants: [{name: "one\e[2J two"}]
traffic: {stages: [{duration: 1m, target: 1/s, name: "sale\e7"}]}
`, Options{})
	same(t, "text", []string{s.Title, s.Lesson, s.Variants[0].Name, s.Variants[0].Spec.Traffic[0].Profile.Stages()[0].Name}, []string{"ared right end", "one\n two three", "one two", "sale"})
}

func TestAnchorsAndMergeKeys(t *testing.T) {
	s := parse(t, `hasim: v1
x-work: &work {service_time: 50ms, queue: 5}
services:
  a: {work: *work}
  b: {work: {<<: *work, queue: 7}}
  c: {work: {concurrency: 2, <<: [{queue: 9}, *work]}}
`, Options{})
	for i, want := range []int32{5, 7, 9} {
		w := s.Variants[0].Spec.Services[i].Work
		same(t, "queue", []any{w.Queue, w.ServiceTime.Mean()}, []any{want, 50 * time.Millisecond})
	}
}

func TestLaterSetsStandOnEarlierOnes(t *testing.T) {
	s := parse(t, `hasim: v1
services: {app: {work: {service_time: 50ms, queue: 5}}}
changes:
  - {at: 3m, set: {services: {app: {work: {concurrency: 9}}}}}
  - {at: 1m, set: {services: {app: {work: {queue: 7}, deploy: {replicas: 4}}}}}
`, Options{})
	c := s.Variants[0].Spec.Changes
	first, second := c[1].Set.Services[0], c[0].Set.Services[0]
	same(t, "at 1m", []int32{first.Work.Queue, first.Work.Concurrency, first.Replicas}, []int32{7, 8, 4})
	same(t, "at 3m", []int32{second.Work.Queue, second.Work.Concurrency, second.Replicas}, []int32{7, 9, 4})
}

func TestWorkKeepsTheDefaultsOfItsKind(t *testing.T) {
	s := parse(t, "hasim: v1\nservices: {app: {kind: app, restart: always, work: {startup: 2m}}}\n", Options{})
	k, w := defaultsOf("app"), s.Variants[0].Spec.Services[0].Work
	same(t, "work", []any{w.ServiceTime, w.CPU, w.CPUIsAll, w.Concurrency, w.Queue, w.Startup.Mean()}, []any{k.service, k.cpu, false, k.concurrency, k.queue, 2 * time.Minute})
	same(t, "defaults", s.Defaults[1], "app: service_time lognormal p50 40ms p99 180ms, cpu 10ms, concurrency 8, queue 500")
}
