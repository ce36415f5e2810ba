package autoscale

import (
	"fmt"
	"strings"
)

// listedPods is how many pods get a line of their own in an explanation.
const listedPods = 12

// Explain tells how the decision came about, in the order in which a person
// would: the result, then each step that led to it.
func (d *Decision) Explain() []string {
	e := explainer{d: d}
	e.headline()
	switch d.Path {
	case PathOther:
		e.lines = append(e.lines, d.Steps...)
	case PathDisabled:
		e.add("The replica count is 0, and it was not the autoscaler that put it there: somebody scaled to zero by hand.")
		e.add("That switches the autoscaler off. Scale to any other number to switch it on again.")
	case PathAboveMax:
		e.add("%d replicas are asked for, more than maxReplicas (%d). That is mended at once, without a look at the metrics.", d.From, d.Max)
	case PathBelowMin:
		e.add("%d replicas are asked for, fewer than minReplicas (%d). That is mended at once, without a look at the metrics.", d.From, d.Min)
	case PathMetrics, PathFailed:
		for i := range d.Proposals {
			e.proposal(&d.Proposals[i])
		}
		e.winner()
		if d.Path == PathMetrics {
			e.stabilization()
			e.limit()
			e.wake()
		}
	}
	return e.lines
}

type explainer struct {
	d     *Decision
	lines []string
}

func (e *explainer) add(format string, args ...any) {
	e.lines = append(e.lines, fmt.Sprintf(format, args...))
}

// headline answers first, the steps follow.
func (e *explainer) headline() {
	d := e.d
	what := fmt.Sprintf("stays at %d replicas", d.From)
	if d.Rescale {
		what = fmt.Sprintf("goes from %d to %d replicas", d.From, d.Replicas)
	}
	e.add("%s: %s. %s.", span(d.At), what, upperFirst(d.Message))
}

// proposal tells the arithmetic of one metric.
func (e *explainer) proposal(p *Proposal) {
	if p.Err != "" {
		e.add("%s: no answer (%s): %s.", p.Subject, p.Reason, p.Err)
		e.pods(p)
		return
	}
	c := &p.Calc
	switch c.Form {
	case FormUtilization:
		e.pods(p)
		e.add("Sum over the %s: %s used of %s requested = %d%% (whole percents, cut off), the target is %d%%.", counted(c.Ready), p.quantity(c.First.Usage), p.quantity(c.First.Request), c.First.Utilization, c.Target)
	case FormPodsAverage:
		e.pods(p)
		e.add("Sum over the %s: %s, that is %s each; the target is %s.", counted(c.First.Count), p.quantity(c.First.Usage), p.quantity(c.First.Average), p.quantity(c.Target))
	case FormValue:
		e.add("%s is %s, the target is %s.", p.Subject, p.quantity(c.First.Usage), p.quantity(c.Target))
	case FormAverageValue:
		e.add("%s is %s for %s, the target is %s each.", p.Subject, p.quantity(c.First.Usage), counted(int(c.Current)), p.quantity(c.Target))
	}
	e.ratio(p)
}

// ratio tells what follows from the first pass, and from the second.
func (e *explainer) ratio(p *Proposal) {
	c := &p.Calc
	band := fmt.Sprintf("%s..%s", number(1-c.TolDown), number(1+c.TolUp))
	if c.Outcome == OutcomeFromZero {
		e.add("From zero there is no tolerance and no replica to count: %s.", p.arithmetic())
		return
	}
	if !c.Filled {
		if c.Outcome == OutcomeWithin {
			e.add("Ratio %s: within the tolerance %s, so it stays at %d.", number(c.First.Ratio), band, c.Replicas)
			return
		}
		e.add("Ratio %s: outside of the tolerance %s, so %s.", number(c.First.Ratio), band, p.arithmetic())
		return
	}
	e.add("Ratio %s, but %s: they are counted with an assumed use that damps the change (%s).", number(c.First.Ratio), e.incomplete(c), p.assumed())
	second := fmt.Sprintf("ratio %s", number(c.Second.Ratio))
	if c.Form == FormUtilization {
		second = fmt.Sprintf("%s used of %s requested = %d%%, %s", p.quantity(c.Second.Usage), p.quantity(c.Second.Request), c.Second.Utilization, second)
	} else {
		second = fmt.Sprintf("%s each, %s", p.quantity(c.Second.Average), second)
	}
	e.add("With them: %s. %s.", second, p.outcome(band))
}

// outcome says how the second pass ended.
func (p *Proposal) outcome(band string) string {
	c := &p.Calc
	switch c.Outcome {
	case OutcomeWithinFill:
		return fmt.Sprintf("That is within the tolerance %s, so it stays at %d", band, c.Replicas)
	case OutcomeTurned:
		return fmt.Sprintf("That would turn the direction round: nothing is certain, so it stays at %d", c.Replicas)
	case OutcomeAgainst:
		return fmt.Sprintf("ceil(%d × %s) would move the other way, so it stays at %d", c.Second.Count, number(c.Second.Ratio), c.Replicas)
	}
	return "So " + p.arithmetic()
}

func (e *explainer) incomplete(c *Calculation) string {
	var parts []string
	if c.Missing > 0 {
		parts = append(parts, counted(c.Missing)+" without a sample")
	}
	if c.Unready > 0 && c.First.Ratio > 1 {
		parts = append(parts, fmt.Sprintf("%d not ready", c.Unready))
	}
	return strings.Join(parts, " and ")
}

// assumed says what missing and unready pods were counted with.
func (p *Proposal) assumed() string {
	c := &p.Calc
	switch {
	case c.First.Ratio > 1:
		return "0, as the ratio is above 1"
	case c.First.Ratio == 1:
		return "none, as the ratio is exactly 1"
	case c.Form == FormUtilization:
		return fmt.Sprintf("%d%% of the request, as the ratio is below 1", max(100, c.Target))
	}
	return "the target, as the ratio is below 1"
}

// pods lists what each replica brought.
func (e *explainer) pods(p *Proposal) {
	c := &p.Calc
	if len(c.Pods) == 0 {
		return
	}
	e.add("%s of %s:", p.Subject, counted(len(c.Pods)))
	for i := range c.Pods {
		if i == listedPods && len(c.Pods) > listedPods+1 {
			e.rest(p, c.Pods[i:])
			return
		}
		e.add("  %s", p.podLine(&c.Pods[i]))
	}
}

// rest sums up the pods that have no line.
func (e *explainer) rest(p *Proposal, pods []PodUse) {
	var n [GroupIgnored + 1]int
	var usage int64
	for i := range pods {
		n[pods[i].Group]++
		if pods[i].Group == GroupReady {
			usage += pods[i].Value
		}
	}
	e.add("  and %d more: %d counted with %s together, %d not ready, %d without a sample, %d ignored", len(pods), n[GroupReady], p.quantity(usage), n[GroupUnready], n[GroupMissing], n[GroupIgnored])
}

func (p *Proposal) podLine(u *PodUse) string {
	value := "no sample"
	if u.Sampled {
		value = p.quantity(u.Value)
		if p.Calc.Form == FormUtilization && u.Request > 0 {
			value += fmt.Sprintf(" of %s (%d%%)", p.quantity(u.Request), u.Value*100/u.Request)
		}
	}
	switch {
	case u.Group == GroupReady:
		return fmt.Sprintf("%s: %s, counts", u.Name, value)
	case u.Filled:
		return fmt.Sprintf("%s: %s, %s: counted as %s in the second pass", u.Name, value, u.Why, p.quantity(u.Fill))
	}
	return fmt.Sprintf("%s: %s, does not count: %s", u.Name, value, u.Why)
}

// winner tells which metric decides.
func (e *explainer) winner() {
	d := e.d
	bad := 0
	for i := range d.Proposals {
		if d.Proposals[i].Err != "" {
			bad++
		}
	}
	switch {
	case d.Path == PathFailed && bad == len(d.Proposals):
		e.add("No metric has an answer: nothing is changed.")
	case d.Path == PathFailed:
		e.add("%d of %d metrics have no answer, and the best of the others asks for %d, fewer than %d: a broken metric blocks the way down.", bad, len(d.Proposals), d.Proposed, d.From)
	case len(d.Proposals) > 1:
		e.add("The highest of %d metrics decides: %s with %d.", len(d.Proposals), d.Proposals[d.Winner].Subject, d.Proposed)
	}
}

// stabilization tells which recommendation holds.
func (e *explainer) stabilization() { e.add("Stabilization: %s.", e.d.Norm.stabilizedText()) }

// limit tells what rates and bounds did.
func (e *explainer) limit() {
	n := &e.d.Norm
	for i := range n.Policies {
		l := &n.Policies[i]
		won := ""
		if l.Won && len(n.Policies) > 1 {
			won = fmt.Sprintf(" (decides: selectPolicy %s)", n.Select)
		}
		e.add("Policy %s: %s%s.", l.Policy.short(), l.text(n.Stabilized > e.d.From), won)
	}
	e.add("Limits: %s.", n.limitedText())
}

// wake is the last rule of R8.
func (e *explainer) wake() {
	if e.d.Replicas != e.d.Norm.Result {
		e.add("Waking up from zero: minReplicas is %d, so %d.", e.d.Min, e.d.Replicas)
	}
}
