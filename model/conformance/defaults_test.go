package conformance

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"example.com/hasim/model/autoscale"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	upstreamdefaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/apis/autoscaling/validation"
)

// TestDefaults: ours and the API server's defaults make the same spec.
func TestDefaults(t *testing.T) {
	for seed := range uint64(3000) {
		s := newWorld(seed).cfg.HPA
		hpa := &autoscalingv2.HorizontalPodAutoscaler{Spec: upstreamSpec(s)}
		upstreamdefaults.SetDefaults_HorizontalPodAutoscaler(hpa)
		if got := upstreamSpec(s.Defaulted()); !reflect.DeepEqual(got, hpa.Spec) {
			t.Fatalf("seed %d:\ngot  %+v\nwant %+v", seed, got, hpa.Spec)
		}
	}
}

func quantityOf(t *testing.T, text string) resource.Quantity {
	q, err := resource.ParseQuantity(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	// As the API server stores it.
	return resource.MustParse(q.String())
}

// TestTolerance: a tolerance is the same float64 however it is written.
func TestTolerance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		n := r.IntN(2000)
		for _, text := range []string{fmt.Sprintf("%d.%03d", n/1000, n%1000), fmt.Sprintf("%dm", n), fmt.Sprintf("%du", n), fmt.Sprint(n), fmt.Sprintf("%d.%02d", n/100, n%100)} {
			want := quantityOf(t, text)
			if got, err := autoscale.ParseTolerance(text); err != nil || got != want.AsApproximateFloat64() {
				t.Fatalf("%s: %v %v, want %v", text, got, err, want.AsApproximateFloat64())
			}
			if got, err := autoscale.ParseQuantity(text); err != nil || int64(got) != want.MilliValue() {
				t.Fatalf("%s: %v %v, want %v", text, got, err, want.MilliValue())
			}
		}
	}
	for _, text := range []string{"1.5Gi", "128Mi", "0.1Ki", "1e3", "2E2", "12k", "1.0001", "100n", "-5", "-1500u", "+3", ".5", "5.", "9P", "1e-3", "123456789"} {
		want := quantityOf(t, text)
		if got, err := autoscale.ParseQuantity(text); err != nil || int64(got) != want.MilliValue() {
			t.Errorf("%s: %v %v, want %v", text, got, err, want.MilliValue())
		}
	}
	for _, text := range []string{"", "x", "1..2", "1 Mi", "1mi", "Mi", "--1", "1e", "0x10", "1_000"} {
		if got, err := autoscale.ParseQuantity(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
	for range 5000 {
		v := r.Int64N(1 << r.IntN(60))
		want := milli((*autoscale.Quantity)(&v))
		if got := autoscale.Quantity(v).String(); got != want.String() {
			t.Fatalf("%d: %s, want %s", v, got, want)
		}
	}
}

// TestValidation breaks valid specs in random ways: ours refuses what the API
// server refuses, at the same fields.
func TestValidation(t *testing.T) {
	refused := 0
	for seed := range uint64(20000) {
		w := newWorld(seed)
		s := w.cfg.HPA.Defaulted()
		for range w.r.IntN(3) {
			w.breakSpec(&s)
		}
		want := upstreamErrors(t, s)
		var got []string
		for _, e := range s.Validate() {
			got = append(got, "spec."+e.Path)
		}
		slices.Sort(got)
		got = slices.Compact(got)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: refused at\n%v, want\n%v\n%+v", seed, got, want, s)
		}
		if len(want) > 0 {
			refused++
		}
	}
	t.Logf("%d of 20000 refused", refused)
}

// upstreamErrors lists the fields that the API server refuses.
func upstreamErrors(t *testing.T, s autoscale.HPASpec) []string {
	v2 := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Name: target, Namespace: namespace}, Spec: upstreamSpec(s)}
	var internal autoscaling.HorizontalPodAutoscaler
	if err := upstreamdefaults.Convert_v2_HorizontalPodAutoscaler_To_autoscaling_HorizontalPodAutoscaler(v2, &internal, nil); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range validation.ValidateHorizontalPodAutoscaler(&internal, validation.HorizontalPodAutoscalerSpecValidationOptions{MinReplicasLowerBound: 0}) {
		paths = append(paths, e.Field)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// breakSpec puts one wrong value somewhere.
func (w *world) breakSpec(s *autoscale.HPASpec) {
	number := []int32{-1, 0, 1, 1800, 1801, 3600, 3601}[w.r.IntN(7)]
	if s.Behavior != nil && w.chance(0.6) {
		r := s.Behavior.ScaleUp
		if w.chance(0.5) {
			r = s.Behavior.ScaleDown
		}
		r.Policies = slices.Clone(r.Policies)
		p := &autoscale.ScalingPolicy{}
		if len(r.Policies) > 0 {
			p = &r.Policies[w.r.IntN(len(r.Policies))]
		}
		switch w.r.IntN(7) {
		case 0:
			r.StabilizationWindowSeconds = &number
		case 1:
			p.PeriodSeconds = number
		case 2:
			p.Value = number
		case 3:
			p.Type = "Pod"
		case 4:
			r.SelectPolicy = "Least"
		case 5:
			r.Policies = []autoscale.ScalingPolicy{}
		case 6:
			tolerance := float64(number) / 10
			if number == -1 {
				tolerance = 0
			}
			r.Tolerance = &tolerance
		}
		return
	}
	m := &s.Metrics[w.r.IntN(len(s.Metrics))]
	switch w.r.IntN(4) {
	case 0:
		s.MinReplicas = &number
	case 1:
		s.MaxReplicas = number
	case 2:
		m.Type = []string{"", "CPU", autoscale.TypePods, autoscale.TypeResource}[w.r.IntN(4)]
	case 3:
		w.breakMetric(m, number)
	}
}

func (w *world) breakMetric(m *autoscale.MetricSpec, number int32) {
	if m.Resource == nil {
		return
	}
	r := *m.Resource
	m.Resource = &r
	q := autoscale.Quantity(number)
	switch w.r.IntN(5) {
	case 0:
		r.Name = ""
	case 1:
		r.Target.Type = []string{"", "Percent", autoscale.TargetValue}[w.r.IntN(3)]
	case 2:
		r.Target.AverageUtilization = &number
	case 3:
		r.Target.AverageValue = &q
	case 4:
		r.Target.AverageUtilization, r.Target.AverageValue = nil, nil
	}
	m.Resource = &r
}
