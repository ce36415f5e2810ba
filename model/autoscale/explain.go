package autoscale

import (
	"fmt"
	"strings"
)

// listedPods is how many pods get a line of their own in an explanation.
const listedPods = 12

// Explain tells how the decision came about as a person would: what was
// decided, why in two or three sentences, then every step with its numbers.
func (d *Decision) Explain() []string {
	e := explainer{d: d}
	if d.Rescale {
		e.add("At %s: from %d to %s.", span(d.At), d.From, counted(int(d.Replicas)))
	} else {
		e.add("At %s: stays at %s.", span(d.At), counted(int(d.From)))
	}
	switch d.Path {
	case PathOther:
		e.lines = append(e.lines, d.Steps...)
	case PathDisabled:
		e.add("Why: it was not the autoscaler that set the replicas to 0, somebody did by hand. That switches the autoscaler off; any other number switches it on again.")
	case PathAboveMax:
		e.add("Why: %d were asked for, more than maxReplicas allows (%d). That is mended at once, without a look at the metrics.", d.From, d.Max)
	case PathBelowMin:
		e.add("Why: %d were asked for, fewer than minReplicas (%d). That is mended at once, without a look at the metrics.", d.From, d.Min)
	case PathFailed:
		e.add("Why: %s", d.failure())
		e.steps()
	case PathMetrics:
		e.add("Why: %s", strings.Join(d.answer(), " "))
		e.steps()
	}
	return e.lines
}

type explainer struct {
	d     *Decision
	lines []string
	n     int
}

func (e *explainer) add(format string, args ...any) {
	e.lines = append(e.lines, fmt.Sprintf(format, args...))
}

// step adds a numbered step.
func (e *explainer) step(format string, args ...any) {
	e.n++
	e.add("%2d. %s", e.n, fmt.Sprintf(format, args...))
}

// steps is the arithmetic in the order in which it is done.
func (e *explainer) steps() {
	d := e.d
	e.add("Step by step:")
	for i := range d.Proposals {
		e.proposal(&d.Proposals[i])
	}
	if len(d.Proposals) > 1 && d.Path == PathMetrics {
		e.step("Of %d metrics the highest decides: %s with %d.", len(d.Proposals), d.Proposals[d.Winner].Subject, d.Proposed)
	}
	if d.Path != PathMetrics {
		return
	}
	e.step("Stabilization: %s.", d.Norm.stabilizedText())
	e.limit()
	if d.Replicas != d.Norm.Result {
		e.step("Awake again, so at least minReplicas: %d.", d.Replicas)
	}
}

// proposal tells the arithmetic of one metric.
func (e *explainer) proposal(p *Proposal) {
	c := &p.Calc
	if len(c.Pods) > 0 {
		e.step("%s of each replica:", p.Subject)
		e.pods(p)
	}
	if p.Err != "" {
		e.step("%s has no answer (%s): %s.", p.Subject, p.Reason, p.Err)
		return
	}
	switch c.Form {
	case FormUtilization:
		e.step("Together %s of %s requested: %d%%, cut off to whole percents. The target is %d%%.", p.quantity(c.First.Usage), p.quantity(c.First.Request), c.First.Utilization, c.Target)
	case FormPodsAverage:
		e.step("Together %s over %s: %s each. The target is %s.", p.quantity(c.First.Usage), counted(c.First.Count), p.quantity(c.First.Average), p.quantity(c.Target))
	case FormValue:
		e.step("%s is %s, the target is %s.", p.Subject, p.quantity(c.First.Usage), p.quantity(c.Target))
	case FormAverageValue:
		e.step("%s is %s for %s, the target is %s each.", p.Subject, p.quantity(c.First.Usage), counted(int(c.Current)), p.quantity(c.Target))
	}
	e.ratio(p)
}

// ratio tells what follows from the first pass, and from the second.
func (e *explainer) ratio(p *Proposal) {
	c := &p.Calc
	band := fmt.Sprintf("%s..%s", number(1-c.TolDown), number(1+c.TolUp))
	switch {
	case c.Outcome == OutcomeFromZero:
		e.step("From zero there is no tolerance and no replica to count: %s.", p.arithmetic())
		return
	case !c.Filled && c.Outcome == OutcomeWithin:
		e.step("That is a ratio of %s, within the tolerance of %s: %d will do.", number(c.First.Ratio), band, c.Replicas)
		return
	case !c.Filled:
		e.step("That is a ratio of %s, outside of the tolerance of %s: %s.", number(c.First.Ratio), band, p.arithmetic())
		return
	}
	e.step("That is a ratio of %s, but without %s. To be careful they are counted as if they used %s.", number(c.First.Ratio), p.incomplete(), p.assumed())
	if c.Form == FormUtilization {
		e.step("With them %s of %s requested: %d%%, a ratio of %s. %s.", p.quantity(c.Second.Usage), p.quantity(c.Second.Request), c.Second.Utilization, number(c.Second.Ratio), p.outcome(band))
		return
	}
	e.step("With them %s each, a ratio of %s. %s.", p.quantity(c.Second.Average), number(c.Second.Ratio), p.outcome(band))
}

// outcome says how the second pass ended.
func (p *Proposal) outcome(band string) string {
	c := &p.Calc
	switch c.Outcome {
	case OutcomeWithinFill:
		return fmt.Sprintf("That is within the tolerance of %s: %d will do", band, c.Replicas)
	case OutcomeTurned:
		return fmt.Sprintf("That points the other way; with so little known nothing is changed: %d", c.Replicas)
	case OutcomeAgainst:
		return fmt.Sprintf("ceil(%d × %s) would move the other way; with so little known nothing is changed: %d", c.Second.Count, number(c.Second.Ratio), c.Replicas)
	}
	return "So " + p.arithmetic()
}

// incomplete names the pods that the first pass left out and the second fills.
func (p *Proposal) incomplete() string {
	c := &p.Calc
	var parts []string
	if c.Missing > 0 {
		parts = append(parts, fmt.Sprintf("%d that %s no sample", c.Missing, plural(c.Missing, "has", "have")))
	}
	if c.Unready > 0 && c.First.Ratio > 1 {
		parts = append(parts, fmt.Sprintf("%d that %s not ready", c.Unready, plural(c.Unready, "is", "are")))
	}
	return strings.Join(parts, " and ")
}

// assumed says what missing and unready pods were counted with.
func (p *Proposal) assumed() string {
	c := &p.Calc
	switch {
	case c.First.Ratio > 1:
		return "nothing, as this may become more replicas"
	case c.First.Ratio == 1:
		return "as much as the others"
	case c.Form == FormUtilization:
		return fmt.Sprintf("%d%% of their request, as this may become fewer replicas", max(100, c.Target))
	}
	return "exactly the target, as this may become fewer replicas"
}

// pods lists what each replica brought.
func (e *explainer) pods(p *Proposal) {
	pods := p.Calc.Pods
	for i := range pods {
		if i == listedPods && len(pods) > listedPods+1 {
			e.rest(p, pods[i:])
			return
		}
		e.add("      %s", p.podLine(&pods[i]))
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
	text := fmt.Sprintf("and %d more: %d count with %s together", len(pods), n[GroupReady], p.quantity(usage))
	for g, what := range []string{"", "not ready", "without a sample", "ignored"} {
		if what != "" && n[g] > 0 {
			text += fmt.Sprintf(", %d %s", n[g], what)
		}
	}
	e.add("      %s", text)
}

// podLine is "app-2: 143m of 100m (143%)" or says why it does not count.
func (p *Proposal) podLine(u *PodUse) string {
	value := ""
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
		value = strings.TrimPrefix(value+"; "+u.Why.String(), "; ")
		return fmt.Sprintf("%s: %s, counted as %s further down", u.Name, value, p.quantity(u.Fill))
	}
	value = strings.TrimPrefix(value+"; "+u.Why.String(), "; ")
	return fmt.Sprintf("%s: %s, does not count", u.Name, value)
}

// limit tells what rates and bounds did.
func (e *explainer) limit() {
	n := &e.d.Norm
	for i := range n.Policies {
		l := &n.Policies[i]
		won := ""
		if l.Won && len(n.Policies) > 1 {
			won = fmt.Sprintf(" It decides (selectPolicy %s).", n.Select)
		}
		e.step("Policy %s: %s.%s", l.Policy.short(), l.text(n.Stabilized > e.d.From), won)
	}
	e.step("Limits: %s.", n.limitedText())
}
