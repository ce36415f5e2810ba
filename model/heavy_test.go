package model

import (
	"math"
	"os"
	"testing"
	"time"

	"example.com/hasim/sim"
)

// At ρ = 0.9 queues forget slowly, so this takes millions of arrivals: the
// long gate of the checks sets HASIM_LONG.
func TestQueuesUnderHeavyLoad(t *testing.T) {
	if os.Getenv("HASIM_LONG") == "" {
		t.Skip("set HASIM_LONG=1 for the long gate")
	}
	law := must(sim.Exponential(serviceTime))
	heavy := func(policy string) *Spec {
		return behind(policy, oneService(rate(10, .9), 10, servers(1, law)))
	}
	for _, c := range []struct {
		name      string
		spec      *Spec
		theory    float64
		tolerance float64 // of golden numbers: their rounding and their own error
	}{
		{"M/M/8", oneService(rate(8, .9), 1, servers(8, law)), 1.876916, 0},
		{"M/M/3", oneService(rate(3, .9), 1, servers(3, law)), 3.72354, 0},
		{"one shared queue", oneService(rate(10, .9), 1, servers(10, law)), 1.669, .002},
		{"random", heavy("random"), 10, 0},
		{"round robin", heavy("round_robin"), 5.69, .05},
		{"two choices", heavy("random_two"), 2.99, .05},
		{"least connections", heavy("least_conn"), 1.89, .03},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.spec.Duration = 6000 * time.Second
			mean, z := score(responses(t, c.spec, serviceTime), c.theory)
			t.Logf("mean response %.4f service times, theory %.4f (z = %.1f)", mean, c.theory, z)
			if math.Abs(z) > 4 && math.Abs(mean-c.theory) > c.tolerance {
				t.Errorf("mean response %.4f service times, theory %.4f (z = %.1f)", mean, c.theory, z)
			}
		})
	}
}
