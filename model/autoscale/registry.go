package autoscale

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Config holds the settings of every kind of policy; a policy reads its own.
type Config struct {
	HPA            HPASpec
	Flags          Flags // the zero value means DefaultFlags
	Fixed          FixedConfig
	Schedule       ScheduleConfig
	Step           StepConfig
	TargetTracking TargetTrackingConfig
}

// registry lists the policies. A new one is a file, a line here, and a case
// file in testdata.
var registry = []struct {
	kind  string
	about string
	build func(Config) (Policy, []FieldError)
}{
	{"hpa", "HorizontalPodAutoscaler of Kubernetes 1.37 (autoscaling/v2)", newHPA},
	{"fixed", "always the same number of replicas", newFixed},
	{"schedule", "a timetable: how many replicas from when on", newSchedule},
	{"step", "one more when the metric is high, one less when it is low, with cooldowns", newStep},
	{"target_tracking", "cloud scaling groups: hold a metric at a target, with cooldowns and warm-up", newTargetTracking},
}

// New builds the policy of a kind. The error lists every field that is wrong
// (a *ConfigError) or says that the kind is unknown.
func New(kind string, cfg Config) (Policy, error) {
	if cfg.Flags == (Flags{}) {
		cfg.Flags = DefaultFlags()
	}
	for _, r := range registry {
		if r.kind != kind {
			continue
		}
		p, errs := r.build(cfg)
		if len(errs) > 0 {
			return nil, &ConfigError{Kind: kind, Fields: errs}
		}
		return p, nil
	}
	return nil, fmt.Errorf("unknown autoscaling policy %q: known are %s", kind, strings.Join(Kinds(), ", "))
}

// Kinds lists the names of the registry, in its order.
func Kinds() []string {
	var names []string
	for _, r := range registry {
		names = append(names, r.kind)
	}
	return names
}

// About says in a few words what a kind does; "" if it is unknown.
func About(kind string) string {
	for _, r := range registry {
		if r.kind == kind {
			return r.about
		}
	}
	return ""
}

// FieldError is one thing wrong with a configuration. Path is that of the
// field from the policy's own spec on ("metrics[0].resource.name"), so that a
// reader of YAML can point at it.
type FieldError struct {
	Path string
	Msg  string
	Help string // what to write instead, or ""
}

func (e FieldError) Error() string {
	s := e.Path + ": " + e.Msg
	if e.Help != "" {
		s += " (" + e.Help + ")"
	}
	return s
}

// ConfigError is all that is wrong with a policy's configuration.
type ConfigError struct {
	Kind   string
	Fields []FieldError
}

func (e *ConfigError) Error() string {
	var errs []error
	for _, f := range e.Fields {
		errs = append(errs, f)
	}
	return e.Kind + ": " + errors.Join(errs...).Error()
}

// checkDuration reports a negative duration.
func checkDuration(errs []FieldError, path string, d time.Duration) []FieldError {
	if d < 0 {
		errs = append(errs, FieldError{path, "must not be negative, is " + d.String(), ""})
	}
	return errs
}

// checkReplicas reports a negative number of replicas.
func checkReplicas(errs []FieldError, path string, n int32) []FieldError {
	if n < 0 {
		errs = append(errs, FieldError{path, fmt.Sprintf("must not be negative, is %d", n), ""})
	}
	return errs
}
