package autoscale

import (
	"math"
	"time"
)

// tolerances is the band around a ratio of 1 in which nothing is done.
type tolerances struct{ up, down float64 }

// within is W1. Both ends belong to the band.
func (t tolerances) within(ratio float64) bool {
	return 1.0-t.down <= ratio && ratio <= 1.0+t.up
}

// podQuery is one question about a value of the pods.
type podQuery struct {
	form      Form
	resource  string // cpu, memory, or "" for a custom metric (readiness is then not looked at)
	container string // ContainerResource only
	target    int64  // percent, or milli-units
	tol       tolerances
	current   int32
}

// Texts of errors as users of the real controller see them.
const (
	errNoPods      = "no pods returned by selector while calculating replica count"
	errNoneUsable  = "did not receive metrics for targeted pods (pods might be unready)"
	errNoneMatched = "no metrics returned matched known pods"
)

// calcPods answers the query for utilization (U) and average (P) targets: a
// first pass over the pods that count, and where pods are missing, or unready
// on the way up, a second one with assumed values.
func calcPods(now time.Duration, f *Flags, q podQuery, pods []Pod, samples []Sample) (Calculation, string) {
	c := Calculation{Form: q.form, Resource: q.resource, Current: q.current, Target: q.target, TolUp: q.tol.up, TolDown: q.tol.down, Replicas: q.current}
	if len(pods) == 0 {
		return c, errNoPods
	}
	c.Pods = make([]PodUse, len(pods))
	groupPods(now, f, q.resource, pods, samples, &c)
	strays := samples[min(len(pods), len(samples)):]
	if c.Ready == 0 && countSamples(strays) == 0 {
		return c, errNoneUsable
	}
	if q.form == FormUtilization {
		if err := fillRequests(q, pods, c.Pods); err != "" {
			return c, err
		}
	}
	c.First = measure(q, c.Pods, strays)
	if q.form == FormUtilization && c.First.Request == 0 {
		return c, errNoneMatched
	}
	unreadyOnTheWayUp := c.Unready > 0 && c.First.Ratio > 1.0 // U4
	if !unreadyOnTheWayUp && c.Missing == 0 {                 // U5
		if q.tol.within(c.First.Ratio) {
			c.Outcome = OutcomeWithin
			return c, ""
		}
		c.Replicas = ceilTimes(c.First.Ratio, c.Ready)
		return c, ""
	}
	c.Filled = true
	fill(q, &c, unreadyOnTheWayUp)
	c.Second = measure(q, c.Pods, strays)
	settle(q, &c)
	return c, ""
}

// groupPods sorts the pods into ready, unready, missing and ignored (G1..G5).
func groupPods(now time.Duration, f *Flags, resource string, pods []Pod, samples []Sample, c *Calculation) {
	for i := range pods {
		p := &pods[i]
		var s Sample
		if i < len(samples) {
			s = samples[i]
		}
		u := &c.Pods[i]
		u.Name, u.Sampled, u.Value = p.Name, s.OK, s.Value
		u.Group, u.Why = groupOf(now, f, resource, p, s)
		switch u.Group {
		case GroupReady:
			c.Ready++
		case GroupUnready:
			c.Unready++
		case GroupMissing:
			c.Missing++
		case GroupIgnored:
			c.Ignored++
		}
	}
}

// groupOf is G1..G5 for one pod; the first rule that matches decides.
func groupOf(now time.Duration, f *Flags, resource string, p *Pod, s Sample) (Group, Why) {
	switch {
	case p.Deleting:
		return GroupIgnored, WhyDeleting
	case p.Phase == Failed:
		return GroupIgnored, WhyFailed
	case p.Phase == Pending:
		return GroupUnready, WhyPending
	case !s.OK:
		return GroupMissing, WhyNoSample
	case resource != CPU:
		return GroupReady, WhyCounted
	case p.Ready == NoCondition || !p.HasStart:
		return GroupUnready, WhyNoCondition
	}
	if p.Start+f.CPUInitializationPeriod > now {
		// A pod that starts burns CPU that says nothing about the load.
		if p.Ready == NotReady {
			return GroupUnready, WhyYoungUnready
		}
		if s.At < p.ReadySince+s.Window {
			return GroupUnready, WhyOldWindow
		}
		return GroupReady, WhyCounted
	}
	if p.Ready == NotReady && p.Start+f.InitialReadinessDelay > p.ReadySince {
		return GroupUnready, WhyNeverReady
	}
	return GroupReady, WhyCounted
}

// fillRequests is U2: any pod without the request spoils the metric, even one
// that does not count.
func fillRequests(q podQuery, pods []Pod, uses []PodUse) string {
	for i := range pods {
		milli, err := podRequest(q.resource, q.container, &pods[i])
		if err != "" {
			return err
		}
		uses[i].Request = milli
	}
	return ""
}

func podRequest(resource, container string, p *Pod) (milli int64, err string) {
	if container == "" {
		if milli, ok := p.Requests.get(resource); ok {
			return milli, ""
		}
	}
	found := false
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Init && !c.Sidecar || container != "" && c.Name != container {
			continue
		}
		found = true
		m, ok := c.Requests.get(resource)
		if !ok {
			return 0, "missing request for " + resource + " in container " + c.Name + " of Pod " + p.Name
		}
		milli += m
	}
	if container != "" && !found {
		return 0, "container " + container + " not found in Pod " + p.Name
	}
	return milli, ""
}

// fill gives the pods without a usable value an assumed one that damps the
// change (U6, P2): on the way down the missing ones are taken to be busy, on
// the way up missing and unready ones to be idle.
func fill(q podQuery, c *Calculation, unreadyOnTheWayUp bool) {
	for i := range c.Pods {
		u := &c.Pods[i]
		switch {
		case u.Group == GroupMissing && c.First.Ratio < 1.0:
			u.Filled, u.Fill = true, q.target
			if q.form == FormUtilization {
				u.Fill = u.Request * max(100, q.target) / 100
			}
		case u.Group == GroupMissing && c.First.Ratio > 1.0:
			u.Filled = true
		case u.Group == GroupUnready && unreadyOnTheWayUp:
			u.Filled = true
		}
	}
}

// measure adds up the pods that count, and those that have been filled.
// Strays are samples of pods that the selector no longer returns: they enter
// an average but have no request to be compared with (U3, P1).
func measure(q podQuery, uses []PodUse, strays []Sample) Pass {
	var p Pass
	for i := range uses {
		u := &uses[i]
		switch {
		case u.Filled:
			p.Usage += u.Fill
		case u.Group == GroupReady:
			p.Usage += u.Value
		default:
			continue
		}
		p.Count++
		p.Request += u.Request
	}
	matched := p.Count
	for _, s := range strays {
		if !s.OK {
			continue
		}
		p.Count++
		if q.form == FormPodsAverage {
			p.Usage += s.Value
			matched++
		}
	}
	if matched > 0 {
		p.Average = p.Usage / int64(matched)
	}
	if q.form == FormPodsAverage {
		p.Ratio = float64(p.Average) / float64(q.target)
		return p
	}
	if p.Request != 0 {
		p.Utilization = int32(p.Usage * 100 / p.Request) // U3: truncated, so the ratio comes in steps
		p.Ratio = float64(p.Utilization) / float64(q.target)
	}
	return p
}

// settle is the end of U6: assumed values may damp a change, never turn it.
func settle(q podQuery, c *Calculation) {
	was, is := c.First.Ratio, c.Second.Ratio
	if q.tol.within(is) {
		c.Outcome = OutcomeWithinFill
		return
	}
	if was < 1.0 && is > 1.0 || was > 1.0 && is < 1.0 {
		c.Outcome = OutcomeTurned
		return
	}
	n := ceilTimes(is, c.Second.Count)
	if is < 1.0 && n > q.current || is > 1.0 && n < q.current {
		c.Outcome = OutcomeAgainst
		return
	}
	c.Replicas = n
}

// calcValue is O1: one number against a value, scaled by the ready pods.
func calcValue(o *Observation, value, target int64, tol tolerances) (Calculation, string) {
	cur := o.SpecReplicas
	c := Calculation{Form: FormValue, Current: cur, Target: target, TolUp: tol.up, TolDown: tol.down, Replicas: cur}
	c.First = Pass{Count: 1, Usage: value, Ratio: float64(value) / float64(target)}
	if cur == 0 {
		// From zero there is no pod to scale and no tolerance: any usage wakes it.
		c.Outcome = OutcomeFromZero
		c.Replicas = ceilInt32(c.First.Ratio)
		return c, ""
	}
	if tol.within(c.First.Ratio) {
		c.Outcome = OutcomeWithin
		return c, ""
	}
	if len(o.Pods) == 0 {
		return c, "unable to calculate ready pods: " + errNoPods
	}
	for i := range o.Pods {
		if o.Pods[i].Phase == Running && o.Pods[i].Ready == Ready {
			c.Ready++
		}
	}
	c.Replicas = ceilTimes(c.First.Ratio, c.Ready)
	return c, ""
}

// calcAverageValue is O2: one number, shared by the replicas that exist.
func calcAverageValue(o *Observation, value, target int64, tol tolerances) Calculation {
	n := o.StatusReplicas
	c := Calculation{Form: FormAverageValue, Current: n, Target: target, TolUp: tol.up, TolDown: tol.down, Replicas: n}
	c.First = Pass{Count: int(n), Usage: value, Ratio: float64(value) / float64(float64(target)*float64(n))}
	c.First.Average = sharedBy(value, n)
	if tol.within(c.First.Ratio) {
		c.Outcome = OutcomeWithin
		return c
	}
	c.Replicas = ceilInt32(float64(value) / float64(target))
	return c
}

func countSamples(samples []Sample) int {
	n := 0
	for _, s := range samples {
		if s.OK {
			n++
		}
	}
	return n
}

func ceilTimes(ratio float64, n int) int32 { return ceilInt32(float64(ratio * float64(n))) }

// ceilInt32 rounds up and saturates; NaN is 0.
func ceilInt32(x float64) int32 { return clampInt32(math.Ceil(x)) }

// clampInt32 truncates toward zero and saturates; NaN is 0. A conversion out
// of range would differ from CPU to CPU.
func clampInt32(x float64) int32 {
	switch {
	case math.IsNaN(x):
		return 0
	case x >= math.MaxInt32:
		return math.MaxInt32
	case x <= math.MinInt32:
		return math.MinInt32
	}
	return int32(x)
}

// sharedBy is what O2 reports: the value per replica, rounded up. Where that
// is no number (no replicas) or none of 64 bits, upstream converts all the
// same, and gets what an amd64 CPU makes of it.
func sharedBy(value int64, n int32) int64 {
	x := math.Ceil(float64(value) / float64(n))
	if !(x >= math.MinInt64 && x < math.MaxInt64) {
		return notANumber
	}
	return int64(x)
}

// notANumber stands for an average that could not be computed; amd64's
// conversion of NaN and infinities to int64.
const notANumber = math.MinInt64
