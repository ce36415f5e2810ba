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
	f.end("until", "stop there", &o.until)
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
		o.summary(c, p, reports, ending{took: time.Since(began), code: o.code(reports, err), how: cutShort(err)})
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
	width, column := (&runs{p: p}).nameWidth(), newObjectColumn(p, o.ascii || ui.ASCIIWanted(os.Getenv))
	return func(r *worldRun) model.Observer {
		head := ""
		if len(p.lanes) > 1 {
			head = padded(r.name, width) + "  "
		}
		return model.Observer{Event: func(e *model.Event) {
			q := &r.records
			object, message := column.fit(e.Object, e.Message())
			q.text = fmt.Appendf(q.text, "%s  %s%s  %-17s  %s", clockTime(e.At, p.duration), head, object, e.Reason, message)
			q.end(e.At)
		}}
	}
}

// objectColumn is the column of --follow that says whom a line is about.
type objectColumn struct {
	width int
	more  string // stands for what is cut
}

// Bounds of that column.
const (
	leastObject = 10
	mostObject  = 20
)

// newObjectColumn makes room for the replicas' and hosts' names.
func newObjectColumn(p *production, ascii bool) objectColumn {
	c := objectColumn{width: leastObject, more: "…"}
	if ascii {
		c.more = "..."
	}
	for _, l := range p.lanes {
		for i := range l.spec.Services {
			c.width = max(c.width, len(l.spec.Services[i].Name)+len("-10"))
		}
		for i := range l.spec.Hosts {
			c.width = max(c.width, len(l.spec.Hosts[i].Name))
		}
	}
	c.width = min(c.width, mostObject)
	return c
}

// fit pads an object. One that is too long, as an expectation is, is cut and
// stands before the message in full.
func (c objectColumn) fit(object, message string) (column, text string) {
	if r := []rune(object); len(r) > c.width {
		return string(r[:c.width-len([]rune(c.more))]) + c.more, object + ": " + message
	}
	return padded(object, c.width), message
}

// clockTime is 02:30.000, with hours in a run that has some.
func clockTime(at, total time.Duration) string {
	ms := at.Round(time.Millisecond).Milliseconds()
	if total >= time.Hour {
		return fmt.Sprintf("%d:%02d:%02d.%03d", ms/3600_000, ms/60_000%60, ms/1000%60, ms%1000)
	}
	return fmt.Sprintf("%02d:%02d.%03d", ms/60_000, ms/1000%60, ms%1000)
}

// ending is how a run came to its end, for the summary.
type ending struct {
	took time.Duration // 0: not told
	code int           // the exit code to come
	how  string        // what cut it short: it is not judged then
}

// cutShort says what ended a run that nobody wanted to be shorter, "" if
// nothing did. --until is a wish.
func cutShort(err error) string {
	var (
		limit *limitReached
		sig   interrupted
	)
	switch {
	case errors.As(err, &limit):
		return "stopped"
	case errors.As(err, &sig):
		return "interrupted"
	}
	return ""
}

// code is the exit code that verdict leads to.
func (o *runOptions) code(reports []model.Report, err error) int {
	var (
		limit *limitReached
		sig   interrupted
	)
	switch {
	case errors.As(err, &sig):
		return exitSignal + int(sig.sig)
	case errors.As(err, &limit) && !o.noFail, err == nil && !o.noFail && anyBroken(reports):
		return exitBroken
	}
	return exitOK
}

// summary prints the text. How long it took is only for who waited: in a
// pipe the same run gives the same bytes.
func (o *runOptions) summary(c *console, p *production, reports []model.Report, end ending) {
	if !c.out.terminal() {
		end.took = 0
	}
	in := ui.SummaryInput{
		File: p.file, Seed: p.seed, Took: end.took, Reports: reports, Words: o.words, Exit: end.code, Ended: end.how,
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
