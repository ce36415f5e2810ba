package ui

import (
	"strconv"
	"strings"
	"time"

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
		c.goTo(a.lanes, c.now-5*time.Second)
	case doFwd5:
		c.goTo(a.lanes, c.now+5*time.Second)
	case doBack30:
		c.goTo(a.lanes, c.now-30*time.Second)
	case doFwd30:
		c.goTo(a.lanes, c.now+30*time.Second)
	case doStart:
		c.goTo(a.lanes, 0)
	case doEnd:
		c.goTo(a.lanes, c.total)
	case doFaster, doSlower:
		c.speed, c.reached = faster(c.speed, do == doFaster), 0
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
		c.goal, c.reached = play, 0
	}
}

// restart is the file's own run from the start: commands are forgotten.
func (a *App) restart() {
	for _, l := range a.lanes {
		l.reset()
	}
	a.clock.now, a.clock.goal, a.clock.reached = 0, play, 0
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
	a.clock.goal = play
	return a.say("read " + a.file + " again")
}

// targets are the lanes that a command acts on.
func (a *App) targets() []int {
	if !a.onAll {
		return []int{a.lane(len(a.lanes))}
	}
	return a.everyLane()
}

func (a *App) everyLane() []int {
	all := make([]int, len(a.lanes))
	for i := range all {
		all[i] = i
	}
	return all
}

// onWhatIf gives commands to the lanes: the run is no longer the file's.
func (a *App) onWhatIf(do action) (tea.Cmd, bool) {
	l := a.lens
	switch do {
	case doKill:
		return a.give(a.targets(), l.expand("killed a {replica}"), func(n *lane) (model.Command, bool) {
			return model.Command{Kind: model.CommandKill, Service: int32(a.shown(n)), Replica: -1}, true
		}), true
	case doHostDown, doHostUp:
		kind, text := model.CommandHostDown, "{host} down"
		if do == doHostUp {
			kind, text = model.CommandHostUp, "{host} up again"
		}
		return a.give(a.targets(), l.expand(text), func(n *lane) (model.Command, bool) {
			h := n.host(do == doHostUp, a.shown(n))
			return model.Command{Kind: kind, Host: h}, h >= 0
		}), true
	case doTrafficUp, doTrafficDown:
		factor, text := 2.0, "traffic × 2"
		if do == doTrafficDown {
			factor, text = 0.5, "traffic ÷ 2"
		}
		return a.give(a.everyLane(), text, func(n *lane) (model.Command, bool) {
			return model.Command{Kind: model.CommandTraffic, Factor: factor}, true
		}), true
	case doMore, doLess:
		step, text := int32(1), "one {replica} more"
		if do == doLess {
			step, text = -1, "one {replica} fewer"
		}
		return a.give(a.targets(), l.expand(text), func(n *lane) (model.Command, bool) {
			svc := a.shown(n)
			to := n.service(svc).Desired + step
			return model.Command{Kind: model.CommandScale, Service: int32(svc), N: to}, to >= 0
		}), true
	case doAll:
		a.onAll = !a.onAll
		if a.onAll {
			return a.say("x X u > < act on all lanes"), true
		}
		return a.say("x X u > < act on the focused lane"), true
	}
	return nil, false
}

// give applies a command to lanes and says what was done where.
func (a *App) give(to []int, text string, make func(*lane) (model.Command, bool)) tea.Cmd {
	done, why := "", ""
	a.clock.align(a.lanes)
	for _, i := range to {
		l := a.lanes[i]
		l.run.Snapshot(&l.snap)
		c, ok := make(l)
		if !ok {
			continue
		}
		if err := l.give(c); err != nil {
			why = err.Error()
			continue
		}
		done += letter(i)
	}
	if done == "" {
		if why == "" {
			why = "nothing to act on"
		}
		return a.say(text + ": " + why)
	}
	return a.say(text + " in " + done)
}

// host is the first host that is down (or up), preferring one that holds
// replicas of svc; -1 when there is none.
func (l *lane) host(down bool, svc int) int32 {
	found := int32(-1)
	for i := range l.snap.Hosts {
		h := &l.snap.Hosts[i]
		if h.Down != down {
			continue
		}
		if found < 0 {
			found = int32(i)
		}
		for j := range l.service(svc).Replicas {
			if l.service(svc).Replicas[j].Host == h.Name {
				return int32(i)
			}
		}
	}
	return found
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
	in := SummaryInput{File: a.file, Seed: a.seed, Duration: a.now, Width: min(a.w, 116) - 4}
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
