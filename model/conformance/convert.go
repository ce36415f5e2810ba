package conformance

import (
	"fmt"
	"time"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/autoscale/casefile"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	namespace = "default"
	target    = "app"
)

var labels = map[string]string{"app": target}

// upstreamSpec is our spec as Kubernetes' type.
func upstreamSpec(s autoscale.HPASpec) autoscalingv2.HorizontalPodAutoscalerSpec {
	out := autoscalingv2.HorizontalPodAutoscalerSpec{
		ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: target},
		MinReplicas:    s.MinReplicas,
		MaxReplicas:    s.MaxReplicas,
	}
	for _, m := range s.Metrics {
		out.Metrics = append(out.Metrics, upstreamMetric(m))
	}
	if s.Behavior != nil {
		out.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{
			ScaleUp:   upstreamRules(s.Behavior.ScaleUp),
			ScaleDown: upstreamRules(s.Behavior.ScaleDown),
		}
	}
	return out
}

func upstreamMetric(m autoscale.MetricSpec) autoscalingv2.MetricSpec {
	out := autoscalingv2.MetricSpec{Type: autoscalingv2.MetricSourceType(m.Type)}
	if r := m.Resource; r != nil {
		out.Resource = &autoscalingv2.ResourceMetricSource{Name: v1.ResourceName(r.Name), Target: upstreamTarget(r.Target)}
	}
	if r := m.ContainerResource; r != nil {
		out.ContainerResource = &autoscalingv2.ContainerResourceMetricSource{Name: v1.ResourceName(r.Name), Container: r.Container, Target: upstreamTarget(r.Target)}
	}
	if p := m.Pods; p != nil {
		out.Pods = &autoscalingv2.PodsMetricSource{Metric: autoscalingv2.MetricIdentifier{Name: p.Metric.Name}, Target: upstreamTarget(p.Target)}
	}
	if o := m.Object; o != nil {
		out.Object = &autoscalingv2.ObjectMetricSource{
			DescribedObject: autoscalingv2.CrossVersionObjectReference{APIVersion: o.DescribedObject.APIVersion, Kind: o.DescribedObject.Kind, Name: o.DescribedObject.Name},
			Metric:          autoscalingv2.MetricIdentifier{Name: o.Metric.Name}, Target: upstreamTarget(o.Target),
		}
	}
	if e := m.External; e != nil {
		out.External = &autoscalingv2.ExternalMetricSource{Metric: autoscalingv2.MetricIdentifier{Name: e.Metric.Name}, Target: upstreamTarget(e.Target)}
	}
	return out
}

func upstreamTarget(t autoscale.MetricTarget) autoscalingv2.MetricTarget {
	return autoscalingv2.MetricTarget{
		Type:  autoscalingv2.MetricTargetType(t.Type),
		Value: milli(t.Value), AverageValue: milli(t.AverageValue), AverageUtilization: t.AverageUtilization,
	}
}

func milli(q *autoscale.Quantity) *resource.Quantity {
	if q == nil {
		return nil
	}
	return resource.NewMilliQuantity(int64(*q), resource.DecimalSI)
}

func upstreamRules(r *autoscale.ScalingRules) *autoscalingv2.HPAScalingRules {
	if r == nil {
		return nil
	}
	out := &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: r.StabilizationWindowSeconds}
	if r.SelectPolicy != "" {
		p := autoscalingv2.ScalingPolicySelect(r.SelectPolicy)
		out.SelectPolicy = &p
	}
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.HPAScalingPolicyType(p.Type), Value: p.Value, PeriodSeconds: p.PeriodSeconds})
	}
	if r.Policies != nil && len(r.Policies) == 0 {
		out.Policies = []autoscalingv2.HPAScalingPolicy{}
	}
	if r.Tolerance != nil {
		q := resource.MustParse(fmt.Sprintf("%dm", int64(*r.Tolerance*1000+0.5)))
		out.Tolerance = &q
	}
	return out
}

var phases = map[autoscale.Phase]v1.PodPhase{
	autoscale.Pending: v1.PodPending, autoscale.Running: v1.PodRunning, autoscale.Succeeded: v1.PodSucceeded,
	autoscale.Failed: v1.PodFailed, autoscale.PhaseUnknown: v1.PodUnknown,
}

// upstreamPod is our pod as Kubernetes' type; epoch is our instant zero.
func upstreamPod(epoch time.Time, p *autoscale.Pod) *v1.Pod {
	pod := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: namespace, Labels: labels},
		Status:     v1.PodStatus{Phase: phases[p.Phase]},
	}
	if p.Deleting {
		now := metav1.NewTime(epoch)
		pod.DeletionTimestamp = &now
	}
	if p.HasStart {
		start := metav1.NewTime(epoch.Add(p.Start))
		pod.Status.StartTime = &start
	}
	if p.Ready != autoscale.NoCondition {
		pod.Status.Conditions = []v1.PodCondition{{Type: v1.PodReady, Status: v1.ConditionStatus(p.Ready.String()), LastTransitionTime: metav1.NewTime(epoch.Add(p.ReadySince))}}
	}
	for _, c := range p.Containers {
		container := v1.Container{Name: c.Name, Resources: v1.ResourceRequirements{Requests: upstreamRequests(c.Requests)}}
		switch {
		case c.Init:
			if c.Sidecar {
				always := v1.ContainerRestartPolicyAlways
				container.RestartPolicy = &always
			}
			pod.Spec.InitContainers = append(pod.Spec.InitContainers, container)
		default:
			pod.Spec.Containers = append(pod.Spec.Containers, container)
		}
	}
	if r := upstreamRequests(p.Requests); len(r) > 0 {
		pod.Spec.Resources = &v1.ResourceRequirements{Requests: r}
	}
	return pod
}

func upstreamRequests(r autoscale.Requests) v1.ResourceList {
	list := v1.ResourceList{}
	if r.HasCPU {
		list[v1.ResourceCPU] = *resource.NewMilliQuantity(r.CPU, resource.DecimalSI)
	}
	if r.HasMemory {
		list[v1.ResourceMemory] = *resource.NewMilliQuantity(r.Memory, resource.DecimalSI)
	}
	return list
}

// statusLines is an answer's status as casefile.Answer writes ours.
func statusLines(epoch time.Time, st *autoscalingv2.HorizontalPodAutoscalerStatus, scale int32) []string {
	lines := []string{casefile.Replicas(st.CurrentReplicas, st.DesiredReplicas, scale)}
	if st.LastScaleTime != nil {
		lines = append(lines, "scaled "+st.LastScaleTime.Sub(epoch).String())
	}
	for i := range st.CurrentMetrics {
		lines = append(lines, casefile.MetricLine(metricStatus(&st.CurrentMetrics[i])))
	}
	for _, c := range st.Conditions {
		lines = append(lines, casefile.ConditionLine(string(c.Type), string(c.Status), c.Reason, c.LastTransitionTime.Sub(epoch)))
	}
	return lines
}

func metricStatus(m *autoscalingv2.MetricStatus) autoscale.MetricStatus {
	out := autoscale.MetricStatus{Type: string(m.Type)}
	var v autoscalingv2.MetricValueStatus
	switch {
	case m.Resource != nil:
		out.Name, v = string(m.Resource.Name), m.Resource.Current
	case m.ContainerResource != nil:
		out.Name, out.Container, v = string(m.ContainerResource.Name), m.ContainerResource.Container, m.ContainerResource.Current
	case m.Pods != nil:
		out.Name, v = m.Pods.Metric.Name, m.Pods.Current
	case m.Object != nil:
		out.Name, v = m.Object.Metric.Name, m.Object.Current
	case m.External != nil:
		out.Name, v = m.External.Metric.Name, m.External.Current
	}
	if v.AverageUtilization != nil {
		out.HasUtilization, out.Utilization = true, *v.AverageUtilization
	}
	if v.AverageValue != nil {
		out.HasAverage, out.AverageValue = true, v.AverageValue.MilliValue()
	}
	if v.Value != nil {
		out.HasValue, out.Value = true, v.Value.MilliValue()
	}
	return out
}
