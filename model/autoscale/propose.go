package autoscale

import (
	"fmt"
	"math"
	"time"
)

// Reason words of metrics that failed (1.4), by type.
var failureReasons = map[string]string{
	TypeResource:          "FailedGetResourceMetric",
	TypeContainerResource: "FailedGetContainerResourceMetric",
	TypePods:              "FailedGetPodsMetric",
	TypeObject:            "FailedGetObjectMetric",
	TypeExternal:          "FailedGetExternalMetric",
}

// namespace is where all services of a simulation live, for upstream's texts.
const namespace = "default"

// propose asks every metric and takes the highest answer (M2..M6). It reports
// whether there is a usable one; a broken metric blocks the way down, never
// the way up.
func (h *hpa) propose(now time.Duration, o *Observation, s *State, d *Decision) bool {
	d.Proposals = make([]Proposal, len(h.spec.Metrics))
	d.CurrentMetrics = make([]MetricStatus, len(h.spec.Metrics))
	bad, first := 0, -1
	for i := range h.spec.Metrics {
		p := &d.Proposals[i]
		var r Reading
		if i < len(o.Metrics) {
			r = o.Metrics[i]
		}
		status, prefix := h.proposeOne(now, o, &h.spec.Metrics[i], r, p)
		if p.Err != "" {
			p.Reason = failureReasons[p.Type]
			d.Events = append(d.Events, Event{EventWarning, p.Reason, p.Err})
			if bad == 0 {
				first = i
				d.Err = prefix + p.Err
			}
			bad++
			continue
		}
		d.CurrentMetrics[i] = status
		if d.Winner < 0 || d.Proposed == 0 || p.Replicas > d.Proposed {
			d.Winner, d.Proposed = i, p.Replicas
		}
	}
	if bad > 0 {
		d.Err = fmt.Sprintf("invalid metrics (%d invalid out of %d), first error is: %s", bad, len(h.spec.Metrics), d.Err)
	}
	if bad == len(h.spec.Metrics) || bad > 0 && d.Proposed < d.From {
		s.setCondition(now, ScalingActive, False, d.Proposals[first].Reason, "no replica count could be computed: "+d.Proposals[first].Err)
		return false
	}
	s.setCondition(now, ScalingActive, True, ValidMetricFound, fmt.Sprintf("%s asks for %s", d.Proposals[d.Winner].Name, counted(int(d.Proposed))))
	return true
}

// proposeOne computes one metric. prefix goes before its error in the error
// of the whole sync.
func (h *hpa) proposeOne(now time.Duration, o *Observation, m *MetricSpec, r Reading, p *Proposal) (status MetricStatus, prefix string) {
	p.Type = m.Type
	switch m.Type {
	case TypeResource:
		src := m.Resource
		return h.proposeResource(now, o, src.Name, "", &src.Target, r, p), "failed to get " + src.Name + " resource metric value: "
	case TypeContainerResource:
		src := m.ContainerResource
		return h.proposeResource(now, o, src.Name, src.Container, &src.Target, r, p), "failed to get " + src.Container + " container metric value: "
	case TypePods:
		return h.proposePods(now, o, m.Pods, r, p), "failed to get pods metric value: "
	case TypeObject:
		prefix = "failed to get object metric value: "
		if m.Object.Target.Type == TargetAverageValue {
			prefix += "failed to get " + m.Object.Metric.Name + " object metric: "
		}
		return h.proposeObject(o, m.Object, r, p), prefix
	}
	name := m.External.Metric.Name
	prefix = "failed to get " + name + " external metric value: failed to get external metric " + name + ": "
	if m.External.Target.AverageValue != nil {
		prefix = "failed to get " + name + " external metric value: failed to get " + name + " external metric: "
	}
	return h.proposeExternal(o, m.External, r, p), prefix
}

// proposeResource answers Resource and, with a container, ContainerResource.
func (h *hpa) proposeResource(now time.Duration, o *Observation, name, container string, t *MetricTarget, r Reading, p *Proposal) MetricStatus {
	q := podQuery{resource: name, container: container, tol: h.tol, current: o.SpecReplicas}
	p.Subject, p.Name = name, name+" resource"
	what := "usage"
	if container != "" && t.AverageValue == nil {
		p.Name = name + " container resource"
	}
	if t.AverageValue != nil { // upstream looks at the field, not at target.type
		q.form, q.target = FormPodsAverage, int64(*t.AverageValue)
	} else {
		q.form, q.target = FormUtilization, int64(*t.AverageUtilization)
		p.Name += " utilization (percentage of request)"
		what = "utilization"
	}
	err := r.errOrEmpty("no metrics returned from resource metrics API")
	if err != "" {
		err = "unable to get metrics for resource " + name + ": " + err
	} else {
		p.Calc, err = calcPods(now, &h.flags, q, o.Pods, r.Samples)
	}
	if err != "" {
		p.Err = "failed to get " + name + " " + what + ": " + err
		return MetricStatus{}
	}
	p.Replicas = p.Calc.Replicas
	st := MetricStatus{Type: p.Type, Name: name, Container: container, HasAverage: true, AverageValue: p.Calc.First.Average}
	if q.form == FormUtilization {
		st.HasUtilization, st.Utilization = true, p.Calc.First.Utilization
	}
	return st
}

func (h *hpa) proposePods(now time.Duration, o *Observation, src *PodsSource, r Reading, p *Proposal) MetricStatus {
	p.Subject, p.Name = src.Metric.Name, "pods metric "+src.Metric.Name
	q := podQuery{form: FormPodsAverage, target: int64(*src.Target.AverageValue), tol: h.tol, current: o.SpecReplicas}
	err := r.errOrEmpty("no metrics returned from custom metrics API")
	if err != "" {
		err = "unable to get metric " + src.Metric.Name + ": " + err
	} else {
		p.Calc, err = calcPods(now, &h.flags, q, o.Pods, r.Samples)
	}
	if err != "" {
		p.Err = err
		return MetricStatus{}
	}
	p.Replicas = p.Calc.Replicas
	return MetricStatus{Type: p.Type, Name: src.Metric.Name, HasAverage: true, AverageValue: p.Calc.First.Average}
}

func (h *hpa) proposeObject(o *Observation, src *ObjectSource, r Reading, p *Proposal) MetricStatus {
	p.Subject, p.Name = src.Metric.Name, src.DescribedObject.Kind+" metric "+src.Metric.Name
	if src.Target.Type == TargetAverageValue {
		p.Name = "external metric " + src.Metric.Name + "(nil)" // as upstream calls it
	}
	if r.Err != "" {
		p.Err = "unable to get metric " + src.Metric.Name + " on " + src.DescribedObject.Kind + " " + namespace + "/" + src.DescribedObject.Name + ": " + r.Err
		return MetricStatus{}
	}
	byAverage := src.Target.Type == TargetAverageValue
	return h.proposeNumber(o, &src.Target, byAverage, r.Value, p)
}

func (h *hpa) proposeExternal(o *Observation, src *ExternalSource, r Reading, p *Proposal) MetricStatus {
	p.Subject, p.Name = src.Metric.Name, "external metric "+src.Metric.Name+"(nil)"
	if r.Err != "" {
		p.Err = "unable to get external metric " + namespace + "/" + src.Metric.Name + "/nil: " + r.Err
		return MetricStatus{}
	}
	return h.proposeNumber(o, &src.Target, src.Target.AverageValue != nil, r.Value, p)
}

// proposeNumber is O1 or O2.
func (h *hpa) proposeNumber(o *Observation, t *MetricTarget, byAverage bool, value int64, p *Proposal) MetricStatus {
	st := MetricStatus{Type: p.Type, Name: p.Subject}
	if byAverage {
		p.Calc = calcAverageValue(o, value, int64(*t.AverageValue), h.tol)
		if m := &p.Calc.First; p.Type == TypeExternal && float64(value) >= math.MaxInt64 {
			m.Average = math.MaxInt64 // External caps, Object does not
		}
		p.Replicas = p.Calc.Replicas
		st.HasAverage, st.AverageValue = true, p.Calc.First.Average
		return st
	}
	p.Calc, p.Err = calcValue(o, value, int64(*t.Value), h.tol)
	if p.Err != "" {
		return MetricStatus{}
	}
	p.Replicas = p.Calc.Replicas
	st.HasValue, st.Value = true, value
	return st
}

// errOrEmpty is the API's error; an answer without a single sample is one.
func (r *Reading) errOrEmpty(empty string) string {
	if r.Err == "" && countSamples(r.Samples) == 0 {
		return empty
	}
	return r.Err
}
