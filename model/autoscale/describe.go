package autoscale

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// unknownValue is what kubectl prints where a metric has no value.
const unknownValue = "<unknown>"

// listedTargets is how many metrics kubectl get hpa shows.
const listedTargets = 2

// Targets is the column TARGETS of kubectl get hpa: "cpu: 143%/70%".
func Targets(p Policy, s *State) string {
	var list []string
	for i, m := range p.Metrics() {
		var st MetricStatus
		if i < len(s.CurrentMetrics) {
			st = s.CurrentMetrics[i]
		}
		list = append(list, m.targetText(&st))
	}
	if len(list) == 0 {
		return unknownValue
	}
	if n := len(list) - listedTargets; n > 0 {
		return fmt.Sprintf("%s + %d more...", strings.Join(list[:listedTargets], ", "), n)
	}
	return strings.Join(list, ", ")
}

// targetText is one metric in the column TARGETS.
func (m *MetricSpec) targetText(st *MetricStatus) string {
	t := m.target()
	switch {
	case m.perRequest():
		goal := "<auto>"
		if t.AverageUtilization != nil {
			goal = fmt.Sprintf("%d%%", *t.AverageUtilization)
		}
		return fmt.Sprintf("%s: %s/%s", m.subject(), m.current(st), goal)
	case m.resource() != "":
		return fmt.Sprintf("%s: %s/%s", m.subject(), m.current(st), m.goal())
	case m.Pods == nil && t.AverageValue != nil:
		return fmt.Sprintf("%s/%s (avg)", m.current(st), m.goal())
	}
	return fmt.Sprintf("%s/%s", m.current(st), m.goal())
}

// current is the value of a metric as kubectl prints it.
func (m *MetricSpec) current(st *MetricStatus) string {
	switch {
	case m.perRequest() && st.HasUtilization:
		return fmt.Sprintf("%d%%", st.Utilization)
	case m.perRequest():
		return unknownValue
	case st.HasAverage && st.AverageValue != notANumber:
		return m.quantity(st.AverageValue)
	case st.HasValue:
		return m.quantity(st.Value)
	}
	return unknownValue
}

// goal is the target's value of a metric that is not a percentage.
func (m *MetricSpec) goal() string {
	t := m.target()
	switch {
	case t.AverageValue != nil:
		return m.quantity(int64(*t.AverageValue))
	case t.Value != nil:
		return m.quantity(int64(*t.Value))
	}
	return unknownValue
}

// EventAt is an event and when it happened, for Describe.
type EventAt struct {
	At time.Duration
	Event
}

// Describe lays out an autoscaler as kubectl describe hpa does: name is that
// of the service, now the present instant, events the latest ones in order of
// time. Conditions' messages are ours.
func Describe(name string, now time.Duration, p Policy, s *State, events []EventAt) []string {
	lo, hi := p.Bounds()
	var t table
	t.row("Name:", name)
	t.row("Reference:", "Deployment/"+name)
	h, isHPA := p.(*hpa)
	if isHPA {
		t.row("Metrics:", "( current / target )")
		for i := range h.spec.Metrics {
			var st MetricStatus
			if i < len(s.CurrentMetrics) {
				st = s.CurrentMetrics[i]
			}
			t.row(h.spec.Metrics[i].describe(&st)...)
		}
	} else {
		t.row("Policy:", p.Kind())
	}
	t.row("Min replicas:", fmt.Sprint(lo))
	t.row("Max replicas:", fmt.Sprint(hi))
	if isHPA && h.spec.Behavior != nil {
		t.row("Behavior:")
		h.spec.Behavior.ScaleUp.describe(&t, "Scale Up")
		h.spec.Behavior.ScaleDown.describe(&t, "Scale Down")
	}
	t.row("Deployment pods:", fmt.Sprintf("%d current / %d desired", s.CurrentReplicas, s.DesiredReplicas))
	describeConditions(&t, s)
	describeEvents(&t, now, events)
	return t.lines()
}

// describe is a metric's line in Describe.
func (m *MetricSpec) describe(st *MetricStatus) []string {
	t := m.target()
	value := m.current(st)
	if m.perRequest() && st.HasUtilization {
		value = fmt.Sprintf("%d%% (%s)", st.Utilization, m.quantity(st.AverageValue))
	}
	goal := m.goal()
	if m.perRequest() {
		goal = "<auto>"
		if t.AverageUtilization != nil {
			goal = fmt.Sprintf("%d%%", *t.AverageUtilization)
		}
	}
	var label string
	switch {
	case m.Resource != nil:
		label = fmt.Sprintf("resource %s on pods", m.Resource.Name)
	case m.ContainerResource != nil:
		label = fmt.Sprintf("resource %s of container %q on pods", m.ContainerResource.Name, m.ContainerResource.Container)
	case m.Pods != nil:
		label = fmt.Sprintf("%q on pods", m.Pods.Metric.Name)
	case m.Object != nil:
		label = fmt.Sprintf("%q on %s/%s", m.Object.Metric.Name, m.Object.DescribedObject.Kind, m.Object.DescribedObject.Name)
	case m.External != nil:
		label = fmt.Sprintf("%q", m.External.Metric.Name)
	}
	switch {
	case m.perRequest():
		label += "  (as a percentage of request)"
	case (m.Object != nil || m.External != nil) && t.AverageValue != nil:
		label += " (target average value)"
	case m.Object != nil || m.External != nil:
		label += " (target value)"
	}
	return []string{"  " + label + ":", value + " / " + goal}
}

// describe is one direction of the block Behavior. As in kubectl, a tolerance
// is not printed.
func (r *ScalingRules) describe(t *table, direction string) {
	t.row("  " + direction + ":")
	if w := r.StabilizationWindowSeconds; w != nil {
		t.row(fmt.Sprintf("    Stabilization Window: %d seconds", *w))
	}
	t.row("    Select Policy: " + r.SelectPolicy)
	t.row("    Policies:")
	for _, p := range r.Policies {
		t.row("      - Type: "+p.Type, fmt.Sprintf("Value: %d", p.Value), fmt.Sprintf("Period: %d seconds", p.PeriodSeconds))
	}
}

func describeConditions(t *table, s *State) {
	if len(s.Conditions) == 0 {
		return
	}
	t.row("Conditions:")
	t.row("  Type", "Status", "Reason", "Message")
	t.row("  ----", "------", "------", "-------")
	for _, c := range s.Conditions {
		t.row("  "+c.Type, c.Status.String(), c.Reason, c.Message)
	}
}

func describeEvents(t *table, now time.Duration, events []EventAt) {
	if len(events) == 0 {
		t.row("Events:", "<none>")
		return
	}
	t.row("Events:")
	t.row("  Type", "Reason", "Age", "From", "Message")
	t.row("  ----", "------", "----", "----", "-------")
	for _, e := range events {
		t.row("  "+e.Type, e.Reason, span((now - e.At).Truncate(time.Second)), "horizontal-pod-autoscaler", e.Message)
	}
}

// table aligns columns with kubectl's settings of the tabwriter.
type table struct{ text strings.Builder }

func (t *table) row(cells ...string) {
	t.text.WriteString(strings.Join(cells, "\t"))
	t.text.WriteByte('\n')
}

func (t *table) lines() []string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	_, _ = w.Write([]byte(t.text.String())) // a Builder takes everything
	_ = w.Flush()
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}
