package autoscale

import "fmt"

// answer is the short why of a decision that the metrics made.
func (d *Decision) answer() []string {
	sentences := []string{d.need()}
	if s := d.Norm.heldBack(d.From); s != "" {
		sentences = append(sentences, s)
	}
	if s := d.limitedBy(); s != "" {
		sentences = append(sentences, s)
	}
	if d.Replicas != d.Norm.Result {
		sentences = append(sentences, fmt.Sprintf("It wakes up from zero, so minReplicas holds: %d.", d.Replicas))
	}
	return sentences
}

// need says what the metric that won asks for.
func (d *Decision) need() string {
	p := &d.Proposals[d.Winner]
	c := &p.Calc
	is, goal := "", p.quantity(c.Target)
	switch c.Form {
	case FormUtilization:
		is, goal = fmt.Sprintf("%s is at %d%% of the request", p.Subject, c.First.Utilization), fmt.Sprintf("%d%%", c.Target)
	case FormPodsAverage, FormAverageValue:
		is = fmt.Sprintf("%s is %s for each replica", p.Subject, p.quantity(c.First.Average))
	case FormValue:
		is = fmt.Sprintf("%s is %s", p.Subject, p.quantity(c.First.Usage))
	}
	switch c.Outcome {
	case OutcomeWithin:
		return fmt.Sprintf("%s, close enough to the target of %s: %d will do.", is, goal, c.Replicas)
	case OutcomeWithinFill:
		return fmt.Sprintf("%s and the target is %s, but with the replicas that have no usable sample counted carefully that is close enough: %d will do.", is, goal, c.Replicas)
	case OutcomeTurned, OutcomeAgainst:
		return fmt.Sprintf("%s and the target is %s, but too many replicas have no usable sample to be sure: %d stays.", is, goal, c.Replicas)
	}
	careful := ""
	if c.Filled {
		careful = ", with the replicas that have no usable sample counted carefully"
	}
	return fmt.Sprintf("%s, the target is %s: that needs %s%s.", is, goal, p.arithmetic(), careful)
}

// heldBack says which recommendation of the past holds; "" if none does.
func (n *Normalization) heldBack(from int32) string {
	if n.Stabilized == n.Desired {
		return ""
	}
	when := fmt.Sprintf("%d was recommended at %s", n.Kept.Replicas, span(n.Kept.At))
	switch {
	case n.Stabilized < n.Desired:
		return fmt.Sprintf("But %s, and the lowest recommendation of %s counts on the way up: %d for now.", when, span(n.UpWindow), n.Stabilized)
	case n.Stabilized > from:
		return fmt.Sprintf("But %s, before any limit, and the highest recommendation of %s counts: so it still grows towards %d.", when, span(n.DownWindow), n.Stabilized)
	}
	return fmt.Sprintf("But %s, and the highest recommendation of %s counts on the way down: %d for now.", when, span(n.DownWindow), n.Stabilized)
}

// limitedBy says which limit changed the number; "" if none did.
func (d *Decision) limitedBy() string {
	n := &d.Norm
	if n.Result == n.Stabilized {
		return ""
	}
	switch n.LimitedBy {
	case TooManyReplicas:
		return fmt.Sprintf("But maxReplicas is %d: so %d, and not %d.", d.Max, n.Result, n.Stabilized)
	case TooFewReplicas:
		return fmt.Sprintf("But minReplicas is %d: so %d, and not %d.", d.Min, n.Result, n.Stabilized)
	}
	if n.Legacy {
		return fmt.Sprintf("But without a behavior one sync may at most double the replicas, or reach %d: so %d now, and not %d.", int(legacyUpMinimum), n.Result, n.Stabilized)
	}
	if n.Select == SelectDisabled {
		return fmt.Sprintf("But this direction is disabled (selectPolicy Disabled): so %d, and not %d.", n.Result, n.Stabilized)
	}
	more := "more"
	if n.Result > n.Stabilized {
		more = "fewer"
	}
	return fmt.Sprintf("But the policy %s allows no %s than %d now, and not %d.", n.limiter(), more, n.Result, n.Stabilized)
}

// failure is the short why of a sync that had no usable metric.
func (d *Decision) failure() string {
	bad := 0
	for i := range d.Proposals {
		if d.Proposals[i].Err != "" {
			bad++
		}
	}
	if bad == len(d.Proposals) {
		return fmt.Sprintf("no metric has an answer (%s), so nothing is changed.", d.firstError())
	}
	return fmt.Sprintf("%d of %d metrics %s no answer (%s), and the others ask for only %d. Who knows what the broken one would say: it blocks the way down.", bad, len(d.Proposals), plural(bad, "has", "have"), d.firstError(), d.Proposed)
}

func (d *Decision) firstError() string {
	for i := range d.Proposals {
		if d.Proposals[i].Err != "" {
			return d.Proposals[i].Subject + ": " + d.Proposals[i].Err
		}
	}
	return ""
}
