package autoscale_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hasim/model/autoscale"
)

// TestRegistry: every kind can be built, and an unknown one names the others.
func TestRegistry(t *testing.T) {
	metric := lessonSpec().Metrics[0]
	cfg := autoscale.Config{
		HPA:            lessonSpec(),
		Schedule:       autoscale.ScheduleConfig{Shifts: []autoscale.Shift{{At: 0, Replicas: 1}}},
		Step:           autoscale.StepConfig{Min: 1, Max: 5, Metric: metric, High: 80, Low: 20},
		TargetTracking: autoscale.TargetTrackingConfig{Min: 1, Max: 5, Metric: metric},
	}
	for _, kind := range autoscale.Kinds() {
		p, err := autoscale.New(kind, cfg)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if p.Kind() != kind || p.Period() != 15*time.Second || autoscale.About(kind) == "" {
			t.Errorf("%s: kind %q, period %v, about %q", kind, p.Kind(), p.Period(), autoscale.About(kind))
		}
	}
	if _, err := autoscale.New("magic", cfg); err == nil || !strings.Contains(err.Error(), "target_tracking") {
		t.Errorf("unknown kind: %v", err)
	}
}

// TestValidate: what is wrong, and where, one field at a time.
func TestValidate(t *testing.T) {
	n := func(v int32) *int32 { return &v }
	for _, c := range []struct {
		want   string
		change func(*autoscale.HPASpec)
	}{
		{"", func(s *autoscale.HPASpec) {}},
		{"maxReplicas: must be greater than or equal to `minReplicas`", func(s *autoscale.HPASpec) { s.MinReplicas, s.MaxReplicas = n(5), 4 }},
		{"maxReplicas: must be set", func(s *autoscale.HPASpec) { s.MaxReplicas = 0 }},
		{"minReplicas: must be greater", func(s *autoscale.HPASpec) { s.MinReplicas = n(-1) }},
		{"metrics: must specify at least one Object or External", func(s *autoscale.HPASpec) { s.MinReplicas = n(0) }},
		{"metrics[0].resource.name: unknown resource", func(s *autoscale.HPASpec) { s.Metrics[0].Resource.Name = "cpus" }},
		{"metrics[0].resource.target.averageUtilization: must be greater than 0", func(s *autoscale.HPASpec) { s.Metrics[0].Resource.Target.AverageUtilization = n(0) }},
		{"metrics[0].type: unknown metric source type", func(s *autoscale.HPASpec) { s.Metrics[0].Type = "Cpu" }},
		{"metrics[1].pods.metric.name: unknown metric \"rpm\"", func(s *autoscale.HPASpec) { s.Metrics = append(s.Metrics, podsMetric("rpm")) }},
		{"metrics[1].pods.target.averageValue: must specify a positive", func(s *autoscale.HPASpec) {
			m := podsMetric("requests_per_second")
			m.Pods.Target.AverageValue = nil
			s.Metrics = append(s.Metrics, m)
		}},
		{"behavior.scaleDown.stabilizationWindowSeconds: must be greater", func(s *autoscale.HPASpec) {
			s.Behavior = &autoscale.Behavior{ScaleDown: &autoscale.ScalingRules{StabilizationWindowSeconds: n(-1)}}
		}},
		{"behavior.scaleUp.stabilizationWindowSeconds: must be less than or equal to 3600", func(s *autoscale.HPASpec) {
			s.Behavior = &autoscale.Behavior{ScaleUp: &autoscale.ScalingRules{StabilizationWindowSeconds: n(3601)}}
		}},
		{"behavior.scaleUp.policies[0].periodSeconds: must be less than or equal to 1800", func(s *autoscale.HPASpec) {
			s.Behavior = &autoscale.Behavior{ScaleUp: &autoscale.ScalingRules{Policies: []autoscale.ScalingPolicy{{Type: "Pods", Value: 1, PeriodSeconds: 1801}}}}
		}},
		{"behavior.scaleUp.selectPolicy: unknown", func(s *autoscale.HPASpec) {
			s.Behavior = &autoscale.Behavior{ScaleUp: &autoscale.ScalingRules{SelectPolicy: "Least"}}
		}},
	} {
		s := lessonSpec()
		c.change(&s)
		errs := s.Validate("requests_per_second")
		switch {
		case c.want == "" && len(errs) > 0:
			t.Errorf("a good spec: %v", errs)
		case c.want != "" && (len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), c.want)):
			t.Errorf("want %q, got %v", c.want, errs)
		}
		if _, err := autoscale.New("hpa", autoscale.Config{HPA: s}); err != nil {
			var ce *autoscale.ConfigError
			if !errors.As(err, &ce) {
				t.Errorf("%v is not a ConfigError", err)
			}
		}
	}
}

func podsMetric(name string) autoscale.MetricSpec {
	q := autoscale.Quantity(1000)
	return autoscale.MetricSpec{Type: autoscale.TypePods, Pods: &autoscale.PodsSource{
		Metric: autoscale.MetricIdentifier{Name: name}, Target: autoscale.MetricTarget{Type: autoscale.TargetAverageValue, AverageValue: &q}}}
}

// TestGateOff: without HPAScaleToZero minReplicas 0 is refused.
func TestGateOff(t *testing.T) {
	s := lessonSpec()
	s.MinReplicas = new(int32)
	s.Metrics[0] = autoscale.MetricSpec{Type: autoscale.TypeExternal, External: &autoscale.ExternalSource{Metric: autoscale.MetricIdentifier{Name: "queue"}, Target: podsMetric("").Pods.Target}}
	f := autoscale.DefaultFlags()
	if _, err := autoscale.New("hpa", autoscale.Config{HPA: s, Flags: f}); err != nil {
		t.Errorf("gate on: %v", err)
	}
	f.ScaleToZero = false
	if _, err := autoscale.New("hpa", autoscale.Config{HPA: s, Flags: f}); err == nil {
		t.Error("gate off: minReplicas 0 is accepted")
	}
}

// TestCopy: a copied state and its origin go the same way apart from each
// other, and a decision keeps nothing of the state.
func TestCopy(t *testing.T) {
	c := parse(t, "testdata/rules/rates.txt")
	var s, other autoscale.State
	for i, sy := range c.Syncs {
		p, err := autoscale.New("hpa", sy.Config)
		if err != nil {
			t.Fatal(err)
		}
		s.CopyInto(&other)
		if !reflect.DeepEqual(normal(&s), normal(&other)) {
			t.Fatalf("sync %d: the copy differs", i)
		}
		a := p.Sync(sy.At, &sy.Seen, &s)
		before := fmt.Sprintf("%+v", a)
		b := p.Sync(sy.At, &sy.Seen, &other)
		if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(normal(&s), normal(&other)) {
			t.Fatalf("sync %d: the copy went another way", i)
		}
		if i+1 < len(c.Syncs) {
			var ahead autoscale.State
			s.CopyInto(&ahead)
			p.Sync(c.Syncs[i+1].At, &c.Syncs[i+1].Seen, &ahead)
		}
		if fmt.Sprintf("%+v", a) != before {
			t.Fatalf("sync %d: a decision changed afterwards", i)
		}
	}
}

// normal makes empty and nil slices alike.
func normal(s *autoscale.State) string { return fmt.Sprintf("%+v", *s) }

// hundred is what an autoscaler of 100 replicas sees.
func hundred(now time.Duration) autoscale.Observation {
	o := autoscale.Observation{SpecReplicas: 100, StatusReplicas: 100, Metrics: []autoscale.Reading{{}}}
	for i := range 100 {
		o.Pods = append(o.Pods, pod(fmt.Sprint("app-", i), 500))
		o.Metrics[0].Samples = append(o.Metrics[0].Samples, autoscale.Sample{OK: true, Value: 300 + int64(i), At: now, Window: 15 * time.Second})
	}
	return o
}

// TestSyncAllocations: a sync of 100 replicas makes a few slices and texts,
// not one per replica.
func TestSyncAllocations(t *testing.T) {
	spec := lessonSpec()
	spec.MaxReplicas = 200
	p, err := autoscale.New("hpa", autoscale.Config{HPA: spec})
	if err != nil {
		t.Fatal(err)
	}
	var s autoscale.State
	now := time.Duration(0)
	o := hundred(now)
	if n := testing.AllocsPerRun(100, func() {
		now += 15 * time.Second
		p.Sync(now, &o, &s)
	}); n > 60 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSync100(b *testing.B) {
	for _, behavior := range []*autoscale.Behavior{nil, {}} {
		b.Run(fmt.Sprintf("behavior=%v", behavior != nil), func(b *testing.B) {
			spec := lessonSpec()
			spec.MaxReplicas, spec.Behavior = 200, behavior
			p, err := autoscale.New("hpa", autoscale.Config{HPA: spec})
			if err != nil {
				b.Fatal(err)
			}
			var s autoscale.State
			now := time.Duration(0)
			o := hundred(now)
			b.ReportAllocs()
			for b.Loop() {
				now += 15 * time.Second
				p.Sync(now, &o, &s)
			}
		})
	}
}

// TestQuantities: what people write, and what kubectl prints.
func TestQuantities(t *testing.T) {
	for text, milli := range map[string]int64{
		"100m": 100, "1": 1000, "0.5": 500, "1.5k": 1_500_000, "128Mi": 134_217_728_000, "0.0001": 1, "-2": -2000, "1e3": 1_000_000, "10u": 1, "512m": 512,
	} {
		if got, err := autoscale.ParseQuantity(text); err != nil || int64(got) != milli {
			t.Errorf("%s: %d %v, want %d", text, int64(got), err, milli)
		}
	}
	for _, text := range []string{"", "m", "1.2.3", "12q", "1 k", "99999999999999999999", "9E", "1e99"} {
		if got, err := autoscale.ParseQuantity(text); err == nil {
			t.Errorf("%q: %d, want an error", text, int64(got))
		}
	}
	for milli, text := range map[int64]string{0: "0", 1: "1m", 1500: "1500m", 2000: "2", 15_000_000: "15k", -500: "-500m"} {
		if got := autoscale.Quantity(milli).String(); got != text {
			t.Errorf("%d: %s, want %s", milli, got, text)
		}
	}
	for text, want := range map[string]float64{
		"0.05": 0.05, "50m": 0.05, "2": 2, "0": 0, "150u": 0.00015,
		"0.57": 0.5700000000000001, // as upstream reads it: 570 × 0.001
	} {
		if got, err := autoscale.ParseTolerance(text); err != nil || got != want {
			t.Errorf("%s: %v %v, want %v", text, got, err, want)
		}
	}
	if !slices.Contains(autoscale.Kinds(), "hpa") {
		t.Error("no hpa in the registry")
	}
}
