// Package placement decides where a replica goes and which one leaves.
//
// Schedule is the Kubernetes scheduler in its simple form: a node must have
// room for the pod's requests, and among those that have, the scores prefer
// nodes that are emptier, more evenly filled, and that hold fewer pods of the
// same service. Requests alone count, never what a pod really uses. Victims is
// the ReplicaSet's order of deletion, ComposeVictims that of Compose.
package placement

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"example.com/hasim/sim/fmath"
)

// Rules of the scheduler's default profile (Kubernetes 1.37 SC2, SC3, SC5).
const (
	weightSpread   = 2
	weightLeast    = 1
	weightBalanced = 1
	maxScore       = 100

	// What a pod without a request counts as in LeastAllocated.
	NominalCPU    = 100_000_000       // 100m, in nano-CPU
	NominalMemory = 200 * 1024 * 1024 // 200 MiB

	maxSkewHost = 3 // system default constraint on the hostname, ScheduleAnyway
	maxSkewZone = 5 // and on the zone

	// DefaultMaxPods is the kubelet's limit of pods on a node.
	DefaultMaxPods = 110
)

// NoZone is the Zone of a node without one.
const NoZone = -1

// Node is what the scheduler knows of a node. CPU in nano-CPU, memory in bytes.
type Node struct {
	Name                  string
	CPU, Memory           int64 // allocatable
	UsedCPU, UsedMemory   int64 // sum of the requests of the pods on it
	ScoreCPU, ScoreMemory int64 // the same with NominalCPU and NominalMemory for pods without a request; 0 = as Used
	Pods, MaxPods         int32 // pods on it; limit, 0 = DefaultMaxPods
	Ready                 bool
	Cordoned              bool  // marked unschedulable
	Zone                  int32 // NoZone = none
	SamePods              int32 // pods of the same service here that are not terminating
}

// Pod is what a pod asks for: nano-CPU and bytes, 0 = no request.
type Pod struct{ CPU, Memory int64 }

// Verdict is how a scheduling attempt ended: how many nodes were turned down
// for which reason (a node may lack several resources), and what the chosen
// one scored.
type Verdict struct {
	Nodes    int32 // all that were looked at
	Feasible int32 // that passed the filters
	Cordoned int32
	NotReady int32
	Full     int32 // too many pods
	CPU      int32
	Memory   int32
	Score    int32 // of the chosen node
	Tied     int32 // nodes that share this score; the draw chose among them
}

// Schedule returns the index of the node that p goes to, or -1 if none fits,
// and why. draw breaks ties. Kubernetes 1.37 SC1-SC5; taints other than those
// of a dead or cordoned node, affinity and hard spread are not modelled.
func Schedule(p Pod, nodes []Node, draw uint64) (node int, why Verdict) {
	why.Nodes = int32(len(nodes))
	s := spread{low: math.MaxInt64}
	for i := range nodes {
		if fits(p, &nodes[i], &why) {
			why.Feasible++
			s.zones += newZone(p, nodes, i)
		}
	}
	if why.Feasible == 0 {
		return -1, why
	}
	s.hosts = why.Feasible
	for i := range nodes {
		if fits(p, &nodes[i], nil) {
			raw := s.raw(nodes, i)
			s.low, s.high = min(s.low, raw), max(s.high, raw)
		}
	}
	why.Score = -1
	for i := range nodes {
		if !fits(p, &nodes[i], nil) {
			continue
		}
		score := int32(weightSpread*s.score(nodes, i) + weightLeast*leastAllocated(p, &nodes[i]) + weightBalanced*balanced(p, &nodes[i]))
		if score > why.Score {
			why.Score, why.Tied = score, 0
		}
		if score == why.Score {
			why.Tied++
			// The k-th of equals takes over with probability 1/k.
			if hi, _ := bits.Mul64(mix(draw, uint64(why.Tied)), uint64(why.Tied)); hi == 0 {
				node = i
			}
		}
	}
	return node, why
}

// fits is the filter. With a verdict it notes what was missing.
func fits(p Pod, n *Node, why *Verdict) bool {
	limit := n.MaxPods
	if limit == 0 {
		limit = DefaultMaxPods
	}
	full := n.Pods >= limit
	cpu := p.CPU > 0 && p.CPU > n.CPU-n.UsedCPU
	memory := p.Memory > 0 && p.Memory > n.Memory-n.UsedMemory
	if why != nil {
		switch { // the filters run in this order and the first that fails ends it
		case n.Cordoned:
			why.Cordoned++
		case !n.Ready:
			why.NotReady++
		default:
			why.Full += one(full)
			why.CPU += one(cpu)
			why.Memory += one(memory)
		}
	}
	return n.Ready && !n.Cordoned && !full && !cpu && !memory
}

func one(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// spread is the soft topology spread by host and by zone.
type spread struct {
	hosts, zones int32 // domains among the feasible nodes
	low, high    int64 // raw scores of the feasible nodes
}

// newZone returns 1 if node i is the first feasible one of its zone.
func newZone(p Pod, nodes []Node, i int) int32 {
	if nodes[i].Zone < 0 {
		return 0
	}
	for j := range i {
		if nodes[j].Zone == nodes[i].Zone && fits(p, &nodes[j], nil) {
			return 0
		}
	}
	return 1
}

// raw is the more the more pods of the service share node i's host and zone.
func (s *spread) raw(nodes []Node, i int) int64 {
	n := &nodes[i]
	score := constraint(n.SamePods, s.hosts, maxSkewHost)
	if n.Zone >= 0 {
		inZone := int32(0)
		for j := range nodes {
			if nodes[j].Zone == n.Zone {
				inZone += nodes[j].SamePods
			}
		}
		score += constraint(inZone, s.zones, maxSkewZone)
	}
	return int64(math.Floor(score + 0.5))
}

func constraint(count, domains, maxSkew int32) float64 {
	return float64(float64(count)*fmath.Log(float64(domains+2))) + float64(maxSkew-1)
}

// score turns the raw score around: 100 for the node with the fewest.
func (s *spread) score(nodes []Node, i int) int64 {
	if s.high == 0 {
		return maxScore
	}
	return maxScore * (s.high + s.low - s.raw(nodes, i)) / s.high
}

// leastAllocated is the mean over CPU and memory of the free share, in percent.
func leastAllocated(p Pod, n *Node) int64 {
	sum, of := int64(0), int64(0)
	add := func(request, nominal, used, score, allocatable int64) {
		if allocatable <= 0 {
			return
		}
		if request == 0 {
			request = nominal
		}
		of++
		if free := allocatable - max(used, score) - request; free > 0 {
			sum += percent(free, allocatable)
		}
	}
	add(p.CPU, NominalCPU, n.UsedCPU, n.ScoreCPU, n.CPU)
	add(p.Memory, NominalMemory, n.UsedMemory, n.ScoreMemory, n.Memory)
	if of == 0 {
		return 0
	}
	return sum / of
}

// percent returns part*100/whole without overflow, 0 <= part <= whole.
func percent(part, whole int64) int64 {
	hi, lo := bits.Mul64(uint64(part), maxScore)
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(q)
}

// balanced compares how evenly CPU and memory are filled with and without p.
func balanced(p Pod, n *Node) int64 {
	with := evenness(n.UsedCPU+p.CPU, n.CPU, n.UsedMemory+p.Memory, n.Memory)
	without := evenness(n.UsedCPU, n.CPU, n.UsedMemory, n.Memory)
	return maxScore/2 + (maxScore/2+with-without)/2
}

func evenness(cpu, allCPU, memory, allMemory int64) int64 {
	std := float64(math.Abs(fraction(cpu, allCPU)-fraction(memory, allMemory)) / 2)
	return int64(float64((1 - std) * maxScore))
}

func fraction(used, all int64) float64 {
	if all <= 0 {
		return 0
	}
	return min(float64(used)/float64(all), 1)
}

// mix makes an independent draw per candidate (the finalizer of splitmix64).
func mix(draw, k uint64) uint64 {
	z := draw + k*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// String renders the verdict as the FailedScheduling event of a pod that fits
// nowhere: "0/3 nodes are available: 3 Insufficient cpu.".
func (v Verdict) String() string {
	if v.Nodes == 0 {
		return "no nodes available to schedule pods"
	}
	var parts []string
	add := func(count int32, reason string) {
		if count > 0 {
			parts = append(parts, strconv.Itoa(int(count))+" "+reason)
		}
	}
	add(v.CPU, "Insufficient cpu")
	add(v.Memory, "Insufficient memory")
	add(v.Full, "Too many pods")
	add(v.NotReady, "node(s) had untolerated taint {node.kubernetes.io/unreachable: }")
	add(v.Cordoned, "node(s) were unschedulable")
	text := strconv.Itoa(int(v.Feasible)) + "/" + strconv.Itoa(int(v.Nodes)) + " nodes are available"
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text + "."
}
