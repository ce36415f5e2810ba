package autoscale

import "time"

// State is all that an autoscaler remembers of one service. The zero value is
// that of a controller that has just started. It survives a change of the
// policy (an edit of the spec), as the controller's memory does.
type State struct {
	Recommendations []Recommendation // raw, before any limit (L1, B2)
	Ups, Downs      []ScaleEvent     // rescales made under a behavior (E1)
	Conditions      []Condition      // in order of first insertion (R12)
	CurrentMetrics  []MetricStatus
	CurrentReplicas int32 // at the last sync, before its rescale (R11)
	DesiredReplicas int32
	Scaled          bool
	LastScale       time.Duration // shown, never used by the HPA (T4)

	// Of the other policies.
	LastUp, LastDown       time.Duration
	HasScaledUp, HasShrunk bool
}

// Recommendation is one raw result of the metrics.
type Recommendation struct {
	Replicas int32
	At       time.Duration
}

// ScaleEvent is one rescale of the HPA's own.
type ScaleEvent struct {
	Change   int32 // replicas added or removed, positive
	At       time.Duration
	Outdated bool // older than the longest period when that was last looked at (E2)
}

// ConditionStatus is True, False or Unknown.
type ConditionStatus uint8

// The statuses of a condition.
const (
	Unknown ConditionStatus = iota
	False
	True
)

var statusNames = [...]string{"Unknown", "False", "True"}

func (c ConditionStatus) String() string { return nameOf(statusNames[:], int(c)) }

// Condition is one line of the HPA's conditions.
type Condition struct {
	Type    string
	Status  ConditionStatus
	Reason  string
	Message string
	Since   time.Duration // moves only when Status changes (R12)
}

// The types of conditions.
const (
	AbleToScale    = "AbleToScale"
	ScalingActive  = "ScalingActive"
	ScalingLimited = "ScalingLimited"
	ScaledToZero   = "ScaledToZero"
)

// MetricStatus is the current value of one metric as status.currentMetrics
// has it. A metric that failed leaves an empty one (Type is "").
type MetricStatus struct {
	Type           string
	Name           string // of the resource or metric
	Container      string
	HasUtilization bool
	Utilization    int32 // percent of the request
	HasAverage     bool
	AverageValue   int64 // milli-units
	HasValue       bool
	Value          int64 // milli-units
}

// CopyInto makes dst an independent copy, reusing its buffers.
func (s *State) CopyInto(dst *State) {
	recs, ups, downs := dst.Recommendations, dst.Ups, dst.Downs
	conds, metrics := dst.Conditions, dst.CurrentMetrics
	*dst = *s
	dst.Recommendations = append(recs[:0], s.Recommendations...)
	dst.Ups = append(ups[:0], s.Ups...)
	dst.Downs = append(downs[:0], s.Downs...)
	dst.Conditions = append(conds[:0], s.Conditions...)
	dst.CurrentMetrics = append(metrics[:0], s.CurrentMetrics...)
}

// Condition returns the condition of a type.
func (s *State) Condition(typ string) (Condition, bool) {
	for _, c := range s.Conditions {
		if c.Type == typ {
			return c, true
		}
	}
	return Condition{}, false
}

func (s *State) setCondition(now time.Duration, typ string, status ConditionStatus, reason, message string) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.Type != typ {
			continue
		}
		if c.Status != status {
			c.Status, c.Since = status, now
		}
		c.Reason, c.Message = reason, message
		return
	}
	s.Conditions = append(s.Conditions, Condition{typ, status, reason, message, now})
}

func (s *State) dropCondition(typ string) {
	for i := range s.Conditions {
		if s.Conditions[i].Type == typ {
			s.Conditions = append(s.Conditions[:i], s.Conditions[i+1:]...)
			return
		}
	}
}
