package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/hasim/model/autoscale/casefile"
)

// recordedTurns keeps a committed history short enough to read.
const recordedTurns = 28

// maxRecordedBytes is the size that a committed history may have.
const maxRecordedBytes = 16_000

// TestRecord writes recorded histories for the main module's tests:
// HASIM_CONFORMANCE_RECORD says how many.
func TestRecord(t *testing.T) {
	n := number("HASIM_CONFORMANCE_RECORD", 0)
	if n == 0 {
		t.Skip("HASIM_CONFORMANCE_RECORD is not set")
	}
	kept, seen := 0, map[string]int{}
	for seed := uint64(1); kept < n && seed < uint64(1000*n); seed++ {
		c := recorded(t, seed, recordedTurns)
		if at, text := c.Diff(); at >= 0 {
			t.Fatalf("seed %d: %s", seed, text)
		}
		text := c.String()
		if len(text) > maxRecordedBytes || !novel(&c, seen) {
			continue
		}
		kept++
		name := filepath.Join(caseDir, fmt.Sprintf("seed-%04d.txt", seed))
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d histories written to %s", kept, caseDir)
}

// wantedOften is how many histories should show the same thing, and
// wantedRescales how often one should rescale because of its metrics.
const (
	wantedOften    = 5
	wantedRescales = 4
	rescaled       = "event Normal SuccessfulRescale"
)

// novel says that a history shows something that few others did: a reason, a
// kind of metric, a way to fail; and that it moves. It counts what it shows.
func novel(c *casefile.Case, seen map[string]int) bool {
	shown, rescales := map[string]bool{}, 0
	for _, sy := range c.Syncs {
		for _, line := range sy.Want {
			line, _, _ = strings.Cut(line, " since ")
			if strings.HasPrefix(line, rescaled) && !strings.Contains(line, "Current number") {
				rescales++
			}
			if strings.HasPrefix(line, "event Warning") {
				line, _, _ = strings.Cut(line, ": ")
			}
			if strings.HasPrefix(line, "condition") || strings.HasPrefix(line, "event") {
				shown[digits.ReplaceAllString(line, "N")] = true
			}
		}
	}
	rare := false
	for what := range shown {
		rare = rare || seen[what] < wantedOften
	}
	if rare = rare && rescales >= wantedRescales; rare {
		for what := range shown {
			seen[what]++
		}
	}
	return rare
}

var digits = regexp.MustCompile(`[0-9]+`)

// TestRoundTrip: what a case file says is what was recorded.
func TestRoundTrip(t *testing.T) {
	for seed := uint64(1); seed <= 20; seed++ {
		c := recorded(t, seed, recordedTurns)
		text := c.String()
		back, err := casefile.Parse(text)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if back.String() != text {
			t.Errorf("seed %d: a case changes when it is written and read", seed)
		}
		if at, text := back.Diff(); at >= 0 {
			t.Errorf("seed %d: %s", seed, text)
		}
	}
}
