package placement

import (
	"cmp"
	"math/bits"
	"slices"
	"time"
)

// Phase of a pod, in the order of deletion.
type Phase uint8

// The phases that an active pod can have.
const (
	Pending Phase = iota
	Unknown
	Running
)

// Candidate is one active pod that a scale-down may delete.
type Candidate struct {
	ID           int32 // the caller's name for it
	Scheduled    bool  // it has a node
	Phase        Phase
	Ready        bool
	DeletionCost int32         // controller.kubernetes.io/pod-deletion-cost
	Rank         int32         // active pods of the service on its node
	ReadySince   time.Duration // when it became ready
	Restarts     int32
	Created      time.Duration
	UID          uint64 // pseudo-random and distinct
}

// Victims appends to out the ids of the n candidates that a ReplicaSet deletes,
// the first to go first. It reorders c; nothing is sorted when none or all
// go. Times are compared as the API stores them, in whole seconds, and ages by
// their power of two, so that of pods about equally old a random one (the
// smaller UID) goes. Kubernetes 1.37 ActivePodsWithRanks.
func Victims(now time.Duration, c []Candidate, n int, out []int32) []int32 {
	if n <= 0 {
		return out
	}
	if n < len(c) {
		insertionSort(c, func(a, b *Candidate) int { return order(now, a, b) })
	}
	for i := range min(n, len(c)) {
		out = append(out, c[i].ID)
	}
	return out
}

// insertionSort is stable and does the same in every Go release, which matters
// since upstream's order is not transitive: equal times fall through to the
// restarts, nearly equal ones to the UID.
func insertionSort(c []Candidate, order func(a, b *Candidate) int) {
	for i := 1; i < len(c); i++ {
		for j := i; j > 0 && order(&c[j], &c[j-1]) < 0; j-- {
			c[j], c[j-1] = c[j-1], c[j]
		}
	}
}

// order is negative when a is deleted before b.
func order(now time.Duration, a, b *Candidate) int {
	switch {
	case a.Scheduled != b.Scheduled:
		return falseFirst(a.Scheduled)
	case a.Phase != b.Phase:
		return cmp.Compare(a.Phase, b.Phase)
	case a.Ready != b.Ready:
		return falseFirst(a.Ready)
	case a.DeletionCost != b.DeletionCost:
		return cmp.Compare(a.DeletionCost, b.DeletionCost)
	case a.Rank != b.Rank:
		return cmp.Compare(b.Rank, a.Rank)
	case a.Ready && wholeSecond(a.ReadySince) != wholeSecond(b.ReadySince):
		return byAge(now, a.ReadySince, b.ReadySince, a, b)
	case a.Restarts != b.Restarts:
		return cmp.Compare(b.Restarts, a.Restarts)
	case wholeSecond(a.Created) != wholeSecond(b.Created):
		return byAge(now, a.Created, b.Created, a, b)
	}
	return cmp.Compare(a.UID, b.UID) // upstream leaves these in the order of its cache
}

func falseFirst(a bool) int {
	if a {
		return 1
	}
	return -1
}

// byAge puts the younger first, by the power of two of the age in ns, and
// within one the smaller UID.
func byAge(now, ta, tb time.Duration, a, b *Candidate) int {
	if ra, rb := ageRank(now-wholeSecond(ta)), ageRank(now-wholeSecond(tb)); ra != rb {
		return cmp.Compare(ra, rb)
	}
	return cmp.Compare(a.UID, b.UID)
}

func wholeSecond(t time.Duration) time.Duration { return t / time.Second * time.Second }

// ageRank is the integer part of log2 of the age, -1 for none.
func ageRank(age time.Duration) int {
	if age <= 0 {
		return -1
	}
	return bits.Len64(uint64(age)) - 1
}

// Container is a replica that Compose made: "app-3" has Number 3.
type Container struct {
	ID       int32
	Number   int32
	Outdated bool // made from an older configuration
}

// ComposeVictims appends to out the ids of the n containers that
// `docker compose up --scale` removes: those of an outdated configuration
// first, then the highest numbers. It reorders c.
func ComposeVictims(c []Container, n int, out []int32) []int32 {
	slices.SortFunc(c, func(a, b Container) int {
		if a.Outdated != b.Outdated {
			return -falseFirst(a.Outdated)
		}
		if a.Number != b.Number {
			return cmp.Compare(b.Number, a.Number)
		}
		return cmp.Compare(a.ID, b.ID)
	})
	for i := range min(max(n, 0), len(c)) {
		out = append(out, c[i].ID)
	}
	return out
}
