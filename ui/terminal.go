package ui

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"

	"example.com/hasim/model"
)

// Result is how a session ended.
type Result struct {
	Reports     []model.Report // one per lane, of where it stood
	Interrupted os.Signal      // that ended the session, or nil
	Exit        int            // 0; 70 after a panic; 130, 143, 129 after INT, TERM, HUP
	CrashReport string         // the file that tells of a panic
	Edited      bool           // commands were given: no longer the file's own run
}

// Exit codes, as shells count them.
const (
	exitPanic  = 70
	exitSignal = 128
)

// ErrNoTerminal is what Run returns when there is none: the caller prints
// plainly then.
var ErrNoTerminal = errors.New("not a terminal")

// Run shows the lanes until the user leaves. Whatever happens, the terminal
// is as it was before.
func Run(c Config) (Result, error) {
	return run(c, newWorld)
}

func run(c Config, build func(*model.Spec, uint64, model.Observer) (runner, error)) (res Result, err error) {
	in, out, err := terminalOf(&c)
	if err != nil {
		return Result{}, err
	}
	a, err := newApp(c, build, osEnv)
	if err != nil {
		return Result{}, err
	}
	a.suspend = canSuspend
	a.exit.init()
	if w, h, err := term.GetSize(out.Fd()); err == nil && w > 0 && h > 0 {
		a.w, a.h = w, h // the first frame has the right size already
	}
	err = session(a, &a.exit, in, out, c.Mouse, a.fps)
	return a.result(err)
}

// terminalOf is where to read and write; both must be terminals, and more than
// a dumb one.
func terminalOf(c *Config) (in, out *os.File, err error) {
	in, out = c.Input, c.Output
	if in == nil {
		in = os.Stdin
	}
	if out == nil {
		out = os.Stdout
	}
	if !term.IsTerminal(in.Fd()) || !term.IsTerminal(out.Fd()) || osEnv("TERM") == "dumb" {
		return nil, nil, ErrNoTerminal
	}
	return in, out, nil
}

// session runs a bubbletea program with the guards that it lacks.
func session(m tea.Model, e *exit, in, out *os.File, mouse bool, fps int) error {
	before, _ := term.GetState(in.Fd())
	opts := []tea.ProgramOption{
		tea.WithAltScreen(), tea.WithInput(in), tea.WithOutput(&output{File: out, broken: e.broke}),
		tea.WithoutSignalHandler(), tea.WithFPS(fps),
	}
	if mouse {
		opts = append(opts, tea.WithMouseCellMotion())
	}
	p := tea.NewProgram(m, opts...)
	stop := e.watch(p, in, out, before)
	_, err := p.Run()
	stop()
	if err != nil && before != nil {
		_ = term.Restore(in.Fd(), before)
	}
	return err
}

// result reads the lanes' reports and how the session ended.
func (a *App) result(err error) (Result, error) {
	e := &a.exit
	if a.struck && e.sig == nil {
		e.sig = os.Interrupt
	}
	res := Result{Interrupted: e.signal(), CrashReport: e.report}
	if errors.Is(err, tea.ErrProgramPanic) && e.panicked == nil {
		e.crashed(err, a)
	}
	if e.panicked != nil {
		res.Exit, res.CrashReport = exitPanic, e.report
		return res, fmt.Errorf("internal error: %v; report: %s", e.panicked, e.report)
	}
	for _, l := range a.lanes {
		r := l.report()
		res.Reports = append(res.Reports, r)
		res.Edited = res.Edited || r.Edited || l.applied > 0
	}
	switch s := res.Interrupted.(type) {
	case syscall.Signal:
		res.Exit = exitSignal + int(s)
		return res, nil
	}
	if e.lost != nil {
		return res, fmt.Errorf("the terminal is gone: %w", e.lost)
	}
	return res, err
}

// output is the terminal with an ear for failed writes: a terminal that is
// gone ends the session, even when the hang-up was ignored.
type output struct {
	*os.File
	broken func(error)
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.File.Write(b)
	if err != nil {
		o.broken(err)
	}
	return n, err
}

// exit is why a session ends. It is written from signal handling, from the
// renderer and from Update; the program learns of it through wait.
type exit struct {
	ask      chan exitMsg
	done     chan struct{}
	sig      os.Signal
	lost     error
	panicked any
	report   string
	sigs     chan os.Signal
}

type exitMsg struct {
	sig os.Signal
	err error
}

func (e *exit) init() {
	e.ask, e.done = make(chan exitMsg, 4), make(chan struct{})
	e.sigs = make(chan os.Signal, 4)
}

// wait is the Cmd that sleeps until the session has to end.
func (e *exit) wait() tea.Cmd {
	if e.ask == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case m := <-e.ask:
			return m
		case <-e.done:
			return nil
		}
	}
}

func (e *exit) send(m exitMsg) {
	select {
	case e.ask <- m:
	default: // it ends already
	}
}

func (e *exit) broke(err error) {
	if e.lost == nil {
		e.lost = err
	}
	e.send(exitMsg{err: err})
}

func (e *exit) signal() os.Signal { return e.sig }

// watch listens for the signals that end a session. The first asks the
// program to leave; when it has not after two seconds, or another comes, the
// terminal is restored from here and the signal takes its usual course.
func (e *exit) watch(p *tea.Program, in, out *os.File, before *term.State) (stop func()) {
	signal.Notify(e.sigs, endings...)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() { _ = recover() }()
		select {
		case e.sig = <-e.sigs:
		case <-e.done:
			return
		}
		e.send(exitMsg{sig: e.sig})
		again := e.sig
		select {
		case <-e.done:
			return
		case again = <-e.sigs:
		case <-time.After(2 * time.Second):
		}
		restore(in, out, before)
		signal.Reset()
		raise(again)
	}()
	return func() {
		close(e.done)
		<-ended
		signal.Stop(e.sigs)
	}
}

// restore undoes by hand what the program did to the terminal: bracketed
// paste, mouse, hidden cursor, alternate screen, raw mode. Doing it twice is
// harmless.
func restore(in, out *os.File, before *term.State) {
	_ = out.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
	_, _ = io.WriteString(out, "\x1b[?2004l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?25h\x1b[?1049l")
	if before != nil {
		_ = term.Restore(in.Fd(), before)
	}
}
