package restart

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SwarmDelay is Swarm's default wait before a replacement starts (swarmkit
// api/defaults).
const SwarmDelay = 5 * time.Second

// Conditions of Swarm's restart_policy.
const (
	SwarmNone      = "none"
	SwarmOnFailure = "on-failure"
	SwarmAny       = "any"
)

type swarm struct {
	condition     string
	delay, window time.Duration
	max           int
}

// Swarm returns what a Swarm stack does with a slot whose task has ended:
// whether a new task takes it, and after which flat delay. The State belongs to
// the slot, not to the task. restart: is used only without a
// deploy.restart_policy; defaults are any, 5 s, no limit, no window.
// Source: swarmkit manager/orchestrator/restart, docker/cli compose/convert.
func Swarm(restart string, deploy *DeployPolicy) (Policy, error) {
	p := swarm{condition: SwarmAny, delay: SwarmDelay}
	if deploy == nil {
		return p.fromRestart(restart)
	}
	switch deploy.Condition {
	case "", SwarmAny:
	case SwarmNone, SwarmOnFailure:
		p.condition = deploy.Condition
	default:
		return nil, fmt.Errorf("invalid RestartCondition: %q", deploy.Condition)
	}
	if deploy.HasDelay || deploy.Delay > 0 {
		p.delay = deploy.Delay
	}
	if deploy.HasMaxAttempts || deploy.MaxAttempts > 0 {
		p.max = max(deploy.MaxAttempts, 0)
	}
	p.window = deploy.Window
	if p.window > 0 && p.max > MaxWindow {
		return nil, fmt.Errorf("max_attempts %d with a window: at most %d are counted", p.max, MaxWindow)
	}
	return p, nil
}

// fromRestart converts restart: as `docker stack deploy` does.
func (p swarm) fromRestart(restart string) (Policy, error) {
	name, count, _ := strings.Cut(restart, ":")
	switch name {
	case "":
	case No:
		p.condition = SwarmNone
	case Always, UnlessStopped:
	case OnFailure:
		p.condition = SwarmOnFailure
		if count != "" {
			n, err := strconv.Atoi(count)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("invalid restart policy: %s", restart)
			}
			p.max = n
		}
	default:
		return nil, fmt.Errorf("unknown restart policy: %s", name)
	}
	return p, nil
}

// Exited implements Policy. A replacement counts from the moment it is decided,
// before its delay. A dead host is a failure whatever the exit code.
func (p swarm) Exited(now time.Duration, e Exit, s *State) (time.Duration, bool) {
	complete := e.Code == 0 && !e.Host
	if p.condition == SwarmNone || p.condition == SwarmOnFailure && complete || p.spent(now, s) {
		return 0, false
	}
	s.recent[s.Count%MaxWindow] = now
	s.Count++
	if e.Drained {
		return 0, true
	}
	return p.delay, true
}

// spent reports whether the slot has used its attempts: all of them without a
// window, else those that lie within the window before now.
func (p swarm) spent(now time.Duration, s *State) bool {
	if p.max == 0 || int(s.Count) < p.max {
		return false
	}
	if p.window <= 0 {
		return true
	}
	oldest := s.recent[(int(s.Count)-p.max)%MaxWindow]
	return oldest > now-p.window
}

// String implements Policy.
func (p swarm) String() string {
	b := p.condition + ", delay " + p.delay.String()
	if p.max > 0 {
		b += ", max_attempts " + strconv.Itoa(p.max)
	}
	if p.window > 0 {
		b += ", window " + p.window.String()
	}
	return b
}
