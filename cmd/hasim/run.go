package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
	"example.com/hasim/ui"
)

// runOptions are the flags of hasim run. hasim FILE has them too, for when
// there is no terminal.
type runOptions struct {
	loadFlags
	runFlags
	format         string
	follow, strict bool
	noFail, ascii  bool
	color, words   string
	headless       bool // a flag was given that only makes sense without the screen
}

func runCommand() command {
	return command{
		name: "run", args: "FILE…",
		short: "run to the end and print a summary; expectations decide the exit code",
		long: `Runs every variant of a scenario to its end, without a screen, and prints a
summary, or with -o json a report. FILE is a path, a name of the library
(hasim list), or - for standard input. Defaults that were chosen and warnings
go to standard error.

Exit codes: 0 every expectation holds, 1 one failed, 2 wrong words or an
invalid file, 3 cannot read or write, 4 warnings with --strict, 70 internal
error, 129, 130 and 143 interrupted (what is known so far is printed).`,
		setup: func(f *flagSet) action {
			o := &runOptions{}
			o.declare(f)
			return func(c *console, words []string) error {
				if len(words) == 0 {
					return usage("run what? hasim run FILE, or a name from hasim list")
				}
				return o.run(c, words)
			}
		},
	}
}

func (o *runOptions) declare(f *flagSet) {
	o.color, o.format = "auto", "text"
	headless := len(f.defs)
	f.oneOf("output", "o", "what to print", []string{"text", "json"}, &o.format)
	f.moment("until", "stop there", &o.until)
	f.boolean("follow", "", "print a line per event while it runs, for logs and screen readers", &o.follow)
	f.boolean("check", "", "verify every invariant after every event (slow)", &o.check)
	for i := range f.defs[headless:] {
		d := &f.defs[headless+i]
		set := d.set
		d.set = func(v string) error { o.headless = true; return set(v) }
	}
	f.number("max-events", "", "N", "stop after N engine events; above 1000000000 it also lifts the limit of what is begun", 1, 1<<62, func(n uint64) {
		o.maxEvents, o.MaxEvents = n, max(n, scenarios.DefaultMaxEvents)
	})
	f.boolean("strict", "", "warnings are errors (exit 4)", &o.strict)
	f.boolean("no-fail", "", "exit 0 even if an expectation failed", &o.noFail)
	o.loadFlags.declare(f)
	f.boolean("ascii", "", "nothing but ASCII characters", &o.ascii)
	f.oneOf("words", "", "how things are called", []string{"restaurant", "servers"}, &o.words)
	f.oneOf("color", "", "write colours", colors, &o.color)
}

// run is hasim run.
func (o *runOptions) run(c *console, files []string) error {
	p, err := o.load(c, files)
	if err != nil {
		return err
	}
	if err := p.announce(c, o.strict); err != nil {
		return err
	}
	stop := listen()
	defer stop.close()
	rs, err := p.open(o.runFlags, stop, o.format == "json", o.listeners(p))
	if err != nil {
		return err
	}
	began := time.Now()
	err = o.play(c, rs)
	if nothingToReport(err) {
		return err
	}
	reports := rs.reports()
	if o.format == "json" {
		c.out.Write(appendReport(nil, rs, reports, err != nil))
	} else {
		o.summary(c, p, reports, time.Since(began))
	}
	return o.verdict(c, reports, err)
}

// nothingToReport says that a run ended so that its numbers mean nothing, or
// that nobody can be told.
func nothingToReport(err error) bool {
	var (
		bug    *crash
		broken *failure
		write  *writeError
	)
	return errors.As(err, &bug) || errors.As(err, &broken) || errors.As(err, &write)
}

// play runs to the end, following the events if asked to.
func (o *runOptions) play(c *console, rs *runs) error {
	if !o.follow {
		return rs.advance(rs.end(o.until))
	}
	if o.format == "json" { // standard output is the report's
		return rs.stream(rs.end(o.until), func(line []byte) { c.err.Write(line) }, func() error { return nil })
	}
	err := rs.stream(rs.end(o.until), func(line []byte) { c.out.Write(line) }, c.out.Flush)
	c.out.printf("\n")
	return err
}

// listeners write the lines of --follow.
func (o *runOptions) listeners(p *production) listeners {
	if !o.follow {
		return nil
	}
	width := (&runs{p: p}).nameWidth()
	return func(r *worldRun) model.Observer {
		head := ""
		if len(p.lanes) > 1 {
			head = padded(r.name, width) + "  "
		}
		return model.Observer{Event: func(e *model.Event) {
			q := &r.records
			q.text = fmt.Appendf(q.text, "%s  %s%-10s  %-17s  %s", clockTime(e.At, p.duration), head, e.Object, e.Reason, e.Message())
			q.end(e.At)
		}}
	}
}

// clockTime is 02:30.000, with hours in a run that has some.
func clockTime(at, total time.Duration) string {
	ms := at.Round(time.Millisecond).Milliseconds()
	if total >= time.Hour {
		return fmt.Sprintf("%d:%02d:%02d.%03d", ms/3600_000, ms/60_000%60, ms/1000%60, ms%1000)
	}
	return fmt.Sprintf("%02d:%02d.%03d", ms/60_000, ms/1000%60, ms%1000)
}

// summary prints the text. How long it took is only for who waited: in a
// pipe the same run gives the same bytes.
func (o *runOptions) summary(c *console, p *production, reports []model.Report, took time.Duration) {
	if !c.out.terminal() {
		took = 0
	}
	in := ui.SummaryInput{
		File: p.file, Seed: p.seed, Took: took, Reports: reports, Words: o.words,
		Width: c.out.width(), Color: c.out.color(o.color), ASCII: o.ascii || ui.ASCIIWanted(os.Getenv),
	}
	for i := range reports {
		in.Duration = max(in.Duration, reports[i].Duration)
	}
	ui.Summary(c.out, in)
}

// verdict is the exit code of a run, and why it ended early if it did.
func (o *runOptions) verdict(c *console, reports []model.Report, err error) error {
	var limit *limitReached
	switch {
	case errors.As(err, &limit):
		c.say("hasim: %s", limit.msg)
		if o.noFail {
			return nil
		}
		return outcome(exitBroken)
	case err != nil:
		c.say("hasim: %v; this is what is known so far", err)
		return err
	case !o.noFail && anyBroken(reports):
		return outcome(exitBroken)
	}
	return nil
}

func anyBroken(reports []model.Report) bool {
	for i := range reports {
		for _, e := range reports[i].Expectations {
			if !e.OK {
				return true
			}
		}
	}
	return false
}
