package restart

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The Docker engine's waits (moby daemon/internal/restartmanager).
const (
	DockerFirstWait  = 100 * time.Millisecond
	DockerMultiplier = 2
	DockerMaxWait    = time.Minute
	DockerResetAfter = 10 * time.Second // a run this long forgets the wait, never the count
)

// Names of the Docker engine's restart policies.
const (
	No            = "no"
	Always        = "always"
	UnlessStopped = "unless-stopped"
	OnFailure     = "on-failure"
)

type docker struct {
	name string
	max  int
}

// Docker returns the engine's restart policy of that name ("" is "no"); max is
// the number of restarts of on-failure in the container's whole life, 0 = no
// limit. The errors are those of the engine.
func Docker(name string, max int) (Policy, error) {
	const onlyOnFailure = "invalid restart policy: maximum retry count can only be used with 'on-failure'"
	switch name {
	case "", No, Always, UnlessStopped:
		if max < 0 {
			return nil, errors.New(onlyOnFailure + " and cannot be negative")
		}
		if max > 0 {
			return nil, errors.New(onlyOnFailure)
		}
	case OnFailure:
		if max < 0 {
			return nil, errors.New("invalid restart policy: maximum retry count cannot be negative")
		}
	default:
		return nil, fmt.Errorf("invalid restart policy: unknown policy '%s'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'", name)
	}
	if name == "" {
		name = No
	}
	return docker{name: name, max: max}, nil
}

// ParseDocker reads a policy as `docker run --restart` does: "on-failure:3".
func ParseDocker(s string) (Policy, error) {
	name, count, has := strings.Cut(s, ":")
	if !has {
		return Docker(name, 0)
	}
	if name == "" {
		return nil, errors.New("invalid restart policy format: no policy provided before colon")
	}
	max, err := strconv.Atoi(count)
	if err != nil {
		return nil, errors.New("invalid restart policy format: maximum retry count must be an integer")
	}
	return Docker(name, max)
}

// Exited implements Policy. The engine moves the wait before it decides, and a
// container that was stopped by hand is left alone by every policy.
func (d docker) Exited(_ time.Duration, e Exit, s *State) (time.Duration, bool) {
	if d.name == No || s.Stopped || e.Host {
		return 0, false
	}
	s.Timeout = dockerWait(s.Timeout, e.Ran)
	if d.name == OnFailure && !d.retries(s, e.Code) {
		return 0, false
	}
	s.Count++
	return s.Timeout, true
}

// retries is on-failure's rule.
func (d docker) retries(s *State, code int) bool {
	return code != 0 && (d.max == 0 || int(s.Count) < d.max)
}

// dockerWait returns the wait after one of length last and a run of length ran.
func dockerWait(last, ran time.Duration) time.Duration {
	if last == 0 || ran >= DockerResetAfter {
		return DockerFirstWait
	}
	return min(last*DockerMultiplier, DockerMaxWait)
}

// boot: always starts even what was stopped by hand; on-failure goes by the
// last exit code and the count alone. What is started starts with count 0.
func (d docker) boot(s *State, lastExit int) bool {
	var start bool
	switch d.name {
	case Always:
		start = true
	case UnlessStopped:
		start = !s.Stopped
	case OnFailure:
		start = d.retries(s, lastExit)
	}
	if start {
		StartByHand(s)
	}
	return start
}

// String implements Policy.
func (d docker) String() string {
	if d.max > 0 {
		return d.name + ":" + strconv.Itoa(d.max)
	}
	return d.name
}
