package autoscale

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Bounds that the API server fixes (pkg/apis/autoscaling/validation).
const (
	maxPeriodSeconds              = 1800
	maxStabilizationWindowSeconds = 3600
)

// Validate reports what the API server of 1.37 would refuse, and metrics that
// do not exist. known lists the names that Pods, Object and External metrics
// may have; none means that any name will do. Several errors may have the
// same path. A cpu target without a request is not an error: Kubernetes takes
// it, and the autoscaler stays inactive.
func (s HPASpec) Validate(known ...string) []FieldError {
	var errs []FieldError
	add := func(path, help, format string, args ...any) {
		errs = append(errs, FieldError{path, fmt.Sprintf(format, args...), help})
	}
	if s.MinReplicas != nil && *s.MinReplicas < 0 {
		add("minReplicas", "", "must be greater than or equal to 0, is %d", *s.MinReplicas)
	}
	switch {
	case s.MaxReplicas == 0:
		add("maxReplicas", "write the largest number of replicas that you can pay for", "must be set and greater than 0")
	case s.MaxReplicas < 0:
		add("maxReplicas", "", "must be greater than or equal to 1, is %d", s.MaxReplicas)
	case s.MinReplicas != nil && s.MaxReplicas < *s.MinReplicas:
		add("maxReplicas", "raise maxReplicas or lower minReplicas", "must be greater than or equal to `minReplicas` (%d), is %d", *s.MinReplicas, s.MaxReplicas)
	}
	outside := false
	for i := range s.Metrics {
		m := &s.Metrics[i]
		errs = append(errs, m.validate(fmt.Sprintf("metrics[%d]", i), known)...)
		outside = outside || m.Type == TypeObject || m.Type == TypeExternal
	}
	if s.MinReplicas != nil && *s.MinReplicas == 0 && !outside { // Z1
		add("metrics", "cpu and memory of no replica say nothing; add an Object or External metric, or set minReplicas to 1", "must specify at least one Object or External metric to support scaling to zero replicas")
	}
	if s.Behavior != nil {
		errs = append(errs, s.Behavior.ScaleUp.validate("behavior.scaleUp")...)
		errs = append(errs, s.Behavior.ScaleDown.validate("behavior.scaleDown")...)
	}
	return errs
}

var metricTypes = []string{TypeResource, TypeContainerResource, TypePods, TypeObject, TypeExternal}

// sources lists the keys of the sources that are present, in the order in
// which the API server looks at them.
func (m *MetricSpec) sources() []string {
	var present []string
	for _, c := range []struct {
		key string
		has bool
	}{
		{"object", m.Object != nil}, {"external", m.External != nil}, {"pods", m.Pods != nil},
		{"resource", m.Resource != nil}, {"containerResource", m.ContainerResource != nil},
	} {
		if c.has {
			present = append(present, c.key)
		}
	}
	return present
}

// validate reports what is wrong with one metric and its target.
func (m *MetricSpec) validate(path string, known []string) []FieldError {
	errs := m.validateSource(path, known)
	if present := m.sources(); len(present) > 0 {
		errs = append(errs, m.validateTarget(path+"."+present[0]+".target", present[0])...)
	}
	return errs
}

// validateSource reports a wrong type and wrong names.
func (m *MetricSpec) validateSource(path string, known []string) []FieldError {
	var errs []FieldError
	present, key := m.sources(), lowerFirst(m.Type)
	switch {
	case m.Type == "":
		errs = append(errs, FieldError{path + ".type", "must specify a metric source type", "write one of " + strings.Join(metricTypes, ", ")})
	case !slices.Contains(metricTypes, m.Type):
		errs = append(errs, FieldError{path + ".type", fmt.Sprintf("unknown metric source type %q", m.Type), "write one of " + strings.Join(metricTypes, ", ")})
	case !slices.Contains(present, key):
		errs = append(errs, FieldError{path + "." + key, "must populate information for the given metric source", "type " + m.Type + " needs the key " + key})
	}
	for _, other := range present {
		if other != key && len(present) > 1 {
			errs = append(errs, FieldError{path + "." + other, "must populate the given metric source only", "the type is " + m.Type})
		}
	}
	if len(present) > 0 {
		errs = append(errs, m.validateNames(path+"."+present[0], present[0], known)...)
	}
	return errs
}

func (m *MetricSpec) validateNames(path, key string, known []string) []FieldError {
	var errs []FieldError
	add := func(field, msg, help string) { errs = append(errs, FieldError{path + "." + field, msg, help}) }
	resource := func(name string) {
		if name == "" {
			add("name", "must specify a resource name", "write cpu or memory")
		} else if name != CPU && name != Memory {
			add("name", fmt.Sprintf("unknown resource %q", name), "the metrics pipeline measures cpu and memory")
		}
	}
	custom := func(name string) {
		if name == "" {
			add("metric.name", "must specify a metric name", "")
		} else if len(known) > 0 && !slices.Contains(known, name) {
			add("metric.name", fmt.Sprintf("unknown metric %q", name), "known are "+strings.Join(known, ", "))
		}
	}
	switch key {
	case "resource":
		resource(m.Resource.Name)
	case "containerResource":
		resource(m.ContainerResource.Name)
		if m.ContainerResource.Container == "" {
			add("container", "must specify a container", "")
		}
	case "pods":
		custom(m.Pods.Metric.Name)
	case "object":
		custom(m.Object.Metric.Name)
	case "external":
		custom(m.External.Metric.Name)
	}
	return errs
}

// validateTarget reports targets of the wrong kind for the metric's type.
func (m *MetricSpec) validateTarget(path, key string) []FieldError {
	var errs []FieldError
	add := func(field, msg, help string) { errs = append(errs, FieldError{path + "." + field, msg, help}) }
	t := m.target()
	switch t.Type {
	case TargetUtilization, TargetValue, TargetAverageValue:
	case "":
		add("type", "must specify a metric target type", "write Utilization, Value or AverageValue")
	default:
		add("type", fmt.Sprintf("must be either Utilization, Value, or AverageValue, is %q", t.Type), "")
	}
	if t.Value != nil && *t.Value <= 0 {
		add("value", "must be positive, is "+t.Value.String(), "")
	}
	if t.AverageValue != nil && *t.AverageValue <= 0 {
		add("averageValue", "must be positive, is "+t.AverageValue.String(), "")
	}
	if t.AverageUtilization != nil && *t.AverageUtilization < 1 {
		add("averageUtilization", fmt.Sprintf("must be greater than 0, is %d", *t.AverageUtilization), "it is a percentage of the request")
	}
	switch key {
	case "resource", "containerResource":
		if t.AverageUtilization == nil && t.AverageValue == nil {
			add("averageUtilization", "must set either a target raw value or a target utilization", "write averageUtilization: 70")
		} else if t.AverageUtilization != nil && t.AverageValue != nil {
			add("averageValue", "may not set both a target raw value and a target utilization", "")
		}
	case "pods":
		if t.AverageValue == nil {
			add("averageValue", "must specify a positive target averageValue", "")
		}
	case "object":
		errs = append(errs, validateObjectTarget(path, t)...)
	case "external":
		if t.Value == nil && t.AverageValue == nil {
			add("averageValue", "must set either a target value for metric or a per-pod target", "")
		} else if t.Value != nil && t.AverageValue != nil {
			add("value", "may not set both a target value for metric and a per-pod target", "")
		}
	}
	return errs
}

// validateObjectTarget: for an Object metric the controller reads only the
// field that target.type names. The API server lets the two disagree, and the
// metric then fails at every sync; that is refused here.
func validateObjectTarget(path string, t *MetricTarget) []FieldError {
	switch {
	case t.Value == nil && t.AverageValue == nil:
		return []FieldError{{path + ".averageValue", "must set either a target value or averageValue", ""}}
	case t.Type == TargetValue && t.Value == nil:
		return []FieldError{{path + ".value", "must be set for a target of type Value", ""}}
	case t.Type == TargetAverageValue && t.AverageValue == nil:
		return []FieldError{{path + ".averageValue", "must be set for a target of type AverageValue", ""}}
	case t.Type == TargetUtilization:
		return []FieldError{{path + ".type", "must be Value or AverageValue for an Object metric, is Utilization", ""}}
	}
	return nil
}

func (r *ScalingRules) validate(path string) []FieldError {
	if r == nil {
		return nil
	}
	var errs []FieldError
	add := func(field, help, format string, args ...any) {
		errs = append(errs, FieldError{path + "." + field, fmt.Sprintf(format, args...), help})
	}
	if w := r.StabilizationWindowSeconds; w != nil && *w < 0 {
		add("stabilizationWindowSeconds", "", "must be greater than or equal to zero, is %d", *w)
	} else if w != nil && *w > maxStabilizationWindowSeconds {
		add("stabilizationWindowSeconds", "", "must be less than or equal to %d, is %d", maxStabilizationWindowSeconds, *w)
	}
	switch r.SelectPolicy {
	case "", SelectMax, SelectMin, SelectDisabled:
	default:
		add("selectPolicy", "write Max, Min or Disabled", "unknown policy selector %q", r.SelectPolicy)
	}
	if r.Policies != nil && len(r.Policies) == 0 {
		add("policies", "leave the key out for the default policies", "must specify at least one Policy")
	}
	for i, p := range r.Policies {
		at := fmt.Sprintf("policies[%d].", i)
		if p.Type != PolicyPods && p.Type != PolicyPercent {
			add(at+"type", "write Pods or Percent", "unknown policy type %q", p.Type)
		}
		if p.Value <= 0 {
			add(at+"value", "selectPolicy: Disabled forbids a direction", "must be greater than zero, is %d", p.Value)
		}
		if p.PeriodSeconds <= 0 {
			add(at+"periodSeconds", "", "must be greater than zero, is %d", p.PeriodSeconds)
		} else if p.PeriodSeconds > maxPeriodSeconds {
			add(at+"periodSeconds", "", "must be less than or equal to %d, is %d", maxPeriodSeconds, p.PeriodSeconds)
		}
	}
	if t := r.Tolerance; t != nil && !(*t >= 0 && *t <= math.MaxFloat64) {
		add("tolerance", "", "must be greater than or equal to 0, is %v", *t)
	}
	return errs
}

// validate reports flags that kube-controller-manager could not run with.
func (f Flags) validate() []FieldError {
	var errs []FieldError
	if f.SyncPeriod <= 0 {
		errs = append(errs, FieldError{"flags.syncPeriod", "must be positive, is " + f.SyncPeriod.String(), ""})
	}
	errs = checkDuration(errs, "flags.downscaleStabilization", f.DownscaleStabilization)
	errs = checkDuration(errs, "flags.cpuInitializationPeriod", f.CPUInitializationPeriod)
	errs = checkDuration(errs, "flags.initialReadinessDelay", f.InitialReadinessDelay)
	if !(f.Tolerance >= 0 && f.Tolerance <= math.MaxFloat64) {
		errs = append(errs, FieldError{"flags.tolerance", fmt.Sprintf("must not be negative, is %v", f.Tolerance), ""})
	}
	return errs
}

func lowerFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}
