// Package autoscale decides how many replicas a service should have.
//
// Its heart is the HorizontalPodAutoscaler of Kubernetes 1.37, rule by rule:
// what the metrics pipeline reported goes in, a number of replicas comes out,
// and with it every step of the arithmetic, so that one can ask "why 8 and
// not 10?" and get an answer. Beside it stand simpler policies to compare
// with: a fixed number, a timetable, one-up-one-down, and the target tracking
// of cloud scaling groups.
//
// A Policy is immutable and may be shared between runs. What it remembers is
// a State, a plain value that the caller owns and can copy. Nothing here
// reads a clock: now is the time since the run began.
//
// The letters in comments (R5, U3, B2 ...) name the rules of Kubernetes 1.37
// as the project's specification numbers them.
package autoscale

import "time"

// A Policy decides at each sync. Sync reads the observation, updates the
// state and returns the decision; it keeps no reference to either.
type Policy interface {
	Sync(now time.Duration, o *Observation, s *State) Decision
	Kind() string          // its name in the registry
	Period() time.Duration // between two syncs
	Metrics() []MetricSpec // what Observation.Metrics must hold, by index; not to be changed
	Bounds() (min, max int32)
}

// Observation is what the metrics pipeline and the API reported: never the
// truth of the simulation.
type Observation struct {
	SpecReplicas   int32     // what was last asked for (scale.spec.replicas)
	StatusReplicas int32     // replicas that exist (scale.status.replicas)
	Pods           []Pod     // every pod of the selector, terminating ones too
	Metrics        []Reading // by index of Policy.Metrics
}

// Phase is a pod's phase.
type Phase uint8

// The phases of a pod.
const (
	Pending Phase = iota
	Running
	Succeeded
	Failed
	PhaseUnknown
)

var phaseNames = [...]string{"Pending", "Running", "Succeeded", "Failed", "Unknown"}

func (p Phase) String() string { return nameOf(phaseNames[:], int(p)) }

// Readiness is the status of a pod's Ready condition.
type Readiness uint8

// The states of the Ready condition. NoCondition: the pod does not have one
// yet.
const (
	NoCondition Readiness = iota
	NotReady
	Ready
	ReadinessUnknown
)

var readinessNames = [...]string{"none", "False", "True", "Unknown"}

func (r Readiness) String() string { return nameOf(readinessNames[:], int(r)) }

// Pod is a replica as the API shows it.
type Pod struct {
	Name       string
	Phase      Phase
	Deleting   bool // deletionTimestamp is set
	Ready      Readiness
	ReadySince time.Duration // last transition of the Ready condition
	HasStart   bool
	Start      time.Duration // status.startTime
	Containers []Container   // may be shared between pods, is not changed
	Requests   Requests      // of the pod as a whole; where set they replace the containers' sum (U2)
}

// Container is what of a container matters to an autoscaler. Init containers
// count only if they are sidecars (restartable).
type Container struct {
	Name     string   `json:"name"`
	Requests Requests `json:"requests,omitzero"`
	Init     bool     `json:"init,omitempty"`
	Sidecar  bool     `json:"sidecar,omitempty"`
}

// Requests are resource requests in milli-units: millicores, and bytes x 1000.
type Requests struct {
	CPU       int64 `json:"cpu,omitempty"`
	Memory    int64 `json:"memory,omitempty"`
	HasCPU    bool  `json:"hasCPU,omitempty"`
	HasMemory bool  `json:"hasMemory,omitempty"`
}

func (r *Requests) get(resource string) (milli int64, ok bool) {
	switch resource {
	case CPU:
		return r.CPU, r.HasCPU
	case Memory:
		return r.Memory, r.HasMemory
	}
	return 0, false
}

// Reading is what came back for one metric.
type Reading struct {
	Err     string   // why there is nothing, in the metrics API's words; "" if it answered
	Samples []Sample // Resource, ContainerResource, Pods: by index of Observation.Pods; shorter means missing
	Value   int64    // Object, External: milli-units, the sum of all series (O3)
}

// Sample is one pod's value of a metric.
type Sample struct {
	OK     bool          // false: the pod is missing from the answer
	Value  int64         // milli-units: millicores, bytes x 1000, value x 1000
	At     time.Duration // end of the window it was measured over
	Window time.Duration
}

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return "?"
}
