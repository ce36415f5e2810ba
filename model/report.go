package model

import "time"

// Report is the sum of a run, from its start (or the end of its warm-up) to
// where it stands. Durations are exact, rates and means are floats computed
// once.
type Report struct {
	Variant      string
	Duration     time.Duration // virtual time that was run
	Events       uint64        // engine events
	Digest       uint64        // of every request's outcome
	Totals       Totals
	Availability float64
	Latency      Latency
	Queue        QueueReport
	Services     []ServiceReport
	Expectations []Expectation // what the variant says of itself
	Goals        []Expectation // what the file asks of every variant
	Planned      time.Duration // the whole run; more than Duration when it was left early
	Edited       bool
}

// Latency is the client's: from the first attempt to the answer, of served
// requests. Count 0: there is none.
type Latency struct {
	Count                         uint64
	Mean, P50, P90, P95, P99, Max time.Duration
}

// QueueReport is a time-weighted mean and the greatest length.
type QueueReport struct {
	Mean float64
	Max  int64
}

// ServiceReport is one service. Requests are visits here, not clients'
// requests.
type ServiceReport struct {
	Name                string
	Kind                string
	Visits              VisitReport
	Queue               QueueReport
	Min, Max            int64 // replicas that exist and are not terminating
	Mean                float64
	ReadyMin            int64 // after the first was ready; -1 before
	ReplicaSeconds      float64
	Restarts            uint64
	CPUSeconds          float64
	Rescales            uint64
	DesiredMax, Desired int64
}

// VisitReport counts the visits of a service: what its replicas were sent.
type VisitReport struct {
	Arrived, Served, Failed, InFlight uint64
	Failures                          [NumCauses]uint64
	Latency                           Latency // from accepted to answered
}

// Expectation is the verdict on one expect line.
type Expectation struct {
	Text        string
	OK          bool
	Value       string
	FirstBroken time.Duration // the first second that broke it for good, -1 when it holds
}
