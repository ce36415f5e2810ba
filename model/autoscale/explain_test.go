package autoscale_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/hasim/model/autoscale"
)

// TestExplain holds the explanations of some of the stories in testdata/rules
// against testdata/explain.txt: they are to be read by people.
func TestExplain(t *testing.T) {
	var b strings.Builder
	for _, story := range []struct {
		name  string
		syncs []int
	}{
		{"legacy_window", []int{0, 1, 3}}, {"fills", []int{0, 1, 3, 5, 6}}, {"readiness", []int{0}},
		{"rates", []int{1, 4}}, {"behavior_window", []int{1, 4}}, {"broken_metric", []int{0, 3, 4}},
		{"bounds", []int{0, 1, 2, 3}}, {"numbers", []int{0, 2}}, {"zero", []int{3, 7}},
		{"step", []int{2}}, {"target_tracking", []int{0, 7}}, {"schedule", []int{2}}, {"fixed", []int{2}},
	} {
		c := parse(t, "testdata/rules/"+story.name+".txt")
		kind := c.Kind
		if kind == "" {
			kind = "hpa"
		}
		var s autoscale.State
		for i, sy := range c.Syncs {
			p, err := autoscale.New(kind, sy.Config)
			if err != nil {
				t.Fatal(err)
			}
			d := p.Sync(sy.At, &sy.Seen, &s)
			for _, wanted := range story.syncs {
				if wanted == i {
					fmt.Fprintf(&b, "== %s\n%s\n\n", story.name, strings.Join(d.Explain(), "\n"))
				}
			}
		}
	}
	golden(t, "testdata/explain.txt", b.String())
}

// TestDescribe draws the two views that people know from kubectl.
func TestDescribe(t *testing.T) {
	utilization, value, low := int32(70), autoscale.Quantity(100_000), int32(2)
	spec := autoscale.HPASpec{MinReplicas: &low, MaxReplicas: 10, Metrics: []autoscale.MetricSpec{
		{Type: autoscale.TypeResource, Resource: &autoscale.ResourceSource{Name: autoscale.CPU, Target: autoscale.MetricTarget{Type: autoscale.TargetUtilization, AverageUtilization: &utilization}}},
	}}
	var b strings.Builder
	show := func(spec autoscale.HPASpec, o autoscale.Observation) {
		p, err := autoscale.New("hpa", autoscale.Config{HPA: spec})
		if err != nil {
			t.Fatal(err)
		}
		var s autoscale.State
		fmt.Fprintln(&b, autoscale.Targets(p, &s))
		d := p.Sync(time.Minute, &o, &s)
		fmt.Fprintln(&b, autoscale.Targets(p, &s))
		var events []autoscale.EventAt
		for _, e := range d.Events {
			events = append(events, autoscale.EventAt{At: time.Minute, Event: e})
		}
		fmt.Fprintln(&b, strings.Join(autoscale.Describe("myapp", 72*time.Second, p, &s, events), "\n"))
		fmt.Fprintln(&b)
	}
	o := autoscale.Observation{SpecReplicas: 2, StatusReplicas: 2}
	r := autoscale.Reading{}
	for i := range 2 {
		o.Pods = append(o.Pods, pod(fmt.Sprint("myapp-", i), 500))
		r.Samples = append(r.Samples, autoscale.Sample{OK: true, Value: 715, At: time.Minute, Window: 15 * time.Second})
	}
	o.Metrics = []autoscale.Reading{r}
	show(spec, o)

	average := autoscale.Quantity(134_217_728_000)
	spec.Behavior = &autoscale.Behavior{}
	spec.Metrics = append(spec.Metrics,
		autoscale.MetricSpec{Type: autoscale.TypeResource, Resource: &autoscale.ResourceSource{Name: autoscale.Memory, Target: autoscale.MetricTarget{Type: autoscale.TargetAverageValue, AverageValue: &average}}},
		autoscale.MetricSpec{Type: autoscale.TypePods, Pods: &autoscale.PodsSource{Metric: autoscale.MetricIdentifier{Name: "rps"}, Target: autoscale.MetricTarget{Type: autoscale.TargetAverageValue, AverageValue: &value}}},
		autoscale.MetricSpec{Type: autoscale.TypeExternal, External: &autoscale.ExternalSource{Metric: autoscale.MetricIdentifier{Name: "queue"}, Target: autoscale.MetricTarget{Type: autoscale.TargetAverageValue, AverageValue: &value}}},
	)
	memory := autoscale.Reading{Samples: []autoscale.Sample{{OK: true, Value: 67_108_864_000}, {OK: true, Value: 67_108_864_000}}}
	o.Metrics = []autoscale.Reading{r, memory, {Err: "no route to host"}, {Value: 300_000}}
	show(spec, o)
	golden(t, "testdata/describe.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it):\n%s", name, got)
	}
}

// pod is a replica that has been ready for long and requests some cpu.
func pod(name string, milli int64) autoscale.Pod {
	return autoscale.Pod{
		Name: name, Phase: autoscale.Running, Ready: autoscale.Ready, ReadySince: -time.Hour, HasStart: true, Start: -time.Hour,
		Containers: []autoscale.Container{{Name: "app", Requests: autoscale.Requests{CPU: milli, HasCPU: true, Memory: 1 << 20 * 1000, HasMemory: true}}},
	}
}
