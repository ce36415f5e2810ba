// Package restart decides who starts a container again after it has ended,
// and after which wait.
//
// Three platforms, three answers. The Docker engine restarts the same
// container after a wait that doubles from 100 ms to a minute, as its restart
// policy says; Compose only chooses that policy. Swarm puts a new task into
// the slot after a flat delay. The kubelet restarts for ever, at once the first
// time and then after 10 s doubling to 5 minutes (CrashLoopBackOff).
//
// A Policy is immutable and shared; what the engine or the kubelet remembers of
// a container is a State, which the caller owns and copies.
package restart

import "time"

// Exit is how a container ended.
type Exit struct {
	Code    int           // exit code; 0 is success
	Ran     time.Duration // since its last start
	Host    bool          // its host died with it: the engine of that host decides only when it boots (exit code 255)
	Drained bool          // its host is being emptied: Swarm replaces without delay
}

// CodeHostDied is what the Docker engine notes at boot for a container that ran
// when its host died.
const CodeHostDied = 255

// MaxWindow is the largest max_attempts that can be counted within a window
// (Swarm): State remembers so many replacements.
const MaxWindow = 16

// State is what is remembered of one container, slot or pod. The zero value is
// a container that has never ended. Plain data, copied by assignment.
type State struct {
	Count        int32         // restarts so far (Docker: RestartCount; Swarm: replacements in the slot; kubelet: restartCount)
	Timeout      time.Duration // Docker: the last wait, 0 = none
	Backoff      time.Duration // kubelet: the wait before the next restart but for a reset
	LastDecision time.Duration // kubelet: when the last restart was allowed
	HasEntry     bool          // kubelet: Backoff and LastDecision hold
	Stopped      bool          // Docker: stopped by hand
	recent       [MaxWindow]time.Duration
}

// Policy decides about one kind of container.
type Policy interface {
	// Exited is told that the container ended at now and returns whether it
	// starts again, and how long after now. With again false the delay is 0.
	Exited(now time.Duration, e Exit, s *State) (delay time.Duration, again bool)
	// String returns the policy as its platform writes it: "on-failure:3".
	String() string
}

// booter is a policy whose platform looks at containers when a host boots.
type booter interface {
	boot(s *State, lastExit int) bool
}

// Boot reports whether the container is started when the daemon of its host
// starts, after a reboot say, and puts s into the state of a fresh start if so.
// lastExit is the container's last exit code, CodeHostDied if it ran when the
// host died. A Swarm task is replaced elsewhere and never started by boot.
func Boot(p Policy, s *State, lastExit int) bool {
	b, ok := p.(booter)
	return ok && b.boot(s, lastExit)
}

// StartByHand is a user's `docker start` or `docker restart`: the engine's
// count and wait begin anew.
func StartByHand(s *State) { *s = State{} }
