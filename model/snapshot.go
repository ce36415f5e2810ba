package model

import "time"

// Phase is where a replica stands in its life.
type Phase uint8

// The phases. Pending, Running and Terminating are Kubernetes' words,
// Exited Docker's; the others say what either tool shows in between.
const (
	Pending     Phase = iota // not placed on any host yet
	Starting                 // its process runs, it does not serve yet
	Running                  // serves
	BackOff                  // crashed, waits to be started again
	Exited                   // crashed, nobody will start it again
	Terminating              // told to stop, finishes what it has
	Lost                     // its host is gone
	Gone                     // removed; its id may be used again
)

func (p Phase) String() string {
	return [...]string{"Pending", "Starting", "Running", "BackOff", "Exited", "Terminating", "Lost", "Gone"}[p]
}

// Snapshot is what a screen shows of one instant: plain values, copied, in
// slices that are reused.
type Snapshot struct {
	Now      time.Duration
	Duration time.Duration
	Stage    int     // of the first stream, -1 before its first stage
	Rate     float64 // requests per second that come now, over all streams
	Factor   float64 // by which commands multiplied the traffic
	Edited   bool    // commands were given: no longer the file's run
	Totals   Totals
	Recent   Recent
	Services []ServiceView
	Hosts    []HostView
	Expect   []Verdict // of the spec's Goals
}

// Totals counts clients' requests since the start (or the end of the warm-up).
type Totals struct {
	Arrived, Served, Failed, InFlight uint64
	Failures                          [NumCauses]uint64
	LostRevenue                       float64
}

// Recent is what the last 10 s of virtual time were like for clients.
type Recent struct {
	P50, P90, P99  time.Duration // 0 when nothing was served
	Served, Failed uint64
	PerSecond      float64 // served, per second
}

// ServiceView is one service.
type ServiceView struct {
	Name     string
	Kind     string
	Desired  int32
	Ready    int32
	Exist    int32 // neither gone nor terminating
	Min, Max int32 // bounds of its autoscaler, 0 without one
	Waiting  int64 // requests in its queues
	Busy     int64 // requests being worked on
	Refused  uint64
	CPU      int32  // percent of the request (or of one core without one), last second, mean over running replicas
	Targets  string // as kubectl get hpa prints it: "cpu: 143%/70%"; "" without an autoscaler
	Note     string // the last rescale in one line; "" before
	Replicas []ReplicaView
}

// ReplicaView is one replica.
type ReplicaView struct {
	ID          int32
	Name        string
	Host        string
	Phase       Phase
	Ready       bool // gets new requests
	Hung, Slow  bool
	Busy        int32
	Waiting     int32
	Concurrency int32         // Unlimited for none
	Queue       int32         // bound, Unlimited for none
	Left        time.Duration // until it is ready, is started again, or is killed
	Restarts    int32
	Exit        int32  // last exit code
	Reason      string // of its last exit: OOMKilled, Error
	CPU         int32  // percent of one core, last second
}

// HostView is one machine.
type HostView struct {
	Name  string
	Down  bool
	Ready bool  // as the cluster sees it
	CPU   int32 // percent busy, last second
}

// Verdict is how one goal stands.
type Verdict struct {
	Text  string
	OK    bool
	Known bool // enough samples to judge
	Value string
}

// Sample is one second of a run, for charts: what the second ended with,
// except for the maxima and sums that its fields name.
type Sample struct {
	At        time.Duration
	Rate      float64 // requests per second that came in this second
	Served    uint32  // in this second
	Failed    uint32  // in this second
	InFlight  int64
	P50, P99  time.Duration // of the last 10 s
	QueueMax  int64         // over all services, the most in this second
	Services  []ServiceSample
	Violating bool // some goal that can be judged does not hold
}

// ServiceSample is one service in one second.
type ServiceSample struct {
	QueueMax       int32
	Desired, Ready int32
	Exist          int32
	CPU            int32 // percent of the request, mean over running replicas
}
