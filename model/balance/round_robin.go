package balance

import "time"

// RoundRobin is nginx's default: smooth weighted round robin, which spreads a
// heavy peer's turns instead of giving them in one go (5:1:1 is 1 1 2 1 3 1 1).
// Source: nginx ngx_http_upstream_round_robin.
type RoundRobin struct{}

// Pick implements Policy.
func (RoundRobin) Pick(now time.Duration, _ Request, peers []Peer) int {
	return roundRobin(seconds(now), peers)
}

func roundRobin(sec int64, peers []Peer) int {
	if Single(peers) {
		return only(sec, peers)
	}
	best, total := -1, int32(0)
	for i := range peers {
		p := &peers[i]
		if p.Tried || !usable(sec, p) {
			continue
		}
		total += turn(p)
		if best < 0 || p.Cur > peers[best].Cur {
			best = i
		}
	}
	if best < 0 {
		return -1
	}
	peers[best].Cur -= total
	take(sec, &peers[best])
	return best
}

// turn moves p one step of smooth weighted round robin and returns the
// effective weight it took part with.
func turn(p *Peer) int32 {
	w := p.Eff
	p.Cur += w
	if p.Eff < p.Weight {
		p.Eff++
	}
	return w
}

// only picks the one server of a single-server upstream: its failures never
// count, only down and max_conns keep a request away.
func only(sec int64, peers []Peer) int {
	p := &peers[0]
	if p.Tried || p.Down || p.MaxConns > 0 && p.Conns >= p.MaxConns {
		return -1
	}
	take(sec, p)
	return 0
}
