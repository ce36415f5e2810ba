package main

import (
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
	"example.com/hasim/ui"
)

// production is what is played: the variants of a file, or those of several
// files side by side, as lanes.
type production struct {
	file, name    string
	title, lesson string
	seed          uint64
	duration, slo time.Duration // duration: of the longest lane
	lanes         []lane
	defaults      []string
	warnings      scenarios.Diagnostics
	notes         []string
}

type lane struct {
	name   string
	spec   *model.Spec
	paired bool
}

// loadFlags are the flags that choose what is played.
type loadFlags struct {
	scenarios.Options
	variants []string
}

func (l *loadFlags) declare(f *flagSet) {
	f.number("seed", "", "N", "another seed than the file's", 0, 1<<64-1, func(n uint64) { l.Seed = &n })
	f.texts("variant", "", "NAME", "only this variant (may be repeated)", &l.variants)
	f.texts("set", "", "PATH=VALUE", "change a field of the file, such as services.app.deploy.replicas=3", &l.Set)
	f.texts("scale", "", "SERVICE=N", "start with N replicas of a service", &l.Scale)
}

// load reads the files and makes their variants lanes. Lanes of several
// files run on the seed of the first, so that they can be compared.
func (l *loadFlags) load(c *console, files []string) (*production, error) {
	p := &production{}
	l.Stdin = c.in
	var names []string
	for i, file := range files {
		s, err := scenarios.Load(file, l.Options)
		if err != nil {
			return nil, err
		}
		p.add(s, len(files) > 1)
		names = append(names, s.Name)
		if i > 0 && s.Seed != p.seed {
			p.notes = append(p.notes, "the seed of "+s.Name+" is left out: all lanes run on that of "+names[0])
		}
	}
	p.name = strings.Join(names, "+")
	if len(files) > 1 {
		p.file = p.name
	}
	return p, p.keep(l.variants)
}

func (p *production) add(s *scenarios.Scenario, several bool) {
	if len(p.lanes) == 0 {
		p.file, p.title, p.lesson, p.seed, p.slo = s.File, s.Title, s.Lesson, s.Seed, s.SLO
	} else {
		p.title += " | " + s.Title
		p.lesson = strings.TrimSpace(p.lesson + "\n\n" + s.Lesson)
	}
	p.duration = max(p.duration, s.Duration)
	p.defaults = append(p.defaults, s.Defaults...)
	p.warnings = append(p.warnings, s.Warnings...)
	for i := range s.Variants {
		v := &s.Variants[i]
		name := v.Name
		switch {
		case several && len(s.Variants) == 1:
			name = s.Name
		case several:
			name = s.Name + ": " + v.Name
		}
		if !v.Paired {
			p.notes = append(p.notes, name+" changes the traffic: it does not face the same customers as the others")
		}
		p.lanes = append(p.lanes, lane{name, &v.Spec, v.Paired})
	}
}

// keep leaves only the lanes of those names, in the file's order.
func (p *production) keep(names []string) error {
	if len(names) == 0 {
		return nil
	}
	wanted := make([]bool, len(p.lanes))
	for _, name := range names {
		i, err := p.laneOf(name)
		if err != nil {
			return err
		}
		wanted[i] = true
	}
	var kept []lane
	for i, l := range p.lanes {
		if wanted[i] {
			kept = append(kept, l)
		}
	}
	p.lanes = kept
	return nil
}

// laneOf finds a lane by its name, or by a part of it that only one has.
func (p *production) laneOf(name string) (int, error) {
	var all, holds []string
	at := -1
	for i, l := range p.lanes {
		if l.name == name {
			return i, nil
		}
		all = append(all, l.name)
		if strings.Contains(strings.ToLower(l.name), strings.ToLower(name)) {
			holds, at = append(holds, l.name), i
		}
	}
	if len(holds) == 1 && name != "" {
		return at, nil
	}
	e := usage("%s has no variant %s", p.name, quote(name))
	e.help = "its variants are " + strings.Join(all, ", ")
	if near := nearest(name, all); near != "" {
		e.msg, e.help = e.msg+"; did you mean "+quote(near)+"?", ""
	}
	return 0, e
}

// announce prints what the reader of a result should know beside it: to
// standard error, so that the result stays clean. With strict, warnings end
// it.
func (p *production) announce(c *console, strict bool) error {
	p.warnings.Render(c.err)
	if strict && len(p.warnings) > 0 {
		c.say("hasim: %s, and --strict was asked for", plural(len(p.warnings), "warning"))
		return outcome(exitWarned)
	}
	for _, d := range p.defaults {
		c.say("default: %s", d)
	}
	for _, n := range p.notes {
		c.say("note: %s", n)
	}
	return nil
}

// uiLanes are the lanes as the screen takes them.
func (p *production) uiLanes() []ui.Lane {
	var lanes []ui.Lane
	for _, l := range p.lanes {
		lanes = append(lanes, ui.Lane{Name: l.name, Spec: l.spec})
	}
	return lanes
}
