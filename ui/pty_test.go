//go:build unix

package ui

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

// terminal is this test binary, started as a child in a pseudo-terminal, and
// everything that it wrote.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	tty    *os.File // the terminal's side
	own    *os.File // the child's side
	before *term.State
	mu     sync.Mutex
	out    bytes.Buffer
	done   chan struct{}
	began  time.Time
}

func open(t *testing.T, part string, vars ...string) *terminal {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{"HASIM_UI_CHILD=" + part, "TERM=xterm-256color", "LANG=C.UTF-8", "TMPDIR=" + t.TempDir(), "HOME=" + t.TempDir()}, vars...)
	ptmx, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	_ = pty.Setsize(ptmx, &pty.Winsize{Rows: 36, Cols: 120})
	c := &terminal{t: t, cmd: cmd, tty: ptmx, own: tty, done: make(chan struct{}), began: time.Now()}
	c.before, err = term.GetState(ptmx.Fd())
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		tty.Close()
		ptmx.Close()
	})
	return c
}

func (c *terminal) read() {
	defer close(c.done)
	buf := make([]byte, 1<<16)
	for {
		n, err := c.tty.Read(buf)
		c.mu.Lock()
		c.out.Write(buf[:n])
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (c *terminal) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

// until waits for a text to appear.
func (c *terminal) until(text string) {
	c.t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(c.text(), text); {
		if time.Now().After(end) {
			c.t.Fatalf("%q does not appear in %q", text, tail(c.text()))
		}
		time.Sleep(5 * time.Millisecond) // a real process on a real clock
	}
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

func (c *terminal) press(keys string) { _, _ = io.WriteString(c.tty, keys) }

// leaves waits for the end and checks that the terminal is as it was: modes,
// main screen, cursor, mouse, bracketed paste.
func (c *terminal) leaves(code int) string {
	c.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		c.t.Fatalf("it does not leave; last output %q", tail(c.text()))
	}
	if got := c.cmd.ProcessState.ExitCode(); got != code {
		c.t.Errorf("exit code %d (%v), want %d; output %q", got, c.cmd.ProcessState, code, tail(c.text()))
	}
	after, err := term.GetState(c.tty.Fd())
	if err != nil {
		c.t.Fatal(err)
	}
	c.own.Close() // the last writer is gone: the reader comes to an end
	<-c.done
	if !reflect.DeepEqual(after, c.before) {
		c.t.Errorf("the modes of the terminal are not as before:\n%+v\n%+v", c.before, after)
	}
	for _, mode := range []string{"1049", "2004", "1002", "1006"} {
		on, off := strings.LastIndex(c.text(), "\x1b[?"+mode+"h"), strings.LastIndex(c.text(), "\x1b[?"+mode+"l")
		if on > off {
			c.t.Errorf("mode %s is left on", mode)
		}
	}
	if strings.LastIndex(c.text(), "\x1b[?25l") > strings.LastIndex(c.text(), "\x1b[?25h") {
		c.t.Error("the cursor is left hidden")
	}
	return c.text()
}

func TestQuitRestoresTheTerminal(t *testing.T) {
	c := open(t, "play")
	c.until("hpa 2..10")
	first := time.Since(c.began)
	t.Logf("first frame after %v", first)
	if first > 2*time.Second { // asking the terminal for its background costs 5 s
		t.Errorf("the first frame came after %v", first)
	}
	c.press("m") // mouse on
	c.until("mouse on")
	c.press("q")
	out := c.leaves(0)
	if strings.Contains(out, "\x1b]11;?") || strings.Contains(out, "\x1b[6n") {
		t.Error("the terminal was asked something")
	}
	if !strings.Contains(out, "exit: 0") || !strings.Contains(out, "simulated") {
		t.Errorf("no summary on the normal screen: %q", tail(out))
	}
}

func TestSignalsRestoreTheTerminal(t *testing.T) {
	for sig, code := range map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGQUIT: 131} {
		t.Run(sig.String(), func(t *testing.T) {
			c := open(t, "play")
			c.until("hpa 2..10")
			_ = c.cmd.Process.Signal(sig)
			c.leaves(code)
		})
	}
}

// A run that never comes back from its work cannot hold the terminal: the
// second signal ends it.
func TestSignalsEndAHang(t *testing.T) {
	c := open(t, "hang")
	c.until("it hangs")
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	time.Sleep(50 * time.Millisecond) // two signals of a kind at once are one
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	c.leaves(-1)
	if ws := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v", c.cmd.ProcessState)
	}
}

// When the terminal is gone, so is the session.
func TestTheTerminalIsGone(t *testing.T) {
	c := open(t, "play")
	c.until("hpa 2..10")
	c.own.Close()
	c.tty.Close()
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("it lives on without a terminal")
	}
}

var reportPath = regexp.MustCompile(`report: (\S+)`)

func TestPanicRestoresTheTerminal(t *testing.T) {
	c := open(t, "panic")
	out := c.leaves(70)
	m := reportPath.FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no line tells where the report is: %q", tail(out))
	}
	info, err := os.Stat(m[1])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the report: %v, mode %v, want 0600", err, info)
	}
	text, _ := os.ReadFile(m[1])
	for _, want := range []string{"the actor forgot the text", "seed 42", "story_test.go"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the report does not tell %q", want)
		}
	}
	if strings.Contains(out, "goroutine ") {
		t.Error("a stack trace on the screen")
	}
}

func TestNoColorOnATerminal(t *testing.T) {
	c := open(t, "play", "NO_COLOR=1")
	c.until("hpa 2..10")
	c.press("?")
	c.until("keys and signs")
	c.press("q")
	if out := c.leaves(0); regexp.MustCompile(`\x1b\[[0-9;]*m`).MatchString(out) {
		t.Error("an SGR sequence under NO_COLOR")
	}
}

func TestPickerInATerminal(t *testing.T) {
	c := open(t, "pick")
	c.until("which run shall it be?")
	c.press("j\r")
	if out := c.leaves(0); !strings.Contains(out, "picked: black-friday true") {
		t.Errorf("%q", tail(out))
	}
	c = open(t, "pick")
	c.until("which run shall it be?")
	c.press("q")
	if out := c.leaves(0); !strings.Contains(out, "picked:  false <nil>") {
		t.Errorf("%q", tail(out))
	}
}

// A storm of resizes and keys while a real World runs.
func TestStormInATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip()
	}
	c := open(t, "real2")
	c.until("three")
	keys := []string{"+", "]", "\x1b[C", "x", "t", "v", "z", "y", "i", "e", "\t", "?", "T", " ", "c", "j", "0", ".", "s", "\x1b[D", " "}
	for i := range 120 {
		_ = pty.Setsize(c.tty, &pty.Winsize{Rows: uint16(i * 7 % 60), Cols: uint16(1 + i*13%220)})
		c.press(keys[i%len(keys)])
		time.Sleep(2 * time.Millisecond)
	}
	c.press("\x03")
	c.leaves(130)
}

// Without a terminal there is no screen and no escape code.
func TestNoTerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer null.Close()
	c := sale()
	c.Input, c.Output = null, null
	if _, err := Run(c); err != ErrNoTerminal {
		t.Errorf("Run: %v", err)
	}
	if _, _, err := Pick(nil, c); err != ErrNoTerminal {
		t.Errorf("Pick: %v", err)
	}
}

func TestADumbTerminalGetsNoEscape(t *testing.T) {
	c := open(t, "play", "TERM=dumb")
	out := c.leaves(0)
	if !strings.Contains(out, ErrNoTerminal.Error()) || strings.Contains(out, "\x1b") {
		t.Errorf("%q", out)
	}
}

func TestSuspendNeedsAShell(t *testing.T) {
	c := open(t, "play") // a session of its own, as in a container
	c.until("hpa 2..10")
	c.press("\x1a")
	c.until("no shell to return to")
	c.press("q")
	c.leaves(0)
}
