package ui

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"example.com/hasim/model"
)

var update = flag.Bool("update", false, "write the goldens anew")

// golden compares a frame with the gallery in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got += "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if !bytes.Equal(want, []byte(got)) {
		t.Errorf("%s is not as in the gallery (see it, then -update):\n%s", path, got)
	}
}

// holds fails unless a frame has exactly h lines of exactly w cells.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, frame string, w, h int) {
	t.Helper()
	if w <= 0 || h <= 0 {
		if strings.Trim(frame, "\n") != "" {
			t.Fatalf("a frame without room holds %q", frame)
		}
		return
	}
	lines := strings.Split(frame, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != w {
			t.Fatalf("line %d is %d cells wide, want %d: %q", i, got, w, l)
		}
	}
}

const lesson = "At two minutes the doors open: ten times the requests within half a minute.\nWatch how long the autoscaler needs until it helps, and what that costs.\n\nPredict first: which lane refuses the fewest?"

// The gallery: what the screen looks like, page by page.
func TestGallery(t *testing.T) {
	at := 215 * time.Second
	four := []string{"one chef", "hpa 2..10", "three chefs", "pre-scaled"}
	pages := []struct {
		name string
		w, h int
		at   time.Duration
		with []string
		set  func(*App)
	}{
		{"compare-120x36", 120, 36, at, nil, nil},
		{"compare-80x24", 80, 24, at, nil, nil},
		{"compare-200x50", 200, 50, at, four, nil},
		{"four-lanes-120x36", 120, 36, at, four, nil},
		{"four-lanes-80x24", 80, 24, at, four, func(a *App) { a.focus = 2 }},
		{"one-lane-120x36", 120, 36, at, four[:1], nil},
		{"one-lane-50x15", 50, 15, at, nil, nil},
		{"tiny-49x3", 49, 3, at, nil, nil},
		{"servers-120x36", 120, 36, at, nil, func(a *App) { a.lens = servers }},
		{"start-120x36", 120, 36, 0, nil, func(a *App) { a.lesson, a.overlay, a.opening, a.goal = lesson, storyOverlay, true, rest }},
		{"end-120x36", 120, 36, 10 * time.Minute, nil, nil},
		{"zoom-linear-120x36", 120, 36, at, nil, func(a *App) { a.zoom, a.linear = true, true }},
		{"help-120x36", 120, 36, at, nil, func(a *App) { a.overlay = helpOverlay }},
		{"help-80x24", 80, 24, at, nil, func(a *App) { a.overlay = helpOverlay }},
		{"why-120x36", 120, 36, at, nil, func(a *App) { a.overlay, a.focus = whyOverlay, 1 }},
		{"expand-120x36", 120, 36, at, nil, func(a *App) { a.expand, a.focus = true, 1 }},
		{"log-120x36", 120, 36, at, nil, func(a *App) { a.expand, a.focus = true, 2 }},
		{"filter-120x36", 120, 36, at, nil, func(a *App) { a.filter, a.filtering = "scale", true }},
		{"wide-120x20", 120, 20, at, four, nil},
		{"money-120x36", 120, 36, at, nil, func(a *App) { a.lanes[0].snap.Totals.LostRevenue = 40250 }},
		{"nobody-80x24", 80, 24, at, nil, func(a *App) {
			a.lanes[0].snap.Recent = model.Recent{Failed: 500}
			a.lanes[0].big.p99 = 0
		}},
		{"ascii-120x36", 120, 36, at, nil, func(a *App) { a.theme.ascii = true }},
		{"ascii-80x24", 80, 24, at, nil, func(a *App) { a.theme.ascii = true }},
	}
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			a := stage(sale(p.with...), p.at, p.w, p.h)
			if p.set != nil {
				p.set(a)
			}
			frame := a.View()
			holds(t, frame, p.w, p.h)
			golden(t, p.name, frame)
		})
	}
}

// ASCII mode is complete: nothing on any page is anything else.
func TestASCIIIsASCII(t *testing.T) {
	for _, o := range []overlay{noOverlay, helpOverlay, whyOverlay, storyOverlay} {
		for _, size := range [][2]int{{120, 36}, {80, 24}, {50, 15}, {30, 4}} {
			a := stage(sale("drei Köche …", "店 2..10"), 215*time.Second, size[0], size[1])
			a.theme.ascii, a.overlay, a.lesson = true, o, "Größe — “so”\n"+lesson
			frame := a.View()
			holds(t, frame, size[0], size[1])
			for i, r := range frame {
				if r != '\n' && (r < ' ' || r > '~') {
					t.Fatalf("%q at %d", r, i)
				}
			}
		}
	}
}

// Without colour there is no escape sequence at all; with it the characters
// are the same, whatever the theme.
func TestColourIsNeverTheOnlyCarrier(t *testing.T) {
	a := stage(sale(), 215*time.Second, 120, 36)
	bare := a.View()
	if strings.Contains(bare, "\x1b") {
		t.Error("an escape sequence without colour")
	}
	for _, name := range Themes {
		for _, d := range []depth{colors16, colors256, trueColor} {
			a.theme, a.stale = newTheme(name, d, false, env()), true
			frame := a.View()
			holds(t, frame, 120, 36)
			if ansi.Strip(frame) != bare {
				t.Errorf("theme %s changes the text", name)
			}
			if !strings.Contains(frame, "\x1b[") {
				t.Errorf("theme %s at depth %d has no colour or attribute", name, d)
			}
		}
	}
}

// Any size, any keys, any names: exactly the size, and no panic.
func TestAnySizeAnyKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.String(), 1, 7).Draw(t, "names")
		c := sale(names...)
		c.File, c.Lesson = rapid.String().Draw(t, "file"), rapid.String().Draw(t, "lesson")
		a := stage(c, time.Duration(rapid.IntRange(0, 600).Draw(t, "at"))*time.Second, 80, 24)
		a.theme = newTheme(rapid.SampledFrom(Themes).Draw(t, "theme"), rapid.SampledFrom([]depth{noColor, colors16, trueColor}).Draw(t, "depth"),
			rapid.Bool().Draw(t, "ascii"), env())
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				w, h := rapid.IntRange(0, 220).Draw(t, "w"), rapid.IntRange(0, 70).Draw(t, "h")
				a.Update(tea.WindowSizeMsg{Width: w, Height: h})
			case 1:
				a.Update(tickMsg{a.ticking, time.Time{}})
			case 2:
				a.Update(tea.MouseMsg{X: rapid.IntRange(0, 220).Draw(t, "x"), Y: rapid.IntRange(0, 70).Draw(t, "y"), Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
			default:
				k := rapid.SampledFrom(allKeys()).Draw(t, "key")
				if k != "ctrl+z" {
					a.Update(press(k))
				}
			}
			if a.exit.panicked != nil {
				t.Fatalf("panic: %v", a.exit.panicked)
			}
			holds(t, a.View(), a.w, a.h)
		}
		if a.exit.panicked != nil {
			t.Fatalf("panic: %v", a.exit.panicked)
		}
	})
}

// FuzzFrame holds any size of any page.
func FuzzFrame(f *testing.F) {
	f.Add(120, 36, 215, 2, uint8(0))
	f.Add(1, 1, 0, 1, uint8(1))
	f.Add(0, 0, 600, 9, uint8(2))
	f.Fuzz(func(t *testing.T, w, h, at, lanes int, bits uint8) {
		w, h, at, lanes = abs(w)%300, abs(h)%120, abs(at)%601, 1+abs(lanes)%9
		a := stage(sale(strings.Split(strings.Repeat("lane,", lanes), ",")[:lanes]...), time.Duration(at)*time.Second, w, h)
		a.expand, a.zoom, a.linear, a.overlay = bits&1 > 0, bits&2 > 0, bits&4 > 0, overlay(bits>>3&3)
		a.focus = int(bits>>5) % (lanes + 1)
		holds(t, a.draw(w, h), w, h)
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

func allKeys() []string {
	var keys []string
	for i := range keyTable {
		keys = append(keys, keyTable[i].Keys()...)
	}
	return keys
}

var specialKeys = map[string]tea.KeyType{
	"left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "shift+left": tea.KeyShiftLeft, "shift+right": tea.KeyShiftRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab,
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "ctrl+r": tea.KeyCtrlR, "ctrl+u": tea.KeyCtrlU, "ctrl+d": tea.KeyCtrlD, "ctrl+c": tea.KeyCtrlC, "ctrl+z": tea.KeyCtrlZ,
	" ": tea.KeySpace,
}

func press(k string) tea.KeyMsg {
	if ty, ok := specialKeys[k]; ok {
		m := tea.KeyMsg{Type: ty}
		if ty == tea.KeySpace {
			m.Runes = []rune{' '}
		}
		return m
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
}

// The glyphs that we draw are one cell wide for the library that bubbletea
// measures with, and each has an ASCII stand-in.
func TestGlyphsAreOneCell(t *testing.T) {
	for r := range asciiGlyphs {
		if !certain(r) {
			t.Errorf("%q is drawn but not counted as certain", r)
		}
	}
	for r := rune(' '); r < 0x2700; r++ {
		if certain(r) {
			if n := ansi.StringWidth(string(r)); n != 1 {
				t.Errorf("%q (%U) is %d cells wide", r, r, n)
			}
		}
	}
}

// A hundred replicas fit, summed up.
func TestManyReplicas(t *testing.T) {
	v := &model.ServiceView{}
	for i := range 100 {
		r := model.ReplicaView{Phase: model.Running, Ready: true, Concurrency: 8, Busy: int32(i % 9)}
		switch {
		case i >= 97:
			r = model.ReplicaView{Phase: model.Starting, Left: 75 * time.Second}
		case i == 3:
			r = model.ReplicaView{Phase: model.BackOff, Reason: "OOMKilled", Exit: 137, Left: 9 * time.Second}
		case i == 4:
			r = model.ReplicaView{Phase: model.Exited, Exit: 1}
		case i == 5:
			r = model.ReplicaView{Phase: model.Pending}
		case i == 6:
			r = model.ReplicaView{Phase: model.Running, Hung: true}
		case i == 7:
			r = model.ReplicaView{Phase: model.Terminating, Left: 30 * time.Second}
		case i == 8:
			r = model.ReplicaView{Phase: model.Lost, Left: 5 * time.Minute}
		case i == 9:
			r = model.ReplicaView{Phase: model.Running, Concurrency: 8}
		}
		v.Replicas = append(v.Replicas, r)
	}
	var out []string
	for _, w := range []int{34, 44, 57} {
		var c canvas
		c.reset(w, 3)
		drawReplicas(c.all(), &screen{}, v, replicaForm(100, w, 3))
		frame := c.frame(&theme{})
		holds(t, frame, w, 3)
		if !strings.Contains(frame, " more: ") || !strings.Contains(frame, "3 starting") {
			t.Errorf("the rest is not summed up:\n%s", frame)
		}
		out = append(out, frame)
	}
	var c canvas
	c.reset(59, 3)
	v.Replicas = v.Replicas[:18]
	drawReplicas(c.all(), &screen{}, v, wideForm)
	golden(t, "replicas", strings.Join(append(out, c.frame(&theme{})), "\n---\n"))
}

// What a terminal shows must not change while nothing happens: a paused screen
// asks for no tick and hands out the same frame.
func TestPausedIsStill(t *testing.T) {
	a := stage(sale(), 100*time.Second, 120, 36)
	a.clock.goal = rest
	first := a.View()
	if cmd := a.tick(); cmd != nil {
		t.Error("a paused clock asks for a tick")
	}
	if n := testing.AllocsPerRun(10, func() { a.View() }); n != 0 {
		t.Errorf("an unchanged view allocates %v times", n)
	}
	if a.View() != first {
		t.Error("an unchanged view is drawn differently")
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, real := range []bool{false, true} {
		for _, size := range [][2]int{{120, 36}, {80, 24}} {
			b.Run(fmt.Sprintf("real=%v/%dx%d", real, size[0], size[1]), func(b *testing.B) {
				a := stage(sale(), 215*time.Second, size[0], size[1])
				if real {
					c := realSale()
					c.Lanes, c.Lesson = c.Lanes[1:3], ""
					a = realApp(b, c)
					a.clock.goTo(a.lanes, 215*time.Second)
					a.settle()
					a.w, a.h = size[0], size[1]
				}
				a.theme = newTheme("dark", trueColor, false, env())
				b.ReportAllocs()
				for b.Loop() {
					a.refresh(50 * time.Millisecond)
					a.View()
				}
			})
		}
	}
}

// BenchmarkFrameAnew draws all charts in every frame, as at great speed.
func BenchmarkFrameAnew(b *testing.B) {
	a := stage(sale(), 215*time.Second, 120, 36)
	a.theme = newTheme("dark", trueColor, false, env())
	b.ReportAllocs()
	for b.Loop() {
		for _, l := range a.lanes {
			l.hist.gen++
		}
		a.refresh(50 * time.Millisecond)
		a.View()
	}
}
