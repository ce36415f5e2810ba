package autoscale

import (
	"fmt"
	"time"
)

// StepConfig is the rule that people write first: a little more when it is
// high, a little less when it is low, then wait.
type StepConfig struct {
	Min, Max     int32
	Metric       MetricSpec // what to look at; of its target only the kind matters
	High, Low    int64      // percent for Utilization, else milli-units; the bounds themselves are neither high nor low
	Up, Down     int32      // replicas per step; 0 means 1
	CooldownUp   time.Duration
	CooldownDown time.Duration
	Period       time.Duration // between two looks; 0 means 15 s
}

type step struct {
	cfg     StepConfig
	metrics []MetricSpec
}

func newStep(cfg Config) (Policy, []FieldError) {
	c := cfg.Step
	if c.Up == 0 {
		c.Up = 1
	}
	if c.Down == 0 {
		c.Down = 1
	}
	errs := checkBounds(nil, c.Min, c.Max)
	errs = checkDuration(errs, "cooldownUp", c.CooldownUp)
	errs = checkDuration(errs, "cooldownDown", c.CooldownDown)
	errs = checkDuration(errs, "period", c.Period)
	errs = checkReplicas(errs, "up", c.Up)
	errs = checkReplicas(errs, "down", c.Down)
	if c.Low >= c.High {
		errs = append(errs, FieldError{"low", fmt.Sprintf("must be below high (%s), is %s", c.Metric.unit(c.High), c.Metric.unit(c.Low)), "leave room between the two, or every step causes the next"})
	}
	errs = append(errs, c.Metric.validateSource("metric", nil)...)
	return &step{c, []MetricSpec{c.Metric}}, errs
}

// checkBounds reports bounds that no number of replicas can satisfy.
func checkBounds(errs []FieldError, lo, hi int32) []FieldError {
	errs = checkReplicas(errs, "min", lo)
	if hi < 1 {
		errs = append(errs, FieldError{"max", fmt.Sprintf("must be at least 1, is %d", hi), ""})
	} else if lo > hi {
		errs = append(errs, FieldError{"max", fmt.Sprintf("must not be below min (%d), is %d", lo, hi), ""})
	}
	return errs
}

func (p *step) Kind() string             { return "step" }
func (p *step) Period() time.Duration    { return orDefault(p.cfg.Period) }
func (p *step) Metrics() []MetricSpec    { return p.metrics }
func (p *step) Bounds() (min, max int32) { return p.cfg.Min, p.cfg.Max }

func (p *step) Sync(now time.Duration, o *Observation, s *State) Decision {
	d := Decision{At: now, Kind: "step", Min: p.cfg.Min, Max: p.cfg.Max}
	n, reason := p.decide(now, o, s, &d)
	d.settleWithin(o, s, n, reason)
	return d
}

// decide is the rule without its bounds.
func (p *step) decide(now time.Duration, o *Observation, s *State, d *Decision) (n int32, reason string) {
	cur, m := o.SpecReplicas, &p.cfg.Metric
	var r Reading
	if len(o.Metrics) > 0 {
		r = o.Metrics[0]
	}
	l := observe(o, m, r, func(*Pod) bool { return true })
	if l.err != "" {
		d.step("There is no value of %s: %s.", m.subject(), l.err)
		return cur, "no value of " + m.subject()
	}
	d.CurrentMetrics = []MetricStatus{l.status}
	v := m.unit(l.value)
	d.step("%s is %s; high is above %s, low is below %s.", m.subject(), v, m.unit(p.cfg.High), m.unit(p.cfg.Low))
	switch {
	case l.value > p.cfg.High:
		if wait := cooling(now, s.LastUp, s.HasScaledUp, p.cfg.CooldownUp); wait > 0 {
			d.step("The last step up was at %v: %v of the cooldown are left.", s.LastUp, wait)
			return cur, fmt.Sprintf("%s %s above %s, cooling down for %v more", m.subject(), v, m.unit(p.cfg.High), wait)
		}
		d.step("%d + %d = %d.", cur, p.cfg.Up, cur+p.cfg.Up)
		return cur + p.cfg.Up, fmt.Sprintf("%s %s above %s", m.subject(), v, m.unit(p.cfg.High))
	case l.value < p.cfg.Low:
		if wait := cooling(now, s.LastDown, s.HasShrunk, p.cfg.CooldownDown); wait > 0 {
			d.step("The last step down was at %v: %v of the cooldown are left.", s.LastDown, wait)
			return cur, fmt.Sprintf("%s %s below %s, cooling down for %v more", m.subject(), v, m.unit(p.cfg.Low), wait)
		}
		d.step("%d - %d = %d.", cur, p.cfg.Down, cur-p.cfg.Down)
		return cur - p.cfg.Down, fmt.Sprintf("%s %s below %s", m.subject(), v, m.unit(p.cfg.Low))
	}
	return cur, fmt.Sprintf("%s %s is neither high nor low", m.subject(), v)
}

// cooling returns what is left of a cooldown since the last change.
func cooling(now, last time.Duration, has bool, cooldown time.Duration) time.Duration {
	if !has {
		return 0
	}
	return max(0, last+cooldown-now)
}
