package model

// A place is where in the call path of a request something happens. It is part
// of what each draw is a function of, so that requests meet the same luck
// whatever the policies are, what the services are called, and whether one
// more stands beside them. A proxy is no place of its own for what is behind
// it: putting one in front of a service, or taking it away, changes nobody's
// work.

// entrance is the place of the service that the traffic goes to.
const entrance = uint32(1)

// placeOfCall is the place of the k-th call of a visit at a place.
func (v *service) placeOfCall(at uint32, k int32) uint32 {
	if v.balance.Proxy {
		if k == 0 {
			return at
		}
		return mixPlace(at, uint32(k))
	}
	return mixPlace(at, uint32(k)+1)
}

// ofProxy marks the draws that are a proxy's own.
const ofProxy = 1 << 31

// placeOfWork is the place of what the service itself does in a visit at a
// place: a proxy shares its place with the service behind it, not its luck.
func (v *service) placeOfWork(at uint32) uint32 {
	if v.balance.Proxy {
		return mixPlace(at, ofProxy)
	}
	return at
}

func mixPlace(a, b uint32) uint32 {
	x := uint64(a)<<32 | uint64(b)
	x = (x ^ x>>31) * 0x9e3779b97f4a7c15
	x = (x ^ x>>29) * 0xbf58476d1ce4e5b9
	return uint32(x >> 32)
}
