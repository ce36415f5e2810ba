package model

import (
	"testing"
	"time"

	"example.com/hasim/sim"
)

// A dead node is missed 40 to 60 s after its death (Kubernetes 1.37 ND2),
// whenever it dies and however the phases of heartbeats and passes fall.
func TestWhenADeadNodeIsMissed(t *testing.T) {
	earliest, latest := time.Hour, time.Duration(0)
	for seed := range uint64(300) {
		spec := oneService(1, 1, servers(1, sim.Constant(time.Second)))
		spec.Platform = Kubernetes
		w := must(New(spec, seed, Observer{}))
		h := &w.hosts[0]
		h.downAt = time.Duration(seed) * 137 * time.Millisecond
		after := w.noticed(h) - h.downAt
		earliest, latest = min(earliest, after), max(latest, after)
	}
	if earliest < 40*time.Second || latest > 60*time.Second || earliest > 43*time.Second || latest < 52*time.Second {
		t.Errorf("between %v and %v", earliest, latest)
	}
}
