package restart

import "time"

// The kubelet's back-off (Kubernetes 1.37 C1, C3). The reset is fixed and not
// twice the cap.
const (
	CrashLoopBase       = 10 * time.Second
	CrashLoopMax        = 300 * time.Second
	CrashLoopMultiplier = 2
	CrashLoopResetAfter = 600 * time.Second
)

type crashLoop struct{ base, max time.Duration }

// CrashLoop returns the kubelet's policy for restartPolicy Always: it restarts
// at once the first time, then after base, doubling up to max, and it starts
// over once a container ended more than 600 s after its last restart.
// Kubernetes 1.37 C1-C3; maxContainerRestartPeriod is max, base its minimum
// with 10 s.
func CrashLoop(base, max time.Duration) Policy { return crashLoop{base: min(base, max), max: max} }

// DefaultCrashLoop returns the kubelet's policy with its defaults, 10 s and 300 s.
func DefaultCrashLoop() Policy { return CrashLoop(CrashLoopBase, CrashLoopMax) }

// Exited implements Policy. LastDecision is when the restart happens, now+delay.
func (c crashLoop) Exited(now time.Duration, _ Exit, s *State) (time.Duration, bool) {
	delay, next := time.Duration(0), c.base
	if s.HasEntry && now-s.LastDecision <= CrashLoopResetAfter {
		delay, next = s.Backoff, min(s.Backoff*CrashLoopMultiplier, c.max)
	}
	s.HasEntry, s.Backoff, s.LastDecision = true, next, now+delay
	s.Count++
	return delay, true
}

// boot: a kubelet that comes back restarts the containers of its pods; its
// back-off was in memory.
func (c crashLoop) boot(s *State, _ int) bool {
	*s = State{Count: s.Count + 1}
	return true
}

// String implements Policy.
func (c crashLoop) String() string { return "Always" }
