package autoscale

import (
	"fmt"
	"time"
)

// FixedConfig is a number of replicas and nothing else.
type FixedConfig struct {
	Replicas int32
	Period   time.Duration // between two looks; 0 means 15 s
}

// fixed restores its number whenever something else changed it.
type fixed struct{ cfg FixedConfig }

func newFixed(cfg Config) (Policy, []FieldError) {
	var errs []FieldError
	errs = checkReplicas(errs, "replicas", cfg.Fixed.Replicas)
	errs = checkDuration(errs, "period", cfg.Fixed.Period)
	return &fixed{cfg.Fixed}, errs
}

func (f *fixed) Kind() string             { return "fixed" }
func (f *fixed) Period() time.Duration    { return orDefault(f.cfg.Period) }
func (f *fixed) Metrics() []MetricSpec    { return nil }
func (f *fixed) Bounds() (min, max int32) { return f.cfg.Replicas, f.cfg.Replicas }

func (f *fixed) Sync(now time.Duration, o *Observation, s *State) Decision {
	d := Decision{At: now, Kind: "fixed", Min: f.cfg.Replicas, Max: f.cfg.Replicas}
	d.step("%d replicas are asked for; the policy is fixed at %d.", o.SpecReplicas, f.cfg.Replicas)
	d.settle(o, s, f.cfg.Replicas, fmt.Sprintf("fixed at %d replicas", f.cfg.Replicas))
	return d
}
