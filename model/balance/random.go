package balance

import "time"

// Random is nginx's random: a pick by weight, repeated while it hits a peer
// that is unusable, round robin after 20 misses.
// Source: nginx ngx_http_upstream_random. nginx counts the misses over all
// attempts of a request, here each attempt has its own 20.
type Random struct{}

// Pick implements Policy.
func (Random) Pick(now time.Duration, r Request, peers []Peer) int {
	sec := seconds(now)
	if len(peers) > 1 {
		total := totalWeight(peers)
		for try := 0; try <= maxDraws; try++ {
			i := weighted(peers, total, nth(r.Draw, try))
			if p := &peers[i]; !p.Tried && usable(sec, p) {
				take(sec, p)
				return i
			}
		}
	}
	return roundRobin(sec, peers)
}
