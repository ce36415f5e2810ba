package model

import (
	"time"

	"example.com/hasim/model/balance"
	"example.com/hasim/sim"
)

// How long a connection hangs before the kernel gives it up.
const (
	// synTimeout is Linux with tcp_syn_retries = 6: 1+2+4+…+64 s.
	synTimeout = 127 * time.Second
	// ackTimeout is Linux with tcp_retries2 = 15, at its usual minimum RTO:
	// an established connection whose other end has vanished.
	ackTimeout = 924600 * time.Millisecond
	// arpTimeout is three ARP requests, one a second, to an address on the
	// same bridge that nobody has any more ("no route to host").
	arpTimeout = 3 * time.Second
)

// balancer is what one replica of a proxy knows of one service that it calls.
type balancer struct {
	peers   []balance.Peer
	version uint32 // of the endpoints that it follows (Kubernetes)
	epoch   uint32 // how often its names were resolved: requests that an older worker process sent are not its own
}

func (b *balancer) copyInto(dst *balancer) {
	dst.peers = append(dst.peers[:0], b.peers...)
	dst.version, dst.epoch = b.version, b.epoch
}

// dial sends a span that no proxy steers: to any of the service's endpoints,
// as kube-proxy picks one for a connection and Docker's DNS shuffles its
// answer.
func (w *World) dial(s int32) {
	sp := w.spans.at(s)
	w.svc[sp.svc].demand.asked++
	ends := w.svc[sp.svc].endpoints
	switch len(ends) {
	case 0:
		cause := NoEndpoint
		if w.spec.Platform == Compose {
			cause = Refused // the name resolves to nothing
		}
		w.breakOff(s, cause)
	case 1:
		w.send(s, ends[0])
	default:
		d := w.streams[sp.stream].luck.Draw(sp.no, sp.place, forDial, sp.attempt)
		w.send(s, ends[sim.Index(d, len(ends))])
	}
}

// send opens a connection to replica id: it is accepted, refused, or hangs.
func (w *World) send(s, id int32) {
	switch r := &w.reps[id]; r.phase {
	case Running:
		w.accept(s, id)
	case Lost:
		w.hang(s, id, synTimeout)
	case BackOff, Exited, Gone:
		if w.spec.Platform == Compose {
			// The engine has taken the address away.
			w.hang(s, id, arpTimeout)
			return
		}
		w.breakOff(s, Refused)
	default:
		w.breakOff(s, Refused)
	}
}

// takes reports whether replica id takes a connection, in the sense that it
// comes into being: what happens on it then is another matter.
func (w *World) takes(id int32) bool {
	r := &w.reps[id]
	return r.phase == Running && !(r.hung && r.full(w.svc[r.svc].work.Queue))
}

// hang leaves the span's connection open for at most d: nobody answers at id.
func (w *World) hang(s, id int32, d time.Duration) {
	sp := w.spans.at(s)
	sp.phase, sp.rep = connecting, id
	sp.ticket = w.eng.After(d, event{kind: evUnreachable, a: s})
}

// unreachable gives a connection up that hung for too long.
func (w *World) unreachable(s int32) {
	sp := w.spans.at(s)
	sp.ticket = sim.Ticket{}
	switch r := &w.reps[sp.rep]; {
	case r.phase == Lost || r.hung:
		w.breakOff(s, Timeout)
	case sp.result == Reset:
		w.breakOff(s, Reset) // it was established before its host died
	default:
		w.breakOff(s, Refused)
	}
}

// proxyCall begins a proxied call: nginx counts the tries when it starts.
func (w *World) proxyCall(s int32) {
	sp := w.spans.at(s)
	b := w.balancer(s)
	sp.peerID = none
	w.svc[w.svc[sp.svc].Calls[sp.call]].demand.asked++
	w.follow(sp.rep, sp.call)
	sp.tries = int32(balance.Tries(b.peers))
	if most := w.svc[sp.svc].balance.Tries; most > 0 {
		sp.tries = min(sp.tries, most)
	}
	w.proxyTry(s, 0)
}

func (w *World) balancer(s int32) *balancer {
	sp := w.spans.at(s)
	return &w.reps[sp.rep].balancers[sp.call]
}

// follow makes a balancer of an ingress match the ready endpoints. Under
// Compose, nginx keeps what it resolved.
func (w *World) follow(id, call int32) {
	r := &w.reps[id]
	b, v := &r.balancers[call], &w.svc[w.svc[r.svc].Calls[call]]
	if w.spec.Platform == Compose || b.version == v.version {
		return
	}
	b.peers = balance.Sync(b.peers, v.endpoints, w.svc[r.svc].balance.Peer)
	b.version = v.version
	// An endpoint that left and came back still has its old requests.
	for i := range b.peers {
		if b.peers[i].Conns == 0 {
			b.peers[i].Conns = w.underWay(r, call, b.epoch, b.peers[i].ID)
		}
	}
}

// underWay counts the requests that a proxy has at one peer.
func (w *World) underWay(r *replica, call int32, epoch uint32, peer int32) int32 {
	n := int32(0)
	for s := r.first; s != none; s = w.spans.at(s).next {
		sp := w.spans.at(s)
		if sp.inCall() && sp.call == call && sp.epoch == epoch && sp.peerID == peer {
			n++
		}
	}
	return n
}

// proxyTry sends the call to the peer that the policy picks.
func (w *World) proxyTry(s int32, try uint32) {
	sp := w.spans.at(s)
	v := &w.svc[sp.svc]
	b := w.balancer(s)
	w.markTried(b, sp.tried, true)
	i := v.policy.Pick(w.eng.Now(), w.pickRequest(sp, try), b.peers)
	w.markTried(b, sp.tried, false)
	if i < 0 {
		cause := BadGateway // no live upstreams
		if len(b.peers) == 0 {
			cause = NoEndpoint
		}
		w.callDone(s, cause)
		return
	}
	id := b.peers[i].ID
	sp.peer, sp.peerID, sp.epoch = int32(i), id, b.epoch
	if w.takes(id) {
		sp.deadline = w.readDeadline(v, s)
	} else {
		sp.deadline = w.eng.After(v.balance.ConnectTimeout, event{kind: evDeadline, a: s})
	}
	w.send(w.callee(s, try), id)
}

// readDeadline is when the upstream must have answered. The timeout is the
// same for all, so that they stand in a lane, but for the time after an
// operator has shortened it.
func (w *World) readDeadline(v *service, s int32) sim.Ticket {
	sp := w.spans.at(s)
	if patient := w.spec.Traffic[sp.stream].Client.Timeout; sp.req != none && patient > 0 && patient < v.balance.ReadTimeout {
		return sim.Ticket{} // its client will have gone before
	}
	at, ev := w.eng.Now()+v.balance.ReadTimeout, event{kind: evDeadline, a: s}
	if at < v.lastDeadline {
		return w.eng.At(at, ev)
	}
	v.lastDeadline = at
	return w.eng.Push(v.reading, at, ev)
}

// pickRequest draws what a policy may need; each draw belongs to the request.
func (w *World) pickRequest(sp *span, try uint32) balance.Request {
	if !w.svc[sp.svc].draws {
		return balance.Request{}
	}
	luck := w.streams[sp.stream].luck
	attempt := sp.attempt | try
	place := w.svc[sp.svc].placeOfWork(sp.place)
	return balance.Request{
		Key:   luck.Draw(sp.no, 0, forKey, 0),
		Draw:  luck.Draw(sp.no, place, forPick, attempt),
		Draw2: luck.Draw(sp.no, place, forPick2, attempt),
	}
}

// markTried sets or clears the mark of the peers that this request failed on.
func (w *World) markTried(b *balancer, list int32, on bool) {
	for ; list != none; list = w.tried.at(list).next {
		id := w.tried.at(list).id
		for i := range b.peers {
			if b.peers[i].ID == id {
				b.peers[i].Tried = on
			}
		}
	}
}

func (w *World) forgetTried(sp *span) {
	for t := sp.tried; t != none; {
		next := w.tried.at(t).next
		w.tried.give(t)
		t = next
	}
	sp.tried = none
}

// upstreamDone goes on after a proxied call: with what its connection came
// to (answered is false: an error, or a timeout of the proxy's own), or with
// the status that the upstream answered. Connections that fail count against
// the peer; a status does only where proxy_next_upstream lists it, where the
// request may be repeated, and not on the last try.
func (w *World) upstreamDone(s int32, cause Cause, answered bool) {
	sp := w.spans.at(s)
	next := &w.svc[sp.svc].balance.Next
	repeatable := !w.spec.Traffic[sp.stream].Post || next.NonIdempotent
	if !answered {
		again := next.Error
		if cause == GatewayTimeout {
			again = next.Timeout
		}
		unsent := cause == Refused || cause == NoEndpoint
		w.upstreamEnded(s, unanswered(cause), true, again && (unsent || repeatable))
		return
	}
	again := false
	switch cause {
	case Served:
	case QueueFull, NoEndpoint:
		again = next.HTTP503
	case BadGateway:
		again = next.HTTP502
	case GatewayTimeout:
		again = next.HTTP504
	default:
		again = next.HTTP500 // a call of the upstream's own failed
	}
	again = again && repeatable
	w.upstreamEnded(s, cause, again && sp.tries > 1, again)
}

// upstreamTimeout is due when an upstream has not answered in time.
func (w *World) upstreamTimeout(s int32) {
	sp := w.spans.at(s)
	sp.deadline = sim.Ticket{}
	c := sp.child
	// A connection to a host that died was established, though it hangs.
	sent := c != none && (w.spans.at(c).phase != connecting || w.spans.at(c).result == Reset)
	w.dropChild(s)
	sp = w.spans.at(s)
	if w.reps[sp.rep].hung {
		sp.phase, sp.result, sp.answered = stalled, GatewayTimeout, false
		return
	}
	next := &w.svc[sp.svc].balance.Next
	again := next.Timeout
	if sent && w.spec.Traffic[sp.stream].Post && !next.NonIdempotent {
		again = false
	}
	w.upstreamEnded(s, unanswered(GatewayTimeout), true, again)
}

// upstreamEnded gives the peer back, then tries the next one or ends the
// call with what the client of a proxy sees.
func (w *World) upstreamEnded(s int32, cause Cause, failed, again bool) {
	sp := w.spans.at(s)
	w.eng.Cancel(sp.deadline)
	sp.deadline = sim.Ticket{}
	single := w.releasePeer(s, failed)
	sp.tries--
	if again && sp.tries > 0 && !single {
		t := w.tried.take()
		*w.tried.at(t) = triedPeer{id: sp.peerID, next: sp.tried}
		sp.tried = t
		w.proxyTry(s, uint32(w.triedCount(sp)))
		return
	}
	w.forgetTried(sp)
	w.callDone(s, cause)
}

// unanswered is what the client of a proxy gets for a connection that failed:
// 504 where somebody waited for too long, else 502.
func unanswered(cause Cause) Cause {
	if cause == Timeout || cause == GatewayTimeout {
		return GatewayTimeout
	}
	return BadGateway
}

func (w *World) triedCount(sp *span) int {
	n := 0
	for t := sp.tried; t != none; t = w.tried.at(t).next {
		n++
	}
	return n
}

// releasePeer tells the balancer that a request has left a peer, and whether
// it failed there. It reports whether that peer is the only one.
func (w *World) releasePeer(s int32, failed bool) (single bool) {
	sp := w.spans.at(s)
	b := w.balancer(s)
	single = balance.Single(b.peers)
	if sp.epoch != b.epoch {
		return single
	}
	p := peerOf(b, sp.peer, sp.peerID)
	if p == nil {
		return single // it has left the endpoints meanwhile
	}
	now := w.eng.Now()
	quiet := int64(now/time.Second) - p.Accessed
	balance.Done(now, p, single, failed)
	disabled := failed && !single && p.MaxFails > 0 && p.Fails >= p.MaxFails
	if disabled && (p.Fails == p.MaxFails || quiet >= int64(p.FailTimeout/time.Second)) {
		w.emit(Event{Object: w.reps[p.ID].name, Reason: UpstreamDisabled,
			N: [5]int64{int64(p.Fails), int64(p.FailTimeout)}, Word: w.reps[sp.rep].name})
	}
	return single
}

// peerOf finds the peer of that id; it usually still is where it was.
func peerOf(b *balancer, i, id int32) *balance.Peer {
	if int(i) < len(b.peers) && b.peers[i].ID == id {
		return &b.peers[i]
	}
	for i := range b.peers {
		if b.peers[i].ID == id {
			return &b.peers[i]
		}
	}
	return nil
}
