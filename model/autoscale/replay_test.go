package autoscale_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/autoscale/casefile"
)

var update = flag.Bool("update", false, "write the answers into testdata/rules")

// TestRecordedHistories replays what the controller of Kubernetes 1.37 was
// shown and answered, sync by sync (recorded by model/conformance).
func TestRecordedHistories(t *testing.T) {
	names := files(t, "testdata/conformance/*.txt")
	if len(names) < 40 {
		t.Fatalf("%d histories, want at least 40", len(names))
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			if at, text := parse(t, name).Diff(); at >= 0 {
				t.Error(text)
			}
		})
	}
}

// TestRules replays the short stories of testdata/rules: one rule each, and
// the other policies.
func TestRules(t *testing.T) {
	for _, name := range files(t, "testdata/rules/*.txt") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			c := parse(t, name)
			answers := story(t, c)
			if *update {
				rewrite(t, name, answers)
				return
			}
			for i, sy := range c.Syncs {
				if !slices.Equal(sy.Want, answers[i]) {
					t.Errorf("sync at %v:\nwant\n\t%s\ngot\n\t%s", sy.At, strings.Join(sy.Want, "\n\t"), strings.Join(answers[i], "\n\t"))
				}
			}
		})
	}
}

// story replays a case and answers in short: the replicas, the message, the
// conditions that changed, the events.
func story(t *testing.T, c *casefile.Case) [][]string {
	kind := c.Kind
	if kind == "" {
		kind = "hpa"
	}
	var s autoscale.State
	var answers [][]string
	told := map[string]string{}
	for _, sy := range c.Syncs {
		p, err := autoscale.New(kind, sy.Config)
		if err != nil {
			t.Fatal(err)
		}
		d := p.Sync(sy.At, &sy.Seen, &s)
		lines := []string{fmt.Sprintf("%d -> %d: %s", d.From, d.Replicas, d.Message)}
		for _, c := range d.Conditions {
			line := fmt.Sprintf("%s=%v/%s: %s", c.Type, c.Status, c.Reason, c.Message)
			if key := fmt.Sprint(c.Status, c.Reason); told[c.Type] != key {
				lines = append(lines, line)
				told[c.Type] = key
			}
		}
		for _, e := range d.Events {
			line := fmt.Sprintf("event %s %s", e.Type, e.Reason)
			if e.Reason == autoscale.SuccessfulRescale {
				line += fmt.Sprintf(", reason %q", d.Reason)
			}
			lines = append(lines, line)
		}
		answers = append(answers, lines)
	}
	return answers
}

// rewrite puts the answers into a case file, for a person to judge.
func rewrite(t *testing.T, name string, answers [][]string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	pending := []string(nil)
	flush := func() {
		for _, line := range pending {
			out = append(out, "want "+line)
		}
		pending = nil
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		word, _, _ := strings.Cut(line, " ")
		if word == "want" {
			continue
		}
		if word != "pod" && word != "metric" {
			flush()
		}
		out = append(out, line)
		if word == "sync" {
			pending, answers = answers[0], answers[1:]
		}
	}
	flush()
	if err := os.WriteFile(name, []byte(strings.Join(out, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no files (%v)", pattern, err)
	}
	return names
}

func parse(t *testing.T, name string) *casefile.Case {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// TestCaseFiles: a history is the same after it is written and read, and a
// file that cannot be read says where.
func TestCaseFiles(t *testing.T) {
	for _, name := range files(t, "testdata/conformance/*.txt") {
		c := parse(t, name)
		text := c.String()
		back, err := casefile.Parse(text)
		if err != nil || back.String() != text {
			t.Errorf("%s changes when it is written and read (%v)", name, err)
		}
	}
	for text, want := range map[string]string{
		"sync 0s\nwant x\npod":       "line 3: a pod needs",
		"pod a Running":              "before the first sync",
		"sync soon":                  "line 1: time: invalid duration",
		"sync 0s replicas=many":      "invalid syntax",
		"sync 0s\npod a Lost":        `unknown phase "Lost"`,
		"sync 0s\nmetric x value=1":  "bad index",
		"spec {\"maxReplica\":1}":    "unknown field",
		"sync 0s\nmetric 0 a=1@x/1s": "invalid duration",
		"hello":                      "before the first sync",
	} {
		if _, err := casefile.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
