package autoscale

import "time"

// The legacy rate of a spec without behavior (L2): per sync at most the
// larger of twice the present size and 4 replicas.
const (
	legacyUpFactor  = 2.0
	legacyUpMinimum = 4.0
)

// Reason words of AbleToScale and ScalingLimited.
const (
	ReadyForNewScale     = "ReadyForNewScale"
	ScaleDownStabilized  = "ScaleDownStabilized"
	ScaleUpStabilized    = "ScaleUpStabilized"
	DesiredWithinRange   = "DesiredWithinRange"
	TooFewReplicas       = "TooFewReplicas"
	TooManyReplicas      = "TooManyReplicas"
	ScaleUpLimit         = "ScaleUpLimit"
	ScaleDownLimit       = "ScaleDownLimit"
	SucceededGetScale    = "SucceededGetScale"
	SucceededRescale     = "SucceededRescale"
	ScalingDisabled      = "ScalingDisabled"
	ValidMetricFound     = "ValidMetricFound"
	NotScaledToZero      = "NotScaledToZero"
	SuccessfulRescale    = "SuccessfulRescale"
	FailedComputeMetrics = "FailedComputeMetricsReplicas"
)

// normalizeLegacy is 1.6, for a spec without behavior: the highest raw
// recommendation of the window holds, then the legacy rate and the bounds.
func (h *hpa) normalizeLegacy(now time.Duration, cur, desired int32, s *State) Normalization {
	n := Normalization{Legacy: true, Desired: desired, Stabilized: desired, DownWindow: h.flags.DownscaleStabilization}
	cutoff := now - n.DownWindow
	stale := -1
	for i, r := range s.Recommendations {
		if r.At < cutoff { // L1: exactly as old as the window still counts
			stale = i
			continue
		}
		n.InWindow++
		if r.Replicas > n.Stabilized {
			n.Stabilized, n.Kept = r.Replicas, r
		}
	}
	s.remember(stale, Recommendation{desired, now})
	h.limitLegacy(cur, &n)
	return n
}

// limitLegacy is L2, L3.
func (h *hpa) limitLegacy(cur int32, n *Normalization) {
	limit, reason := h.max, TooManyReplicas
	n.Limit, n.HasLimit = clampInt32(max(float64(legacyUpFactor*float64(cur)), legacyUpMinimum)), true
	if h.max > n.Limit {
		limit, reason = n.Limit, ScaleUpLimit
	}
	n.Result, n.LimitedBy = n.Stabilized, DesiredWithinRange
	if n.Stabilized < h.min {
		n.Result, n.LimitedBy = h.min, TooFewReplicas
	} else if n.Stabilized > limit {
		n.Result, n.LimitedBy = limit, reason
	}
}

// normalizeBehavior is 1.7, for a spec with behavior.
func (h *hpa) normalizeBehavior(now time.Duration, cur, desired int32, s *State) Normalization {
	n := h.stabilize(now, cur, desired, s)
	h.limitRate(now, cur, s, &n)
	return n
}

// stabilize is B2: each direction has its window. The way up ends at the
// lowest recommendation of its window, the way down at the highest of the
// other; the present one is in both, so the two never cross.
func (h *hpa) stabilize(now time.Duration, cur, desired int32, s *State) Normalization {
	n := Normalization{Desired: desired, UpWindow: h.upWindow, DownWindow: h.downWindow}
	lowest, highest := Recommendation{desired, now}, Recommendation{desired, now}
	upCutoff, downCutoff := now-h.upWindow, now-h.downWindow
	stale := -1
	for i, r := range s.Recommendations {
		if r.At > upCutoff && r.Replicas < lowest.Replicas { // B2: strictly younger than the window
			lowest = r
		}
		if r.At > downCutoff && r.Replicas > highest.Replicas {
			highest = r
		}
		if r.At > upCutoff || r.At > downCutoff {
			n.InWindow++
		}
		if r.At < upCutoff && r.At < downCutoff {
			stale = i
		}
	}
	n.Stabilized = cur
	if n.Stabilized < lowest.Replicas {
		n.Stabilized, n.Kept = lowest.Replicas, lowest
	}
	if n.Stabilized > highest.Replicas {
		n.Stabilized, n.Kept = highest.Replicas, highest
	}
	if n.Stabilized == cur {
		// Neither moved it away from cur: name the one that stood in the way.
		n.Kept = highest
		if desired > cur {
			n.Kept = lowest
		}
	}
	s.remember(stale, Recommendation{desired, now})
	return n
}

// remember stores a raw recommendation in a stale slot, or in a new one.
func (s *State) remember(stale int, r Recommendation) {
	if stale >= 0 {
		s.Recommendations[stale] = r
		return
	}
	s.Recommendations = append(s.Recommendations, r)
}

// limitRate is B3: the policies bound the change, then the spec's min or max.
func (h *hpa) limitRate(now time.Duration, cur int32, s *State, n *Normalization) {
	n.Result, n.LimitedBy = n.Stabilized, DesiredWithinRange
	switch {
	case n.Stabilized > cur:
		h.upLimit(now, cur, s, n)
		n.Limit = max(n.Limit, cur)
		limit, reason := h.max, TooManyReplicas
		if n.Limit < h.max {
			limit, reason = n.Limit, ScaleUpLimit
		}
		if n.Stabilized > limit {
			n.Result, n.LimitedBy = limit, reason
		}
	case n.Stabilized < cur:
		h.downLimit(now, cur, s, n)
		n.Limit = min(n.Limit, cur)
		limit, reason := h.min, TooFewReplicas
		if n.Limit > h.min {
			limit, reason = n.Limit, ScaleDownLimit
		}
		if n.Stabilized < limit {
			n.Result, n.LimitedBy = limit, reason
		}
	}
}

// upLimit is B4.
func (h *hpa) upLimit(now time.Duration, cur int32, s *State, n *Normalization) {
	h.limits(now, cur, s, n, h.spec.Behavior.ScaleUp, func(p ScalingPolicy, start int32) int32 {
		if p.Type == PolicyPods {
			return start + p.Value
		}
		return ceilInt32(float64(start) * (1 + float64(p.Value)/100)) // Q2: this very expression
	})
}

// downLimit is B5.
func (h *hpa) downLimit(now time.Duration, cur int32, s *State, n *Normalization) {
	h.limits(now, cur, s, n, h.spec.Behavior.ScaleDown, func(p ScalingPolicy, start int32) int32 {
		if p.Type == PolicyPods {
			return start - p.Value
		}
		return clampInt32(float64(start) * (1 - float64(p.Value)/100)) // Q2: truncated toward zero
	})
}

// limits asks every policy and selects: Max is the limit that allows the
// largest change, Min the smallest.
func (h *hpa) limits(now time.Duration, cur int32, s *State, n *Normalization, r *ScalingRules, limit func(ScalingPolicy, int32) int32) {
	n.HasLimit, n.Select, n.Limit = true, r.SelectPolicy, cur
	if r.SelectPolicy == SelectDisabled {
		return
	}
	n.Policies = make([]PolicyLimit, len(r.Policies))
	won := -1
	wantLargest := (r == h.spec.Behavior.ScaleUp) == (r.SelectPolicy != SelectMin)
	for i, p := range r.Policies {
		period := time.Duration(p.PeriodSeconds) * time.Second
		l := PolicyLimit{Policy: p, Added: changed(s.Ups, now-period), Deleted: changed(s.Downs, now-period)}
		l.Start = cur - l.Added + l.Deleted
		l.Limit = limit(p, l.Start)
		n.Policies[i] = l
		if won < 0 || wantLargest && l.Limit > n.Limit || !wantLargest && l.Limit < n.Limit {
			won, n.Limit = i, l.Limit
		}
	}
	if won >= 0 {
		n.Policies[won].Won = true
	}
}

// changed is B6: the replicas that rescales strictly after cutoff changed.
func changed(events []ScaleEvent, cutoff time.Duration) int32 {
	var sum int32
	for _, e := range events {
		if e.At > cutoff {
			sum += e.Change
		}
	}
	return sum
}

// recordScale is E1, E2: only under a behavior, and for the direction taken.
func (h *hpa) recordScale(now time.Duration, from, to int32, s *State) {
	if h.spec.Behavior == nil {
		return
	}
	if to > from {
		s.Ups = storeEvent(s.Ups, h.spec.Behavior.ScaleUp, ScaleEvent{Change: to - from, At: now})
		return
	}
	s.Downs = storeEvent(s.Downs, h.spec.Behavior.ScaleDown, ScaleEvent{Change: from - to, At: now})
}

// storeEvent marks what is older than the longest period and overwrites the
// last such slot, or appends.
func storeEvent(events []ScaleEvent, r *ScalingRules, e ScaleEvent) []ScaleEvent {
	var longest time.Duration
	for _, p := range r.Policies {
		longest = max(longest, time.Duration(p.PeriodSeconds)*time.Second)
	}
	slot := -1
	for i := range events {
		if events[i].At < e.At-longest {
			events[i].Outdated = true
		}
		if events[i].Outdated {
			slot = i
		}
	}
	if slot < 0 {
		return append(events, e)
	}
	events[slot] = e
	return events
}
