package ui

import (
	"fmt"
	"os"
	"syscall"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
)

// Item is one scenario that can be picked.
type Item struct {
	Name, Title, Lesson, Level string
}

// Interrupted is the error of a picker that a signal ended.
type Interrupted struct{ Signal os.Signal }

func (e *Interrupted) Error() string { return "interrupted: " + e.Signal.String() }

// ExitCode is 128 and the signal's number.
func (e *Interrupted) ExitCode() int {
	if s, ok := e.Signal.(syscall.Signal); ok {
		return exitSignal + int(s)
	}
	return exitSignal
}

// Pick lets the user choose a scenario; ok is false when none was chosen.
func Pick(items []Item, c Config) (name string, ok bool, err error) {
	in, out, err := terminalOf(&c)
	if err != nil {
		return "", false, err
	}
	p := newPicker(items, c, osEnv)
	p.exit.init()
	if w, h, err := term.GetSize(out.Fd()); err == nil && w > 0 && h > 0 {
		p.w, p.h = w, h
	}
	err = session(p, &p.exit, in, out, c.Mouse, defaultFPS)
	switch {
	case p.exit.panicked != nil:
		return "", false, fmt.Errorf("internal error: %v; report: %s", p.exit.panicked, p.exit.report)
	case p.exit.sig != nil:
		return "", false, &Interrupted{p.exit.sig}
	case p.struck:
		return "", false, &Interrupted{os.Interrupt}
	case err != nil || p.exit.lost != nil:
		return "", false, firstError(err, p.exit.lost)
	}
	if p.picked < 0 {
		return "", false, nil
	}
	return items[p.picked].Name, true, nil
}

func firstError(errs ...error) error {
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}

// picker is a list on the left and the lesson of the chosen item on the right.
type picker struct {
	items  []Item
	at     int
	top    int
	picked int
	w, h   int
	theme  *theme
	canvas canvas
	exit   exit
	struck bool // ctrl+c
}

func newPicker(items []Item, c Config, env func(string) string) *picker {
	d := colorDepth(env)
	if c.NoColor {
		d = noColor
	}
	return &picker{items: items, picked: -1, w: 80, h: 24, theme: newTheme(c.Theme, d, c.ASCII, env)}
}

func (p *picker) Init() tea.Cmd { return p.exit.wait() }

func (p *picker) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			p.exit.crashed(r, nil)
			m, cmd = p, tea.Quit
		}
	}()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.w, p.h = msg.Width, msg.Height
	case exitMsg:
		return p, tea.Quit
	case tea.KeyMsg:
		if len(msg.Runes) > 1 && !msg.Paste { // typed so fast that they came as one
			for _, r := range msg.Runes {
				if cmd := p.onKey(string(r)); cmd != nil {
					return p, cmd
				}
			}
			return p, nil
		}
		return p, p.onKey(msg.String())
	}
	return p, nil
}

func (p *picker) onKey(pressed string) tea.Cmd {
	page := max(1, p.h-6)
	switch pressed {
	case "ctrl+c":
		p.struck = true
		return tea.Quit
	case "q", "esc":
		return tea.Quit
	case "enter", " ":
		if len(p.items) > 0 {
			p.picked = p.at
			return tea.Quit
		}
	case "down", "j", "tab":
		p.at++
	case "up", "k", "shift+tab":
		p.at--
	case "pgdown", "ctrl+d":
		p.at += page
	case "pgup", "ctrl+u":
		p.at -= page
	case "home", "g":
		p.at = 0
	case "end", "G":
		p.at = len(p.items) - 1
	}
	p.at = min(max(p.at, 0), max(0, len(p.items)-1))
	return nil
}

func (p *picker) View() (frame string) {
	defer func() {
		if r := recover(); r != nil {
			p.exit.crashed(r, nil)
		}
	}()
	p.canvas.reset(min(max(p.w, 0), 1000), min(max(p.h, 0), 500))
	p.draw(p.canvas.all())
	return p.canvas.frame(p.theme)
}

func (p *picker) draw(r region) {
	x := r.text(1, 0, "hasim", title)
	r.fit(x+2, 0, r.w-x-3, "which run shall it be?", plain)
	body := r.sub(0, 2, r.w, r.h-4)
	left := r.w
	if r.w >= 70 {
		left = max(30, r.w*2/5)
	}
	p.drawList(body.sub(0, 0, left, body.h))
	if left < r.w {
		p.drawPreview(body.sub(left, 0, r.w-left-1, body.h))
	}
	pen := r.pen(1, r.h-1)
	for _, k := range [][2]string{{"↑/↓ j k", "move"}, {"enter", "run"}, {"q esc", "leave"}} {
		pen.s(keyText(k[0], p.theme.ascii), keycap).s(" "+k[1]+"   ", dim)
	}
}

func (p *picker) drawList(r region) {
	if p.at < p.top {
		p.top = p.at
	}
	if p.at >= p.top+r.h {
		p.top = p.at - r.h + 1
	}
	for y := 0; y < r.h && p.top+y < len(p.items); y++ {
		it := &p.items[p.top+y]
		st := plain
		if p.top+y == p.at {
			r.set(1, y, '▸', focused)
			st = focused
		}
		x := r.fit(3, y, r.w-4, it.Name, st)
		if it.Level != "" {
			if text := "level " + it.Level; x+2+textWidth(text) < r.w {
				r.right(r.w-2, y, text, dim)
			}
		}
	}
	if len(p.items) == 0 {
		r.text(3, 0, "the library is empty", dim)
	}
}

func (p *picker) drawPreview(r region) {
	in := r.box(border)
	in = in.sub(1, 0, in.w-2, in.h)
	if p.at >= len(p.items) {
		return
	}
	it := &p.items[p.at]
	y := 0
	for _, l := range wrap(it.Title, in.w) {
		in.text(0, y, l, title)
		y++
	}
	y++
	for _, l := range flow(it.Lesson, in.w) {
		in.text(0, y, l, plain)
		y++
	}
}
