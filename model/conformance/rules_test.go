package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/hasim/model/autoscale/casefile"
)

// TestRules tells the real controller the stories of the leaf's own tests: it
// must take the same decisions.
func TestRules(t *testing.T) {
	names, err := filepath.Glob("../autoscale/testdata/rules/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no stories (%v)", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := casefile.Parse(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if c.Kind != "" {
			continue // another policy
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { compareStory(t, c) })
		})
	}
}

func compareStory(t *testing.T, c *casefile.Case) {
	for _, sy := range c.Syncs {
		if sy.Config.Flags != c.Syncs[0].Config.Flags {
			t.Fatal("the controller cannot change its flags while it runs")
		}
	}
	answers, err := c.Replay()
	if err != nil {
		t.Fatal(err)
	}
	syncs := rerun(c)
	if len(syncs) != len(answers) {
		t.Fatalf("%d syncs, want %d", len(syncs), len(answers))
	}
	for i := range syncs {
		if syncs[i].At != c.Syncs[i].At || !slices.Equal(syncs[i].Want, answers[i]) {
			t.Errorf("sync at %v (%v):\nupstream\n\t%s\nours\n\t%s", c.Syncs[i].At, syncs[i].At, strings.Join(syncs[i].Want, "\n\t"), strings.Join(answers[i], "\n\t"))
		}
	}
}
