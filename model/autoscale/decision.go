package autoscale

import "time"

// Decision is the result of one sync, with all the numbers that led to it.
// It shares no memory with the State and may be kept.
type Decision struct {
	At       time.Duration
	Kind     string // of the policy
	From     int32  // replicas asked for before
	Replicas int32  // replicas to ask for now
	Rescale  bool   // Replicas is to be applied
	Reason   string // of the rescale, Kubernetes' words; may be "" even for a rescale (Q1)
	Message  string // one line with the arithmetic
	Err      string // error that the sync returned (M5), "" if none

	Min, Max       int32
	Events         []Event
	Conditions     []Condition
	CurrentMetrics []MetricStatus

	Path      Path
	Proposals []Proposal // by index of the metrics; empty if they were not read
	Winner    int        // index of the proposal that won, -1: none
	Proposed  int32      // what the metrics ask for, before stabilization and limits
	Norm      Normalization

	Steps []string // what policies other than the HPA have to say
}

// Event is one event on the HPA object. Type is Normal or Warning.
type Event struct {
	Type    string
	Reason  string
	Message string
}

// The types of events.
const (
	EventNormal  = "Normal"
	EventWarning = "Warning"
)

// Path is the way that a sync of the HPA took (R5..R8).
type Path uint8

// The paths of a sync.
const (
	PathOther    Path = iota // not the HPA
	PathDisabled             // R5: somebody scaled to zero
	PathAboveMax             // R6
	PathBelowMin             // R7
	PathMetrics              // R8
	PathFailed               // R8 without a usable metric
)

// Proposal is what one metric asks for.
type Proposal struct {
	Name     string // as the condition shows it
	Type     string // of the metric
	Subject  string // cpu, memory or the name of the metric
	Reason   string // of the failure: FailedGetResourceMetric ...
	Err      string // why there is none; "" if Replicas is valid
	Replicas int32
	Calc     Calculation
}

// Group says how a pod counted (G1..G5).
type Group uint8

// The groups of pods.
const (
	GroupReady Group = iota
	GroupUnready
	GroupMissing
	GroupIgnored
)

var groupNames = [...]string{"ready", "unready", "missing", "ignored"}

func (g Group) String() string { return nameOf(groupNames[:], int(g)) }

// Why says which rule put a pod into its group.
type Why uint8

// The reasons of grouping, in the order in which they are tried.
const (
	WhyCounted      Why = iota // G5
	WhyDeleting                // G1
	WhyFailed                  // G1
	WhyPending                 // G2
	WhyNoSample                // G3
	WhyNoCondition             // G4: no Ready condition or no start time
	WhyYoungUnready            // G4: younger than the cpu initialization period and not ready
	WhyOldWindow               // G4: its sample began before it became ready
	WhyNeverReady              // G4: never ready since it started
)

var whyTexts = [...]string{
	"counted",
	"being deleted",
	"failed",
	"Pending",
	"no sample yet",
	"no Ready condition or start time yet",
	"starting and not ready",
	"its sample began before it was ready",
	"never ready so far",
}

func (w Why) String() string { return nameOf(whyTexts[:], int(w)) }

// PodUse is how one pod entered the arithmetic of one metric.
type PodUse struct {
	Name    string
	Group   Group
	Why     Why
	Sampled bool
	Value   int64 // milli-units, if Sampled
	Request int64 // milli-units, utilization targets only
	Filled  bool  // counted with Fill in the second pass (U6, P2)
	Fill    int64
}

// Form is the kind of calculation.
type Form uint8

// The forms of calculation.
const (
	FormUtilization  Form = iota // U: usage / request against a percentage
	FormPodsAverage              // P: average per pod against a value
	FormValue                    // O1: one number against a value
	FormAverageValue             // O2: one number, divided by the replicas, against a value
)

// Outcome says why a calculation ended as it did.
type Outcome uint8

// The outcomes of a calculation.
const (
	OutcomeScaled     Outcome = iota // the ceil
	OutcomeWithin                    // the ratio is within the tolerance
	OutcomeWithinFill                // the ratio after filling is within the tolerance
	OutcomeTurned                    // filling turned the direction round: no change
	OutcomeAgainst                   // the ceil would move against the ratio: no change
	OutcomeFromZero                  // O1 from zero: ceil without tolerance
)

// Pass is one pass over the pods' values.
type Pass struct {
	Count       int   // pods with a value
	Usage       int64 // milli-units, their sum
	Request     int64 // milli-units, utilization only
	Utilization int32 // percent, truncated
	Average     int64 // milli-units per pod, truncated
	Ratio       float64
}

// Calculation is the arithmetic of one metric.
type Calculation struct {
	Form     Form
	Resource string
	Current  int32 // replicas it started from (spec, or status for O2)
	Target   int64 // percent for FormUtilization, else milli-units
	TolUp    float64
	TolDown  float64
	Pods     []PodUse
	Ready    int // pods that counted at first
	Unready  int
	Missing  int
	Ignored  int
	First    Pass
	Filled   bool // a second pass was made
	Second   Pass
	Outcome  Outcome
	Replicas int32
}

// Normalization is the way from the metrics' wish to the result (1.6, 1.7).
type Normalization struct {
	Legacy     bool // spec.behavior is absent
	Desired    int32
	Stabilized int32
	UpWindow   time.Duration
	DownWindow time.Duration
	Kept       Recommendation // the recommendation that held the result; Kept.At is valid if Stabilized != Desired

	InWindow  int   // recommendations looked at
	Limit     int32 // what the rate allowed, where one was asked
	HasLimit  bool
	Policies  []PolicyLimit // behavior only: what each policy allowed
	Select    string
	LimitedBy string // reason word of ScalingLimited
	Result    int32
}

// PolicyLimit is what one scaling policy allowed.
type PolicyLimit struct {
	Policy  ScalingPolicy
	Start   int32 // replicas at the start of its period
	Added   int32 // in the period
	Deleted int32
	Limit   int32
	Won     bool
}
