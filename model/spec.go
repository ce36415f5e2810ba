package model

import (
	"time"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/balance"
	"example.com/hasim/model/expect"
	"example.com/hasim/model/restart"
	"example.com/hasim/model/traffic"
	"example.com/hasim/sim"
)

// Platform says who restarts, re-routes and re-places.
type Platform uint8

// The platforms. On Compose there is one host, the engine restarts
// containers and nginx keeps the addresses that it resolved at its start. On
// Kubernetes the kubelet restarts, endpoints carry ready pods only, the
// scheduler places and the HPA scales.
const (
	Compose Platform = iota
	Kubernetes
)

func (p Platform) String() string {
	return [...]string{"compose", "kubernetes"}[p]
}

// Unlimited is a queue or a concurrency without a bound.
const Unlimited = -1

// Spec is one variant of a scenario, checked and complete: everything that a
// World needs besides the seed. It is immutable once a World runs it.
type Spec struct {
	Name     string
	Title    string
	Lesson   string
	Duration time.Duration
	Warmup   time.Duration // left out of the metrics
	Platform Platform
	Hosts    []HostSpec
	Services []ServiceSpec // in the order of the file
	Traffic  []StreamSpec
	Changes  []Change
	Faults   []Fault
	Expect   []expect.Line // what this variant says of itself: decides the exit code
	Goals    []expect.Line // what the file asks of every variant: what the screen judges by
	Cluster  ClusterSpec
}

// HostSpec is one machine.
type HostSpec struct {
	Name   string
	CPU    int64 // nano-CPU
	Memory int64 // bytes
	Zone   string
	Pods   int32 // most pods on it, on Kubernetes; 0: the kubelet's 110
}

// ClusterSpec holds the flags of Kubernetes' controllers that a scenario may
// set, with the defaults of 1.37.
type ClusterSpec struct {
	HPA              autoscale.Flags
	MetricResolution time.Duration // metrics-server's --metric-resolution (MS1)
	MetricPhase      time.Duration // of the first scrape, 0 ≤ phase < resolution
	Eviction         time.Duration // toleration of an unreachable node (300 s, ND3)
}

// ServiceSpec is a named group of equal replicas.
type ServiceSpec struct {
	Name      string
	Kind      string  // app, nginx, postgres, redis, pgbouncer
	Replicas  int32   // at the start
	Calls     []int32 // services that one visit calls, one after another
	Balance   BalanceSpec
	Resources Resources
	Restart   restart.Policy // who starts it again; nil on Kubernetes means the kubelet's back-off
	RestartAs string         // the effective policy in the tool's own words
	Grace     time.Duration  // SIGTERM to SIGKILL
	Work      WorkSpec
	Autoscale *AutoscaleSpec
}

// BalanceSpec says how a service picks among the replicas of those it calls.
// A service that is a Proxy retries as nginx does; any other calls one
// replica at random, as Docker's DNS and kube-proxy spread connections.
type BalanceSpec struct {
	Proxy          bool
	Policy         string // a name of the registry of package balance
	Peer           balance.Options
	ConnectTimeout time.Duration // proxy_connect_timeout
	ReadTimeout    time.Duration // proxy_read_timeout
	Next           NextUpstream
	Tries          int32 // proxy_next_upstream_tries; 0: as many as there are peers
}

// NextUpstream is the set of conditions of proxy_next_upstream.
type NextUpstream struct {
	Error, Timeout, HTTP500, HTTP502, HTTP503, HTTP504, NonIdempotent bool
}

// Resources of one replica. 0 is not set.
type Resources struct {
	LimitCPU, RequestCPU       int64 // nano-CPU
	LimitMemory, RequestMemory int64 // bytes
}

// WorkSpec says how one replica works on one request.
type WorkSpec struct {
	ServiceTime      sim.Dist      // whole time at an idle replica
	CPU              sim.Dist      // CPU time within it, first; the rest is waiting
	CPUIsAll         bool          // no cpu given: all of the service time is CPU time
	Concurrency      int32         // requests worked on at once, or Unlimited
	Queue            int32         // requests that may wait at one replica, or Unlimited
	Startup          sim.Dist      // from container start to ready on an idle host
	StartupCPU       time.Duration // CPU time burnt within the start-up, first
	MemoryBase       int64         // bytes
	MemoryPerRequest int64         // bytes, while the request is there
	MemoryLeak       int64         // bytes left behind by each served request
	Cancel           bool          // stop working when the client has gone
}

// AutoscaleSpec is the autoscaler of one service.
type AutoscaleSpec struct {
	Kind   string // a name of the registry of package autoscale
	Config autoscale.Config
	Min    int32 // bounds that the screen shows
	Max    int32
}

// StreamSpec is one stream of requests.
type StreamSpec struct {
	Name    string
	To      int32 // service
	Profile traffic.Profile
	Even    bool // evenly spaced, as k6 itself does; else Poisson
	Client  ClientSpec
	Worth   float64 // money per served request
	Post    bool    // a request that a proxy must not repeat once it was sent
}

// ClientSpec is the patience of those who send requests. 0 is never.
type ClientSpec struct {
	Timeout  time.Duration // per attempt
	Patience time.Duration // for all attempts
	Retries  RetrySpec
}

// Jitter spreads retries.
type Jitter uint8

// The kinds of jitter: none, full (0..delay) and equal (delay/2..delay).
const (
	JitterNone Jitter = iota
	JitterFull
	JitterEqual
)

// RetrySpec says how often and after which wait a client tries again. The
// wait before retry n is Backoff × 2ⁿ⁻¹, at most MaxBackoff.
type RetrySpec struct {
	Max        int32
	Backoff    time.Duration
	MaxBackoff time.Duration
	Jitter     Jitter
}

// Change is what an operator does during the run.
type Change struct {
	At     time.Duration
	Scale  []ScaleTo
	Reload []int32 // services (nginx) that resolve their upstreams anew
	Set    *Spec   // services as they are from now on: same names, same order, same hosts
	Text   string  // as the file says it
}

// ScaleTo sets the number of replicas of a service by hand.
type ScaleTo struct {
	Service  int32
	Replicas int32
}

// FaultKind is what breaks.
type FaultKind uint8

// The faults.
const (
	FaultCrash       FaultKind = iota // the process exits
	FaultHang                         // the process stops answering, and stays
	FaultSlow                         // the waiting of requests takes Factor times as long
	FaultHostDown                     // the machine is gone
	FaultMetricsDown                  // metrics-server is away: the autoscaler is blind
)

func (k FaultKind) String() string {
	return [...]string{"crash", "hang", "slow", "host_down", "metrics_down"}[k]
}

// Fault breaks something at a time, perhaps repeatedly.
type Fault struct {
	Kind    FaultKind
	At      time.Duration
	For     time.Duration // 0: for good (slow, hang, host_down)
	Every   time.Duration // 0: once
	Until   time.Duration // with Every: not after this
	Times   int32         // with Every: at most so often; 0: no bound
	Service int32         // of crash, hang, slow
	Host    int32         // of host_down
	Count   int32         // victims
	Percent float64       // of the replicas, instead of Count when > 0
	All     bool
	Exit    int32  // exit code of a crash
	Reason  string // of a crash, such as OOMKilled or Error
	Factor  float64
}

// Service returns the index of the named service, or -1.
func (s *Spec) Service(name string) int32 {
	for i := range s.Services {
		if s.Services[i].Name == name {
			return int32(i)
		}
	}
	return -1
}
