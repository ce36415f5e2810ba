package balance

import "time"

// LeastConn is nginx's least_conn: the peer with the fewest requests per
// weight; peers that tie take turns by smooth weighted round robin among
// themselves. A replica that fails fast always has few requests and so draws
// most of the traffic: the black hole. Source: nginx ngx_http_upstream_least_conn.
type LeastConn struct{}

// Pick implements Policy.
func (LeastConn) Pick(now time.Duration, _ Request, peers []Peer) int {
	sec := seconds(now)
	if Single(peers) {
		return only(sec, peers)
	}
	best, tied := -1, false
	for i := range peers {
		p := &peers[i]
		switch {
		case p.Tried || !usable(sec, p):
		case best < 0 || busier(&peers[best], p):
			best, tied = i, false
		case !busier(p, &peers[best]):
			tied = true
		}
	}
	if best < 0 {
		return -1
	}
	if tied {
		best = amongTied(sec, peers, best)
	}
	take(sec, &peers[best])
	return best
}

// amongTied takes the round robin step among the peers that are as busy as
// peers[best], the first of them.
func amongTied(sec int64, peers []Peer, best int) int {
	total := int32(0)
	for i := best; i < len(peers); i++ {
		p := &peers[i]
		if p.Tried || busier(p, &peers[best]) || busier(&peers[best], p) || !usable(sec, p) {
			continue
		}
		total += turn(p)
		if p.Cur > peers[best].Cur {
			best = i
		}
	}
	peers[best].Cur -= total
	return best
}
