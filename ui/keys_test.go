package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hasim/model"
)

// Help cannot lie: every key that the program matches is in the help, with a
// text, and no key does two things.
func TestHelpShowsEveryKey(t *testing.T) {
	a := stage(sale(), 0, 120, 60)
	a.overlay = helpOverlay
	frame := a.draw(120, 60)
	seen := map[string]bool{}
	for i := range keyTable {
		b := &keyTable[i]
		if b.do == noAction || b.Help().Desc == "" {
			t.Errorf("%v does nothing or says nothing", b.Keys())
		}
		if !strings.Contains(frame, pad(b.Help().Key, 14)+a.lens.expand(b.Help().Desc)) {
			t.Errorf("the help does not show %q", b.Help().Key)
		}
		for _, k := range b.Keys() {
			if seen[k] {
				t.Errorf("%q is bound twice", k)
			}
			seen[k] = true
			if k != "ctrl+z" && actionOf(press(k).String()) != b.do {
				t.Errorf("pressing %q does not do what the table says", k)
			}
		}
	}
	for _, must := range []string{" ", "p", ".", "left", "h", "l", "H", "L", "[", "]", "0", "home", "g", "end", "G", "+", "=", "-", "tab", "shift+tab",
		"1", "9", "e", "enter", "z", "y", "v", "/", "j", "k", "pgup", "ctrl+u", "x", "X", "t", "T", "i", "r", "ctrl+r", "m", "c", "?", "q", "ctrl+c", "ctrl+z", "esc", "a"} {
		if !seen[must] {
			t.Errorf("the keymap lacks %q", must)
		}
	}
}

// What keys do, told as a session.
func TestASessionOfKeys(t *testing.T) {
	a := stage(sale(), 100*time.Second, 120, 36)
	a.clock.goal = rest
	keys := func(names ...string) {
		for _, k := range names {
			a.Update(press(k))
			a.settle()
		}
	}
	at := func(want time.Duration) {
		t.Helper()
		if a.clock.now != want {
			t.Errorf("the clock is at %v, want %v", a.clock.now, want)
		}
	}
	keys("right", "l")
	at(110 * time.Second)
	keys("H", "left")
	at(75 * time.Second)
	keys("]")
	at(120 * time.Second) // doors open
	keys(".")
	at(150 * time.Second) // the first rescale: B's log has it
	keys(".")
	at(151400 * time.Millisecond)
	keys("[")
	at(150 * time.Second)
	keys("G")
	at(10 * time.Minute)
	keys("g")
	at(0)
	keys("+", "+", "-")
	if a.clock.speed != 8 {
		t.Errorf("speed is %v, want 8", a.clock.speed)
	}
	keys("tab")
	if a.focus != 1 {
		t.Errorf("focus is %d, want 1", a.focus)
	}
	keys("x")
	if n := a.lanes[1].run.(*actor).killed; n != 1 || a.lanes[0].run.(*actor).killed != 0 {
		t.Errorf("x acts on the focused lane only")
	}
	keys("a", "x")
	if a.lanes[0].run.(*actor).killed != 1 || a.lanes[1].run.(*actor).killed != 2 {
		t.Errorf("after a, x acts on all lanes")
	}
	keys("t")
	if f := a.lanes[0].run.(*actor).factor * a.lanes[1].run.(*actor).factor; f != 4 {
		t.Errorf("t doubles the traffic of all lanes: product %v", f)
	}
	if !strings.Contains(a.View(), "edited") {
		t.Error("an edited run is not marked")
	}
	keys("r")
	a.clock.goal = rest
	if strings.Contains(a.View(), "edited") || a.lanes[0].run.(*actor).killed != 0 {
		t.Error("r does not bring the file's own run back")
	}
	keys("/", "s", "c", "a", "l", "e", "enter")
	if a.filter != "scale" || a.filtering {
		t.Errorf("the filter is %q", a.filter)
	}
	keys("esc")
	if a.filter != "" {
		t.Error("esc does not clear the filter")
	}
	if _, cmd := a.Update(press("q")); cmd == nil {
		t.Error("q does not quit")
	}
}

// The mouse focuses what it clicks and drags the timeline.
func TestMouse(t *testing.T) {
	a := stage(sale(), 100*time.Second, 120, 36)
	a.clock.goal = rest
	click := func(x, y int) {
		a.Update(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
		a.settle()
	}
	click(90, 10)
	if a.focus != 1 {
		t.Errorf("a click on the second lane focuses %d", a.focus)
	}
	click(50, 30)
	if a.focus != 2 {
		t.Errorf("a click on the log focuses %d", a.focus)
	}
	w := 120 - stripLeft - stripRight
	click(stripLeft+w/2, 33)
	if d := a.clock.now - 5*time.Minute; d < -10*time.Second || d > 10*time.Second {
		t.Errorf("a click on the middle of the timeline leads to %v", a.clock.now)
	}
	click(stripLeft+w, 33)
	if a.clock.now != a.total {
		t.Errorf("a click on its end leads to %v", a.clock.now)
	}
	a.Update(tea.MouseMsg{Button: tea.MouseButtonWheelDown})
	if a.scroll != 1 {
		t.Errorf("the wheel scrolls the log to %d", a.scroll)
	}
}

// Keys that come in one packet are as many keys.
func TestFastTyping(t *testing.T) {
	a := stage(sale(), 100*time.Second, 120, 36)
	a.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("++v")})
	if a.clock.speed != 16 || a.lens != servers {
		t.Errorf("speed %v, lens %d", a.clock.speed, a.lens)
	}
	a.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("qq"), Paste: true})
	if a.clock.speed != 16 {
		t.Error("pasted text is not keys")
	}
}

// The end of a run that was played shows how it ended; space plays it again.
func TestTheEndShowsTheSummary(t *testing.T) {
	a := stage(sale(), 9*time.Minute+59*time.Second, 120, 36)
	a.clock.goal, a.clock.speed = play, speeds[len(speeds)-1]
	a.tick()
	a.Update(tickMsg{a.ticking, time.Time{}})
	if a.now != a.total || a.overlay != summaryOverlay || a.tick() != nil {
		t.Fatalf("at %v of %v, overlay %d", a.now, a.total, a.overlay)
	}
	if f := a.View(); !strings.Contains(f, "summary") || !strings.Contains(f, "latency p50/p99") {
		t.Error("the summary is not on the screen")
	}
	a.Update(press(" "))
	if a.clock.goal != play || a.clock.now > time.Second {
		t.Errorf("space at the end: goal %d at %v", a.clock.goal, a.clock.now)
	}
}

// The story gives way when the quiet part is over.
func TestTheStoryGivesWay(t *testing.T) {
	c := sale()
	c.Lesson = lesson
	a := stage(c, 119*time.Second, 120, 36)
	if a.overlay == storyOverlay {
		t.Fatal("who says where to begin gets the story in the way")
	}
	a.Update(press("s"))
	if a.overlay != storyOverlay {
		t.Fatal("s does not show the story")
	}
	a.clock.goal, a.clock.speed = play, 64
	a.last = a.clock.wall().Add(-100 * time.Millisecond)
	a.tick()
	a.Update(tickMsg{a.ticking, time.Time{}})
	if a.overlay != noOverlay {
		t.Error("the story still hides the charts after the doors opened")
	}
}

// The run waits until its story was read; any of three keys begins it.
func TestTheRunWaitsForItsStory(t *testing.T) {
	c := sale()
	c.Lesson = lesson
	for _, k := range []string{" ", "esc", "enter"} {
		a := stage(c, 0, 120, 36)
		if a.overlay != storyOverlay || a.clock.goal != rest || a.tick() != nil {
			t.Fatalf("overlay %d, goal %d: the run does not wait", a.overlay, a.clock.goal)
		}
		if f := a.View(); !strings.Contains(f, "space: begin") || !strings.Contains(f, "waits") {
			t.Errorf("nobody says how to begin:\n%s", f)
		}
		a.Update(press("?"))
		a.Update(press("esc"))
		if a.overlay != storyOverlay || a.clock.goal != rest {
			t.Error("help ends the opening")
		}
		if _, cmd := a.Update(press(k)); cmd == nil || a.overlay != noOverlay || a.clock.goal != play {
			t.Errorf("%q does not begin: overlay %d, goal %d", k, a.overlay, a.clock.goal)
		}
	}
	c.Speed = 8
	if a := stage(c, 0, 120, 36); a.overlay != noOverlay || a.clock.goal != play {
		t.Error("--speed does not go straight on")
	}
}

// Arrows at great speed go as far as a second plays.
func TestArrowsGoFartherAtSpeed(t *testing.T) {
	for speed, want := range map[float64]time.Duration{0.25: 5 * time.Second, 4: 5 * time.Second, 32: 32 * time.Second, speeds[len(speeds)-1]: 64 * time.Second} {
		if got := leap(speed); got != want {
			t.Errorf("at %v×: %v, want %v", speed, got, want)
		}
	}
}

// x tells whom it hit.
func TestAKillHasAName(t *testing.T) {
	a := stage(sale(), 100*time.Second, 120, 36)
	a.Update(press("tab"))
	a.Update(press("x"))
	if !strings.Contains(a.View(), "killed app-1 in B") {
		t.Errorf("toast %q", a.toast)
	}
}

// ctrl+c leaves as a signal does, q does not.
func TestCtrlCIsAnInterrupt(t *testing.T) {
	for k, code := range map[string]int{"ctrl+c": 130, "q": 0} {
		a := stage(sale(), 100*time.Second, 120, 36)
		a.Update(press(k))
		if res, err := a.result(nil); res.Exit != code || err != nil {
			t.Errorf("%s: exit %d, %v", k, res.Exit, err)
		}
	}
}

// The speed that is reached is told after a second of playing, not at once.
func TestReachedSpeedNeedsASecond(t *testing.T) {
	c := clock{speed: 4}
	c.measure(time.Second, 900*time.Millisecond) // of a suspended program: cut to a turn
	if c.shown() != 0 {
		t.Error("told at once")
	}
	for range 8 {
		c.measure(100*time.Millisecond, 100*time.Millisecond)
	}
	if v := c.shown(); v < 0.9 || v > 4 {
		t.Errorf("reached %v", v)
	}
}

// A calm screen has a turn a second and still keeps the time.
func TestACalmClockKeepsTime(t *testing.T) {
	c := sale()
	c.NoMotion, c.Speed = true, 4
	a := stage(c, 0, 120, 36)
	if got := a.clock.target(time.Second); got != 4*time.Second {
		t.Errorf("a second at 4× leads to %v", got)
	}
	if got := a.clock.target(time.Hour); got > 6*time.Second {
		t.Errorf("after an hour's suspension it leaps to %v", got)
	}
}

// The restaurant's words are in the one table and nowhere else.
func TestWordsLiveInOneTable(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)\b(chefs?|waiters?|kitchens?|restaurant|stoves?|fridge|cooks?|cooking|fainted|burned|orders?|dinner|guests?)\b`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || f.Name() == "words.go" {
			continue
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && lit.Value != `"restaurant"` {
				if m := forbidden.FindString(lit.Value); m != "" {
					t.Errorf("%s: %q in %s belongs into words.go", fset.Position(lit.Pos()), m, lit.Value)
				}
			}
			return true
		})
	}
	for w, pair := range words {
		if pair[0] == "" || pair[1] == "" {
			t.Errorf("word %d lacks a name: %q", w, pair)
		}
	}
	if s := servers.expand("{replica} {replicas} {request} {requests} {host} {queue} {autoscaler} {load} {other}"); strings.Contains(s, "{") || forbidden.MatchString(strings.Replace(s, "restaurant words", "", 1)) {
		t.Errorf("server words: %q", s)
	}
}

// Every reason of the model has a word in the log, short enough for its column.
func TestEveryReasonHasAWord(t *testing.T) {
	for _, r := range model.Reasons() {
		k, ok := kinds[r.Reason]
		if !ok {
			t.Errorf("the log has no word for %s", r.Reason)
		}
		for _, n := range k.name {
			if n == "" || len(n) > 10 {
				t.Errorf("the word %q for %s has no room", n, r.Reason)
			}
		}
	}
}

// The versions that the facts in these files were measured with.
func TestVersions(t *testing.T) {
	want := map[string]string{
		"github.com/charmbracelet/bubbletea": "v1.3.10",
		"github.com/charmbracelet/bubbles":   "v1.0.0",
		"github.com/charmbracelet/lipgloss":  "v1.1.0",
		"github.com/guptarohit/asciigraph":   "v0.10.0",
	}
	for path, version := range built(t) {
		if v, ok := want[path]; ok {
			if version != v {
				t.Errorf("%s is %s, want %s", path, version, v)
			}
			delete(want, path)
		}
	}
	if len(want) > 0 {
		t.Errorf("not built in: %v", want)
	}
}

// built is the modules that this binary is built from. go test does not
// always embed them; go list knows them then.
func built(t *testing.T) map[string]string {
	deps := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			deps[d.Path] = d.Version
		}
	}
	if len(deps) > 0 {
		return deps
	}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", ".")
	cmd.Env = append(os.Environ(), "GOPROXY=off")
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("no build information and no go command: %v", err)
	}
	for _, l := range strings.Split(string(out), "\n") {
		if path, version, ok := strings.Cut(l, " "); ok {
			deps[path] = version
		}
	}
	return deps
}

func TestColorIsDecidedInOrder(t *testing.T) {
	for _, c := range []struct {
		flag string
		env  []string
		tty  bool
		want bool
	}{
		{"auto", nil, true, true},
		{"auto", nil, false, false},
		{"always", []string{"NO_COLOR", "1"}, false, true},
		{"never", []string{"CLICOLOR_FORCE", "1"}, true, false},
		{"auto", []string{"NO_COLOR", "1", "CLICOLOR_FORCE", "1"}, true, false},
		{"auto", []string{"NO_COLOR", ""}, true, true},
		{"auto", []string{"CLICOLOR_FORCE", "1", "CLICOLOR", "0"}, false, true},
		{"auto", []string{"CLICOLOR", "0"}, true, false},
		{"auto", []string{"TERM", "dumb"}, true, false},
	} {
		if got := ColorWanted(c.flag, env(c.env...), c.tty); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	for term, want := range map[string]depth{"dumb": noColor, "xterm": colors16, "xterm-256color": colors256, "tmux-256color": colors256, "linux": colors16} {
		if got := colorDepth(env("TERM", term)); got != want {
			t.Errorf("TERM=%s: depth %d, want %d", term, got, want)
		}
	}
	if !ASCIIWanted(env("LANG", "C")) || ASCIIWanted(env("LANG", "de_DE.UTF-8")) || !ASCIIWanted(env("TERM", "linux")) || ASCIIWanted(env()) {
		t.Error("ASCII mode is chosen wrongly")
	}
}

var _ tea.Model = (*App)(nil)
