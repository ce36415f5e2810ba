package main

import (
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
)

func whyCommand() command {
	return command{
		name: "why", args: "FILE",
		short: "explain the autoscaler's last decisions before a moment, with the arithmetic",
		long: `Runs the scenario up to a moment and explains the last decisions that the
autoscaler took until then: what it saw of each replica, the sum, the ratio
and the tolerance, what stabilization and limits made of it, and the result.
Without --at: the last decisions of the whole run that changed anything.`,
		setup: func(f *flagSet) action {
			o := &whyOptions{count: 3, at: -1}
			f.moment("at", "the moment, such as 2m30s", &o.at)
			f.text("service", "", "NAME", "only this service's autoscaler", &o.service)
			f.number("number", "n", "N", "how many decisions (3)", 1, 1000, func(n uint64) { o.count = int(n) })
			o.declare(f)
			return o.why
		},
	}
}

type whyOptions struct {
	loadFlags
	at      time.Duration
	service string
	count   int
}

// decisions are the last ones of one service in one lane.
type decisions struct {
	service string
	kept    []autoscale.Decision // at most count
	syncs   int
}

// keep remembers a decision and forgets what is too old.
func (d *decisions) keep(dec *autoscale.Decision, count int) {
	if len(d.kept) == count {
		d.kept = append(d.kept[:0], d.kept[1:]...)
	}
	d.kept = append(d.kept, *dec)
}

func (o *whyOptions) why(c *console, words []string) error {
	if len(words) != 1 {
		return usage("why takes one FILE: hasim why FILE --at 2m30s")
	}
	p, err := o.load(c, words)
	if err != nil {
		return err
	}
	if err := o.knows(p); err != nil {
		return err
	}
	p.warnings.Render(c.err)
	told := map[*worldRun][]*decisions{}
	stop := listen()
	defer stop.close()
	rs, err := p.open(runFlags{}, stop, false, func(r *worldRun) model.Observer {
		for _, s := range o.services(r.spec) {
			told[r] = append(told[r], &decisions{service: r.spec.Services[s].Name})
		}
		return model.Observer{Decision: o.listener(r.spec, told[r])}
	})
	if err != nil {
		return err
	}
	end := p.duration
	if o.at >= 0 {
		end = min(o.at, end)
	}
	if err := rs.advance(end); err != nil {
		return err
	}
	o.print(c, rs, told, end)
	return nil
}

// services are those whose decisions are asked for: with an autoscaler at
// the start, or with one that a change may bring.
func (o *whyOptions) services(spec *model.Spec) []int32 {
	var list []int32
	for i := range spec.Services {
		has := spec.Services[i].Autoscale != nil
		for _, ch := range spec.Changes {
			has = has || ch.Set != nil && ch.Set.Services[i].Autoscale != nil
		}
		if has && (o.service == "" || spec.Services[i].Name == o.service) {
			list = append(list, int32(i))
		}
	}
	return list
}

// knows refuses a service that nobody has, or that nothing decides for.
func (o *whyOptions) knows(p *production) error {
	var names, scaled []string
	for _, l := range p.lanes {
		for i := range l.spec.Services {
			names = append(names, l.spec.Services[i].Name)
		}
		for _, s := range o.services(l.spec) {
			scaled = append(scaled, l.spec.Services[s].Name)
		}
	}
	known := o.service == ""
	for _, n := range names {
		known = known || n == o.service
	}
	switch {
	case !known:
		e := usage("%s has no service %s", p.name, quote(o.service))
		if near := nearest(o.service, names); near != "" {
			e.msg += "; did you mean " + near + "?"
		}
		return e
	case len(scaled) == 0 && o.service != "":
		return usage("%s has no autoscaler in %s: nothing decides", o.service, p.name)
	case len(scaled) == 0:
		e := usage("no service of %s has an autoscaler%s: nothing decides", p.name, inVariants(p))
		e.help = "hasim explain services.app.autoscale"
		return e
	}
	return nil
}

// listener keeps the decisions of a World: all, or without --at those that
// changed the number of replicas.
func (o *whyOptions) listener(spec *model.Spec, list []*decisions) func(int32, time.Duration, *autoscale.Decision) {
	return func(service int32, at time.Duration, d *autoscale.Decision) {
		for _, t := range list {
			if t.service != spec.Services[service].Name {
				continue
			}
			t.syncs++
			if o.at >= 0 || d.Rescale {
				t.keep(d, o.count)
			}
		}
	}
}

func (o *whyOptions) print(c *console, rs *runs, told map[*worldRun][]*decisions, end time.Duration) {
	first := true
	for _, r := range rs.all {
		for _, t := range told[r] {
			if !first {
				c.out.printf("\n")
			}
			first = false
			o.printOne(c, rs, r, t, end)
		}
	}
}

func (o *whyOptions) printOne(c *console, rs *runs, r *worldRun, t *decisions, end time.Duration) {
	who := t.service
	if len(rs.all) > 1 {
		who = r.name + ", " + who
	}
	when, what := " until "+model.Short(end), "decision"
	if o.at < 0 {
		when, what = " of the run", "rescale"
	}
	switch {
	case t.syncs == 0:
		c.out.printf("%s: the autoscaler has not looked yet at %s\n", who, model.Short(end))
		return
	case len(t.kept) == 0:
		c.out.printf("%s: the autoscaler looked %d times and changed nothing; with --at it says why\n", who, t.syncs)
		return
	case len(t.kept) == 1:
		c.out.printf("%s: the last %s%s\n", who, what, when)
	default:
		c.out.printf("%s: the last %d %ss%s\n", who, len(t.kept), what, when)
	}
	for i := range t.kept {
		explainDecision(c, &t.kept[i])
	}
	c.out.printf("\n")
	printConditions(c, &t.kept[len(t.kept)-1])
}

// explainDecision prints what happened as a heading and why below it.
func explainDecision(c *console, d *autoscale.Decision) {
	for i, line := range d.Explain() {
		if i == 0 {
			c.out.printf("\n%s\n", line)
			continue
		}
		c.out.printf("    %s\n", line)
	}
}

// printConditions is the table of kubectl describe hpa, with the time since
// when each condition has its status.
func printConditions(c *console, d *autoscale.Decision) {
	if len(d.Conditions) == 0 {
		return
	}
	rows := [][]string{{"Type", "Status", "Since", "Reason", "Message"}, {"----", "------", "-----", "------", "-------"}}
	for i := range d.Conditions {
		cond := &d.Conditions[i]
		rows = append(rows, []string{cond.Type, cond.Status.String(), model.Short(cond.Since), cond.Reason, cond.Message})
	}
	c.out.printf("Conditions at %s:\n", model.Short(d.At))
	for _, line := range columns(rows) {
		c.out.printf("  %s\n", line)
	}
}

// columns aligns rows of equal length.
func columns(rows [][]string) []string {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	var lines []string
	for _, r := range rows {
		var b strings.Builder
		for i, cell := range r {
			b.WriteString(padded(cell, width[i]) + "  ")
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

// inVariants says where one has looked, when that is not the whole file.
func inVariants(p *production) string {
	if len(p.lanes) != 1 || p.lanes[0].name == "default" {
		return ""
	}
	return " in " + quote(p.lanes[0].name)
}
