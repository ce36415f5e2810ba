package autoscale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// summary is the decision in one line, with its arithmetic.
func (d *Decision) summary() string {
	switch d.Path {
	case PathDisabled:
		return "scaling is off: somebody set the replicas to 0"
	case PathAboveMax:
		return fmt.Sprintf("%d is above maxReplicas %d", d.From, d.Max)
	case PathBelowMin:
		return fmt.Sprintf("%d is below minReplicas %d", d.From, d.Min)
	case PathFailed:
		return d.Err
	}
	p, n := &d.Proposals[d.Winner], &d.Norm
	parts := []string{p.brief()}
	if n.Stabilized != n.Desired {
		parts = append(parts, fmt.Sprintf("held at %d by the recommendation of %d from %s", n.Stabilized, n.Kept.Replicas, span(n.Kept.At)))
	}
	if n.Result != n.Stabilized {
		parts = append(parts, n.capText())
	}
	if d.Replicas != n.Result {
		parts = append(parts, fmt.Sprintf("raised to minReplicas %d", d.Replicas))
	}
	return strings.Join(parts, ", ")
}

// brief is "cpu 285%/70%: ceil(4 × 285/70) = 17".
func (p *Proposal) brief() string {
	c := &p.Calc
	head := p.Subject + " "
	switch c.Form {
	case FormUtilization:
		head += fmt.Sprintf("%d%%/%d%%", c.First.Utilization, c.Target)
	case FormPodsAverage:
		head += p.quantity(c.First.Average) + "/" + p.quantity(c.Target)
	case FormValue:
		head += p.quantity(c.First.Usage) + "/" + p.quantity(c.Target)
	case FormAverageValue:
		head += p.quantity(c.First.Average) + "/" + p.quantity(c.Target) + " each"
	}
	switch c.Outcome {
	case OutcomeWithin, OutcomeWithinFill:
		return fmt.Sprintf("%s: within the tolerance, so %d", head, c.Replicas)
	case OutcomeTurned, OutcomeAgainst:
		return fmt.Sprintf("%s: too many replicas without a usable sample to be sure, so %d", head, c.Replicas)
	}
	return head + ": " + p.arithmetic()
}

// arithmetic is the ceil with its numbers.
func (p *Proposal) arithmetic() string {
	c := &p.Calc
	pass, count := &c.First, c.Ready
	if c.Filled {
		pass, count = &c.Second, c.Second.Count
	}
	switch {
	case c.Form == FormUtilization:
		return fmt.Sprintf("ceil(%d × %d/%d) = %d", count, pass.Utilization, c.Target, c.Replicas)
	case c.Form == FormPodsAverage:
		return fmt.Sprintf("ceil(%d × %s/%s) = %d", count, p.quantity(pass.Average), p.quantity(c.Target), c.Replicas)
	case c.Form == FormAverageValue, c.Outcome == OutcomeFromZero:
		return fmt.Sprintf("ceil(%s/%s) = %d", p.quantity(pass.Usage), p.quantity(c.Target), c.Replicas)
	}
	return fmt.Sprintf("ceil(%d × %s/%s) = %d", count, p.quantity(pass.Usage), p.quantity(c.Target), c.Replicas)
}

func (p *Proposal) quantity(milli int64) string {
	if milli == notANumber {
		return unknownValue
	}
	if p.Calc.Resource == CPU {
		return fmt.Sprintf("%dm", milli) // never now 1500m, now 2
	}
	return formatQuantity(p.Calc.Resource, milli)
}

// stabilizedText says which recommendation holds, and why.
func (n *Normalization) stabilizedText() string {
	if n.Stabilized == n.Desired {
		if !n.Legacy && n.UpWindow > 0 {
			return fmt.Sprintf("%d stands, nothing in the windows (up %s, down %s) is against it", n.Desired, span(n.UpWindow), span(n.DownWindow))
		}
		if n.DownWindow == 0 {
			return fmt.Sprintf("%d stands, there is no window", n.Desired)
		}
		return fmt.Sprintf("%d stands, no recommendation of the last %s was higher", n.Desired, span(n.DownWindow))
	}
	window, age := n.DownWindow, "is younger than"
	if n.Stabilized < n.Desired {
		window = n.UpWindow
	}
	if n.Legacy {
		age = "is not older than"
	}
	stays := ""
	if n.Stabilized != n.Kept.Replicas {
		stays = " stays"
	}
	return fmt.Sprintf("%d is asked for, but the recommendation of %d from %s %s %s: %d%s", n.Desired, n.Kept.Replicas, span(n.Kept.At), age, span(window), n.Stabilized, stays)
}

// capText says briefly what rates and bounds did.
func (n *Normalization) capText() string {
	switch {
	case n.Result < n.Stabilized:
		return fmt.Sprintf("capped to %d by %s", n.Result, n.limiter())
	case n.LimitedBy == TooFewReplicas:
		return fmt.Sprintf("raised to %d by minReplicas", n.Result)
	}
	return fmt.Sprintf("no lower than %d by %s", n.Result, n.limiter())
}

// limitedText says what rates and bounds made of the stabilized number.
func (n *Normalization) limitedText() string {
	if n.Result == n.Stabilized {
		return fmt.Sprintf("%d is within the bounds and the rate", n.Result)
	}
	return fmt.Sprintf("%d becomes %d by %s", n.Stabilized, n.Result, n.limiter())
}

// limiter names what capped the result.
func (n *Normalization) limiter() string {
	switch n.LimitedBy {
	case TooManyReplicas:
		return "maxReplicas"
	case TooFewReplicas:
		return "minReplicas"
	}
	if n.Legacy {
		return fmt.Sprintf("the rate (at most double, or %d, per sync)", int(legacyUpMinimum))
	}
	for i := range n.Policies {
		if n.Policies[i].Won {
			return n.Policies[i].Policy.short()
		}
	}
	return "selectPolicy Disabled"
}

// short is "Percent 100/15s".
func (p ScalingPolicy) short() string {
	return fmt.Sprintf("%s %d/%s", p.Type, p.Value, span(time.Duration(p.PeriodSeconds)*time.Second))
}

// text is the arithmetic of one policy.
func (l *PolicyLimit) text(up bool) string {
	start := fmt.Sprintf("%d replicas at the start of its period", l.Start)
	if l.Added != 0 || l.Deleted != 0 {
		start += fmt.Sprintf(" (%d added, %d removed since)", l.Added, l.Deleted)
	}
	switch {
	case up && l.Policy.Type == PolicyPods:
		return fmt.Sprintf("%s, at most %d + %d = %d", start, l.Start, l.Policy.Value, l.Limit)
	case up:
		return fmt.Sprintf("%s, at most ceil(%d × %s) = %d", start, l.Start, number(1+float64(l.Policy.Value)/100), l.Limit)
	case l.Policy.Type == PolicyPods:
		return fmt.Sprintf("%s, at least %d - %d = %d", start, l.Start, l.Policy.Value, l.Limit)
	}
	return fmt.Sprintf("%s, at least %d × %s cut off = %d", start, l.Start, number(1-float64(l.Policy.Value)/100), l.Limit)
}

// span is a duration without its zero units: 5m, not 5m0s.
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// number is a ratio with as many digits as a person wants to read.
func number(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 3, 64), "0"), ".")
}

func counted(n int) string {
	if n == 1 {
		return "1 replica"
	}
	return fmt.Sprintf("%d replicas", n)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
