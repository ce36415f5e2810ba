package conformance

import (
	"time"

	"example.com/hasim/model/autoscale"
)

// observe builds what the API and the metrics pipeline say now.
func (w *world) observe(now time.Duration) {
	o := autoscale.Observation{SpecReplicas: w.spec}
	for i := range w.pods {
		o.Pods = append(o.Pods, w.pods[i].pod)
		if !w.pods[i].pod.Deleting && w.pods[i].pod.Phase != autoscale.Failed && w.pods[i].pod.Phase != autoscale.Succeeded {
			o.StatusReplicas++
		}
	}
	if w.chance(w.chaos / 3) {
		o.StatusReplicas = int32(w.r.IntN(5))
	}
	spec := w.cfg.HPA.Defaulted()
	for i := range spec.Metrics {
		o.Metrics = append(o.Metrics, w.reading(now, i, &spec.Metrics[i], o.Pods))
	}
	w.seen = o
}

func (w *world) reading(now time.Duration, i int, m *autoscale.MetricSpec, pods []autoscale.Pod) autoscale.Reading {
	if w.broken[i] > 0 {
		w.broken[i]--
		return autoscale.Reading{Err: "the metrics API does not answer"}
	}
	if w.chance(0.01 + w.chaos/6) {
		w.broken[i] = w.r.IntN(4)
		return autoscale.Reading{Err: "the metrics API does not answer"}
	}
	switch m.Type {
	case autoscale.TypeObject:
		return autoscale.Reading{Value: w.number(m.Object.Target)}
	case autoscale.TypeExternal:
		return autoscale.Reading{Value: w.number(m.External.Target)}
	case autoscale.TypePods:
		return w.samples(now, pods, func(int) float64 { return float64(*m.Pods.Target.AverageValue) })
	case autoscale.TypeContainerResource:
		src := m.ContainerResource
		return w.samples(now, pods, w.full(src.Name, src.Container, src.Target))
	}
	return w.samples(now, pods, w.full(m.Resource.Name, "", m.Resource.Target))
}

// number is the value of an object or external metric for the present load.
func (w *world) number(t autoscale.MetricTarget) int64 {
	if t.AverageValue != nil {
		return int64(w.load * float64(*t.AverageValue))
	}
	if w.spec == 0 {
		return int64(w.load * float64(*t.Value))
	}
	return int64(w.load * float64(*t.Value) / float64(w.spec))
}

// full says what a pod uses when it carries one pod's worth of the target.
func (w *world) full(resource, container string, t autoscale.MetricTarget) func(int) float64 {
	if t.AverageValue != nil {
		return func(int) float64 { return float64(*t.AverageValue) }
	}
	var request int64
	for _, c := range w.shape {
		if c.Init && !c.Sidecar || container != "" && c.Name != container {
			continue
		}
		if resource == autoscale.CPU {
			request += c.Requests.CPU
		} else {
			request += c.Requests.Memory
		}
	}
	if container == "" && resource == autoscale.CPU && w.podRequests.HasCPU {
		request = w.podRequests.CPU
	}
	return func(int) float64 { return float64(request) * float64(*t.AverageUtilization) / 100 }
}

// samples shares the load among the running pods.
func (w *world) samples(now time.Duration, pods []autoscale.Pod, full func(int) float64) autoscale.Reading {
	var r autoscale.Reading
	carrying := 0
	for i := range pods {
		if pods[i].Phase == autoscale.Running && !pods[i].Deleting {
			carrying++
		}
	}
	share := w.load / float64(max(1, carrying))
	window := []time.Duration{15 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute}[w.r.IntN(4)]
	at := now.Truncate(time.Second) - w.seconds(0, 15)
	for i := range pods {
		use := share
		if !w.even {
			use *= 0.5 + w.r.Float64()
		}
		s := autoscale.Sample{OK: now >= w.pods[i].sampled, Value: int64(use * full(i)), At: at, Window: window}
		if w.chance(w.chaos / 4) {
			s.OK = false
		}
		if pods[i].Phase != autoscale.Running && w.chance(0.8) {
			s.OK = false
		}
		if !s.OK {
			s = autoscale.Sample{}
		}
		r.Samples = append(r.Samples, s)
	}
	if w.chance(w.chaos / 8) { // the pipeline still knows a pod that the selector does not
		r.Samples = append(r.Samples, autoscale.Sample{OK: true, Value: int64(share * full(0)), At: at, Window: window})
	}
	return r
}
