package model

import (
	"time"

	"example.com/hasim/model/placement"
	"example.com/hasim/model/restart"
	"example.com/hasim/sim"
)

// Constants of the node life-cycle (Kubernetes 1.37, ND1 to ND4).
const (
	leaseRenewal = 10 * time.Second // the kubelet renews its lease so often
	monitorPass  = 5 * time.Second  // the node controller looks so often
	monitorGrace = 50 * time.Second // and gives a node so long after the pass that saw its last renewal

	// DefaultEviction is how long a pod tolerates an unreachable node.
	DefaultEviction = 300 * time.Second
)

// host is one machine.
type host struct {
	name     string
	zone     int32
	cpu      int64 // nano-CPU
	memory   int64
	demand   int64 // nano-CPU that its replicas could use now
	reps     []int32
	down     bool
	ready    bool // as the node controller sees it
	downAt   time.Duration
	lease    time.Duration // phase of its renewals
	notice   sim.Ticket
	evict    sim.Ticket
	tainted  bool          // unreachable:NoExecute
	holds    []hold        // what keeps it down
	usedNow  time.Duration // consumed by replicas that have left
	cpuShown int32         // percent busy in the last second
}

func (w *World) openHosts() {
	w.hosts = make([]host, len(w.spec.Hosts))
	zones := map[string]int32{"": placement.NoZone}
	for i := range w.hosts {
		s := &w.spec.Hosts[i]
		if _, ok := zones[s.Zone]; !ok {
			zones[s.Zone] = int32(len(zones))
		}
		for len(w.zones) <= len(zones) {
			w.zones = append(w.zones, zone{})
		}
		phase := w.luck.node.Draw(uint64(i), 0, forLease, 0)
		w.hosts[i] = host{
			name: s.Name, zone: zones[s.Zone], cpu: s.CPU, memory: s.Memory, ready: true,
			lease: sim.Span(phase, leaseRenewal),
		}
	}
}

// assign gives the replica a host, if one has room. Compose has one host and
// does not ask.
func (w *World) assign(id int32) bool {
	r := &w.reps[id]
	if w.spec.Platform == Compose {
		w.moveIn(id, 0)
		return true
	}
	v := &w.svc[r.svc]
	pod := placement.Pod{CPU: v.resources.RequestCPU, Memory: v.resources.RequestMemory}
	draw := w.luck.place.Draw(uint64(r.ordinal), uint32(r.svc), 0, 0)
	at, why := placement.Schedule(pod, w.nodes(r.svc), draw)
	if r.waits {
		r.waits = false
		w.pending--
	}
	if at < 0 {
		r.waits = true
		w.pending++
		if text := why.String(); r.cause != text {
			r.cause = text
			w.emit(Event{Object: r.name, Reason: FailedScheduling, Word: text})
		}
		return false
	}
	r.cause = ""
	w.moveIn(id, int32(at))
	return true
}

// nodes is what the scheduler sees when it places a pod of service svc.
func (w *World) nodes(svc int32) []placement.Node {
	nodes := make([]placement.Node, len(w.hosts))
	for i := range w.hosts {
		h := &w.hosts[i]
		n := placement.Node{Name: h.name, CPU: h.cpu, Memory: h.memory, Ready: h.ready, Zone: h.zone, MaxPods: w.spec.Hosts[i].Pods}
		for _, id := range h.reps {
			r := &w.reps[id]
			res := &w.svc[r.svc].resources
			n.UsedCPU += res.RequestCPU
			n.UsedMemory += res.RequestMemory
			n.ScoreCPU += orNominal(res.RequestCPU, placement.NominalCPU)
			n.ScoreMemory += orNominal(res.RequestMemory, placement.NominalMemory)
			n.Pods++
			if r.svc == svc && !r.deleted {
				n.SamePods++
			}
		}
		nodes[i] = n
	}
	return nodes
}

func orNominal(v, nominal int64) int64 {
	if v == 0 {
		return nominal
	}
	return v
}

func (w *World) moveIn(id, host int32) {
	w.reps[id].host = host
	w.hosts[host].reps = append(w.hosts[host].reps, id)
}

// unassign takes the replica off its host.
func (w *World) unassign(id int32) {
	r := &w.reps[id]
	if r.host == none {
		return
	}
	w.clearJobs(id)
	h := &w.hosts[r.host]
	h.reps = without(h.reps, id)
	h.usedNow += r.cpu.used() - r.cpuBefore
	r.host = none
}

// schedulePending lets those that found no host be tried again at this
// instant, after what happens now: something has changed.
func (w *World) schedulePending() {
	if w.spec.Platform == Compose || w.scheduling || w.pending == 0 {
		return
	}
	w.scheduling = true
	w.eng.After(0, event{kind: evSchedule})
}

func (w *World) placePending() {
	for i := range w.svc {
		w.scratch.ids2 = append(w.scratch.ids2[:0], w.svc[i].reps...)
		for _, id := range w.scratch.ids2 {
			if r := &w.reps[id]; r.phase == Pending && r.host == none && !r.deleted {
				w.place(id)
			}
		}
	}
}

// place puts a new replica on a host and starts it there.
func (w *World) place(id int32) {
	if !w.assign(id) {
		return
	}
	r := &w.reps[id]
	r.podStart = w.eng.Now()
	if w.spec.Platform != Compose {
		w.emit(Event{Object: r.name, Reason: Scheduled, Word: w.hosts[r.host].name})
	}
	if w.hosts[r.host].down {
		return // bound to a dead node: there is no kubelet to start it
	}
	w.startContainer(id)
}

// holdDown keeps a host down until the hold of that token is released.
func (w *World) holdDown(i int32, token uint32) {
	w.hosts[i].holds = append(w.hosts[i].holds, hold{token: token})
	w.hostDies(i)
}

// releaseHost lifts one hold; the host returns when none is left.
func (w *World) releaseHost(i int32, token uint32) {
	h := &w.hosts[i]
	var found bool
	if h.holds, found = lift(h.holds, token); found && len(h.holds) == 0 {
		w.hostReturns(i)
	}
}

// hostDies: power off. Whoever has a connection to it hears nothing.
func (w *World) hostDies(i int32) {
	h := &w.hosts[i]
	if h.down {
		return
	}
	h.down, h.downAt = true, w.eng.Now()
	w.emit(Event{Object: h.name, Reason: HostDown, N: [5]int64{int64(len(h.reps))}})
	for _, id := range h.reps {
		w.lose(id)
	}
	for k := range w.svc {
		w.refresh(int32(k))
	}
	if w.spec.Platform == Kubernetes {
		h.notice = w.eng.At(w.noticed(h), event{kind: evUnready, a: i})
	}
}

// noticed is when the node controller will see that the node is dead: the
// grace after the pass that saw the last renewal of its lease (ND2).
func (w *World) noticed(h *host) time.Duration {
	renewed := h.downAt - mod(h.downAt-h.lease, leaseRenewal)
	passes := sim.Span(w.luck.node.Draw(0, 0, forMonitor, 0), monitorPass)
	seen := renewed + mod(passes-renewed, monitorPass)
	return seen + monitorGrace
}

// mod is the remainder that is never negative.
func mod(a, b time.Duration) time.Duration {
	return (a%b + b) % b
}

// lose ends a replica with its host. Its connections hang: no packet says
// that it is gone.
func (w *World) lose(id int32) {
	r := &w.reps[id]
	if r.phase == Pending {
		return // nothing runs yet
	}
	w.eng.Cancel(r.ticket)
	r.ticket = sim.Ticket{}
	r.freeHolds()
	r.outOfMem = false
	if r.phase != Exited && r.phase != BackOff {
		r.exit, r.cause = restart.CodeHostDied, "host died"
	}
	w.setPhase(id, Lost)
	if w.spec.Platform == Compose {
		w.setReady(id, false)
	}
	w.clearJobs(id)
	w.reps[id].cpu.frozen = false
	for s := w.reps[id].first; s != none; s = w.reps[id].first {
		w.drop(s)
		sp := w.spans.at(s)
		w.meter.visitFailed(sp.svc, Timeout)
		if sp.parent == none && sp.req == none {
			w.freeSpan(s)
			continue
		}
		w.forgetTried(sp)
		sp.result = Reset
		w.hang(s, id, ackTimeout)
	}
}

// hostReturns: power on. Its containers start again as their policies say.
func (w *World) hostReturns(i int32) {
	h := &w.hosts[i]
	if !h.down {
		return
	}
	now := w.eng.Now()
	h.down = false
	w.eng.Cancel(h.notice)
	w.eng.Cancel(h.evict)
	h.notice, h.evict, h.tainted = sim.Ticket{}, sim.Ticket{}, false
	w.emit(Event{Object: h.name, Reason: HostUp, N: [5]int64{int64(now - h.downAt)}})
	if !h.ready {
		h.ready = true
		w.emit(Event{Object: h.name, Reason: NodeReady})
	}
	w.resetHanging(i)
	for _, id := range append([]int32(nil), h.reps...) {
		w.boot(id)
	}
	w.taintUnreachable()
	for k := range w.svc {
		w.refresh(int32(k))
	}
	w.schedulePending()
}

// boot is what the engine or the kubelet does with a replica that its host
// died with.
func (w *World) boot(id int32) {
	r := &w.reps[id]
	v := &w.svc[r.svc]
	if r.phase == Pending {
		w.startContainer(id)
		return
	}
	if r.phase != Lost {
		return
	}
	w.setReady(id, false)
	if r.deleted {
		w.gone(id, 0)
		return
	}
	if !restart.Boot(v.restart, &r.restart, int(r.exit)) {
		w.setPhase(id, Exited)
		w.emit(Event{Object: r.name, Reason: GaveUp, N: [5]int64{int64(r.exit), int64(r.restarts)}, Word: v.RestartAs})
		return
	}
	r.restarts++
	v.restarts++
	w.startContainer(id)
}

// resetHanging resets the connections that hung at a host which is back: its
// kernel does not know them.
func (w *World) resetHanging(i int32) {
	for s := range w.spans.items {
		sp := &w.spans.items[s]
		if sp.phase != connecting || sp.rep == none || w.reps[sp.rep].host != i {
			continue
		}
		if sp.ticket.IsZero() {
			continue
		}
		w.eng.Cancel(sp.ticket)
		sp.ticket = w.eng.After(0, event{kind: evUnreachable, a: int32(s)})
	}
}

// nodeUnready is the node controller's verdict on a dead node (ND2): its pods
// leave the endpoints.
func (w *World) nodeUnready(i int32) {
	h := &w.hosts[i]
	h.ready, h.notice = false, sim.Ticket{}
	now := w.eng.Now()
	w.emit(Event{Object: h.name, Reason: NodeNotReady, N: [5]int64{int64(now - h.downAt), int64(len(h.reps))}})
	for _, id := range h.reps {
		w.setReady(id, false)
	}
	for k := range w.svc {
		w.refresh(int32(k))
	}
	w.taintUnreachable()
}

// evict deletes the pods of a tainted node when their toleration is over
// (ND3); their replacements are created now.
func (w *World) evict(i int32) {
	h := &w.hosts[i]
	h.evict = sim.Ticket{}
	now := w.eng.Now()
	for _, id := range append([]int32(nil), h.reps...) {
		r := &w.reps[id]
		if r.deleted {
			continue
		}
		w.emit(Event{Object: h.name, Reason: TaintManagerEviction, N: [5]int64{int64(now - h.downAt)}, Word: r.name})
		w.stop(id, "node is unreachable")
	}
	for k := range w.svc {
		w.reconcile(int32(k))
	}
}

// Zone states of the node controller (ND5).
const (
	disruptedNodes   = 2 // more than so many of a zone's nodes are not ready
	disruptedPercent = 55
)

// taintEvery is the pace of the NoExecute taints in one zone: 0.1 node a
// second, the first at once.
const taintEvery = 10 * time.Second

// taintUnreachable taints the nodes that are not ready, zone by zone, as far
// and as fast as the zone's state allows (ND5). Where everything is down
// the taints are lifted instead: it is rather the network that is broken.
func (w *World) taintUnreachable() {
	if w.spec.Platform != Kubernetes {
		return
	}
	all := true
	for i := range w.hosts {
		all = all && !w.hosts[i].ready
	}
	if all {
		for i := range w.hosts {
			h := &w.hosts[i]
			w.eng.Cancel(h.evict)
			h.evict, h.tainted = sim.Ticket{}, false
		}
		return
	}
	for i := range w.hosts {
		if h := &w.hosts[i]; !h.ready && !h.tainted && !w.disrupted(h.zone) {
			w.taintWhenAllowed(int32(i))
		}
	}
}

// taintWhenAllowed taints a node now, or when its zone's turn comes.
func (w *World) taintWhenAllowed(i int32) {
	h := &w.hosts[i]
	z := &w.zones[h.zone+1]
	now := w.eng.Now()
	if now < z.next {
		if !z.waiting {
			z.waiting = true
			w.eng.At(z.next, event{kind: evTaint, a: h.zone + 1})
		}
		return
	}
	z.next = now + taintEvery
	h.tainted = true
	wait := w.spec.Cluster.Eviction
	if wait == 0 {
		wait = DefaultEviction
	}
	h.evict = w.eng.After(wait, event{kind: evEvict, a: i})
}

// zone is the pace of the taints in one zone.
type zone struct {
	next    time.Duration // not before
	waiting bool          // an event will come then
}

// disrupted reports whether a small zone is partially disrupted: no node of
// it is tainted.
func (w *World) disrupted(zone int32) bool {
	nodes, bad := 0, 0
	for i := range w.hosts {
		if h := &w.hosts[i]; h.zone == zone {
			nodes++
			if !h.ready {
				bad++
			}
		}
	}
	return bad > disruptedNodes && bad*100 >= disruptedPercent*nodes && bad < nodes
}
