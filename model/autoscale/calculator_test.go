package autoscale

import (
	"encoding/json"
	"os"
	"slices"
	"sort"
	"testing"
	"time"
)

// recordedCase is one call of upstream's replica calculator with its answer,
// as upstream's own tests made it (testdata/calculator_cases.json).
type recordedCase struct {
	Test string
	Func string
	In   struct {
		Container          string
		Resource           string
		CurrentReplicas    int32
		StatusReplicas     int32
		CPUInit            int `json:"cpuInitializationPeriodSec"`
		ReadinessDelay     int `json:"initialReadinessDelaySec"`
		TargetUtilization  int64
		TargetUsageMilli   int64
		TargetAverageMilli int64
		TargetPerPodMilli  int64
		MetricMilli        int64
		MetricValuesMilli  []int64
		MetricsError       string
		Tolerance          struct{ Up, Down float64 }
		Pods               []recordedPod
		Metrics            map[string]recordedMetric
	}
	Out struct {
		Error           string
		Replicas        int32
		Utilization     int32
		RawAverageMilli int64
		UsageMilli      int64
		ReadyPodCount   int
		Ignored         []string
		Missing         []string
		Unready         []string
		RequestsMilli   map[string]int64
	}
}

type recordedMetric struct {
	TimestampAgeSec age
	ValueMilli      int64
	WindowSec       float64
}

type recordedPod struct {
	Name       string
	Phase      string
	Ready      *string
	ReadyAge   age  `json:"readyTransitionAgeSec"`
	StartAge   *age `json:"startAgeSec"`
	Deleting   bool
	Containers []struct {
		Name          string
		RequestsMilli map[string]int64
		Init, Sidecar bool
	}
	PodLevelRequestsMilli map[string]int64
}

// recordedNow is the instant of evaluation; ages count back from it.
const recordedNow = 1_000_000 * time.Second

// age is a number of seconds before the evaluation, or "zero-time": before
// everything.
type age float64

func (a *age) UnmarshalJSON(text []byte) error {
	if string(text) == `"zero-time"` {
		*a = 1e9
		return nil
	}
	return json.Unmarshal(text, (*float64)(a))
}

func (a age) at() time.Duration { return recordedNow - time.Duration(float64(a)*float64(time.Second)) }

// TestRecordedCalculatorCases replays 99 calls recorded from upstream.
func TestRecordedCalculatorCases(t *testing.T) {
	text, err := os.ReadFile("testdata/calculator_cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []recordedCase }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 99 {
		t.Fatalf("%d cases, want 99", len(file.Cases))
	}
	for i := range file.Cases {
		c := &file.Cases[i]
		t.Run(c.Test, func(t *testing.T) { c.replay(t) })
	}
}

func (c *recordedCase) replay(t *testing.T) {
	pods, samples := c.pods(t), []Sample(nil)
	for _, p := range pods {
		samples = append(samples, c.sample(p.Name))
	}
	for _, name := range c.strays() {
		samples = append(samples, c.sample(name))
	}
	tol := tolerances{c.In.Tolerance.Up, c.In.Tolerance.Down}
	o := &Observation{SpecReplicas: c.In.CurrentReplicas, StatusReplicas: c.In.StatusReplicas, Pods: pods}
	h := &hpa{tol: tol, flags: c.flags()}
	switch c.Func {
	case "groupPods":
		c.checkGroups(t, pods, samples)
	case "calculateRequests":
		c.checkRequests(t, pods)
	case "GetResourceReplicas", "GetMetricReplicas":
		c.checkPods(t, h, o, samples)
	case "GetObjectMetricReplicas", "GetExternalMetricReplicas":
		got, err := calcValue(o, c.number(), c.In.TargetUsageMilli, tol)
		c.check(t, err, got.Replicas, got.First.Usage)
	case "GetObjectPerPodMetricReplicas", "GetExternalPerPodMetricReplicas":
		p, target := Proposal{Type: TypeExternal}, Quantity(c.In.TargetPerPodMilli+c.In.TargetAverageMilli)
		if c.Func == "GetObjectPerPodMetricReplicas" {
			p.Type = TypeObject
		}
		st := h.proposeNumber(o, &MetricTarget{AverageValue: &target}, true, c.number(), &p)
		c.check(t, p.Err, p.Replicas, st.AverageValue)
	default:
		t.Fatalf("unknown function %q", c.Func)
	}
}

func (c *recordedCase) flags() Flags {
	f := DefaultFlags()
	f.CPUInitializationPeriod = time.Duration(c.In.CPUInit) * time.Second
	f.InitialReadinessDelay = time.Duration(c.In.ReadinessDelay) * time.Second
	return f
}

func (c *recordedCase) checkPods(t *testing.T, h *hpa, o *Observation, samples []Sample) {
	q := podQuery{form: FormUtilization, resource: c.In.Resource, container: c.In.Container, target: c.In.TargetUtilization, tol: h.tol, current: c.In.CurrentReplicas}
	if c.Func == "GetMetricReplicas" || c.In.TargetUtilization == 0 {
		q.form, q.target = FormPodsAverage, c.In.TargetUsageMilli
	}
	if c.In.MetricsError != "" {
		goal := int32(q.target)
		var p Proposal
		h.proposeResource(recordedNow, o, q.resource, "", &MetricTarget{AverageUtilization: &goal}, Reading{Err: c.In.MetricsError}, &p)
		if want := "failed to get cpu utilization: " + c.Out.Error; p.Err != want {
			t.Errorf("error %q, want %q", p.Err, want)
		}
		return
	}
	got, err := calcPods(recordedNow, &h.flags, q, o.Pods, samples)
	if c.Func == "GetMetricReplicas" {
		c.check(t, err, got.Replicas, got.First.Average)
		return
	}
	if err != c.Out.Error {
		t.Fatalf("error %q, want %q", err, c.Out.Error)
	}
	if err == "" && (got.Replicas != c.Out.Replicas || got.First.Utilization != c.Out.Utilization || got.First.Average != c.Out.RawAverageMilli) {
		t.Errorf("%d replicas, %d%%, %dm; want %d, %d%%, %dm", got.Replicas, got.First.Utilization, got.First.Average, c.Out.Replicas, c.Out.Utilization, c.Out.RawAverageMilli)
	}
}

func (c *recordedCase) check(t *testing.T, err string, replicas int32, usage int64) {
	t.Helper()
	if err != c.Out.Error {
		t.Fatalf("error %q, want %q", err, c.Out.Error)
	}
	if replicas != c.Out.Replicas || usage != c.Out.UsageMilli {
		t.Errorf("%d replicas at %dm, want %d at %dm", replicas, usage, c.Out.Replicas, c.Out.UsageMilli)
	}
}

func (c *recordedCase) checkGroups(t *testing.T, pods []Pod, samples []Sample) {
	f := c.flags()
	got := Calculation{Pods: make([]PodUse, len(pods))}
	groupPods(recordedNow, &f, c.In.Resource, pods, samples, &got)
	if got.Ready != c.Out.ReadyPodCount {
		t.Errorf("%d ready, want %d", got.Ready, c.Out.ReadyPodCount)
	}
	for group, want := range map[Group][]string{GroupIgnored: c.Out.Ignored, GroupMissing: c.Out.Missing, GroupUnready: c.Out.Unready} {
		var names []string
		for _, u := range got.Pods {
			if u.Group == group {
				names = append(names, u.Name)
			}
		}
		sort.Strings(names)
		sort.Strings(want)
		if !slices.Equal(names, want) {
			t.Errorf("%v: %v, want %v", group, names, want)
		}
	}
}

func (c *recordedCase) checkRequests(t *testing.T, pods []Pod) {
	for i := range pods {
		got, err := podRequest(c.In.Resource, c.In.Container, &pods[i])
		if err != c.Out.Error || got != c.Out.RequestsMilli[pods[i].Name] && err == "" {
			t.Errorf("%d %q, want %d %q", got, err, c.Out.RequestsMilli[pods[i].Name], c.Out.Error)
		}
	}
}

// number is an object's value, or the sum of an external metric's series,
// which upstream caps (O3).
func (c *recordedCase) number() int64 {
	sum := c.In.MetricMilli
	for _, v := range c.In.MetricValuesMilli {
		if sum += v; sum < 0 {
			sum = 1<<63 - 1
		}
	}
	return sum
}

func (c *recordedCase) sample(name string) Sample {
	m, ok := c.In.Metrics[name]
	return Sample{OK: ok, Value: m.ValueMilli, At: m.TimestampAgeSec.at(), Window: time.Duration(m.WindowSec * float64(time.Second))}
}

// strays are the samples of pods that the selector does not return.
func (c *recordedCase) strays() []string {
	var names []string
	for name := range c.In.Metrics {
		if !slices.ContainsFunc(c.In.Pods, func(p recordedPod) bool { return p.Name == name }) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

func (c *recordedCase) pods(t *testing.T) []Pod {
	var pods []Pod
	for _, r := range c.In.Pods {
		p := Pod{Name: r.Name, Deleting: r.Deleting, Requests: requests(r.PodLevelRequestsMilli)}
		phase := slices.Index(phaseNames[:], r.Phase)
		if phase < 0 && r.Phase != "" {
			t.Fatalf("unknown phase %q", r.Phase)
		}
		p.Phase = Phase(max(0, phase))
		if r.Ready != nil {
			p.Ready = Readiness(slices.Index(readinessNames[:], *r.Ready))
			p.ReadySince = r.ReadyAge.at()
		}
		if r.StartAge != nil {
			p.HasStart, p.Start = true, r.StartAge.at()
		}
		for _, k := range r.Containers {
			p.Containers = append(p.Containers, Container{Name: k.Name, Requests: requests(k.RequestsMilli), Init: k.Init, Sidecar: k.Sidecar})
		}
		pods = append(pods, p)
	}
	return pods
}

func requests(m map[string]int64) (r Requests) {
	r.CPU, r.HasCPU = m[CPU], has(m, CPU)
	r.Memory, r.HasMemory = m[Memory], has(m, Memory)
	return r
}

func has(m map[string]int64, key string) bool { _, ok := m[key]; return ok }
