package autoscale

import (
	"fmt"
	"math"
	"time"
)

// TargetTrackingConfig is the manner of cloud scaling groups: hold a metric
// at a target, grow at once, shrink reluctantly.
type TargetTrackingConfig struct {
	Min, Max         int32
	Metric           MetricSpec // with its target
	ScaleOutCooldown time.Duration
	ScaleInCooldown  time.Duration
	Warmup           time.Duration // a replica younger than this is not averaged, and holds back scaling in
	DisableScaleIn   bool
	Period           time.Duration // between two looks; 0 means 15 s
}

// scaleInPercent: scaling in waits until the metric is 10 % below its target.
const scaleInPercent = 90

type targetTracking struct {
	cfg     TargetTrackingConfig
	metrics []MetricSpec
}

func newTargetTracking(cfg Config) (Policy, []FieldError) {
	c := cfg.TargetTracking
	errs := checkBounds(nil, c.Min, c.Max)
	errs = checkDuration(errs, "scaleOutCooldown", c.ScaleOutCooldown)
	errs = checkDuration(errs, "scaleInCooldown", c.ScaleInCooldown)
	errs = checkDuration(errs, "warmup", c.Warmup)
	errs = checkDuration(errs, "period", c.Period)
	errs = append(errs, c.Metric.validate("metric", nil)...)
	return &targetTracking{c, []MetricSpec{c.Metric}}, errs
}

func (p *targetTracking) Kind() string             { return "target_tracking" }
func (p *targetTracking) Period() time.Duration    { return orDefault(p.cfg.Period) }
func (p *targetTracking) Metrics() []MetricSpec    { return p.metrics }
func (p *targetTracking) Bounds() (min, max int32) { return p.cfg.Min, p.cfg.Max }

func (p *targetTracking) Sync(now time.Duration, o *Observation, s *State) Decision {
	d := Decision{At: now, Kind: "target_tracking", Min: p.cfg.Min, Max: p.cfg.Max}
	n, reason := p.decide(now, o, s, &d)
	d.settleWithin(o, s, n, reason)
	return d
}

func (p *targetTracking) decide(now time.Duration, o *Observation, s *State, d *Decision) (int32, string) {
	cur, m := o.SpecReplicas, &p.cfg.Metric
	warming := 0
	warm := func(pod *Pod) bool { return pod.HasStart && pod.Start+p.cfg.Warmup <= now }
	for i := range o.Pods {
		if !o.Pods[i].Deleting && !warm(&o.Pods[i]) {
			warming++
		}
	}
	var r Reading
	if len(o.Metrics) > 0 {
		r = o.Metrics[0]
	}
	l := observe(o, m, r, warm)
	if l.err != "" {
		d.step("There is no value of %s: %s.", m.subject(), l.err)
		return cur, "no value of " + m.subject()
	}
	d.CurrentMetrics = []MetricStatus{l.status}
	base := int32(l.pods)
	if m.Type == TypeObject || m.Type == TypeExternal {
		base = cur
	}
	want := clampInt32(math.Ceil(float64(base) * float64(l.value) / float64(l.target)))
	d.step("%s is %s over %d replicas past their warm-up, the target is %s: ceil(%d x %d/%d) = %d.", m.subject(), m.unit(l.value), base, m.unit(l.target), base, l.value, l.target, want)
	if l.value > l.target {
		return p.out(now, s, d, cur, want, l)
	}
	return p.in(now, s, d, cur, want, warming, l)
}

// out grows at once unless the last growth is still cooling down.
func (p *targetTracking) out(now time.Duration, s *State, d *Decision, cur, want int32, l load) (int32, string) {
	m := &p.cfg.Metric
	reason := fmt.Sprintf("%s %s above %s", m.subject(), m.unit(l.value), m.unit(l.target))
	if want <= cur {
		d.step("%d are asked for already.", cur)
		return cur, reason + ", enough replicas are on their way"
	}
	if wait := cooling(now, s.LastUp, s.HasScaledUp, p.cfg.ScaleOutCooldown); wait > 0 {
		d.step("The last scale-out was at %v: %v of its cooldown are left.", s.LastUp, wait)
		return cur, fmt.Sprintf("%s, cooling down for %v more", reason, wait)
	}
	return want, reason
}

// in shrinks only well below the target, when nobody warms up and the last
// shrinking has cooled down.
func (p *targetTracking) in(now time.Duration, s *State, d *Decision, cur, want int32, warming int, l load) (int32, string) {
	m := &p.cfg.Metric
	reason := fmt.Sprintf("%s %s below %s", m.subject(), m.unit(l.value), m.unit(l.target))
	switch wait := cooling(now, s.LastDown, s.HasShrunk, p.cfg.ScaleInCooldown); {
	case l.value*100 >= l.target*scaleInPercent:
		d.step("Not yet 10%% below the target: nothing to do.")
		return cur, fmt.Sprintf("%s %s close to %s", m.subject(), m.unit(l.value), m.unit(l.target))
	case want >= cur:
		return cur, reason + ", the same number of replicas"
	case p.cfg.DisableScaleIn:
		d.step("Scaling in is disabled.")
		return cur, reason + ", scaling in is disabled"
	case warming > 0:
		d.step("Warming up: %s. No scaling in until then.", counted(warming))
		return cur, fmt.Sprintf("%s, %s warming up", reason, counted(warming))
	case wait > 0:
		d.step("The last scale-in was at %v: %v of its cooldown are left.", s.LastDown, wait)
		return cur, fmt.Sprintf("%s, cooling down for %v more", reason, wait)
	}
	return want, reason
}
