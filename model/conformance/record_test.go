package conformance

import (
	"fmt"
	"os"
	"path/filepath"
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
	kept := 0
	for seed := uint64(1); kept < n && seed < uint64(100*n); seed++ {
		c := recorded(t, seed, recordedTurns)
		if at, text := c.Diff(); at >= 0 {
			t.Fatalf("seed %d: %s", seed, text)
		}
		text := c.String()
		if dull(&c) || len(text) > maxRecordedBytes {
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

// dull says that a history has fewer than three rescales.
func dull(c *casefile.Case) bool {
	rescales := 0
	for _, sy := range c.Syncs {
		for _, line := range sy.Want {
			if line == "event Normal SuccessfulRescale" {
				rescales++
			}
		}
	}
	return rescales < 3
}

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
