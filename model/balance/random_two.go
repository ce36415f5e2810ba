package balance

import "time"

// RandomTwo is nginx's "random two least_conn": two different picks by weight,
// and the one with fewer requests per weight gets the request; the second wins
// a tie, which turns weights around while there is little load. Round robin
// after 20 draws. Source: nginx ngx_http_upstream_random.
type RandomTwo struct{}

// Pick implements Policy.
func (RandomTwo) Pick(now time.Duration, r Request, peers []Peer) int {
	sec := seconds(now)
	if len(peers) > 1 {
		if i := twoChoices(sec, r, peers); i >= 0 {
			take(sec, &peers[i])
			return i
		}
	}
	return roundRobin(sec, peers)
}

// twoChoices returns the better of two usable peers, or -1 when 20 draws did
// not find two.
func twoChoices(sec int64, r Request, peers []Peer) int {
	total := totalWeight(peers)
	first, draw, try := -1, r.Draw, 0
	for draws := 0; draws <= maxDraws; draws++ {
		i := weighted(peers, total, nth(draw, try))
		try++
		if i == first || peers[i].Tried || !usable(sec, &peers[i]) {
			continue
		}
		if first < 0 {
			first, draw, try = i, r.Draw2, 0
			continue
		}
		if busier(&peers[i], &peers[first]) {
			return first
		}
		return i
	}
	return -1
}

// busier reports whether p has more requests per weight than q.
func busier(p, q *Peer) bool {
	return int64(p.Conns)*int64(q.Weight) > int64(q.Conns)*int64(p.Weight)
}
