package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"example.com/hasim/model"
)

// The size of the work, estimated before anything runs. All of it is counted
// in engine events, which take 0.2 microseconds or so: work that is none, such
// as a pass over all replicas, as the events that take as long. Memory is
// bounded the same way: what is remembered for the rest of the run, or waits
// in a queue without a bound, counts as so many events that 10^9 of them stand
// for a few gigabytes.
const (
	eventsPerVisit  = 4       // a visit arrives, its CPU and its waiting end, the answer goes back
	passesPerEvent  = 20      // replicas that one event's time is enough to look at
	eventsPerWaiter = 200     // a waiting request takes 650 bytes
	eventsPerBirth  = 100     // a replica is remembered to the end
	eventsPerTry    = 3       // the scheduler tries a pod that fits nowhere again
	eventsPerStrike = 10      // of a fault, on one victim
	eventsPerSync   = 20      // of an autoscaler
	eventsPerLine   = 2       // an expectation looks at its metric
	maxVisits       = 100_000 // of services, by one request
	maxPeak         = 1e9     // requests a second
	fewRequests     = 100_000 // too few to matter
	podsPerHost     = 110     // the kubelet's limit
	fluidSteps      = 1000    // of the flow into queues without a bound
)

// cost is one part of the work.
type cost struct {
	events float64
	key    string // of the file that it comes from
	what   string // for people: of what there is so much
	help   string
}

// estimate refuses a run that would take too much work.
func (d *decoder) estimate(limit uint64, variant string) {
	if limit == 0 {
		limit = DefaultMaxEvents
	}
	if len(d.spec.Services) == 0 || d.tooDeep() {
		return
	}
	d.atMost = nil
	for i := range d.spec.Services {
		d.atMost = append(d.atMost, d.most(i))
	}
	ofRequests, requests := d.requestCost()
	costs := []cost{ofRequests, d.waitingCost(requests), d.faultCost(), d.changeCost(), d.secondCost(), d.scalerCost()}
	events := 0.0
	for _, c := range costs {
		events += c.events
	}
	if events <= float64(limit) {
		d.checkPeaks()
		return
	}
	slices.SortStableFunc(costs, func(a, b cost) int { return int(sign(b.events - a.events)) })
	c, at := costs[0], d.root
	if n := d.root.has(c.key); n != nil {
		at = d.root.keyOf(c.key)
	}
	whom := ""
	if variant != "" {
		whom = fmt.Sprintf(" of variant %s", quoted(variant))
	}
	d.fail(at, "", fmt.Sprintf("%s, or allow it with --max-events %s", c.help, roundUp2(events)),
		"the run%s needs about %s engine events (%s); the limit is %s", whom, round2(events), c.what, round2(float64(limit)))
}

// checkPeaks refuses rates that the clock cannot tell apart.
func (d *decoder) checkPeaks() {
	for i := range d.spec.Traffic {
		if p := d.spec.Traffic[i].Profile.Peak(); p > maxPeak {
			d.fail(d.root.keyOf("traffic"), "traffic", "lower the rate", "%s/s is more than one request a nanosecond, the clock's step", round2(p))
			return
		}
	}
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// tooDeep refuses calls that branch without end.
func (d *decoder) tooDeep() bool {
	known := make([]float64, len(d.spec.Services))
	for i := range d.spec.Traffic {
		if n := d.visits(d.spec.Traffic[i].To, known); n > maxVisits {
			d.fail(d.root.keyOf("services"), "services", "leave out some of the calls", "one request makes %s visits; at most %d", round2(n), maxVisits)
			return true
		}
	}
	return false
}

// requestCost is that of the requests, with every retry that they may make and
// every peer that a proxy may try or look at.
func (d *decoder) requestCost() (c cost, requests float64) {
	events, tries := 0.0, 1.0
	work := make([]float64, len(d.spec.Services))
	for i := range d.spec.Traffic {
		s := &d.spec.Traffic[i]
		n, again := s.Profile.Cumulative(d.spec.Duration), 1+d.retries(&s.Client)
		requests, tries = requests+n, max(tries, again)
		events += n * (1 + again*d.visitWork(s.To, work))
	}
	what := round2(requests) + " requests"
	if tries > 1 {
		what += fmt.Sprintf(", up to %s attempts each", round2(tries))
	}
	return cost{events, "traffic", what, "lower the rate or the duration"}, requests
}

// retries is how many a client has the time for, at most.
func (d *decoder) retries(c *model.ClientSpec) float64 {
	left := d.spec.Duration
	if c.Patience > 0 {
		left = min(left, c.Patience)
	}
	n, wait := 0.0, c.Retries.Backoff
	if c.Retries.Jitter != model.JitterNone {
		wait /= 2 // on average, at least
	}
	for limit := float64(c.Retries.Max); n < limit && left >= 0; n++ {
		left -= wait
		wait = min(2*wait, c.Retries.MaxBackoff)
	}
	return n
}

// visitWork is the work of one visit of a service, with all that it calls.
func (d *decoder) visitWork(i int32, known []float64) float64 {
	if known[i] == 0 {
		s := &d.spec.Services[i]
		n := float64(eventsPerVisit)
		for _, c := range s.Calls {
			peers := float64(d.atMost[c])
			call := d.visitWork(c, known)
			if s.Balance.Proxy {
				if s.Balance.Peer.MaxFails == 0 && s.Balance.Next != (model.NextUpstream{}) {
					tries := peers
					if t := float64(s.Balance.Tries); t > 0 {
						tries = min(t, peers)
					}
					call *= max(1, tries)
				}
				call += peers / passesPerEvent
			}
			n += call
		}
		known[i] = n
	}
	return known[i]
}

// visits counts the services that one request reaches, with repetition. known
// holds what was computed already, 0 for nothing.
func (d *decoder) visits(i int32, known []float64) float64 {
	if known[i] == 0 {
		n := 1.0
		for _, c := range d.spec.Services[i].Calls {
			n += d.visits(c, known)
		}
		known[i] = n
	}
	return known[i]
}

// faultCost is that of every occurrence of every fault.
func (d *decoder) faultCost() cost {
	events, strikes := 0.0, 0.0
	for i := range d.spec.Faults {
		f := &d.spec.Faults[i]
		times := 1.0
		if f.Every > 0 {
			end := d.spec.Duration
			if f.Until > 0 {
				end = min(end, f.Until)
			}
			times += math.Floor(float64(max(end-f.At, 0)) / float64(f.Every))
			if f.Times > 0 {
				times = min(times, float64(f.Times))
			}
		}
		strikes += times
		events += times * d.strikeCost(f)
	}
	return cost{events, "faults", round2(strikes) + " strikes of faults", "let them strike less often, or fewer replicas"}
}

// strikeCost is that of one occurrence: victims are drawn one by one, and each
// that falls makes the service look who is left.
func (d *decoder) strikeCost(f *model.Fault) float64 {
	switch f.Kind {
	case model.FaultMetricsDown:
		return 2
	case model.FaultHostDown:
		all := d.mostOfAll()
		return 2 + all*(2*eventsPerStrike+all/passesPerEvent)
	}
	n := float64(d.atMost[f.Service])
	k := min(float64(max(f.Count, 1)), n)
	switch {
	case f.All:
		k = n
	case f.Percent > 0:
		k = math.Ceil(n * f.Percent / 100)
	}
	return 2 + n/2 + k*(eventsPerStrike+3*n/passesPerEvent)
}

func (d *decoder) mostOfAll() float64 {
	all := 0.0
	for _, n := range d.atMost {
		all += float64(n)
	}
	return all
}

// changeCost is that of the replicas that operators make and take away. Each
// makes the service look who is there, and pods that fit nowhere are tried
// again whenever one leaves.
func (d *decoder) changeCost() cost {
	events, moved := 0.0, 0.0
	now, rooms := make([]float64, len(d.spec.Services)), make([]float64, len(d.spec.Services))
	for i := range now {
		now[i] = float64(d.spec.Services[i].Replicas)
		events += now[i] * (1 + now[i]/passesPerEvent)
		rooms[i] = d.room(i)
	}
	to := func(i int, n float64) {
		by, size := math.Abs(n-now[i]), max(n, now[i])
		moved += by
		events += 1 + by*size/passesPerEvent
		if n > now[i] {
			events += by * eventsPerBirth
		} else {
			events += by * eventsPerTry * max(0, size-rooms[i])
		}
		now[i] = n
	}
	order := make([]int, len(d.spec.Changes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(sign(float64(d.spec.Changes[a].At - d.spec.Changes[b].At))) })
	for _, k := range order {
		c := &d.spec.Changes[k]
		for _, s := range c.Scale {
			to(int(s.Service), float64(s.Replicas))
		}
		if c.Set == nil {
			continue
		}
		for i := range c.Set.Services {
			if s := &c.Set.Services[i]; i < len(now) && s.Autoscale == nil {
				to(i, float64(s.Replicas))
			}
		}
	}
	return cost{events, "changes", round2(moved) + " replicas made and removed by hand", "scale less often, or by less"}
}

// room is how many replicas of a service find a host, if there is no other.
func (d *decoder) room(i int) float64 {
	if d.platform != model.Kubernetes {
		return math.Inf(1)
	}
	room, r := 0.0, &d.spec.Services[i].Resources
	for k := range d.spec.Hosts {
		fit := int64(podsPerHost)
		if r.RequestCPU > 0 {
			fit = min(fit, d.spec.Hosts[k].CPU/r.RequestCPU)
		}
		if r.RequestMemory > 0 {
			fit = min(fit, d.spec.Hosts[k].Memory/r.RequestMemory)
		}
		room += float64(fit)
	}
	return room
}

// secondCost is that of what is done every second, whatever happens.
func (d *decoder) secondCost() cost {
	seconds := math.Ceil(d.spec.Duration.Seconds())
	lines := float64(2 * len(d.spec.Expect)) // as goals too
	each := 1 + lines*eventsPerLine + (d.mostOfAll()+float64(len(d.spec.Hosts)+len(d.spec.Services)))/passesPerEvent
	c := cost{seconds * each, "duration", fmt.Sprintf("%s seconds, each with %s replicas and %d expectations", round2(seconds), round2(d.mostOfAll()), len(d.spec.Expect)), "shorten the run"}
	if lines*eventsPerLine > each/2 {
		c.key, c.help = "expect", "expect less, or shorten the run"
	}
	return c
}

// scalerCost is that of the autoscalers' looks.
func (d *decoder) scalerCost() cost {
	events, looks := 0.0, 0.0
	for i := range d.spec.Services {
		n := float64(d.atMost[i])
		if a := d.spec.Services[i].Autoscale; a != nil {
			period := a.Config.Flags.SyncPeriod
			for _, p := range []time.Duration{a.Config.Fixed.Period, a.Config.Schedule.Period, a.Config.Step.Period, a.Config.TargetTracking.Period} {
				if p > 0 {
					period = p
				}
			}
			times := d.spec.Duration.Seconds() / max(period, time.Second).Seconds()
			looks += times
			events += d.flaps(a, times) * float64(a.Max-a.Min) * eventsPerBirth
			events += times*(eventsPerSync+n) + n*(n/passesPerEvent+eventsPerTry*max(0, n-d.room(i)))
		}
	}
	return cost{events, "services", round2(looks) + " looks of autoscalers", "let them look less often, or shorten the run"}
}

// flaps is how often an autoscaler can go up and down over its whole range.
func (d *decoder) flaps(a *model.AutoscaleSpec, looks float64) float64 {
	run := d.spec.Duration.Seconds()
	switch a.Kind {
	case "fixed":
		return 0
	case "schedule":
		cycles := 1.0
		if every := a.Config.Schedule.Every.Seconds(); every > 0 {
			cycles += run / every
		}
		return min(looks/2, cycles*float64(len(a.Config.Schedule.Shifts)))
	case "step":
		rest := a.Config.Step.CooldownUp + a.Config.Step.CooldownDown
		return min(looks/2, run/max(rest.Seconds(), 1)) * float64(a.Config.Step.Up) / float64(max(a.Max-a.Min, 1))
	case "target_tracking":
		rest := a.Config.TargetTracking.ScaleOutCooldown + a.Config.TargetTracking.ScaleInCooldown
		return min(looks/2, run/max(rest.Seconds(), 1))
	}
	window := a.Config.Flags.DownscaleStabilization
	if b := a.Config.HPA.Behavior; b != nil && b.ScaleDown != nil && b.ScaleDown.StabilizationWindowSeconds != nil {
		window = time.Duration(*b.ScaleDown.StabilizationWindowSeconds) * time.Second
	}
	return min(looks/2, run/max(window.Seconds(), 1))
}

// round2 writes a large number with two digits: 1300000, 2.4e+13.
func round2(x float64) string {
	s := strconv.FormatFloat(x, 'e', 1, 64)
	y, _ := strconv.ParseFloat(s, 64)
	if y < 1e9 {
		return strconv.FormatFloat(y, 'f', -1, 64)
	}
	return strconv.FormatFloat(y, 'g', -1, 64)
}

// roundUp2 writes a large number with two digits that is not below it.
func roundUp2(x float64) string {
	unit := math.Pow(10, math.Floor(math.Log10(max(x, 10)))-1)
	return strconv.FormatFloat(math.Ceil(x/unit)*unit, 'f', 0, 64)
}
