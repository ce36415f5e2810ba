package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"example.com/hasim/scenarios"
	"example.com/hasim/ui"
)

// Exit codes. Interrupted runs end with 128 and the signal's number, as
// shells count: 129 HUP, 130 INT, 143 TERM.
const (
	exitOK       = 0
	exitBroken   = 1 // an expectation failed
	exitUsage    = 2 // wrong words, or an invalid file
	exitIO       = 3 // cannot read or write
	exitWarned   = 4 // warnings, with --strict
	exitInternal = 70
	exitSignal   = 128
)

// failure ends a verb with a message.
type failure struct {
	code      int
	msg, help string
}

func (f *failure) Error() string { return f.msg }

func usage(format string, args ...any) *failure {
	return &failure{code: exitUsage, msg: fmt.Sprintf(format, args...)}
}

// outcome ends a verb with a code and no word more: what there is to say was
// said.
type outcome int

func (o outcome) Error() string { return "exit code " + strconv.Itoa(int(o)) }

// interrupted ends a verb after a signal.
type interrupted struct{ sig syscall.Signal }

func (i interrupted) Error() string { return "interrupted: " + i.sig.String() }

// writeError says that standard output takes nothing more.
type writeError struct{ err error }

func (w *writeError) Error() string { return "cannot write to standard output: " + plainError(w.err) }
func (w *writeError) Unwrap() error { return w.err }

// crash is a panic, caught, with the stack of where it happened.
type crash struct {
	value any
	stack []byte
}

func (c *crash) Error() string { return fmt.Sprint(c.value) }

// guard turns a panic of f into a crash.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &crash{r, debug.Stack()}
		}
	}()
	return f()
}

// finish flushes what was printed, says what went wrong, and returns the
// exit code. A reader that has gone (| head) is nothing to complain about.
func (c *console) finish(err error) int {
	wrote := c.out.Flush()
	code := c.tell(err)
	var told *writeError
	if wrote != nil && !readerGone(wrote) && !errors.As(err, &told) {
		c.say("hasim: %v", wrote)
		if code == exitOK || code == exitBroken {
			code = exitIO
		}
	}
	return code
}

// tell prints an error in its own way.
func (c *console) tell(err error) int {
	var (
		fail  *failure
		quiet outcome
		diags scenarios.Diagnostics
		read  *scenarios.ReadError
		sig   interrupted
		pick  *ui.Interrupted
		panic *crash
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &fail):
		c.say("hasim: %s", fail.msg)
		if fail.help != "" {
			c.say("help: %s", fail.help)
		}
		return fail.code
	case errors.As(err, &quiet):
		return int(quiet)
	case errors.As(err, &diags):
		diags.Render(c.err)
		return exitUsage
	case errors.As(err, &read):
		c.say("hasim: %s", read.Error())
		return exitIO
	case errors.As(err, &sig):
		return exitSignal + int(sig.sig)
	case errors.As(err, &pick):
		return pick.ExitCode()
	case errors.As(err, &panic):
		c.say("hasim: internal error: %v", panic.value)
		c.say("help: please report it with %s", writeCrash(panic))
		return exitInternal
	case readerGone(err):
		return exitOK
	}
	c.say("hasim: %v", err)
	return exitIO
}

// readerGone says that nobody reads the output any more.
func readerGone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed)
}

// plainError is a system's error without the name of its call.
func plainError(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) && pe.Path == "/dev/stdout" {
		err = pe.Err
	}
	return err.Error()
}

// writeCrash writes a report into the folder for temporary files, or into
// the working directory, and returns its path.
func writeCrash(p *crash) string {
	text := fmt.Sprintf("hasim crash report\n\n%s\narguments %q\n\npanic: %v\n\n%s", versionLine(), os.Args[1:], p.value, p.stack)
	for _, dir := range []string{os.TempDir(), "."} {
		f, err := os.CreateTemp(dir, "hasim-crash-"+time.Now().Format("20060102-150405")+"-*.txt")
		if err != nil {
			continue
		}
		_, err = f.WriteString(text)
		if cerr := f.Close(); err == nil && cerr == nil {
			return f.Name()
		}
	}
	return "this: " + text
}
