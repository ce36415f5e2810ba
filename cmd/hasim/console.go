package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/charmbracelet/x/term"

	"example.com/hasim/ui"
)

// console is where a verb reads and writes.
type console struct {
	in   io.Reader
	out  *output
	err  io.Writer
	pipe chan os.Signal
}

func newConsole(stdin io.Reader, stdout, stderr io.Writer) *console {
	c := &console{in: stdin, err: stderr, out: newOutput(stdout), pipe: make(chan os.Signal, 1)}
	signal.Notify(c.pipe, syscall.SIGPIPE) // a write then fails instead of killing us
	return c
}

func (c *console) close() { signal.Stop(c.pipe) }

// say prints a line to standard error.
func (c *console) say(format string, args ...any) {
	fmt.Fprintf(c.err, format+"\n", args...)
}

// output is standard output: buffered, with the first failure kept, so that
// a verb can print without asking after every line.
type output struct {
	*bufio.Writer
	file *os.File // nil if it is none
}

func newOutput(w io.Writer) *output {
	f, _ := w.(*os.File)
	return &output{bufio.NewWriterSize(w, 64<<10), f}
}

// Flush writes what is buffered. Its error is a *writeError.
func (o *output) Flush() error {
	if err := o.Writer.Flush(); err != nil {
		return &writeError{err}
	}
	return nil
}

func (o *output) printf(format string, args ...any) { fmt.Fprintf(o, format, args...) }

// terminal says that the output is one.
func (o *output) terminal() bool { return isTerminal(o.file) }

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(f.Fd()) }

// widthOfPipe is how wide the output is where nobody can say.
const widthOfPipe = 120

func (o *output) width() int {
	if o.terminal() {
		if w, _, err := term.GetSize(o.file.Fd()); err == nil && w > 0 {
			return w
		}
		return 80
	}
	return widthOfPipe
}

// colors are the words of --color.
var colors = []string{"auto", "always", "never"}

func (o *output) color(flag string) bool {
	return ui.ColorWanted(flag, os.Getenv, o.terminal())
}

// stopper hears the signals that end a run. The first is remembered, so that
// the runs can end in good order; the second takes its usual course.
type stopper struct {
	got  atomic.Int32
	sigs chan os.Signal
	done chan struct{}
}

func listen() *stopper {
	s := &stopper{sigs: make(chan os.Signal, 1), done: make(chan struct{})}
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) { // nohup stays in force
			signal.Notify(s.sigs, sig)
		}
	}
	go func() {
		select {
		case sig := <-s.sigs:
			s.got.Store(int32(sig.(syscall.Signal)))
			signal.Stop(s.sigs)
		case <-s.done:
		}
	}()
	return s
}

// signal is the one that came, 0 if none did.
func (s *stopper) signal() syscall.Signal { return syscall.Signal(s.got.Load()) }

func (s *stopper) close() {
	signal.Stop(s.sigs)
	close(s.done)
}
