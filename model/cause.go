package model

// Cause says why a request failed. A failed request has exactly one: that of
// its last attempt.
type Cause uint8

// The causes, in the order in which reports list them.
const (
	Served         Cause = iota // it did not
	QueueFull                   // the replica's queue was at its bound: it answered 503
	Refused                     // nothing listened at the address
	Reset                       // the replica died with the request on it
	Timeout                     // the client stopped waiting
	BadGateway                  // 502: the proxy found no live upstream, or could not retry
	GatewayTimeout              // 504: the upstream did not answer the proxy in time
	NoEndpoint                  // 503: no endpoint was ready
	NumCauses      = iota
)

var causeNames = [NumCauses]string{"served", "queue_full", "refused", "reset", "timeout", "bad_gateway", "gateway_timeout", "no_endpoint"}

func (c Cause) String() string { return causeNames[c] }
