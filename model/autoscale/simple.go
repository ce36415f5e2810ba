package autoscale

import (
	"fmt"
	"time"
)

// defaultPeriod is how often the simple policies look, as often as the HPA.
const defaultPeriod = 15 * time.Second

func orDefault(d time.Duration) time.Duration {
	if d == 0 {
		return defaultPeriod
	}
	return d
}

// step adds a line to the explanation.
func (d *Decision) step(format string, args ...any) {
	d.Steps = append(d.Steps, fmt.Sprintf(format, args...))
}

// settle ends a sync of a simple policy: the result, its event, the status.
func (d *Decision) settle(o *Observation, s *State, replicas int32, reason string) {
	d.From, d.Replicas, d.Winner = o.SpecReplicas, replicas, -1
	d.Rescale = replicas != d.From
	d.Message = reason
	s.CurrentReplicas, s.DesiredReplicas = d.From, replicas
	s.CurrentMetrics = append(s.CurrentMetrics[:0], d.CurrentMetrics...)
	if d.Rescale {
		d.Reason = reason
		d.Events = append(d.Events, Event{EventNormal, SuccessfulRescale, fmt.Sprintf("New size: %d; reason: %s", replicas, reason)})
		s.Scaled, s.LastScale = true, d.At
	}
	d.Conditions = append([]Condition(nil), s.Conditions...)
}

// load is what the pods or an object report for one metric, in the unit of
// its target: percent for Utilization, else milli-units.
type load struct {
	value  int64
	target int64 // of the metric's target, 0 if it has none
	pods   int   // pods whose samples were averaged
	status MetricStatus
	err    string
}

// observe averages a metric over the pods that count says to count. Simple
// policies do not know pods that are missing or unready: they take what is
// there, which is the mistake that the HPA's second pass avoids.
func observe(o *Observation, m *MetricSpec, r Reading, count func(*Pod) bool) load {
	l := load{err: r.Err, status: MetricStatus{Type: m.Type, Name: m.subject()}}
	t := m.target()
	if l.err != "" {
		return l
	}
	if m.Type == TypeObject || m.Type == TypeExternal {
		l.value, l.status.HasValue, l.status.Value = r.Value, true, r.Value
		if t.AverageValue != nil && t.Value == nil {
			l.value = r.Value / int64(max(1, o.StatusReplicas))
			l.status = MetricStatus{Type: m.Type, Name: m.subject(), HasAverage: true, AverageValue: l.value}
			l.target = int64(*t.AverageValue)
		} else if t.Value != nil {
			l.target = int64(*t.Value)
		}
		return l
	}
	var usage, request int64
	for i := range o.Pods {
		if i >= len(r.Samples) || !r.Samples[i].OK || !count(&o.Pods[i]) {
			continue
		}
		usage += r.Samples[i].Value
		milli, err := podRequest(m.resource(), m.container(), &o.Pods[i])
		if err != "" && t.AverageValue == nil {
			l.err = err
			return l
		}
		request += milli
		l.pods++
	}
	l.finish(t, usage, request)
	return l
}

// finish turns the sums into the unit of the target.
func (l *load) finish(t *MetricTarget, usage, request int64) {
	if l.pods == 0 {
		l.err = errNoneUsable
		return
	}
	l.status.HasAverage, l.status.AverageValue = true, usage/int64(l.pods)
	l.value = l.status.AverageValue
	if t.AverageValue != nil {
		l.target = int64(*t.AverageValue)
		return
	}
	if request == 0 {
		l.err = errNoneMatched
		return
	}
	l.value = usage * 100 / request
	l.status.HasUtilization, l.status.Utilization = true, clampInt32(float64(l.value))
	if t.AverageUtilization != nil {
		l.target = int64(*t.AverageUtilization)
	}
}

// unit formats a value of a metric: percent for utilization, else a quantity.
func (m *MetricSpec) unit(v int64) string {
	if m.perRequest() {
		return fmt.Sprintf("%d%%", v)
	}
	return m.quantity(v)
}

// settleWithin settles on n replicas within the decision's bounds and notes
// when it grew or shrank, for the cooldowns.
func (d *Decision) settleWithin(o *Observation, s *State, n int32, reason string) {
	if bounded := min(max(n, d.Min), d.Max); bounded != n {
		d.step("%d is outside %d..%d: %d.", n, d.Min, d.Max, bounded)
		reason = fmt.Sprintf("%s, kept within %d..%d", reason, d.Min, d.Max)
		n = bounded
	}
	d.settle(o, s, n, reason)
	switch {
	case n > o.SpecReplicas:
		s.LastUp, s.HasScaledUp = d.At, true
	case n < o.SpecReplicas:
		s.LastDown, s.HasShrunk = d.At, true
	}
}
