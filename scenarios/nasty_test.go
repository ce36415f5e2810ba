package scenarios

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestNasty(t *testing.T) {
	bomb9 := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 9; i++ {
		bomb9 += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	bomb30 := "a0: &a0 [x,x]\n"
	for i := 1; i < 30; i++ {
		bomb30 += fmt.Sprintf("a%d: &a%d [*a%d,*a%d]\n", i, i, i-1, i-1)
	}
	keys := ""
	for i := 0; i < 100000; i++ {
		keys += fmt.Sprintf("k%d: 1\n", i)
	}
	in := map[string]string{
		"empty": "", "comments": "# a\n# b\n", "null": "~", "list": "- a\n", "scalar": "hello", "dashes": "---\n",
		"bomb9": bomb9, "bomb30": bomb30, "self": "a: &a [*a]\n", "selfmap": "a: &a {b: *a}\n",
		"deep65": strings.Repeat("[", 65) + strings.Repeat("]", 65), "deep100k": strings.Repeat("[", 100000), "deepmap": strings.Repeat("{a: ", 100000),
		"dash100k": strings.Repeat("- ", 100000) + "a", "q100k": strings.Repeat("? ", 100000) + "a",
		"dash190": strings.Repeat(strings.Repeat("- ", 190)+"a\n", 100),
		"indent": func() string { s := ""; for i := 0; i < 1400; i++ { s += strings.Repeat(" ", i) + "a:\n" }; return s }(),
		"keys100k": keys, "flow": "[" + strings.Repeat("a,", 500000) + "]", "empties": strings.Repeat("-\n", 500000), "brackets": "[" + strings.Repeat("[],", 300000) + "]",
		"words": "a: " + strings.Repeat("word ", 200000), "colons": strings.Repeat("a: b\n", 40000), "quotes": "a: \"" + strings.Repeat(`\u0041`, 170000) + "\"\n",
		"tab": "hasim: v1\n\tname: x\n", "quote": "hasim: \"v1\nname: x\n", "quote2": "hasim: 'v1\nname: x\n", "brace": "hasim: {a: b\nname: x\n", "colon": "hasim: v1\ntitle: a: b\n", "indent2": "hasim: v1\n name: x\n", "indent3": "services:\n  app:\n    image: x\n   work: 3\n",
		"second": "hasim: v1\n---\nhasim: v1\n", "second2": "hasim: v1\n---\n", "dup": "hasim: v1\nhasim: v1\n", "tag": "hasim: !foo v1\n", "binary": "hasim: !!binary aGk=\n", "undefalias": "a: *b\n", "mergebad": "<<: 3\n", "keymap": "? {a: b}\n: c\n",
		"nul": "hasim: v\x001\n", "utf16": "\xff\xfeh\x00a\x00s\x00", "utf16nobom": "h\x00a\x00s\x00i\x00m\x00", "gzip": "\x1f\x8b\x08\x00", "latin1": "title: caf\xe9\n", "esc": "title: \x1b[31m\n", "bom": "\ufeffhasim: v1\n", "bombom": "\ufeff\ufeffhasim: v1\n", "crlf": "hasim: v1\r\nnam: x\r\n",
		"alias10k": "a: &a x\nb: [" + strings.Repeat("*a,", 20000) + "]\n", "pct": "%YAML 1.1\n%FOO\n---\na: b\n", "anchor": strings.Repeat("&a ", 1000) + "x", "quest": strings.Repeat("?\n", 100000), "longkey": strings.Repeat("k", 100000) + ": 1\n", "mergebomb": func() string { s := "a0: &a0 {x: 1}\n"; for i := 1; i < 30; i++ { s += fmt.Sprintf("a%d: &a%d {<<: [*a%d, *a%d]}\n", i, i, i-1, i-1) }; return s }(),
		"ls": "hasim: v1\u2028nam: x\n", "nel": "hasim: v1\u0085nam: x\n", "cr": "hasim: v1\rnam: x\r",
	}
	for name, s := range in {
		var a, b runtime.MemStats
		runtime.ReadMemStats(&a)
		start := time.Now()
		_, err := Parse("f.yaml", []byte(s), Options{})
		took := time.Since(start)
		runtime.ReadMemStats(&b)
		msg := fmt.Sprint(err)
		if len(msg) > 400 {
			msg = msg[:400]
		}
		fmt.Printf("== %s %v %dMB\n%s\n", name, took.Round(time.Millisecond), (b.TotalAlloc-a.TotalAlloc)>>20, msg)
	}
}
