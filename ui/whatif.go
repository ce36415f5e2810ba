package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hasim/model"
)

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
		return a.give(a.targets(), l.expand("killed a {replica}"), killed, func(n *lane) (model.Command, bool) {
			return model.Command{Kind: model.CommandKill, Service: int32(a.shown(n)), Replica: -1}, true
		}), true
	case doHostDown, doHostUp:
		kind, text := model.CommandHostDown, "{host} down"
		if do == doHostUp {
			kind, text = model.CommandHostUp, "{host} up again"
		}
		return a.give(a.targets(), l.expand(text), nil, func(n *lane) (model.Command, bool) {
			h := n.host(do == doHostUp, a.shown(n))
			return model.Command{Kind: kind, Host: h}, h >= 0
		}), true
	case doTrafficUp, doTrafficDown:
		factor, text := 2.0, "traffic × 2"
		if do == doTrafficDown {
			factor, text = 0.5, "traffic ÷ 2"
		}
		return a.give(a.everyLane(), text, nil, func(n *lane) (model.Command, bool) {
			return model.Command{Kind: model.CommandTraffic, Factor: factor}, true
		}), true
	case doMore, doLess:
		step, text := int32(1), "one {replica} more"
		if do == doLess {
			step, text = -1, "one {replica} fewer"
		}
		return a.give(a.targets(), l.expand(text), nil, func(n *lane) (model.Command, bool) {
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

// killed names whom a kill hit, by what the lane told since.
func killed(told []model.Event) string {
	for i := range told {
		if told[i].Reason == model.Died || told[i].Reason == model.OOMKilled {
			return "killed " + told[i].Object
		}
	}
	return ""
}

// give applies a command to lanes and says what was done where. what, which
// may be nil, says it from what a lane told.
func (a *App) give(to []int, text string, what func([]model.Event) string, make func(*lane) (model.Command, bool)) tea.Cmd {
	done, why, said := "", "", []string(nil)
	a.clock.align(a.lanes)
	for _, i := range to {
		l := a.lanes[i]
		l.run.Snapshot(&l.snap)
		c, ok := make(l)
		if !ok {
			continue
		}
		told := len(l.hist.events)
		if err := l.give(c); err != nil {
			why = err.Error()
			continue
		}
		done += letter(i)
		name := text
		if what != nil {
			if n := what(l.hist.events[min(told, len(l.hist.events)):]); n != "" {
				name = n
			}
		}
		if n := len(said); n > 0 && strings.HasPrefix(said[n-1], name+" in ") {
			said[n-1] += letter(i)
		} else {
			said = append(said, name+" in "+letter(i))
		}
	}
	if done == "" {
		if why == "" {
			why = "nothing to act on"
		}
		return a.say(text + ": " + why)
	}
	return a.say(strings.Join(said, ", "))
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
