package expect

// Kind is what a metric measures, without the service.
type Kind uint8

// The metrics. The comment says what the caller measures: over the whole run
// so far unless it says "now".
const (
	LatencyMean Kind = iota // of served requests, first attempt to answer
	LatencyP50
	LatencyP90
	LatencyP95
	LatencyP99
	LatencyMax
	Availability // served / (served + failed)
	ErrorRate    // failed / (served + failed)
	Arrived
	Served
	Failed
	Failures  // of one cause
	QueueMean // time average
	QueueMax
	ReplicasDesired // now
	ReplicasReady   // now
	ReplicasMin
	ReplicasMax
	ReplicasMean     // time average
	ReplicasReadyMin // after the first was ready
	ReplicaSeconds
	LostRevenue
	Restarts
	Rescales // by the autoscaler
	NumKinds = iota
)

// Unit of a metric's values.
type Unit uint8

// The units: a plain number, nanoseconds, a share of 1 that is written in
// percent.
const (
	Number Unit = iota
	Time
	Share
)

// kinds lists every metric as it is written: family, then the part after the
// service ("" = none).
var kinds = [NumKinds]struct {
	family, part string
	unit         Unit
	sampled      bool
}{
	LatencyMean:      {"latency", "mean", Time, true},
	LatencyP50:       {"latency", "p50", Time, true},
	LatencyP90:       {"latency", "p90", Time, true},
	LatencyP95:       {"latency", "p95", Time, true},
	LatencyP99:       {"latency", "p99", Time, true},
	LatencyMax:       {"latency", "max", Time, true},
	Availability:     {"availability", "", Share, true},
	ErrorRate:        {"errors", "rate", Share, true},
	Arrived:          {"arrived", "", Number, false},
	Served:           {"served", "", Number, false},
	Failed:           {"failed", "", Number, false},
	Failures:         {"failures", "<cause>", Number, false},
	QueueMean:        {"queue", "mean", Number, false},
	QueueMax:         {"queue", "max", Number, false},
	ReplicasDesired:  {"replicas", "desired", Number, false},
	ReplicasReady:    {"replicas", "ready", Number, false},
	ReplicasMin:      {"replicas", "min", Number, false},
	ReplicasMax:      {"replicas", "max", Number, false},
	ReplicasMean:     {"replicas", "mean", Number, false},
	ReplicasReadyMin: {"replicas", "ready_min", Number, false},
	ReplicaSeconds:   {"replica_seconds", "", Number, false},
	LostRevenue:      {"lost_revenue", "", Number, false},
	Restarts:         {"restarts", "", Number, false},
	Rescales:         {"rescales", "", Number, false},
}

// Causes are the names that may follow "failures.".
var Causes = []string{
	"queue_full", "refused", "reset", "timeout", "bad_gateway", "gateway_timeout", "no_endpoint",
	"pool_timeout", "db_slots", "store_down", "shed", "breaker_open", "budget_spent",
}

// Metric is what a line measures.
type Metric struct {
	Kind    Kind
	Service string // "" = the run as a whole (for replicas: the service that scales)
	Cause   string // Failures: one of Causes
}

// Unit returns the unit of the metric's values.
func (m Metric) Unit() Unit { return kinds[m.Kind].unit }

// Sampled reports whether the metric is judged only from MinSamples on.
func (m Metric) Sampled() bool { return kinds[m.Kind].sampled }

// String returns the metric as it is written: "replicas.app.desired".
func (m Metric) String() string {
	k := kinds[m.Kind]
	name, part := k.family, k.part
	if m.Kind == Failures {
		part = m.Cause
	}
	if m.Service != "" {
		name += "." + m.Service
	}
	if part != "" {
		name += "." + part
	}
	return name
}

// Names returns every metric without a service, in a fixed order; the causes of
// failures stand as "failures.<cause>".
func Names() []string {
	names := make([]string, 0, NumKinds)
	for k := range kinds {
		names = append(names, Metric{Kind: Kind(k), Cause: "<cause>"}.String())
	}
	return names
}
