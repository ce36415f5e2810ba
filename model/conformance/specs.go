package conformance

import (
	"fmt"
	"slices"

	"example.com/hasim/model/autoscale"
)

// hpaSpec draws a valid spec.
func (w *world) hpaSpec() autoscale.HPASpec {
	s := autoscale.HPASpec{}
	for range [...]int{1, 1, 1, 2, 3}[w.r.IntN(5)] {
		m := w.metric(len(s.Metrics))
		if !slices.ContainsFunc(s.Metrics, func(other autoscale.MetricSpec) bool { return sameSource(&m, &other) }) {
			s.Metrics = append(s.Metrics, m)
		}
	}
	outside := false
	for _, m := range s.Metrics {
		outside = outside || m.Type == autoscale.TypeObject || m.Type == autoscale.TypeExternal
	}
	if w.chance(0.05) && !outside {
		s.Metrics = nil // the default: cpu at 80 %
	}
	w.broken = make([]int, max(1, len(s.Metrics)))
	low := int32(w.r.IntN(4))
	if low == 0 && !(outside && w.cfg.Flags.ScaleToZero) {
		low = 1
	}
	if low != 1 || w.chance(0.5) {
		s.MinReplicas = &low
	}
	s.MaxReplicas = max(1, low) + int32(w.r.IntN([...]int{3, 10, 40}[w.r.IntN(3)]))
	s.Behavior = w.behavior()
	return s
}

// sameSource says that two metrics would have the same reading.
func sameSource(a, b *autoscale.MetricSpec) bool {
	switch {
	case a.Resource != nil && b.Resource != nil:
		return a.Resource.Name == b.Resource.Name
	case a.ContainerResource != nil && b.ContainerResource != nil:
		return a.ContainerResource.Name == b.ContainerResource.Name && a.ContainerResource.Container == b.ContainerResource.Container
	}
	return false
}

// editedSpec changes a part of the spec, or all of it.
func (w *world) editedSpec() autoscale.HPASpec {
	s, fresh := w.cfg.HPA, w.hpaSpec()
	switch w.r.IntN(5) {
	case 0:
		return fresh
	case 1:
		s.Behavior = fresh.Behavior
	case 2, 3:
		lowest := int32(1)
		if s.MinReplicas != nil {
			lowest = *s.MinReplicas
		}
		s.MaxReplicas = max(1, lowest) + int32(w.r.IntN(12))
	case 4:
		low := 1 + int32(w.r.IntN(int(s.MaxReplicas)))
		s.MinReplicas = &low
	}
	w.broken = make([]int, max(1, len(s.Metrics)))
	return s
}

func (w *world) metric(i int) autoscale.MetricSpec {
	resource := autoscale.CPU
	if w.chance(0.3) {
		resource = autoscale.Memory
	}
	quantity := func(q int64) *autoscale.Quantity { v := autoscale.Quantity(q); return &v }
	percent := []int32{50, 70, 80, 100, 120, int32(1 + w.r.IntN(200))}[w.r.IntN(6)]
	onPods := autoscale.MetricTarget{Type: autoscale.TargetUtilization, AverageUtilization: &percent}
	if w.chance(0.3) {
		onPods = autoscale.MetricTarget{Type: autoscale.TargetAverageValue, AverageValue: quantity(int64(w.r.IntN(20)+1) * 50)}
		if resource == autoscale.Memory {
			onPods.AverageValue = quantity(int64(w.r.IntN(8)+1) << 20 * 1000)
		}
	}
	number := autoscale.MetricTarget{Type: autoscale.TargetValue, Value: quantity(int64(w.r.IntN(1000)+1) * 10)}
	if w.chance(0.5) {
		number = autoscale.MetricTarget{Type: autoscale.TargetAverageValue, AverageValue: number.Value}
	}
	name := autoscale.MetricIdentifier{Name: fmt.Sprintf("metric-%d", i)}
	switch w.r.IntN(8) {
	default:
		return autoscale.MetricSpec{Type: autoscale.TypeResource, Resource: &autoscale.ResourceSource{Name: resource, Target: onPods}}
	case 4:
		container := "app"
		if w.chance(0.3) {
			container = "proxy" // may not exist
		}
		return autoscale.MetricSpec{Type: autoscale.TypeContainerResource, ContainerResource: &autoscale.ContainerResourceSource{Name: resource, Container: container, Target: onPods}}
	case 5:
		t := autoscale.MetricTarget{Type: autoscale.TargetAverageValue, AverageValue: quantity(int64(w.r.IntN(1000)+1) * 10)}
		return autoscale.MetricSpec{Type: autoscale.TypePods, Pods: &autoscale.PodsSource{Metric: name, Target: t}}
	case 6:
		return autoscale.MetricSpec{Type: autoscale.TypeObject, Object: &autoscale.ObjectSource{
			DescribedObject: autoscale.ObjectReference{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Name: "door"}, Metric: name, Target: number}}
	case 7:
		return autoscale.MetricSpec{Type: autoscale.TypeExternal, External: &autoscale.ExternalSource{Metric: name, Target: number}}
	}
}

func (w *world) behavior() *autoscale.Behavior {
	switch {
	case w.chance(0.35):
		return nil
	case w.chance(0.2):
		return &autoscale.Behavior{}
	}
	b := &autoscale.Behavior{}
	if w.chance(0.75) {
		b.ScaleUp = w.rules()
	}
	if w.chance(0.75) {
		b.ScaleDown = w.rules()
	}
	return b
}

func (w *world) rules() *autoscale.ScalingRules {
	r := &autoscale.ScalingRules{}
	if w.chance(0.6) {
		window := []int32{0, 15, 30, 45, 60, 120, int32(w.r.IntN(200))}[w.r.IntN(7)]
		r.StabilizationWindowSeconds = &window
	}
	if w.chance(0.6) {
		r.SelectPolicy = []string{autoscale.SelectMax, autoscale.SelectMax, autoscale.SelectMin, autoscale.SelectMin, autoscale.SelectDisabled}[w.r.IntN(5)]
	}
	if w.chance(0.3) {
		tolerance := float64([]int{0, 10, 50, 57, 70, 100, 290, w.r.IntN(500)}[w.r.IntN(8)]) * 1e-3
		r.Tolerance = &tolerance
	}
	if w.chance(0.25) {
		return r
	}
	for range 1 + w.r.IntN(3) {
		p := autoscale.ScalingPolicy{Type: autoscale.PolicyPods, Value: 1 + int32(w.r.IntN(6)), PeriodSeconds: []int32{15, 30, 45, 60, 120, 1 + int32(w.r.IntN(180))}[w.r.IntN(6)]}
		if w.chance(0.5) {
			p.Type, p.Value = autoscale.PolicyPercent, []int32{10, 12, 50, 80, 90, 100, 200, 1 + int32(w.r.IntN(150))}[w.r.IntN(8)]
		}
		r.Policies = append(r.Policies, p)
	}
	return r
}
