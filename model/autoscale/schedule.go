package autoscale

import (
	"fmt"
	"time"
)

// ScheduleConfig is a timetable: from each At on, so many replicas. Before
// the first entry nothing is changed.
type ScheduleConfig struct {
	Shifts []Shift       // in order of At
	Every  time.Duration // the timetable repeats after this long, 0: it does not
	Period time.Duration // between two looks; 0 means 15 s
}

// Shift is one entry of a timetable.
type Shift struct {
	At       time.Duration // since the run began, or within Every
	Replicas int32
	Name     string // "dinner", or ""
}

// schedule knows the clock and nothing of the load.
type schedule struct{ cfg ScheduleConfig }

func newSchedule(cfg Config) (Policy, []FieldError) {
	c := cfg.Schedule
	c.Shifts = append([]Shift(nil), c.Shifts...)
	var errs []FieldError
	errs = checkDuration(errs, "every", c.Every)
	errs = checkDuration(errs, "period", c.Period)
	if len(c.Shifts) == 0 {
		errs = append(errs, FieldError{"shifts", "must have at least one entry", "write when, and how many replicas: {at: 18h, replicas: 5}"})
	}
	for i, sh := range c.Shifts {
		path := fmt.Sprintf("shifts[%d]", i)
		errs = checkDuration(errs, path+".at", sh.At)
		errs = checkReplicas(errs, path+".replicas", sh.Replicas)
		if i > 0 && sh.At <= c.Shifts[i-1].At {
			errs = append(errs, FieldError{path + ".at", fmt.Sprintf("must be after %v of the entry before", c.Shifts[i-1].At), "sort the entries by time"})
		}
		if c.Every > 0 && sh.At >= c.Every {
			errs = append(errs, FieldError{path + ".at", fmt.Sprintf("must be before every, which is %v", c.Every), ""})
		}
	}
	return &schedule{c}, errs
}

func (p *schedule) Kind() string          { return "schedule" }
func (p *schedule) Period() time.Duration { return orDefault(p.cfg.Period) }
func (p *schedule) Metrics() []MetricSpec { return nil }

func (p *schedule) Bounds() (lo, hi int32) {
	for i, sh := range p.cfg.Shifts {
		if i == 0 {
			lo, hi = sh.Replicas, sh.Replicas
		}
		lo, hi = min(lo, sh.Replicas), max(hi, sh.Replicas)
	}
	return lo, hi
}

func (p *schedule) Sync(now time.Duration, o *Observation, s *State) Decision {
	d := Decision{At: now, Kind: "schedule"}
	d.Min, d.Max = p.Bounds()
	sh, began, ok := p.shift(now)
	if !ok {
		d.step("The timetable begins at %v; until then nothing is changed.", p.cfg.Shifts[0].At)
		d.settle(o, s, o.SpecReplicas, "before the first shift")
		return d
	}
	name := "shift"
	if sh.Name != "" {
		name = fmt.Sprintf("shift %q", sh.Name)
	}
	d.step("The %s began at %v and asks for %d replicas; the load is not looked at.", name, began, sh.Replicas)
	d.settle(o, s, sh.Replicas, fmt.Sprintf("%s since %v: %d replicas", name, began, sh.Replicas))
	return d
}

// shift finds the entry that holds now; a repeating timetable's last entry
// holds until the first of the next round.
func (p *schedule) shift(now time.Duration) (sh Shift, began time.Duration, ok bool) {
	round, at := time.Duration(0), now
	if p.cfg.Every > 0 {
		round, at = now-now%p.cfg.Every, now%p.cfg.Every
	}
	for _, e := range p.cfg.Shifts {
		if e.At <= at {
			sh, began, ok = e, round+e.At, true
		}
	}
	if !ok && round > 0 {
		sh = p.cfg.Shifts[len(p.cfg.Shifts)-1]
		return sh, round - p.cfg.Every + sh.At, true
	}
	return sh, began, ok
}
