package autoscale

import (
	"fmt"
	"time"
)

// hpa is the HorizontalPodAutoscaler of Kubernetes 1.37.
type hpa struct {
	spec                 HPASpec // defaulted
	flags                Flags
	min, max             int32
	upWindow, downWindow time.Duration // behavior only
	tol                  tolerances
	hasObjectOrExternal  bool
}

func newHPA(cfg Config) (Policy, []FieldError) {
	errs := append(cfg.HPA.Validate(), cfg.Flags.validate()...)
	if m := cfg.HPA.MinReplicas; m != nil && *m == 0 && !cfg.Flags.ScaleToZero {
		errs = append(errs, FieldError{"minReplicas", "must be greater than or equal to 1, is 0", "the gate HPAScaleToZero is off"})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	spec := cfg.HPA.Defaulted()
	h := &hpa{spec: spec, flags: cfg.Flags, min: *spec.MinReplicas, max: spec.MaxReplicas}
	h.tol = tolerances{up: cfg.Flags.Tolerance, down: cfg.Flags.Tolerance}
	if b := spec.Behavior; b != nil {
		h.upWindow = seconds(*b.ScaleUp.StabilizationWindowSeconds)
		h.downWindow = cfg.Flags.DownscaleStabilization // B1
		if w := b.ScaleDown.StabilizationWindowSeconds; w != nil {
			h.downWindow = seconds(*w)
		}
		if t := b.ScaleUp.Tolerance; t != nil {
			h.tol.up = *t
		}
		if t := b.ScaleDown.Tolerance; t != nil {
			h.tol.down = *t
		}
	}
	for _, m := range spec.Metrics {
		if m.Type == TypeObject || m.Type == TypeExternal {
			h.hasObjectOrExternal = true
		}
	}
	return h, nil
}

func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }

func (h *hpa) Kind() string             { return "hpa" }
func (h *hpa) Period() time.Duration    { return h.flags.SyncPeriod }
func (h *hpa) Metrics() []MetricSpec    { return h.spec.Metrics }
func (h *hpa) Bounds() (min, max int32) { return h.min, h.max }

// Sync is one reconcile (R1..R12).
func (h *hpa) Sync(now time.Duration, o *Observation, s *State) Decision {
	cur := o.SpecReplicas
	d := Decision{At: now, Kind: "hpa", From: cur, Replicas: cur, Min: h.min, Max: h.max, Winner: -1}
	zero, _ := s.Condition(ScaledToZero)
	byUs := h.flags.ScaleToZero && zero.Status == True // R4
	s.setCondition(now, AbleToScale, True, SucceededGetScale, fmt.Sprintf("the scale was read: %d asked for", cur))
	if len(s.Recommendations) == 0 { // R3
		s.Recommendations = append(s.Recommendations, Recommendation{cur, now})
	}
	switch fromZero := h.min != 0 && byUs || byUs && h.hasObjectOrExternal; {
	case cur == 0 && !fromZero: // R5
		d.Path = PathDisabled
		s.setCondition(now, ScalingActive, False, ScalingDisabled, "scaling is off since the replica count was set to zero by hand; any other number turns it on")
		if !h.flags.ScaleToZero {
			s.dropCondition(ScaledToZero)
		}
	case cur > h.max: // R6
		d.Path, d.Replicas, d.Reason = PathAboveMax, h.max, "Current number of replicas above Spec.MaxReplicas"
	case cur != 0 && cur < h.min: // R7
		d.Path, d.Replicas, d.Reason = PathBelowMin, h.min, "Current number of replicas below Spec.MinReplicas"
	default: // R8
		h.decideByMetrics(now, o, s, &d, byUs)
	}
	d.Rescale = d.Replicas != cur
	h.conclude(now, s, &d)
	return d
}

// decideByMetrics is R8.
func (h *hpa) decideByMetrics(now time.Duration, o *Observation, s *State, d *Decision, byUs bool) {
	cur := d.From
	d.Path = PathMetrics
	if !h.propose(now, o, s, d) {
		d.Path = PathFailed
		return
	}
	desired := max(0, d.Proposed)
	// The reason comes before the normalization: a rescale that only the
	// stabilization forces has none (Q1).
	switch {
	case desired > cur:
		d.Reason = d.Proposals[d.Winner].Name + " above target"
	case desired < cur:
		d.Reason = "All metrics below target"
	}
	if h.spec.Behavior == nil {
		d.Norm = h.normalizeLegacy(now, cur, desired, s)
	} else {
		d.Norm = h.normalizeBehavior(now, cur, desired, s)
	}
	h.setNormConditions(now, cur, s, &d.Norm)
	d.Replicas = d.Norm.Result
	if cur == 0 && h.min != 0 && byUs && d.Replicas < h.min {
		d.Replicas = h.min
		if d.Reason == "" {
			d.Reason = "Current number of replicas below Spec.MinReplicas"
		}
	}
}

// setNormConditions reports how stabilization and limits changed the wish
// (L1, L4, B2, B3).
func (h *hpa) setNormConditions(now time.Duration, cur int32, s *State, n *Normalization) {
	reason := ReadyForNewScale
	if n.Stabilized != n.Desired {
		reason = ScaleDownStabilized
		if !n.Legacy && n.Desired >= cur {
			reason = ScaleUpStabilized
		}
	}
	s.setCondition(now, AbleToScale, True, reason, n.stabilizedText())
	status := False
	if n.Result != n.Stabilized {
		status = True
	}
	s.setCondition(now, ScalingLimited, status, n.LimitedBy, n.limitedText())
}

// conclude is R9..R11: events, conditions and status.
func (h *hpa) conclude(now time.Duration, s *State, d *Decision) {
	s.CurrentReplicas = d.From
	s.CurrentMetrics = append(s.CurrentMetrics[:0], d.CurrentMetrics...)
	d.Message = d.summary()
	if d.Path == PathFailed {
		d.Events = append(d.Events, Event{EventWarning, FailedComputeMetrics, d.Err})
		d.Conditions = append([]Condition(nil), s.Conditions...)
		return
	}
	s.DesiredReplicas = d.Replicas
	if d.Rescale {
		h.rescaled(now, s, d)
	}
	d.Conditions = append([]Condition(nil), s.Conditions...)
}

// rescaled is the success half of R9.
func (h *hpa) rescaled(now time.Duration, s *State, d *Decision) {
	s.setCondition(now, AbleToScale, True, SucceededRescale, fmt.Sprintf("rescaled from %d to %s", d.From, counted(int(d.Replicas))))
	d.Events = append(d.Events, Event{EventNormal, SuccessfulRescale, fmt.Sprintf("New size: %d; reason: %s; %s", d.Replicas, d.Reason, d.Message)})
	h.recordScale(now, d.From, d.Replicas, s)
	if h.flags.ScaleToZero {
		if d.From > 0 && d.Replicas == 0 && h.min == 0 && h.hasObjectOrExternal {
			s.setCondition(now, ScaledToZero, True, ScaledToZero, "the autoscaler itself scaled to zero; the metrics can wake it")
		} else {
			s.setCondition(now, ScaledToZero, False, NotScaledToZero, "the autoscaler did not scale to zero")
		}
	}
	s.Scaled, s.LastScale = true, now
}
