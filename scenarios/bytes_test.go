package scenarios

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func repeat(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// parseCounting parses and says how many megabytes that allocated: the measure
// of work that is the same on a busy machine.
func parseCounting(src string) (s *Scenario, err error, mb uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err = Parse("f", []byte(src), Options{})
	runtime.ReadMemStats(&after)
	return s, err, (after.TotalAlloc - before.TotalAlloc) >> 20
}

// Bytes that are no scenario, or that would cost too much to find out: each
// gets its message at its place, without much memory.
func TestHostileBytes(t *testing.T) {
	nine := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + repeat(8, func(i int) string {
		return fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 9), ","))
	})
	thirty := "a0: &a0 [x,x]\n" + repeat(29, func(i int) string { return fmt.Sprintf("a%d: &a%d [*a%d,*a%d]\n", i+1, i+1, i, i) })
	merged := "a0: &a0 {x: 1}\n" + repeat(29, func(i int) string { return fmt.Sprintf("a%d: &a%d {<<: [*a%d, *a%d]}\n", i+1, i+1, i, i) })
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", "f:1:1: error: holds no scenario"},
		{"a marker only", "---\n", "f:1:1: error: holds no scenario"},
		{"NUL", "hasim: v1\nname: a\x00b\n", "f:2:8: error: is not text: there is a NUL byte"},
		{"UTF-16 with its mark", "\xff\xfeh\x00a\x00s\x00", "f:1:1: error: is UTF-16"},
		{"UTF-16 without", "h\x00a\x00s\x00i\x00m\x00", "f:1:1: error: is UTF-16"},
		{"UTF-16 big-endian", "\x00h\x00a\x00s\x00i\x00m", "f:1:1: error: is UTF-16"},
		{"gzip", "\x1f\x8b\x08\x00\x00", "f:1:1: error: is compressed with gzip"},
		{"Latin-1", "hasim: v1\ntitle: caf\xe9\n", "f:2:11: error: is not UTF-8: byte 0xe9"},
		{"escape", "hasim: v1\ntitle: \x1b[31m\n", "f:2:8: error: control character U+001B"},
		{"two byte order marks", "\uFEFF\uFEFFhasim: v1\n", "f:1:1: error: a byte order mark in the middle"},
		{"a byte order mark", "\uFEFFhasim: v1\nnam: x\n", "f:2:1: error: nam: there is no key"},
		{"CRLF", "hasim: v1\r\nnam: x\r\n", "f:2:1: error: nam: there is no key"},
		{"CR", "hasim: v1\rnam: x\r", "f:2:1: error: nam: there is no key"},
		{"larger than 1 MiB", strings.Repeat("# padding\n", 110_000), "f:1:1: error: is larger than 1 MiB"},
		{"alias bomb 9x9", nine, "holds more than 100000 values"},
		{"alias bomb 30x2", thirty, "more than 10000 aliases"},
		{"merge bomb", merged, "more than 10000 aliases"},
		{"20 000 aliases", "a: &a x\nb: [" + strings.Repeat("*a,", 20_000) + "]\n", "more than 10000 aliases"},
		{"depth 65", strings.Repeat("[", 66) + strings.Repeat("]", 66), "f:1:66: error: nested more than 64 deep"},
		{"100 000 brackets", strings.Repeat("[", 100_000), "nested more than 64 deep"},
		{"100 000 braces", strings.Repeat("{a: ", 100_000), "nested more than 64 deep"},
		{"100 000 dashes", strings.Repeat("- ", 100_000) + "a", "nested more than 64 deep"},
		{"100 000 question marks", strings.Repeat("? ", 100_000) + "a", "nested more than 64 deep"},
		{"a staircase", repeat(1400, func(i int) string { return strings.Repeat(" ", i) + "a:\n" }), "f:66:66: error: nested more than 64 deep"},
		{"100 000 keys", repeat(100_000, func(i int) string { return fmt.Sprintf("k%d: 1\n", i) }), "holds more than 100000 values"},
		{"500 000 items", "[" + strings.Repeat("a,", 500_000) + "]", "holds more than 100000 values"},
		{"500 000 empty items", strings.Repeat("-\n", 500_000), "holds more than 100000 values"},
		{"40 000 times one key", strings.Repeat("a: b\n", 40_000), `"a" is given twice, first on line 1`},
		{"a key of 100 000 letters", strings.Repeat("k", 100_000) + ": 1\n", "f:1:1: error: not YAML"},
		{"a word of a megabyte", "hasim: " + strings.Repeat("v", 1_000_000), `"vvvv`},
		{"a megabyte of escapes", "hasim: \"" + strings.Repeat(`\u001b`, 170_000) + "\"\n", `"\x1b\x1b`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err, mb := parseCounting(c.src)
			d, ok := err.(Diagnostics)
			if !ok {
				t.Fatalf("error of type %T: %v", err, err)
			}
			holds(t, d)
			if !strings.Contains(d.Error(), c.want) {
				t.Errorf("got %.500s\nwant %s", d.Error(), c.want)
			}
			if mb > 64 {
				t.Errorf("took %d MB", mb)
			}
			if len(d.Error()) > 20_000 {
				t.Errorf("a message of %d bytes", len(d.Error()))
			}
		})
	}
}

func TestLongLinesAreQuotedRoundTheCaret(t *testing.T) {
	src := "hasim: v1\nservices: {" + repeat(40, func(i int) string { return fmt.Sprintf("app%d: {}, ", i) }) + "宴会: {}, last: {}}\n"
	_, err := Parse("f", []byte(src), Options{})
	d := err.(Diagnostics)
	lines := strings.Split(d.Error(), "\n")
	if len(lines) < 3 || cells(lines[1]) > excerptWidth+16 {
		t.Fatalf("%q", lines)
	}
	quote, caret := lines[1], lines[2]
	at := strings.Index(caret, "^")
	if got := cells(quote[:strings.Index(quote, "宴会")]); got != at {
		t.Errorf("the caret stands in column %d, the word in %d:\n%s\n%s", at, got, quote, caret)
	}
	if !strings.Contains(caret, "^~~~") { // two wide characters: four cells
		t.Errorf("%q", caret)
	}
}
