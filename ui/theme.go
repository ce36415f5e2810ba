package ui

import (
	"os"
	"strconv"
	"strings"
)

// style is the role of a piece of the screen. The theme says how it looks.
type style uint8

const (
	plain style = iota
	dim
	bold
	border
	focused // border and title of the panel that has the keys
	title
	good
	bad
	warn
	keycap
	inkLoad
	inkQueue
	inkP50
	inkP99
	inkSLO
	inkDesired
	inkReady
	inkMark
	inkFault
	busySlot
	freeSlot
	starting
	laneA
	laneB
	laneC
	laneD
	shout // the one thing to look at
	numStyles
)

// laneStyle is the colour of lane i.
func laneStyle(i int) style { return laneA + style(i%4) }

// ink is one role in every palette: an RGB colour for dark and for light
// backgrounds, one of the 16, and attributes for when there is no colour.
type ink struct {
	dark, light uint32
	ansi        string // SGR of the 16 colours
	mono        string // SGR without colour
	attr        string // attributes beside the colour
}

// The colours are those of Okabe and Ito, which people with any kind of
// colour vision tell apart; on light backgrounds darker ones of the same hue
// where the original is too pale.
const (
	orange     = 0xE69F00
	skyBlue    = 0x56B4E9
	green      = 0x009E73
	yellow     = 0xF0E442
	blue       = 0x0072B2
	vermillion = 0xD55E00
	purple     = 0xCC79A7

	none = 1 << 24 // the terminal's own foreground
)

var inks = [numStyles]ink{
	plain:      {none, none, "", "", ""},
	dim:        {0x8A8F98, 0x6B7078, "90", "2", ""},
	bold:       {none, none, "1", "1", "1"},
	border:     {0x6A6F78, 0x8A8F98, "90", "2", ""},
	focused:    {skyBlue, blue, "96", "1", "1"},
	title:      {none, none, "1", "1", "1"},
	good:       {0x1FBF8F, 0x00744F, "32", "", ""},
	bad:        {0xFF7A1A, 0xB84A00, "1;31", "1;7", "1"},
	warn:       {orange, 0x8F5F00, "33", "1", ""},
	keycap:     {skyBlue, blue, "36", "1", "1"},
	inkLoad:    {skyBlue, blue, "36", "", ""},
	inkQueue:   {orange, 0x9A6700, "33", "", ""},
	inkP50:     {skyBlue, blue, "36", "", ""},
	inkP99:     {purple, 0x9C3F75, "1;35", "1", "1"},
	inkSLO:     {yellow, 0x7A6A00, "33", "2", ""},
	inkDesired: {orange, 0x9A6700, "33", "", ""},
	inkReady:   {0x1FBF8F, 0x00744F, "1;32", "1", "1"},
	inkMark:    {yellow, 0x7A6A00, "33", "1", ""},
	inkFault:   {0xFF7A1A, 0xB84A00, "1;31", "1", "1"},
	busySlot:   {orange, 0x9A6700, "33", "", ""},
	freeSlot:   {0x6A6F78, 0x9A9FA8, "90", "2", ""},
	starting:   {skyBlue, blue, "36", "", ""},
	laneA:      {skyBlue, blue, "1;36", "1", "1"},
	laneB:      {orange, 0x9A6700, "1;33", "1", "1"},
	laneC:      {0x1FBF8F, 0x00744F, "1;32", "1", "1"},
	laneD:      {purple, 0x9C3F75, "1;35", "1", "1"},
	shout:      {none, none, "1;7", "1;7", "1;7"},
}

// depth is how many colours the terminal shows.
type depth uint8

const (
	noColor depth = iota
	colors16
	colors256
	trueColor
)

// theme is the look of everything: one SGR sequence per role, made once.
type theme struct {
	name  string
	ascii bool
	sgr   [numStyles]string
}

// Themes are the names that --theme takes.
var Themes = []string{"auto", "dark", "light", "mono", "high-contrast", "terminal16"}

// newTheme makes the theme of that name for a terminal with that many colours.
func newTheme(name string, d depth, ascii bool, env func(string) string) *theme {
	t := &theme{name: name, ascii: ascii}
	if name == "" || name == "auto" {
		t.name, name = "auto", "dark"
		if lightBackground(env) {
			name = "light"
		}
	}
	if d == noColor {
		return t
	}
	for s := plain + 1; s < numStyles; s++ {
		if sgr := inks[s].sgr(name, d); sgr != "" {
			t.sgr[s] = "\x1b[" + sgr + "m"
		}
	}
	return t
}

// sgr is the parameters of one role.
func (k *ink) sgr(name string, d depth) string {
	switch name {
	case "mono":
		return k.mono
	case "terminal16":
		d = colors16
	case "high-contrast":
		if k.mono == "2" {
			return "" // nothing is dim
		}
		if k.ansi == "" || strings.HasPrefix(k.ansi, "1") {
			return k.ansi
		}
		return "1;" + k.ansi
	}
	if d == colors16 {
		return k.ansi
	}
	rgb := k.dark
	if name == "light" {
		rgb = k.light
	}
	if rgb == none {
		return k.attr
	}
	sgr := "38;5;" + strconv.Itoa(nearest256(rgb))
	if d == trueColor {
		sgr = "38;2;" + strconv.Itoa(int(rgb>>16)) + ";" + strconv.Itoa(int(rgb>>8&255)) + ";" + strconv.Itoa(int(rgb&255))
	}
	if k.attr != "" {
		sgr = k.attr + ";" + sgr
	}
	return sgr
}

// nearest256 is the index in xterm's 6×6×6 cube that is nearest to rgb.
func nearest256(rgb uint32) int {
	level := func(v uint32) int {
		if v < 48 {
			return 0
		}
		if v < 115 {
			return 1
		}
		return int(v-35) / 40
	}
	return 16 + 36*level(rgb>>16) + 6*level(rgb>>8&255) + level(rgb&255)
}

// lightBackground trusts COLORFGBG, which several terminals set; the terminal
// itself is never asked, since one that does not answer costs five seconds.
func lightBackground(env func(string) string) bool {
	v := env("COLORFGBG")
	bg := v[strings.LastIndexByte(v, ';')+1:]
	return bg == "7" || bg == "15"
}

// colorDepth reads how many colours the terminal shows from its environment.
func colorDepth(env func(string) string) depth {
	term := env("TERM")
	switch {
	case term == "dumb":
		return noColor
	case env("COLORTERM") == "truecolor" || env("COLORTERM") == "24bit":
		return trueColor
	case strings.Contains(term, "direct"):
		return trueColor
	case strings.Contains(term, "256"), strings.HasPrefix(term, "tmux"), term == "":
		return colors256
	}
	return colors16
}

// ColorWanted decides whether colours are written, in the order that people
// expect: --color, NO_COLOR, CLICOLOR_FORCE, CLICOLOR=0, TERM=dumb, a
// terminal or not. flag is "always", "never" or "auto".
func ColorWanted(flag string, env func(string) string, terminal bool) bool {
	switch {
	case flag == "always":
		return true
	case flag == "never", env("NO_COLOR") != "":
		return false
	case env("CLICOLOR_FORCE") != "" && env("CLICOLOR_FORCE") != "0":
		return true
	case env("CLICOLOR") == "0", env("TERM") == "dumb":
		return false
	}
	return terminal
}

// ASCIIWanted says that the environment cannot show more than ASCII: a locale
// that is not UTF-8, or the Linux console.
func ASCIIWanted(env func(string) string) bool {
	if env("TERM") == "linux" {
		return true
	}
	for _, k := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(env(k)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return false
}

// ReducedMotion says that the user asked for a calm screen.
func ReducedMotion(env func(string) string) bool { return env("HASIM_REDUCED_MOTION") == "1" }

// nextTheme is the theme after name in Themes.
func nextTheme(name string) string {
	for i, t := range Themes {
		if t == name {
			return Themes[(i+1)%len(Themes)]
		}
	}
	return Themes[0]
}

var osEnv = os.Getenv
