package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
	"example.com/hasim/ui"
)

func showCommand() command {
	return command{
		name: "", args: "[FILE…]",
		short: "show it on the screen; without a terminal: the same as run",
		long: `Shows the variants of a scenario side by side, on one clock. Several files:
all their variants. Without a FILE: a picker of the library. Press ? for the
keys. In a pipe, or with a flag of hasim run, the same as hasim run. Whoever
leaves with q before the end has judged nothing: the exit code is 0.`,
		setup: func(f *flagSet) action {
			o := &showOptions{}
			f.moment("at", "begin there", &o.at)
			f.add("speed", "", "X", "virtual seconds per second: 0.25 to 64, or max", o.setSpeed)
			f.oneOf("theme", "", "the colours", ui.Themes, &o.theme)
			f.number("fps", "", "N", "frames per second, at most", 1, 60, func(n uint64) { o.fps = int(n) })
			f.boolean("no-motion", "", "change the picture once a second only", &o.noMotion)
			f.boolean("mouse", "", "listen to the mouse", &o.mouse)
			o.declare(f)
			return o.show
		},
	}
}

type showOptions struct {
	runOptions
	at              time.Duration
	speed           float64
	theme           string
	fps             int
	noMotion, mouse bool
}

func (o *showOptions) setSpeed(v string) error {
	if v == "max" {
		o.speed = math.Inf(1)
		return nil
	}
	n, err := strconv.ParseFloat(strings.TrimRight(v, "x×"), 64)
	if err != nil || !(n > 0 && n <= 1e6) {
		return fmt.Errorf("write a number above 0, such as 4, or max")
	}
	o.speed = n
	return nil
}

// show is hasim FILE: on a terminal the screen, else the same as run.
func (o *showOptions) show(c *console, files []string) error {
	in, closeIn := o.keyboard(c, files)
	defer closeIn()
	screen := in != nil && c.out.terminal() && os.Getenv("TERM") != "dumb" && !o.headless
	switch {
	case !screen && len(files) == 0 && o.headless:
		return usage("run what? hasim FILE, or a name from hasim list")
	case !screen && len(files) == 0:
		return printHelp(c, commands(), nil)
	case !screen:
		return o.run(c, files)
	case len(files) > 0:
		return o.onScreen(c, in, files)
	}
	name, ok, err := ui.Pick(items(), o.config(c, in))
	if err != nil || !ok {
		return err
	}
	return o.onScreen(c, in, []string{name})
}

// keyboard is where keys come from: standard input if it is a terminal, the
// terminal itself if standard input is the file; nil if there is none.
func (o *showOptions) keyboard(c *console, files []string) (*os.File, func()) {
	nothing := func() {}
	if f, ok := c.in.(*os.File); ok && isTerminal(f) {
		return f, nothing
	}
	for _, name := range files {
		if name == "-" && c.out.terminal() {
			if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
				return tty, func() { _ = tty.Close() }
			}
		}
	}
	return nil, nothing
}

func items() []ui.Item {
	var list []ui.Item
	for _, e := range scenarios.Library() {
		list = append(list, ui.Item{Name: e.Name, Title: e.Title, Lesson: e.Lesson, Level: e.Level})
	}
	return list
}

// config is what the screen is told beside the lanes.
func (o *showOptions) config(c *console, in *os.File) ui.Config {
	return ui.Config{
		Start: o.at, Speed: o.speed, Theme: o.theme, ASCII: o.ascii || ui.ASCIIWanted(os.Getenv), NoMotion: o.noMotion,
		Mouse: o.mouse, NoColor: !c.out.color(o.color), FPS: o.fps, Words: o.words,
		Input: in, Output: c.out.file,
	}
}

func (o *showOptions) onScreen(c *console, in *os.File, files []string) error {
	var text []byte // of standard input, which cannot be read twice
	for _, name := range files {
		if name == "-" {
			var err error
			if text, err = io.ReadAll(io.LimitReader(c.in, maxStdin)); err != nil {
				return fmt.Errorf("cannot read standard input: %w", err)
			}
		}
	}
	var p *production
	load := func() (ui.Config, error) {
		fresh := *c
		fresh.in = strings.NewReader(string(text))
		next, err := o.load(&fresh, files)
		if err != nil {
			return ui.Config{}, err
		}
		p = next
		cfg := o.config(c, in)
		cfg.File, cfg.Title, cfg.Lesson, cfg.Seed, cfg.SLO = p.file, p.title, p.lesson, p.seed, p.slo
		cfg.Lanes = p.uiLanes()
		return cfg, nil
	}
	cfg, err := load()
	if err != nil {
		return err
	}
	if o.strict {
		if err := p.announce(c, true); err != nil {
			return err
		}
	}
	cfg.Reload = load
	res, err := ui.Run(cfg)
	if errors.Is(err, ui.ErrNoTerminal) {
		return o.run(c, files)
	}
	return o.afterScreen(c, p, res, err)
}

// maxStdin bounds what is read from standard input: more than a scenario may
// have, so that its reader can say so.
const maxStdin = 2 << 20

// afterScreen prints on the normal screen what the session came to.
func (o *showOptions) afterScreen(c *console, p *production, res ui.Result, err error) error {
	if res.Exit == exitInternal {
		c.say("hasim: %v", err)
		return outcome(exitInternal)
	}
	if len(res.Reports) > 0 {
		o.summary(c, p, res.Reports, ending{code: o.screenCode(res, err), how: "left"})
		if err == nil {
			p.warnings.Render(c.err)
		}
	}
	switch {
	case res.Exit != exitOK:
		return outcome(res.Exit)
	case err != nil:
		return err
	}
	if code := o.screenCode(res, nil); code != exitOK {
		return outcome(code)
	}
	return nil
}

// screenCode is the exit code of a session: that of its signal or ctrl+c,
// else that of its expectations if every run was watched to its end. Who
// leaves before with q has judged nothing.
func (o *showOptions) screenCode(res ui.Result, err error) int {
	switch {
	case res.Exit != exitOK:
		return res.Exit
	case err != nil, o.noFail, !atEnd(res.Reports), !anyBroken(res.Reports):
		return exitOK
	}
	return exitBroken
}

// atEnd says that every run came to its end.
func atEnd(reports []model.Report) bool {
	for i := range reports {
		if reports[i].Duration < reports[i].Planned {
			return false
		}
	}
	return true
}
