package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
)

// endless is a run that nobody waits for.
const endless = `
hasim: v1
name: endless
duration: 24h
services: {app: {image: shop/app, work: {service_time: 1ms, cpu: 0s, concurrency: 8, queue: 10, startup: 0s}}}
traffic: {to: app, start: 100/s}
faults: [{at: 1s, crash: app, every: 1m, until: 23h}]
`

// TestInterrupted: a signal ends the run with what is known so far and the
// exit code that shells expect.
func TestInterrupted(t *testing.T) {
	for _, c := range []struct {
		sig  syscall.Signal
		code int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}} {
		path := file(t, endless)
		r, w := io.Pipe()
		var stderr bytes.Buffer
		code := make(chan int, 1)
		go func() {
			code <- run([]string{"run", path, "--follow"}, strings.NewReader(""), w, &stderr)
			_ = w.Close()
		}()
		out := bufio.NewReader(r)
		if _, err := out.ReadString('\n'); err != nil { // it runs
			t.Fatal(err)
		}
		if err := syscall.Kill(os.Getpid(), c.sig); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(out)
		if err != nil {
			t.Fatal(err)
		}
		if got := <-code; got != c.code {
			t.Errorf("%v: exit %d, want %d", c.sig, got, c.code)
		}
		if !strings.Contains(string(rest), "test   seed 1") || strings.Contains(string(rest), "24h simulated") {
			t.Errorf("%v: no summary of a part:\n%s", c.sig, rest)
		}
		if !strings.Contains(stderr.String(), "interrupted: ") || !strings.Contains(stderr.String(), "known so far") {
			t.Errorf("%v: stderr %q", c.sig, stderr.String())
		}
	}
}

// TestReaderGone: a pipe whose reader has seen enough ends the work quietly.
func TestReaderGone(t *testing.T) {
	for _, args := range [][]string{{"trace", "--requests"}, {"run", "--follow"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		var stderr bytes.Buffer
		code := run(append(args, "--set", "name=gone", file(t, endless)), nil, w, &stderr)
		_ = w.Close()
		if code != exitOK || strings.Contains(stderr.String(), "hasim:") {
			t.Errorf("%v: exit %d, stderr %q", args, code, stderr.String())
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

func TestDiskFull(t *testing.T) {
	path := file(t, strings.Replace(endless, "24h", "2h", 1))
	for _, args := range [][]string{{"list"}, {"version"}, {"schema"}, {"trace", path}, {"run", path, "--until", "5s"}, {"run", path, "--follow"}} {
		var stderr bytes.Buffer
		code := run(args, nil, full{}, &stderr)
		if want := "hasim: cannot write to standard output: no space left on device\n"; code != exitIO || !strings.HasSuffix(stderr.String(), want) {
			t.Errorf("%v: exit %d, stderr %q", args, code, stderr.String())
		}
	}
}

// TestCrash: a bug of ours ends with a report in a file, not with a stack
// trace in somebody's face.
func TestCrash(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	broken := command{name: "break", setup: func(*flagSet) action {
		return func(*console, []string) error { panic("the kitchen is on fire") }
	}}
	var out, stderr bytes.Buffer
	c := newConsole(nil, &out, &stderr)
	defer c.close()
	code := c.finish(guard(func() error { return dispatch(c, append(commands(), broken), []string{"break"}) }))
	if code != exitInternal || !strings.Contains(stderr.String(), "internal error: the kitchen is on fire") || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
	reports, _ := filepath.Glob(filepath.Join(os.TempDir(), "hasim-crash-*.txt"))
	if len(reports) != 1 || !strings.Contains(stderr.String(), reports[0]) {
		t.Fatalf("reports %v, stderr %q", reports, stderr.String())
	}
	if text, _ := os.ReadFile(reports[0]); !bytes.Contains(text, []byte("the kitchen is on fire")) || !bytes.Contains(text, []byte("run_test.go")) {
		t.Errorf("the report lacks what happened, or where:\n%s", text)
	}
}

// TestPanicInARun: a panic in one of the goroutines that run Worlds is caught
// like any other.
func TestPanicInARun(t *testing.T) {
	var out, stderr bytes.Buffer
	c := newConsole(strings.NewReader(endless), &out, &stderr)
	defer c.close()
	p, err := (&loadFlags{}).load(c, []string{"-"})
	if err != nil {
		t.Fatal(err)
	}
	stop := listen()
	defer stop.close()
	rs, err := p.open(runFlags{}, stop, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	rs.all[0].world = nil
	t.Setenv("TMPDIR", t.TempDir())
	if code := c.finish(rs.advance(time.Hour)); code != exitInternal || !strings.Contains(stderr.String(), "internal error") {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
}

// TestFlagsAnywhere: flags may stand before and after the other words, in
// any of the usual ways of writing.
func TestFlagsAnywhere(t *testing.T) {
	var on, off bool
	var word string
	var many []string
	var at time.Duration
	f := &flagSet{command: "test"}
	f.boolean("on", "", "", &on)
	f.boolean("off", "", "", &off)
	f.oneOf("output", "o", "", []string{"a", "b"}, &word)
	f.texts("set", "", "X", "", &many)
	f.moment("at", "", &at)
	off = true
	words, err := f.parse([]string{"one", "-on", "--set", "--x", "two", "-ob", "--set=y=z", "--off=false", "-", "--at", "02:30.5", "--", "--on=x"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(words, " "); got != "one two - --on=x" {
		t.Errorf("words %q", got)
	}
	if !on || off || word != "b" || strings.Join(many, " ") != "--x y=z" || at != 150500*time.Millisecond {
		t.Errorf("on %v, off %v, output %q, set %q, at %v", on, off, word, many, at)
	}
	for _, bad := range [][]string{{"--none"}, {"--at", "-5s"}, {"--at", "5"}, {"--at", "1:-2"}, {"--at", "NaN:1"}, {"--on=maybe"}, {"--set"}, {"-x"}} {
		if _, err := f.parse(bad); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// TestWriteFile: the old file or the new one, never half, never lost.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.yaml")
	if err := writeFile(path, []byte("first"), false); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path, []byte("second"), false); err == nil {
		t.Error("a file was overwritten")
	}
	for _, temp := range []string{path, filepath.Join(dir, "cannot be linked")} {
		if err := take(temp, path, []byte("third")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("a name was taken twice: %v", err)
		}
	}
	if text, _ := os.ReadFile(path); string(text) != "first" {
		t.Errorf("it says %q", text)
	}
	if err := writeFile(path, []byte("second"), true); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); string(text) != "second" {
		t.Errorf("it says %q", text)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files are left behind: %v", left)
	}
}

// onTerminal runs the built command on a pseudo-terminal, types keys once it
// printed something, and returns all that it wrote.
func onTerminal(t *testing.T, keys string, args ...string) (text string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "hasim")
	if err := os.Symlink(self, bin); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(bin, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8", "CI=")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 30, Cols: 100})
	if err != nil {
		t.Skip(err)
	}
	defer tty.Close()
	var all []byte
	buf := make([]byte, 64<<10)
	for {
		n, err := tty.Read(buf)
		if len(all) == 0 && keys != "" {
			_, _ = tty.WriteString(keys)
		}
		all = append(all, buf[:n]...)
		if err != nil { // EIO: the other side is closed
			break
		}
	}
	_ = cmd.Wait()
	return string(all), cmd.ProcessState.ExitCode()
}

// TestTerminal: a verb that needs no screen asks the terminal nothing; one
// that does gives it back and leaves a summary.
func TestTerminal(t *testing.T) {
	if text, code := onTerminal(t, "", "version"); code != exitOK || strings.Contains(text, "\x1b") || !strings.HasPrefix(text, "hasim ") {
		t.Errorf("version: exit %d, wrote %q", code, text)
	}
	lunch := file(t, strings.Replace(endless, "24h", "1m", 1))
	text, code := onTerminal(t, "q", lunch, "--no-motion")
	_, after, _ := strings.Cut(text, "\x1b[?1049l")
	if code != exitOK || !strings.Contains(text, "\x1b[?1049h") || !strings.Contains(after, "simulated") || strings.Contains(after, "\x1b[?") && !strings.Contains(after, "\x1b[?25h") {
		t.Errorf("the screen: exit %d, then wrote %q", code, after)
	}
	judged := file(t, strings.Replace(endless, "24h", "10m", 1)+"expect: latency.p50 < 1us\n") // it fails
	for keys, want := range map[string]int{"q": exitOK, "\x03": exitSignal + int(syscall.SIGINT)} {
		text, code := onTerminal(t, keys, judged, "--no-motion")
		_, after, _ := strings.Cut(text, "\x1b[?1049l")
		if code != want || !strings.Contains(after, "not judged: left at ") || !strings.Contains(after, " of 10m") ||
			strings.Contains(after, "(exit") != (want != exitOK) || want != exitOK && !strings.Contains(after, "(exit 130)") {
			t.Errorf("%q: exit %d, then wrote %q", keys, code, after)
		}
	}
	if text, code := onTerminal(t, "", lunch, "--follow"); code != exitOK || strings.Contains(text, "\x1b[?1049h") || !strings.Contains(text, "Died") || !strings.Contains(text, "simulated in ") {
		t.Errorf("--follow: exit %d, wrote %q", code, text)
	}
}

// pair is two variants in which things happen at the same instants.
const pair = `
hasim: v1
name: pair
seed: 3
duration: 20s
services:
  app: {image: shop/app, restart: always, deploy: {replicas: 1}, work: {service_time: 10ms, cpu: 0s, concurrency: 4, queue: 10, startup: 1s}}
traffic: {to: app, start: 20/s}
faults: [{at: 5s, crash: app, every: 1500ms, until: 15s}]
variants:
  - {name: zwei, set: {services: {app: {deploy: {replicas: 2}}}}}
  - {name: eins}
`

// TestTraceOrder: lines come by time, and at one instant in the order of the
// variants, not of their names.
func TestTraceOrder(t *testing.T) {
	out, _, code := hasim(t, "trace", "--requests", file(t, pair))
	if code != exitOK {
		t.Fatal(code)
	}
	last, order, ties := -1.0, 0, 0
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var e struct {
			T       float64 `json:"t_ms"`
			Variant string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		is := map[string]int{"zwei": 1, "eins": 2}[e.Variant]
		if e.T < last || e.T == last && is < order {
			t.Fatalf("out of order: %s", line)
		}
		if e.T == last && is > order {
			ties++
		}
		last, order = e.T, is
	}
	if ties == 0 {
		t.Error("nothing happened at one instant: the test shows nothing")
	}
}

// TestTraceSum: trace_sha256 is what a World alone, in one go, comes to, over
// what hasim trace prints without the variants' names.
func TestTraceSum(t *testing.T) {
	path := file(t, pair)
	s, err := scenarios.Load(path, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var events []byte
	w, err := model.New(&s.Variants[1].Spec, s.Seed, model.Observer{Event: func(e *model.Event) {
		events = append(e.AppendJSON(events, ""), '\n')
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.RunUntil(s.Duration, -1)
	lines, _, _ := hasim(t, "trace", "--variant", "eins", path)
	if strings.ReplaceAll(lines, `"variant":"eins",`, "") != string(events) {
		t.Error("hasim trace prints other events")
	}
	sum := sha256.Sum256(append(w.AppendOutcome(events), '\n'))
	for _, flags := range [][]string{nil, {"--follow"}, {"--variant", "eins"}} {
		out, _, _ := hasim(t, append([]string{"run", "-o", "json", path}, flags...)...)
		if want := `"name":"eins","trace_sha256":"` + hex.EncodeToString(sum[:]) + `"`; !strings.Contains(out, want) {
			t.Errorf("%v: no %s in the report", flags, want)
		}
	}
}
