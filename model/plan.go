package model

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/sim"
)

// faultState counts how often a fault has struck.
type faultState struct {
	struck uint32
	missed bool // the last time there was no victim
}

// victim is a replica that a fault may hit, with its drawn rank.
type victim struct {
	id   int32
	rank uint64
}

// faultDue strikes, and enters the fault's next time.
func (w *World) faultDue(i int32) {
	f := &w.spec.Faults[i]
	n := w.faults[i].struck
	w.faults[i].struck++
	if next := w.eng.Now() + f.Every; f.Every > 0 && (f.Until == 0 || next <= f.Until) && (f.Times == 0 || n+1 < uint32(f.Times)) {
		w.eng.At(next, event{kind: evFault, a: i})
	}
	switch f.Kind {
	case FaultHostDown:
		w.holdDown(f.Host, token(i, n))
	case FaultMetricsDown:
		w.metricsDown(f.For)
	default:
		w.strike(i, n)
	}
	if f.For > 0 && f.Kind != FaultCrash {
		w.eng.After(f.For, event{kind: evFaultEnd, a: i, b: n})
	}
}

// byHand is the token of what a command does.
const byHand = uint32(0)

// token names one occurrence of a fault, so that its end undoes no other.
func token(i int32, n uint32) uint32 { return uint32(i+1)<<20 | n&(1<<20-1) }

// strike hits the fault's victims among the replicas that serve.
func (w *World) strike(i int32, n uint32) {
	f := &w.spec.Faults[i]
	ids := w.victims(i, n)
	if len(ids) == 0 && !w.faults[i].missed {
		w.emit(Event{Object: w.svc[f.Service].name, Reason: NoVictim, Word: f.Kind.String()})
	}
	w.faults[i].missed = len(ids) == 0
	for _, id := range ids {
		r := &w.reps[id]
		switch f.Kind {
		case FaultCrash:
			w.exited(id, f.Exit, f.Reason)
		case FaultHang:
			r.holds = append(r.holds, hold{token: token(i, n)})
			w.emit(Event{Object: r.name, Reason: Hung, N: [5]int64{int64(f.For)}})
			w.applyHolds(id)
		case FaultSlow:
			factor := max(1, toPermille(f.Factor))
			r.holds = append(r.holds, hold{token: token(i, n), slow: factor})
			w.emit(Event{Object: r.name, Reason: Slowed, N: [5]int64{factor, int64(f.For)}})
			w.applyHolds(id)
		}
	}
}

// victims draws whom the fault hits: by rank among the replicas in their
// order, so that variants with as many replicas lose the same ones.
func (w *World) victims(i int32, n uint32) []int32 {
	f := &w.spec.Faults[i]
	list := w.scratch.victims[:0]
	for _, id := range w.svc[f.Service].reps {
		if r := &w.reps[id]; r.phase == Running && !r.deleted {
			list = append(list, victim{id, w.luck.fault.Draw(uint64(i), n, forVictim, uint32(len(list)))})
		}
	}
	w.scratch.victims = list
	k := int(f.Count)
	switch {
	case f.All:
		k = len(list)
	case f.Percent > 0:
		k = int(math.Ceil(float64(len(list)) * f.Percent / 100))
	}
	k = min(k, len(list))
	ids := w.scratch.ids[:0]
	for range k {
		best := 0
		for j := range list {
			if list[j].rank < list[best].rank {
				best = j
			}
		}
		ids = append(ids, list[best].id)
		list = append(list[:best], list[best+1:]...)
	}
	w.scratch.ids = ids
	return append([]int32(nil), ids...)
}

// toPermille rounds to thousandths.
func toPermille(x float64) int64 { return int64(math.Floor(float64(x*1000) + 0.5)) }

// hold is a fault that lies on a replica or a host; several may. Each is
// lifted by its own end, and what they do lasts as long as one of them holds.
type hold struct {
	token uint32
	slow  int64 // factor in thousandths; 0: a hang
}

// lift takes the hold of that token off the list.
func lift(holds []hold, token uint32) (left []hold, found bool) {
	for i := range holds {
		if holds[i].token == token {
			return append(holds[:i], holds[i+1:]...), true
		}
	}
	return holds, false
}

// faultEnds undoes one occurrence of a fault, where it still holds.
func (w *World) faultEnds(i int32, n uint32) {
	f := &w.spec.Faults[i]
	switch f.Kind {
	case FaultHostDown:
		w.releaseHost(f.Host, token(i, n))
		return
	case FaultMetricsDown:
		w.metricsBack()
		return
	}
	for _, id := range append([]int32(nil), w.svc[f.Service].reps...) {
		r := &w.reps[id]
		var found bool
		if r.holds, found = lift(r.holds, token(i, n)); found {
			w.applyHolds(id)
		}
	}
}

// applyHolds makes a replica hang or wait as the faults on it say: the
// slowest of them counts.
func (w *World) applyHolds(id int32) {
	r := &w.reps[id]
	hung, slow := false, int64(0)
	for _, h := range r.holds {
		hung = hung || h.slow == 0
		slow = max(slow, h.slow)
	}
	if r.slow != 0 && slow == 0 {
		w.emit(Event{Object: r.name, Reason: SlowEnded})
	}
	r.slow = slow
	switch {
	case hung && !r.hung:
		r.hung = true
		w.freeze(id, true)
	case !hung && r.hung:
		w.thaw(id)
	}
}

// freeHolds forgets the faults on a process that has ended.
func (r *replica) freeHolds() {
	r.holds = r.holds[:0]
	r.hung, r.slow = false, 0
}

// thaw ends a hang: what was due meanwhile goes on now.
func (w *World) thaw(id int32) {
	r := &w.reps[id]
	r.hung = false
	w.emit(Event{Object: r.name, Reason: HangEnded})
	w.freeze(id, false)
	var due []int32
	for s := w.reps[id].first; s != none; s = w.spans.at(s).next {
		if w.spans.at(s).phase == stalled {
			due = append(due, s)
		}
	}
	for _, s := range due {
		sp := w.spans.at(s)
		if sp.phase != stalled || sp.rep != id {
			continue
		}
		sp.phase = calling
		switch {
		case sp.call < 0:
			w.nextCall(s)
		case w.svc[sp.svc].balance.Proxy:
			w.upstreamDone(s, sp.result, sp.answered)
		default:
			w.callDone(s, sp.result)
		}
	}
	w.pump(id)
}

// stageStarts tells that the traffic enters a stage.
func (w *World) stageStarts(i int32, stage int) {
	s := &w.spec.Traffic[i].Profile.Stages()[stage]
	name := s.Name
	if name == "" {
		name = fmt.Sprintf("stage %d", stage+1)
	}
	object := w.spec.Traffic[i].Name
	if object == "" {
		object = "traffic"
	}
	w.emit(Event{Object: object, Reason: StageStarted, N: [5]int64{toPermille(s.Target), int64(s.Duration)}, Word: name})
}

// applyChange does what the operator of the file does.
func (w *World) applyChange(c *Change) {
	for _, s := range c.Scale {
		w.scaleByHand(s.Service, s.Replicas, "the operator")
	}
	for _, i := range c.Reload {
		w.reload(i)
	}
	if c.Set != nil {
		w.reconfigure(c)
	}
}

func (w *World) scaleByHand(svc, replicas int32, by string) {
	v := &w.svc[svc]
	w.emit(Event{Object: v.name, Reason: ScalingReplicaSet, N: [5]int64{int64(v.desired), int64(replicas)}, Word: by})
	w.scaleTo(svc, replicas)
}

// reload is nginx -s reload: names are resolved again, and what was learnt of
// the peers is forgotten. Where a name is unknown the master process refuses
// the new configuration and everything stays.
func (w *World) reload(svc int32) {
	for _, id := range w.svc[svc].reps {
		if w.reps[id].phase != Running {
			continue
		}
		if unknown := w.unresolved(svc); unknown != "" {
			w.emit(Event{Object: w.reps[id].name, Reason: ReloadFailed, Word: unknown})
			continue
		}
		w.resolve(id)
		for i, c := range w.svc[svc].Calls {
			w.emit(Event{Object: w.reps[id].name, Reason: Reloaded,
				N: [5]int64{int64(len(w.reps[id].balancers[i].peers))}, Word: w.svc[c].name})
		}
	}
}

// unresolved names an upstream of a proxy that nobody is behind, if any.
func (w *World) unresolved(svc int32) string {
	for _, c := range w.svc[svc].Calls {
		if w.spec.Platform == Compose && len(w.svc[c].endpoints) == 0 {
			return w.svc[c].name
		}
	}
	return ""
}

// reconfigure replaces what the file says of the services from now on.
func (w *World) reconfigure(c *Change) {
	w.emit(Event{Object: "operator", Reason: ConfigChanged, Word: c.Text})
	for i := range w.svc {
		v := &w.svc[i]
		was := v.ServiceSpec
		v.configure(&c.Set.Services[i])
		if v.Replicas != was.Replicas && v.Autoscale == nil {
			w.scaleByHand(int32(i), v.Replicas, "the operator")
		}
		if !reflect.DeepEqual(v.Autoscale, was.Autoscale) {
			w.setScaler(int32(i))
		}
		for _, id := range append([]int32(nil), v.reps...) {
			w.jobsChanged(id)
			w.pump(id)
		}
	}
}

// Apply does what somebody at the keyboard asks for, at the present time. The
// error says what the command names that is not there.
func (w *World) Apply(c Command) error {
	c.At = w.eng.Now()
	if err := w.check(&c); err != nil {
		return err
	}
	switch c.Kind {
	case CommandKill:
		w.exited(c.Replica, 137, "killed by hand")
	case CommandScale:
		w.scaleByHand(c.Service, c.N, "hand")
	case CommandTraffic:
		w.changeRate(c.Factor)
		w.emit(Event{Object: "traffic", Reason: TrafficChanged, N: [5]int64{toPermille(w.factor)}})
	case CommandHostDown:
		w.holdDown(c.Host, byHand)
	case CommandHostUp:
		w.hosts[c.Host].holds = w.hosts[c.Host].holds[:0]
		w.hostReturns(c.Host)
	}
	w.log = append(w.log, c)
	return nil
}

// check finds the command's object, or says why there is none.
func (w *World) check(c *Command) error {
	switch c.Kind {
	case CommandKill:
		if c.Replica >= 0 {
			if int(c.Replica) >= len(w.reps) || w.reps[c.Replica].phase != Running {
				return fmt.Errorf("replica %d does not run", c.Replica)
			}
			return nil
		}
		if c.Service < 0 || int(c.Service) >= len(w.svc) {
			return fmt.Errorf("there is no service %d", c.Service)
		}
		for _, id := range w.svc[c.Service].reps {
			if w.reps[id].phase == Running {
				c.Replica = id
				return nil
			}
		}
		return fmt.Errorf("no replica of %s runs", w.svc[c.Service].name)
	case CommandScale:
		if c.Service < 0 || int(c.Service) >= len(w.svc) || c.N < 0 || c.N > maxReplicas {
			return fmt.Errorf("cannot scale service %d to %d replicas", c.Service, c.N)
		}
	case CommandTraffic:
		if !(c.Factor > 0) || w.factor*c.Factor > maxFactor || w.factor*c.Factor < 1/maxFactor {
			return fmt.Errorf("traffic cannot be multiplied by %g any more", c.Factor)
		}
		for i := range w.spec.Traffic {
			if w.spec.Traffic[i].Profile.Peak()*w.factor*c.Factor > maxRate {
				return fmt.Errorf("that would be more than a request a nanosecond, the clock's step")
			}
		}
	case CommandHostDown, CommandHostUp:
		if c.Host < 0 || int(c.Host) >= len(w.hosts) {
			return fmt.Errorf("there is no host %d", c.Host)
		}
		if w.hosts[c.Host].down == (c.Kind == CommandHostDown) {
			return fmt.Errorf("host %s is that already", w.hosts[c.Host].name)
		}
	}
	return nil
}

// Bounds of commands.
const (
	maxReplicas = 10_000
	maxFactor   = 64.0
	maxRate     = 1e9 // requests a second
)

// metricsDown takes metrics-server away.
func (w *World) metricsDown(d time.Duration) {
	w.cluster.blind++
	w.emit(Event{Object: "metrics-server", Reason: MetricsDown, N: [5]int64{int64(d)}})
}

func (w *World) metricsBack() {
	w.cluster.blind--
	if w.cluster.blind == 0 {
		w.emit(Event{Object: "metrics-server", Reason: MetricsBack})
	}
}

// setScaler builds the autoscaler that the file asks for and lets it look at
// once, as an edit of its spec does (T2).
func (w *World) setScaler(svc int32) {
	v := &w.svc[svc]
	w.eng.Cancel(v.sync)
	v.sync, v.scaler = sim.Ticket{}, nil
	if v.Autoscale == nil {
		v.targets, v.note = "", ""
		return
	}
	p, err := autoscale.New(v.Autoscale.Kind, v.Autoscale.Config)
	if err != nil {
		return // package scenarios has checked it
	}
	v.scaler = p
	v.sync = w.eng.After(0, event{kind: evSync, a: svc})
}
