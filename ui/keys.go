package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
)

// action is what a key does.
type action uint8

const (
	noAction action = iota
	doPlay
	doStep
	doBack5
	doFwd5
	doBack30
	doFwd30
	doPrevEvent
	doNextEvent
	doStart
	doEnd
	doFaster
	doSlower
	doFocusNext
	doFocusPrev
	doJump
	doExpand
	doZoom
	doScale
	doService
	doLens
	doFilter
	doUp
	doDown
	doPageUp
	doPageDown
	doKill
	doHostDown
	doHostUp
	doMore
	doLess
	doTrafficUp
	doTrafficDown
	doAll
	doWhy
	doStory
	doSummary
	doRestart
	doReload
	doTheme
	doMouse
	doHelp
	doEscape
	doQuit
	doInterrupt
	doSuspend
)

// binding is one row of the key table: what the program matches, what the
// footer and the help show. {words} are filled by the lens.
type binding struct {
	key.Binding
	do     action
	group  string
	footer int // order in the footer, 0: not there
}

func bind(do action, group, keys, help string, footer int, names ...string) binding {
	return binding{key.NewBinding(key.WithKeys(names...), key.WithHelp(keys, help)), do, group, footer}
}

// groups are the columns of the help.
var groups = []string{"time", "what if", "look", "window"}

// keyTable is the one table of all keys: matching, footer and help read it.
var keyTable = []binding{
	bind(doPlay, "time", "space p", "play, pause", 1, " ", "p"),
	bind(doBack5, "time", "← h", "back: 5 s, or what a second plays", 0, "left", "h"),
	bind(doFwd5, "time", "→ l", "on", 2, "right", "l"),
	bind(doBack30, "time", "shift+← H", "far back: six times that", 0, "shift+left", "H"),
	bind(doFwd30, "time", "shift+→ L", "far on", 0, "shift+right", "L"),
	bind(doPrevEvent, "time", "[", "event before", 0, "["),
	bind(doNextEvent, "time", "]", "next event", 7, "]"),
	bind(doStep, "time", ".", "step to the next log line", 0, "."),
	bind(doStart, "time", "0 g home", "start", 0, "0", "g", "home"),
	bind(doEnd, "time", "end G", "end", 0, "end", "G"),
	bind(doFaster, "time", "+ =", "faster", 4, "+", "="),
	bind(doSlower, "time", "- _", "slower", 0, "-", "_"),
	bind(doRestart, "time", "r", "restart, same seed, no edits", 0, "r"),
	bind(doReload, "time", "ctrl+r", "read the file again", 0, "ctrl+r"),

	bind(doKill, "what if", "x", "kill a {replica}", 5, "x"),
	bind(doHostDown, "what if", "X", "{host} down", 0, "X"),
	bind(doHostUp, "what if", "u", "{host} up again", 0, "u"),
	bind(doTrafficUp, "what if", "t", "traffic × 2, all lanes", 8, "t"),
	bind(doTrafficDown, "what if", "T", "traffic ÷ 2, all lanes", 0, "T"),
	bind(doMore, "what if", ">", "one {replica} more, by hand", 0, ">"),
	bind(doLess, "what if", "<", "one {replica} fewer", 0, "<"),
	bind(doAll, "what if", "a", "x X u > < act on all lanes, or one", 0, "a"),

	bind(doLens, "look", "v", "{other}", 10, "v"),
	bind(doWhy, "look", "i", "why: the last scaling decision", 3, "i"),
	bind(doStory, "look", "s", "the story and what to watch", 0, "s"),
	bind(doSummary, "look", "S", "summary so far", 0, "S"),
	bind(doZoom, "look", "z", "charts: last 60 s, whole run", 0, "z"),
	bind(doScale, "look", "y", "latency: log, linear", 0, "y"),
	bind(doService, "look", "f", "charts of the next service", 0, "f"),
	bind(doFilter, "look", "/", "filter the log", 0, "/"),
	bind(doUp, "look", "↑ k", "scroll to newer", 0, "up", "k"),
	bind(doDown, "look", "↓ j", "scroll to older", 0, "down", "j"),
	bind(doPageUp, "look", "pgup ctrl+u", "a page newer", 0, "pgup", "ctrl+u"),
	bind(doPageDown, "look", "pgdn ctrl+d", "a page older", 0, "pgdown", "ctrl+d"),

	bind(doFocusNext, "window", "tab", "next lane, then the log", 6, "tab"),
	bind(doFocusPrev, "window", "shift+tab", "the one before", 0, "shift+tab"),
	bind(doJump, "window", "1…9", "that lane", 0, "1", "2", "3", "4", "5", "6", "7", "8", "9"),
	bind(doExpand, "window", "e enter", "full screen and back", 0, "e", "enter"),
	bind(doTheme, "window", "c", "next colour theme", 0, "c"),
	bind(doMouse, "window", "m", "mouse on, off (then shift selects text)", 0, "m"),
	bind(doEscape, "window", "esc", "close, clear", 0, "esc"),
	bind(doHelp, "window", "?", "all keys", 11, "?"),
	bind(doSuspend, "window", "ctrl+z", "suspend", 0, "ctrl+z"),
	bind(doInterrupt, "window", "ctrl+c", "quit, exit code 130", 0, "ctrl+c"),
	bind(doQuit, "window", "q", "quit", 12, "q"),
}

// footerWords are shorter than the help's where the footer needs it.
var footerWords = map[action][2]string{
	doPlay:      {"space", "play/pause"},
	doFwd5:      {"←/→", "seek"},
	doNextEvent: {"[ ]", "event"},
	doFaster:    {"+/-", "speed"},
	doFocusNext: {"tab", "focus"},
	doTrafficUp: {"t/T", "traffic"},
	doWhy:       {"i", "why"},
	doHelp:      {"?", "keys"},
	doQuit:      {"q", "quit"},
}

// action finds what a pressed key does.
func actionOf(pressed string) action {
	for i := range keyTable {
		for _, k := range keyTable[i].Keys() {
			if k == pressed {
				return keyTable[i].do
			}
		}
	}
	return noAction
}

// drawFooter lists the most used keys, as many as fit; ? and q always.
func drawFooter(r region, s *screen) {
	var items []*binding
	for order := 1; order <= 12; order++ {
		for i := range keyTable {
			if keyTable[i].footer == order {
				items = append(items, &keyTable[i])
			}
		}
	}
	width := func(b *binding) int {
		k, h := footerText(b, s)
		return textWidth(k) + 1 + textWidth(h) + 2
	}
	room := r.w - 1
	for _, b := range items[len(items)-2:] {
		room -= width(b)
	}
	p := r.pen(1, 0)
	for i, b := range items {
		if i < len(items)-2 {
			if room -= width(b); room < 0 {
				continue
			}
		}
		k, h := footerText(b, s)
		p.s(k, keycap).s(" ", plain).s(h, dim).s("  ", plain)
	}
}

func footerText(b *binding, s *screen) (string, string) {
	if w, ok := footerWords[b.do]; ok {
		return keyText(w[0], s.ascii()), w[1]
	}
	return keyText(b.Help().Key, s.ascii()), s.lens.expand(b.Help().Desc)
}

// arrows are the names of the keys whose signs ASCII would turn into other
// keys' signs.
var arrows = strings.NewReplacer("←", "left", "→", "right", "↑", "up", "↓", "down", "…", "..")

// keyText names a key.
func keyText(key string, ascii bool) string {
	if ascii {
		return arrows.Replace(key)
	}
	return key
}
