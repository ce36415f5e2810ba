package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"

	"example.com/hasim/model/autoscale/casefile"
	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// scenarioTurns is the length of a scenario in turns of 15 s.
const scenarioTurns = 40

const caseDir = "../autoscale/testdata/conformance"

// TestConformance: the real controller and ours, the same scenarios, the same
// answers.
func TestConformance(t *testing.T) {
	n, seed := number("HASIM_CONFORMANCE_N", 2000), uint64(number("HASIM_CONFORMANCE_SEED", 1))
	t.Logf("seeds %d..%d, %d turns each", seed, seed+uint64(n)-1, scenarioTurns)
	syncs, different := 0, 0
	for i := range n {
		c := recorded(t, seed+uint64(i), scenarioTurns)
		syncs += len(c.Syncs)
		if report(t, seed+uint64(i), c) {
			different++
		}
		if different == 5 {
			n = i + 1
			break
		}
	}
	t.Logf("%d scenarios, %d syncs, %d differ", n, syncs, different)
}

// TestMain silences Kubernetes' log, and takes away the handlers of errors:
// one of them sleeps by the clock outside of the bubble.
func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard())
	utilruntime.ErrorHandlers = nil
	os.Exit(m.Run())
}

// report compares, and keeps a history that differs, cut after the first
// difference.
func report(t *testing.T, seed uint64, c casefile.Case) bool {
	at, text := c.Diff()
	if at < 0 {
		return false
	}
	c.Syncs = c.Syncs[:at+1]
	c.Comment = append(c.Comment, "The last sync differed once.")
	name := filepath.Join(caseDir, fmt.Sprintf("differed-%d.txt", seed))
	if err := os.WriteFile(name, []byte(c.String()), 0o644); err != nil {
		t.Error(err)
	}
	t.Errorf("seed %d: %s\nkept as %s", seed, text, name)
	return true
}

func recorded(t *testing.T, seed uint64, turns int) (c casefile.Case) {
	synctest.Test(t, func(*testing.T) { c = record(seed, turns) })
	return c
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
