package balance

import "time"

// The hash of nginx's ip_hash: start, multiplier and modulus
// (ngx_http_upstream_ip_hash).
const (
	ipHashStart = 89
	ipHashMul   = 113
	ipHashMod   = 6271
)

// IPHash is nginx's ip_hash: the first three octets of the client's IPv4
// address choose the peer, so that a client stays with it while it is usable.
// A peer more or less moves most of the clients. An unusable peer means the
// next hash, round robin after 20 misses.
// Source: nginx ngx_http_upstream_ip_hash.
type IPHash struct{}

// Pick implements Policy.
func (IPHash) Pick(now time.Duration, r Request, peers []Peer) int {
	sec := seconds(now)
	if len(peers) == 0 {
		return -1
	}
	if Single(peers) {
		return only(sec, peers)
	}
	total := totalWeight(peers)
	hash := int64(ipHashStart)
	for try := 0; try <= maxDraws; try++ {
		hash = ipHash(hash, r.Key)
		i := at(peers, hash%total)
		if p := &peers[i]; !p.Tried && usable(sec, p) {
			take(sec, p)
			return i
		}
	}
	return roundRobin(sec, peers)
}

// ipHash feeds the three octets of key into hash.
func ipHash(hash int64, key uint64) int64 {
	for shift := 16; shift >= 0; shift -= 8 {
		hash = (hash*ipHashMul + int64(key>>shift&0xff)) % ipHashMod
	}
	return hash
}
