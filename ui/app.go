// Package ui is the screen: lanes side by side on one virtual clock.
//
// A lane is a World with its past. The clock turns wall time into virtual
// time and runs every lane to the same moment, with a budget of work per
// frame; going back in time restores a checkpoint and runs again, since the
// same seed and the same commands make the same run. Panels draw Snapshots
// and the history onto a canvas of cells; they know nothing of bubbletea.
// The model speaks the field's terms; words.go holds the table that turns
// them into the restaurant's.
package ui

import (
	"errors"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hasim/model"
	_ "example.com/hasim/ui/quiet" // before bubbletea asks the terminal for its background
)

// Config is what Run shows and how.
type Config struct {
	File, Title, Lesson string
	Seed                uint64
	SLO                 time.Duration // dashed line in the latency charts, 0: none
	Lanes               []Lane
	Start               time.Duration // where to begin
	Speed               float64       // virtual seconds per second; 0: chosen from the length of the run
	Theme               string        // of Themes; "": auto
	ASCII, NoMotion     bool
	Mouse, NoColor      bool
	FPS                 int    // 0: 20
	Words               string // "restaurant" or "servers"; "": restaurant
	Focus               string // a lane's or a service's name
	Reload              func() (Config, error)
	Input, Output       *os.File // nil: standard input and output
}

const defaultFPS = 20

// App is the bubbletea model.
type App struct {
	screen
	cfg     Config
	lanes   []*lane
	clock   clock
	first   int // of the lanes side by side
	w, h    int
	canvas  canvas
	drawn   string
	stale   bool // what is drawn is out of date
	ticking int  // id of the running tick, 0: none
	ticks   int
	last    time.Time // of the last tick
	jumped  bool
	toastNo int
	mouse   bool
	pace    time.Duration // between turns while it plays
	fps     int           // of the screen
	exit    exit
	struck  bool          // ctrl+c: left as by a signal
	seen    time.Duration // of the last refresh
	suspend func() bool
	build   func(*model.Spec, uint64, model.Observer) (runner, error)
	env     func(string) string
	depth   depth
}

// newApp prepares a screen; build makes the runs.
func newApp(c Config, build func(*model.Spec, uint64, model.Observer) (runner, error), env func(string) string) (*App, error) {
	a := &App{build: build, env: env, suspend: func() bool { return false }, w: 80, h: 24}
	a.clock.wall = time.Now
	a.depth = colorDepth(env)
	if c.NoColor {
		a.depth = noColor
	}
	if err := a.load(c); err != nil {
		return nil, err
	}
	a.svcFrom(c.Focus)
	a.lens = restaurant
	if c.Words == "servers" {
		a.lens = servers
	}
	a.mouse, a.calm = c.Mouse, c.NoMotion || ReducedMotion(env)
	a.theme = newTheme(c.Theme, a.depth, c.ASCII, env)
	a.fps = c.FPS
	if a.fps <= 0 || a.fps > 60 {
		a.fps = defaultFPS
	}
	a.pace = time.Second / time.Duration(a.fps)
	if a.calm {
		a.pace = time.Second
	}
	a.clock.longest = a.pace * 3 / 2
	a.clock.speed = c.Speed
	if c.Speed <= 0 {
		a.clock.speed = defaultSpeed(a.clock.total)
	}
	a.clock.goal = play
	if c.Start > 0 {
		a.clock.goTo(a.lanes, c.Start)
	}
	if c.Lesson != "" && c.Start == 0 && c.Speed == 0 { // who says where to begin knows the story
		a.overlay, a.opening, a.clock.goal = storyOverlay, true, rest
	}
	a.refresh(0)
	return a, nil
}

// load builds the lanes of a configuration, at the start of their run.
func (a *App) load(c Config) error {
	if len(c.Lanes) == 0 {
		return errors.New("there is nothing to show")
	}
	var lanes []*lane
	total := time.Duration(0)
	for _, l := range c.Lanes {
		n, err := newLane(l, c.Seed, a.build)
		if err != nil {
			return err
		}
		lanes = append(lanes, n)
		total = max(total, l.Spec.Duration)
	}
	a.cfg, a.lanes = c, lanes
	a.file, a.title, a.lesson, a.seed, a.slo = c.File, c.Title, c.Lesson, c.Seed, c.SLO
	a.total = total
	a.clock.total, a.clock.now, a.clock.slice = total, 0, 250*time.Millisecond
	a.bounds = bounds{latency: latencyBounds(lanes, c.SLO)}
	a.focus = min(a.focus, len(lanes))
	a.stale = true
	return nil
}

// svcFrom focuses the lane, or shows the service, of that name.
func (a *App) svcFrom(name string) {
	for i, l := range a.lanes {
		if name != "" && l.name == name {
			a.focus = i
		}
	}
	if len(a.lanes) == 0 || name == "" {
		return
	}
	spec := a.lanes[0].spec
	if i := spec.Service(name); i >= 0 {
		n := len(spec.Services)
		a.svc = (int(i) - mainService(spec) + n) % n
	}
}

// refresh takes Snapshots and lets the big numbers follow.
func (a *App) refresh(dt time.Duration) {
	a.now, a.goal, a.to = a.clock.now, a.clock.goal, a.clock.to
	a.speed, a.reached = a.clock.speed, a.clock.shown()
	jump := a.jumped || a.goal != play
	gone := a.now - a.seen
	a.seen = a.now
	for _, l := range a.lanes {
		l.run.Snapshot(&l.snap)
		r := &l.snap.Recent
		svc := l.service(a.shown(l))
		v := smooth{p50: float64(r.P50), p99: float64(r.P99), cpu: float64(svc.CPU), busy: busyShare(svc)}
		if n := r.Served + r.Failed; n > 0 {
			v.err = float64(r.Failed) / float64(n)
		}
		l.big.update(v, dt, gone, float64(a.slo), jump)
	}
	a.jumped = false
	a.stale = true
}

type tickMsg struct {
	id int
	at time.Time
}

type toastOver int

// tick asks for the next turn, when there is something to do and none is
// asked for yet. A screen that stands still asks for none.
func (a *App) tick() tea.Cmd {
	if a.ticking != 0 || !a.clock.moving() {
		return nil
	}
	a.ticks++
	a.ticking = a.ticks
	id, pace := a.ticking, a.pace
	switch {
	case a.clock.goal != play:
		pace = 5 * time.Millisecond // a way to go: only as much rest as keys need
	case a.clock.speed == speeds[len(speeds)-1]:
		pace = min(pace, 30*time.Millisecond)
	}
	return tea.Tick(pace, func(t time.Time) tea.Msg { return tickMsg{id, t} })
}

// Init starts the clock.
func (a *App) Init() tea.Cmd {
	a.last = a.clock.wall()
	return tea.Batch(a.tick(), a.exit.wait())
}

// Update answers one message. A panic in here ends the program with a report
// instead of a broken terminal.
func (a *App) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			a.exit.crashed(r, a)
			m, cmd = a, tea.Quit
		}
	}()
	return a, a.update(msg)
}

func (a *App) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		if msg.Width != a.w || msg.Height != a.h {
			a.w, a.h, a.stale = msg.Width, msg.Height, true
		}
	case tickMsg:
		return a.onTick(msg)
	case tea.KeyMsg:
		return a.onKey(msg)
	case tea.MouseMsg:
		return a.onMouse(msg)
	case toastOver:
		if int(msg) == a.toastNo {
			a.toast, a.stale = "", true
		}
	case exitMsg:
		return tea.Quit
	case tea.ResumeMsg:
		a.last, a.stale = a.clock.wall(), true
		if a.mouse {
			return tea.Batch(tea.EnableMouseCellMotion, tea.ClearScreen, a.tick())
		}
		return tea.Batch(tea.ClearScreen, a.tick())
	}
	return nil
}

// onTick gives the lanes their turn.
func (a *App) onTick(msg tickMsg) tea.Cmd {
	if msg.id != a.ticking {
		return nil // of a clock that was stopped since
	}
	a.ticking = 0
	now := a.clock.wall()
	dt := now.Sub(a.last)
	a.last = now
	if a.clock.goal != play {
		a.jumped = true
	}
	limit := a.clock.now
	a.clock.turn(a.lanes, dt)
	if a.overlay == storyOverlay && a.clock.goal == play && a.turned(limit) {
		a.overlay = noOverlay // the quiet part is over: make room
	}
	a.refresh(dt)
	if a.clock.goal == rest && limit < a.total && a.now >= a.total && a.overlay == noOverlay {
		a.overlay = summaryOverlay // the run is over: how did it end?
		a.summarise()
	}
	return a.tick()
}

// turned says that the traffic changed its course, or something was broken,
// between from and now.
func (a *App) turned(from time.Duration) bool {
	for _, m := range timelineMarks(a.lanes[0]) {
		if m.at > from && m.at <= a.clock.now {
			return true
		}
	}
	return false
}

// View returns the frame; it is drawn again only when something changed.
func (a *App) View() (frame string) {
	defer func() {
		if r := recover(); r != nil {
			a.exit.crashed(r, a)
			frame = a.drawn
		}
	}()
	if a.stale {
		a.stale = false
		a.drawn = a.draw(a.w, a.h)
	}
	return a.drawn
}

// draw renders a frame of that size.
func (a *App) draw(w, h int) string {
	w, h = min(max(w, 0), 1000), min(max(h, 0), 500)
	a.canvas.reset(w, h)
	l := arrange(w, h, len(a.lanes), a.expand)
	a.first = window(a.first, l.side, len(a.lanes), a.focus)
	drawFrame(a.canvas.all(), &a.screen, a.lanes, a.first)
	return a.canvas.frame(a.theme)
}

// say shows a line for a few seconds.
func (a *App) say(text string) tea.Cmd {
	a.toast, a.stale = text, true
	a.toastNo++
	no := a.toastNo
	return tea.Tick(4*time.Second, func(time.Time) tea.Msg { return toastOver(no) })
}
