// Package balance decides which peer gets the next request and what a failure
// teaches about a peer.
//
// The peers of one upstream are a slice of flat values that the caller owns.
// A Policy picks one of them, and Done is told how that attempt ended. Both
// follow nginx's upstream modules: weights and failure counts are integers,
// and time is looked at in whole seconds, which is why a dead peer of a
// balancer with fail_timeout 10s is tried again 10 to 11 seconds later.
//
// A policy never waits and never retries: the caller marks what a request has
// tried and asks again.
package balance

import (
	"math/bits"
	"time"
)

// Defaults of nginx's server directive (ngx_http_upstream_module).
const (
	DefaultWeight      = 1
	DefaultMaxFails    = 1
	DefaultFailTimeout = 10 * time.Second
	DefaultMaxConns    = 0 // no limit
)

// maxDraws is how often nginx's random, random two and ip_hash try to find a
// usable peer before they fall back to round robin (ngx_http_upstream_random,
// ngx_http_upstream_ip_hash).
const maxDraws = 20

// longAgo stands for "never" in seconds of the run. nginx counts from 1970, so
// that a peer's first use always lies more than fail_timeout after it.
const longAgo = -1 << 40

// Options are the parameters of one server line.
type Options struct {
	Weight      int32         // share of the traffic, at least 1
	MaxFails    int32         // failures within FailTimeout that put the peer aside; 0 counts none
	FailTimeout time.Duration // nginx reads whole seconds; a fraction is cut off
	MaxConns    int32         // requests at once, 0 = no limit
}

// DefaultOptions returns what nginx uses for a server line without parameters.
func DefaultOptions() Options {
	return Options{Weight: DefaultWeight, MaxFails: DefaultMaxFails, FailTimeout: DefaultFailTimeout, MaxConns: DefaultMaxConns}
}

// Peer is one address behind the balancer: its parameters and what the
// balancer has learnt about it. Plain data, copied by assignment.
type Peer struct {
	ID int32 // the caller's name for it

	Weight      int32
	Eff         int32 // effective weight: lowered by failures, regained step by step
	Cur         int32 // current weight of smooth round robin
	MaxFails    int32
	Fails       int32
	MaxConns    int32
	Conns       int32 // requests on it now
	FailTimeout time.Duration
	Accessed    int64 // second of the last failure
	Checked     int64 // second of the last failure, or of the first pick more than FailTimeout later

	Down  bool // marked as permanently unavailable
	Tried bool // set by the caller: the request that is being placed has been here
}

// NewPeer returns a peer that has seen no traffic. A weight below 1 becomes 1.
func NewPeer(id int32, o Options) Peer {
	w := max(o.Weight, 1)
	return Peer{
		ID: id, Weight: w, Eff: w,
		MaxFails: o.MaxFails, FailTimeout: o.FailTimeout, MaxConns: o.MaxConns,
		Accessed: longAgo, Checked: longAgo,
	}
}

// Request is what a policy may know of the request it places.
type Request struct {
	Key   uint64 // who sends it: ip_hash reads the low 24 bits as the first three octets of an IPv4 address
	Draw  uint64 // the randomness of this attempt; further tries derive from it
	Draw2 uint64 // the randomness of the second candidate of random_two
}

// Policy picks a peer for a request.
type Policy interface {
	// Pick returns the index of the peer that gets r at now, or -1 when none
	// is usable (nginx: "no live upstreams", 502). It changes the peers as
	// nginx does: weights of those it looked at, Checked and Conns of the
	// chosen one. It does not set Tried.
	Pick(now time.Duration, r Request, peers []Peer) int
}

// Done ends an attempt that Pick has placed on p. single is Single of the
// upstream: it then keeps no account of failures. failed says that the attempt
// counts under proxy_next_upstream (error, timeout, invalid header, and the
// statuses listed there). Source: nginx ngx_http_upstream_free_round_robin_peer.
func Done(now time.Duration, p *Peer, single bool, failed bool) {
	p.Conns--
	switch {
	case single:
		p.Fails = 0
	case failed:
		p.Fails++
		p.Accessed = seconds(now)
		p.Checked = p.Accessed
		if p.MaxFails > 0 {
			p.Eff = max(p.Eff-p.Weight/p.MaxFails, 0) // integers: weight 1 and max_fails 3 lose nothing
		}
	case p.Accessed < p.Checked:
		p.Fails = 0 // picked again after fail_timeout, and it answered
	}
}

// Single reports whether the upstream has exactly one server, counting those
// that are down. Such a server is never skipped for its failures and a request
// to it is never retried.
func Single(peers []Peer) bool { return len(peers) == 1 }

// Tries returns how many attempts nginx grants a request (proxy_next_upstream_tries 0):
// one per server that is not down, and just one with a single server.
func Tries(peers []Peer) int {
	n := 0
	for i := range peers {
		if !peers[i].Down {
			n++
		}
	}
	return n
}

// Usable reports whether p may get a request at now: neither down, nor put
// aside after MaxFails failures, nor full. Tried is not looked at.
func Usable(now time.Duration, p *Peer) bool { return usable(seconds(now), p) }

func usable(sec int64, p *Peer) bool {
	if p.Down || p.MaxConns > 0 && p.Conns >= p.MaxConns {
		return false
	}
	return p.MaxFails <= 0 || p.Fails < p.MaxFails || sec-p.Checked > seconds(p.FailTimeout)
}

// Sync makes peers match ids, in that order. Those that stay keep all their
// state and parameters, new ones start with o, the others are dropped. The
// slice is reused; ids must be distinct.
func Sync(peers []Peer, ids []int32, o Options) []Peer {
	for i, id := range ids {
		at := i
		for at < len(peers) && peers[at].ID != id {
			at++
		}
		switch {
		case at == i && at < len(peers):
		case at < len(peers):
			peers[i], peers[at] = peers[at], peers[i]
		case i < len(peers):
			peers = append(peers, peers[i]) // who stood here may still be asked for
			peers[i] = NewPeer(id, o)
		default:
			peers = append(peers, NewPeer(id, o))
		}
	}
	return peers[:len(ids)]
}

// take puts a request on p: nginx's bookkeeping after every choice.
func take(sec int64, p *Peer) {
	if sec-p.Checked > seconds(p.FailTimeout) {
		p.Checked = sec
	}
	p.Conns++
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func totalWeight(peers []Peer) int64 {
	total := int64(0)
	for i := range peers {
		total += int64(peers[i].Weight)
	}
	return total
}

// at returns the index of the peer at point w of the peers' weights laid end
// to end, 0 <= w < totalWeight.
func at(peers []Peer, w int64) int {
	for i := range peers {
		w -= int64(peers[i].Weight)
		if w < 0 {
			return i
		}
	}
	return len(peers) - 1
}

// weighted returns a random index, by weight.
func weighted(peers []Peer, total int64, draw uint64) int {
	hi, _ := bits.Mul64(draw, uint64(total))
	return at(peers, int64(hi))
}

// nth derives the draw of a further try from the first one; nth(d, 0) is d.
// The mix is the finalizer of splitmix64 (Steele, Lea, Flood 2014).
func nth(draw uint64, try int) uint64 {
	if try == 0 {
		return draw
	}
	z := draw + uint64(try)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
