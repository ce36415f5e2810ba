package placement

import (
	"slices"
	"testing"
	"time"
)

const (
	cores = 1_000_000_000
	gib   = 1 << 30
)

func node(name string, zone int32) Node {
	return Node{Name: name, CPU: 4 * cores, Memory: 8 * gib, Ready: true, Zone: zone}
}

func TestWhyAPodStaysPending(t *testing.T) {
	pod := Pod{CPU: cores, Memory: gib}
	full := func(cpu, memory int64) Node {
		n := node("n", NoZone)
		n.UsedCPU, n.UsedMemory = cpu*cores, memory*gib
		return n
	}
	dead, cordoned, crowded := node("d", NoZone), node("c", NoZone), node("p", NoZone)
	dead.Ready, cordoned.Cordoned, crowded.Pods = false, true, DefaultMaxPods
	for _, c := range []struct {
		nodes []Node
		want  string
	}{
		{[]Node{full(4, 0), full(4, 0), full(4, 0)}, "0/3 nodes are available: 3 Insufficient cpu."},
		{[]Node{full(4, 8), full(4, 0), full(0, 8)}, "0/3 nodes are available: 2 Insufficient cpu, 2 Insufficient memory."},
		{[]Node{dead, cordoned, crowded, full(4, 0)}, "0/4 nodes are available: 1 Insufficient cpu, 1 Too many pods, " +
			"1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 1 node(s) were unschedulable."},
		{nil, "no nodes available to schedule pods"},
	} {
		if i, why := Schedule(pod, c.nodes, 1); i != -1 || why.String() != c.want {
			t.Errorf("node %d: %s\nwant %s", i, why, c.want)
		}
	}
}

func TestRequestsFillANodeToTheBrim(t *testing.T) {
	n := node("n", NoZone)
	n.UsedCPU = 3 * cores
	if i, _ := Schedule(Pod{CPU: cores}, []Node{n}, 1); i != 0 {
		t.Error("what is exactly free can be had")
	}
	if i, _ := Schedule(Pod{CPU: cores + 1}, []Node{n}, 1); i != -1 {
		t.Error("one nano-CPU more cannot")
	}
	n.UsedCPU = 5 * cores // more than it has: requests were lowered later
	if i, _ := Schedule(Pod{}, []Node{n}, 1); i != 0 {
		t.Error("a pod without requests fits anywhere")
	}
}

// Each rule alone decides between two nodes that are equal otherwise.
func TestWhichNodeIsPreferred(t *testing.T) {
	change := func(n Node, f func(*Node)) Node { f(&n); return n }
	a, b := node("a", NoZone), node("b", NoZone)
	for _, c := range []struct {
		rule  string
		nodes []Node
		want  int
	}{
		{"the emptier", []Node{change(a, func(n *Node) { n.UsedCPU, n.UsedMemory = 2*cores, 4*gib }), b}, 1},
		{"the one with fewer pods of the service, though fuller", []Node{
			change(a, func(n *Node) { n.SamePods = 2 }),
			change(b, func(n *Node) { n.UsedCPU, n.UsedMemory = cores, 2*gib })}, 1},
		{"the one that it fills more evenly", []Node{
			change(a, func(n *Node) { n.UsedCPU, n.UsedMemory = cores, 2*gib }),
			change(b, func(n *Node) { n.UsedCPU, n.UsedMemory = cores/2, 3*gib })}, 1},
		{"the emptier by pods without requests", []Node{
			change(a, func(n *Node) { n.ScoreCPU, n.ScoreMemory = 20*NominalCPU, 20*NominalMemory }), b}, 1},
		{"the other zone", []Node{
			change(node("a", 0), func(n *Node) { n.SamePods = 1 }), node("a2", 0), node("b", 1)}, 2},
	} {
		for draw := range uint64(20) {
			if got, why := Schedule(Pod{CPU: cores, Memory: gib}, c.nodes, draw<<59); got != c.want {
				t.Errorf("%s: node %d, score %d", c.rule, got, why.Score)
				break
			}
		}
	}
}

// The arithmetic of one choice: an empty node of 4 cores and 8 GiB, a pod of
// 1 core and 1 GiB. LeastAllocated (75+87)/2 = 81; balanced
// 50 + (50 + 93 - 100)/2 = 71 with (1 - (0.25-0.125)/2)·100 = 93; spread: raw
// 0·ln 3 + 2 = 2, so 100·(2+2-2)/2 = 100, twice.
func TestScoreOfAnEmptyNode(t *testing.T) {
	_, why := Schedule(Pod{CPU: cores, Memory: gib}, []Node{node("a", NoZone)}, 1)
	if why.Score != 81+71+200 {
		t.Errorf("score %d, want %d", why.Score, 81+71+200)
	}
}

// Three hosts in two zones: 10·ln(3+2) + 2 = 18.1 for the host and
// 14·ln(2+2) + 4 = 23.4 for the zone make 41.5, 41.5025 to be exact, rounded to 42.
func TestRawSpreadOfHostAndZone(t *testing.T) {
	nodes := []Node{node("a", 0), node("b", 0), node("c", 1)}
	nodes[0].SamePods, nodes[1].SamePods = 10, 4
	s := spread{hosts: 3, zones: 2}
	for i, want := range []int64{42, 32, 6} {
		if got := s.raw(nodes, i); got != want {
			t.Errorf("node %d: %d, want %d", i, got, want)
		}
	}
}

func TestTiesAreDrawnEvenly(t *testing.T) {
	nodes := []Node{node("a", NoZone), node("b", NoZone), node("c", NoZone)}
	count := [3]int{}
	for draw := range uint64(3000) {
		i, why := Schedule(Pod{CPU: cores}, nodes, draw*0x9e3779b97f4a7c15)
		if why.Tied != 3 {
			t.Fatalf("%d nodes tied", why.Tied)
		}
		count[i]++
	}
	for i, n := range count {
		if n < 900 || n > 1100 {
			t.Errorf("node %d drawn %d of 3000 times", i, n)
		}
	}
}

func TestPodsSpreadOverTheNodes(t *testing.T) {
	nodes := []Node{node("a", 0), node("b", 0), node("c", 1)}
	for k := range uint64(6) {
		i, _ := Schedule(Pod{CPU: cores / 4, Memory: gib / 4}, nodes, k)
		n := &nodes[i]
		n.SamePods++
		n.Pods++
		n.UsedCPU += cores / 4
		n.UsedMemory += gib / 4
	}
	if a, b, c := nodes[0].SamePods, nodes[1].SamePods, nodes[2].SamePods; a+b+c != 6 || c < 2 || a < 1 || b < 1 {
		t.Errorf("6 pods over a, b | c: %d %d | %d", a, b, c)
	}
}

// Each rule of the order of deletion alone, and each before the next.
func TestVictimsInOrder(t *testing.T) {
	const now = time.Hour
	base := Candidate{Scheduled: true, Phase: Running, Ready: true, ReadySince: 10 * time.Second, Created: 5 * time.Second, UID: 500}
	with := func(id int32, f func(*Candidate)) Candidate { c := base; c.ID = id; f(&c); return c }
	oldest := with(99, func(c *Candidate) { c.UID = 1000 })
	c := []Candidate{
		oldest,
		with(8, func(c *Candidate) { c.Created = now - 20*time.Second; c.UID = 1100 }),
		with(7, func(c *Candidate) { c.Restarts = 2 }),
		with(6, func(c *Candidate) { c.ReadySince = now - 30*time.Second }),
		with(5, func(c *Candidate) { c.Rank = 2 }),
		with(4, func(c *Candidate) { c.DeletionCost = -1; c.Rank = -5 }),
		with(3, func(c *Candidate) { c.Ready = false; c.DeletionCost = 9 }),
		with(2, func(c *Candidate) { c.Phase, c.Ready = Pending, false; c.DeletionCost = 10 }),
		with(1, func(c *Candidate) { c.Scheduled, c.Phase, c.Ready = false, Pending, false; c.DeletionCost = 10 }),
	}
	want := []int32{1, 2, 3, 4, 5, 6, 7, 8}
	for range len(c) {
		c = append(c[1:], c[0]) // whatever the order they come in
		if got := Victims(now, slices.Clone(c), 8, nil); !slices.Equal(got, want) {
			t.Errorf("deleted %v, want %v", got, want)
		}
	}
}

// Of pods ready for 70 s and 100 s the one with the smaller UID goes: both lie
// between 2^36 and 2^37 ns. 60 s is under 2^36 ns and goes before either.
func TestVictimsAboutEquallyOld(t *testing.T) {
	const now = 200 * time.Second
	ready := func(id int32, age time.Duration, uid uint64) Candidate {
		return Candidate{ID: id, Scheduled: true, Phase: Running, Ready: true, ReadySince: now - age, UID: uid}
	}
	c := []Candidate{ready(1, 70*time.Second, 30), ready(2, 100*time.Second, 20), ready(3, 60*time.Second, 40), ready(4, 190*time.Second, 1)}
	if got := Victims(now, c, 3, nil); !slices.Equal(got, []int32{3, 2, 1}) {
		t.Errorf("deleted %v, want 3 2 1", got)
	}
}

// Ready within the same second is the same time, as the API stores it: then
// the restarts decide.
func TestVictimsSeeWholeSeconds(t *testing.T) {
	c := []Candidate{
		{ID: 1, Scheduled: true, Phase: Running, Ready: true, ReadySince: 5900 * time.Millisecond},
		{ID: 2, Scheduled: true, Phase: Running, Ready: true, ReadySince: 5100 * time.Millisecond, Restarts: 1, UID: 7},
	}
	if got := Victims(6*time.Second, c, 1, nil); got[0] != 2 {
		t.Errorf("deleted %v", got)
	}
}

func TestVictimsAllOrNoneAreNotSorted(t *testing.T) {
	c := []Candidate{{ID: 3, Scheduled: true}, {ID: 1}, {ID: 2}}
	if got := Victims(0, c, 0, nil); len(got) != 0 || c[0].ID != 3 {
		t.Errorf("none: %v", got)
	}
	out := make([]int32, 0, 3)
	if got := Victims(0, c, 5, out); !slices.Equal(got, []int32{3, 1, 2}) || &got[0] != &out[:1][0] {
		t.Errorf("all: %v", got)
	}
}

func TestComposeRemovesTheHighestNumbers(t *testing.T) {
	c := []Container{{ID: 10, Number: 1}, {ID: 12, Number: 3}, {ID: 11, Number: 2, Outdated: true}, {ID: 14, Number: 5}}
	if got := ComposeVictims(c, 3, nil); !slices.Equal(got, []int32{11, 14, 12}) {
		t.Errorf("removed %v", got)
	}
	if got := ComposeVictims(c, 9, nil); len(got) != 4 {
		t.Errorf("removed %v", got)
	}
}
