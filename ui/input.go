package ui

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hasim/model"
)

// onKey does what a key says.
func (a *App) onKey(msg tea.KeyMsg) tea.Cmd {
	a.stale = true
	if a.filtering {
		return a.typeFilter(msg)
	}
	if len(msg.Runes) > 1 && !msg.Paste { // typed so fast that they came as one
		var all []tea.Cmd
		for _, r := range msg.Runes {
			all = append(all, a.onKey(tea.KeyMsg{Type: msg.Type, Runes: []rune{r}, Alt: msg.Alt}))
		}
		return tea.Batch(all...)
	}
	pressed := msg.String()
	do := actionOf(pressed)
	if a.opening {
		if cmd, done := a.onOpening(do); done {
			return cmd
		}
	}
	if do == doJump {
		if n, _ := strconv.Atoi(pressed); n >= 1 && n <= len(a.lanes)+1 {
			a.focus = n - 1
		}
		return nil
	}
	if cmd, ok := a.onTime(do); ok {
		a.jumped = true
		a.refresh(0)
		return tea.Batch(cmd, a.tick())
	}
	if cmd, ok := a.onWhatIf(do); ok {
		a.refresh(0)
		return tea.Batch(cmd, a.tick())
	}
	return a.onLook(do)
}

// onOpening answers keys while the run waits behind its story.
func (a *App) onOpening(do action) (cmd tea.Cmd, done bool) {
	switch do {
	case doPlay, doEscape, doExpand, doStory:
		if a.overlay != storyOverlay { // help, or another: back to the story
			a.overlay = storyOverlay
			return nil, true
		}
		a.begin()
		return a.tick(), true
	case doStep, doBack5, doFwd5, doBack30, doFwd30, doPrevEvent, doNextEvent, doStart, doEnd, doRestart, doReload,
		doKill, doHostDown, doHostUp, doMore, doLess, doTrafficUp, doTrafficDown:
		a.begin()
	}
	return nil, false
}

// begin closes the opening story and plays.
func (a *App) begin() {
	a.opening, a.overlay = false, noOverlay
	a.clock.goal, a.last = play, a.clock.wall()
	a.clock.remeasure()
	a.refresh(0)
}

// onTime moves the clock.
func (a *App) onTime(do action) (tea.Cmd, bool) {
	c, was := &a.clock, a.clock.goal
	switch do {
	case doPlay:
		a.playPause()
	case doStep:
		c.goal = rest
		c.nextEvent(a.lanes, minor)
	case doNextEvent:
		c.nextEvent(a.lanes, major)
	case doPrevEvent:
		c.goTo(a.lanes, lastEvent(a.lanes, c.now, major))
	case doBack5:
		c.goTo(a.lanes, c.now-leap(c.speed))
	case doFwd5:
		c.goTo(a.lanes, c.now+leap(c.speed))
	case doBack30:
		c.goTo(a.lanes, c.now-6*leap(c.speed))
	case doFwd30:
		c.goTo(a.lanes, c.now+6*leap(c.speed))
	case doStart:
		c.goTo(a.lanes, 0)
	case doEnd:
		c.goTo(a.lanes, c.total)
	case doFaster, doSlower:
		c.speed = faster(c.speed, do == doFaster)
		c.remeasure()
		return nil, true
	case doRestart:
		a.restart()
		return a.say("started again: seed " + strconv.FormatUint(a.seed, 10) + ", as the file says"), true
	case doReload:
		return a.reload(), true
	default:
		return nil, false
	}
	if was != play {
		a.last = c.wall()
	}
	a.scroll = 0
	return nil, true
}

func (a *App) playPause() {
	c := &a.clock
	switch {
	case c.goal != rest:
		c.goal = rest
		c.align(a.lanes)
	case c.now >= c.total:
		c.goTo(a.lanes, 0)
		c.resume = play
		if c.goal == rest {
			c.goal = play
		}
	default:
		c.goal = play
		c.remeasure()
	}
}

// restart is the file's own run from the start: commands are forgotten.
func (a *App) restart() {
	for _, l := range a.lanes {
		l.reset()
	}
	a.clock.now, a.clock.goal = 0, play
	a.clock.remeasure()
	a.last, a.scroll = a.clock.wall(), 0
}

// reload reads the file again. A file that is broken now leaves the run as it is.
func (a *App) reload() tea.Cmd {
	if a.cfg.Reload == nil {
		return a.say("there is no file to read again")
	}
	c, err := a.cfg.Reload()
	if err == nil {
		err = a.load(c)
	}
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return a.say("not reloaded: " + text)
	}
	a.clock.goal, a.last = play, a.clock.wall()
	a.clock.remeasure()
	return a.say("read " + a.file + " again")
}

// onLook changes what is shown and how.
func (a *App) onLook(do action) tea.Cmd {
	switch do {
	case doFocusNext:
		a.focus = (a.focus + 1) % (len(a.lanes) + 1)
	case doFocusPrev:
		a.focus = (a.focus + len(a.lanes)) % (len(a.lanes) + 1)
	case doExpand:
		a.expand = !a.expand
	case doZoom:
		a.zoom = !a.zoom
	case doScale:
		a.linear = !a.linear
	case doService:
		if len(a.lanes) > 0 && len(a.lanes[0].spec.Services) > 0 {
			a.svc = (a.svc + 1) % len(a.lanes[0].spec.Services)
			a.jumped = true
			a.refresh(0)
			return a.say(a.lanes[0].spec.Services[a.shown(a.lanes[0])].Name)
		}
	case doLens:
		a.lens = 1 - a.lens
	case doFilter:
		a.filtering = true
	case doUp, doDown, doPageUp, doPageDown:
		a.onScroll(do)
	case doWhy:
		a.toggle(whyOverlay)
	case doStory:
		a.toggle(storyOverlay)
	case doSummary:
		a.toggle(summaryOverlay)
		a.summarise()
	case doHelp:
		a.toggle(helpOverlay)
	case doTheme:
		a.theme = newTheme(nextTheme(a.theme.name), a.depth, a.theme.ascii, a.env)
		return a.say("theme " + a.theme.name)
	case doMouse:
		a.mouse = !a.mouse
		if a.mouse {
			return tea.Batch(tea.EnableMouseCellMotion, a.say("mouse on: hold shift to select text"))
		}
		return tea.Batch(tea.DisableMouse, a.say("mouse off"))
	case doEscape:
		a.escape()
	case doQuit:
		return tea.Quit
	case doInterrupt:
		a.struck = true
		return tea.Quit
	case doSuspend:
		if !a.suspend() {
			return a.say("there is no shell to return to")
		}
		return tea.Suspend
	}
	return nil
}

func (a *App) toggle(o overlay) {
	a.helpScroll = 0
	if a.overlay == o {
		o = noOverlay
	}
	a.overlay = o
}

// summarise writes the summary of where the lanes stand.
func (a *App) summarise() {
	in := SummaryInput{File: a.file, Seed: a.seed, Duration: a.now, Width: min(a.w, 116) - 4, ASCII: a.theme.ascii, SoFar: true}
	if a.lens == restaurant {
		in.Words = "restaurant"
	}
	for _, l := range a.lanes {
		in.Reports = append(in.Reports, l.report())
	}
	var b strings.Builder
	Summary(&b, in)
	a.summary = strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
}

// report is the lane's report under the lane's name.
func (l *lane) report() model.Report {
	r := l.run.Report()
	r.Variant = l.name
	return r
}

// escape closes the topmost of what can be closed.
func (a *App) escape() {
	switch {
	case a.overlay != noOverlay:
		a.overlay = noOverlay
	case a.expand:
		a.expand = false
	case a.filter != "":
		a.filter = ""
	case a.scroll > 0:
		a.scroll = 0
	}
}

func (a *App) onScroll(do action) {
	n := map[action]int{doUp: -1, doDown: 1, doPageUp: -10, doPageDown: 10}[do]
	if a.overlay == helpOverlay || a.overlay == whyOverlay || a.overlay == summaryOverlay {
		a.helpScroll = min(max(0, a.helpScroll+n), 60)
		return
	}
	most := 0
	for _, l := range a.lanes {
		most += len(l.hist.events)
	}
	a.scroll = min(max(0, a.scroll+n), max(0, most-1))
}

// typeFilter edits the log's filter.
func (a *App) typeFilter(msg tea.KeyMsg) tea.Cmd {
	switch msg.Type {
	case tea.KeyCtrlC:
		a.struck = true
		return tea.Quit
	case tea.KeyEnter:
		a.filtering = false
	case tea.KeyEsc:
		a.filtering, a.filter = false, ""
	case tea.KeyBackspace:
		if r := []rune(a.filter); len(r) > 0 {
			a.filter = string(r[:len(r)-1])
		}
	case tea.KeyRunes, tea.KeySpace:
		if len(a.filter) < 64 {
			a.filter += string(msg.Runes)
		}
	}
	a.scroll = 0
	return nil
}
