package restart

import (
	"strconv"
	"strings"
	"time"
)

// DeployPolicy is deploy.restart_policy of a Compose file as it was written.
type DeployPolicy struct {
	Condition      string // "" = not given
	Delay          time.Duration
	MaxAttempts    int
	Window         time.Duration
	HasDelay       bool // an unset delay is 5 s in Swarm, a set one may be 0
	HasMaxAttempts bool
}

// FromCompose returns the policy that `docker compose up` gives to the engine.
// restart is the service's restart: ("" = not given). A deploy.restart_policy
// replaces it completely, its delay and window are dropped without a word, and
// one without a condition means that nothing restarts. effective is what the
// engine runs ("on-failure:3"); the errors are the engine's.
// Source: docker compose pkg/compose/create.go.
func FromCompose(restart string, deploy *DeployPolicy) (p Policy, effective string, err error) {
	name, count, _ := strings.Cut(restart, ":")
	count, _, _ = strings.Cut(count, ":")
	max, err := strconv.Atoi(count)
	if err != nil {
		max = 0 // Compose ignores a count that is no number
	}
	name = engineName(name)
	if deploy != nil {
		name, max = engineName(deploy.Condition), 0
		if deploy.HasMaxAttempts && name != "" {
			max = deploy.MaxAttempts
		}
	}
	if p, err = Docker(name, max); err != nil {
		return nil, "", err
	}
	return p, p.String(), nil
}

// engineName maps Compose's conditions to the engine's names and leaves what it
// does not know to the engine.
func engineName(condition string) string {
	switch condition {
	case "none":
		return No
	case "any":
		return Always
	}
	return condition
}
