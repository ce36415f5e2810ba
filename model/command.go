package model

import "time"

// CommandKind is what somebody at the keyboard does to a running World.
type CommandKind uint8

// The commands. Each has its counterpart in the scenario file, so that a
// session can be saved as changes and faults.
const (
	CommandKill     CommandKind = iota // crash replica Replica (an id of the Snapshot), or the lowest-ranked running one of Service when Replica < 0
	CommandScale                       // N replicas of Service
	CommandTraffic                     // multiply every stream's rate by Factor
	CommandHostDown                    // Host dies
	CommandHostUp                      // Host comes back
)

// Command is one such act. It falls between two events: at the World's
// present time, after all that has happened then.
type Command struct {
	Kind    CommandKind
	At      time.Duration // filled by Apply: when it took effect
	Service int32
	Replica int32
	Host    int32
	N       int32
	Factor  float64
}
