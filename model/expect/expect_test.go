package expect

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// cases reads a case file line by line, without blank lines and comments.
func cases(t testing.TB, file string, each func(n int, line string)) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines, n := bufio.NewScanner(f), 1; lines.Scan(); n++ {
		if s := lines.Text(); s != "" && s[0] != '#' {
			each(n, s)
		}
	}
}

func TestParse(t *testing.T) {
	text, n := "", 0
	cases(t, "testdata/parse.txt", func(at int, line string) {
		if line[0] != '=' && line[0] != '!' {
			text = line
			return
		}
		n++
		if got := describe(Parse(text)); got != line {
			t.Errorf("line %d: %q\n got  %s\n want %s", at, text, got, line)
		}
	})
	if n < 40 {
		t.Errorf("only %d cases were read", n)
	}
	if got := describe(Parse("")); !strings.HasPrefix(got, "! 0 | not an expectation") {
		t.Error(got)
	}
	if _, err := Parse("queue.max < " + strings.Repeat("9", 5000)); err == nil {
		t.Error("5 kB were accepted")
	}
}

func describe(l Line, err error) string {
	var e *Error
	if errors.As(err, &e) {
		return fmt.Sprintf("! %d | %s | %s", e.Offset, e.Msg, e.Help)
	}
	s := fmt.Sprintf("= %s | %s | %.10g", l.Metric, l.Op, l.Value)
	if l.Op == Reaches {
		s += fmt.Sprintf(" within %v of %v", l.Within, l.Of)
	}
	return s
}

func TestJudge(t *testing.T) {
	var l Line
	var s State
	n := 0
	cases(t, "testdata/judge.txt", func(at int, line string) {
		word, rest, _ := strings.Cut(line, " ")
		if word == "line" {
			var err error
			if l, err = Parse(rest); err != nil {
				t.Fatal(err)
			}
			s = State{}
			return
		}
		measured, want, _ := strings.Cut(rest, " | ")
		var when string
		var v Value
		if _, err := fmt.Sscan(measured, &when, &v.Number, &v.Samples); err != nil {
			t.Fatalf("line %d: %v", at, err)
		}
		now, err := time.ParseDuration(when)
		if err != nil {
			t.Fatal(err)
		}
		if word == "see" {
			l.Observe(now, v, &s)
			return
		}
		n++
		got := l.Finish(now, v, &s)
		if g := fmt.Sprintf("%v | %s | %v", got.OK, got.Value, got.FirstBroken); g != want {
			t.Errorf("line %d, %s:\n got  %s\n want %s", at, l.Text, g, want)
		}
	})
	if n < 20 {
		t.Errorf("only %d cases were read", n)
	}
}

func TestHoldsWhileTheRunGoesOn(t *testing.T) {
	l, _ := Parse("queue.max <= 5")
	var s State
	for i, step := range []struct {
		x    float64
		want bool
	}{{3, true}, {6, false}, {5, true}} {
		l.Observe(time.Duration(i)*time.Second, Value{step.x, 1}, &s)
		if l.Holds(0, &s) != step.want {
			t.Errorf("after %v holds is %v", step.x, !step.want)
		}
	}
	l, _ = Parse("replicas.desired reaches 3 within 10s of 5s")
	s = State{}
	if !l.Holds(15*time.Second, &s) || l.Holds(16*time.Second, &s) {
		t.Error("a line that waits holds until its time is over")
	}
	l.Observe(6*time.Second, Value{3, 1}, &s)
	if !l.Holds(time.Hour, &s) {
		t.Error("what was reached stays reached")
	}
}

// A share that is written in percent and the same share that was counted are
// one float, so that a line is not broken at its very edge.
func TestPercentIsTheNearestFloat(t *testing.T) {
	for part := range 1000 {
		l, err := Parse(fmt.Sprintf("availability >= %d.%d%%", part/10, part%10))
		if err != nil {
			t.Fatal(err)
		}
		if counted := float64(part*7) / 7000; counted != l.Value {
			t.Fatalf("%s: %v, counted %v", l.Text, l.Value, counted)
		}
	}
}

func TestEveryNameParses(t *testing.T) {
	for _, name := range Names() {
		name = strings.Replace(name, "<cause>", "reset", 1)
		for _, end := range []string{" < 1s", " < 1", " < 1%"} {
			if l, err := Parse(name + end); err == nil {
				if l.Metric.String() != name {
					t.Errorf("%s reads as %s", name, l.Metric)
				}
				name = ""
				break
			}
		}
		if name != "" {
			t.Errorf("%s does not parse with any unit", name)
		}
	}
}

func TestObserveDoesNotAllocate(t *testing.T) {
	l, _ := Parse("latency.p99 < 500ms")
	var s State
	if n := testing.AllocsPerRun(100, func() { l.Observe(time.Second, Value{6e8, 1000}, &s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever is written: no panic, an offset within the text, help with every
// error; and what is read, is read again from its own words.
func FuzzParse(f *testing.F) {
	cases(f, "testdata/parse.txt", func(_ int, line string) {
		if line[0] != '=' && line[0] != '!' {
			f.Add(line)
		}
	})
	f.Fuzz(func(t *testing.T, s string) {
		l, err := Parse(s)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(s) || e.Help == "" || e.Msg == "" {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		if !(l.Value >= 0) || l.Within < 0 || l.Of < 0 {
			t.Fatalf("%q: %+v", s, l)
		}
		if again, err := Parse(l.Text); err != nil || again != l {
			t.Fatalf("%q: %+v, again %+v, %v", s, l, again, err)
		}
		var state State
		for i := range 5 {
			l.Observe(time.Duration(i)*time.Minute, Value{l.Value * float64(i) / 2, 1000}, &state)
		}
		if v := l.Finish(5*time.Minute, Value{l.Value, 1000}, &state); v.OK != (v.FirstBroken < 0) || !utf8.ValidString(v.Value) {
			t.Fatalf("%q: %+v", s, v)
		}
	})
}
