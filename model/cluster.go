package model

import (
	"time"

	"example.com/hasim/model/placement"
)

// scaleTo sets how many replicas a service should have.
func (w *World) scaleTo(svc, replicas int32) {
	v := &w.svc[svc]
	if v.desired == replicas {
		return
	}
	v.desired = replicas
	w.meter.desired(svc, replicas)
	w.reconcile(svc)
}

// reconcile creates or removes replicas until there are as many as desired.
func (w *World) reconcile(svc int32) {
	v := &w.svc[svc]
	active := int32(0)
	for _, id := range v.reps {
		if !w.reps[id].deleted {
			active++
		}
	}
	w.batching = true
	for ; active < v.desired; active++ {
		w.create(svc)
	}
	if active > v.desired {
		for _, id := range w.pickVictims(svc, int(active-v.desired)) {
			w.stop(id, "scaled down")
		}
	}
	w.batching = false
	if w.svc[svc].stale {
		w.refresh(svc)
	}
}

// create makes one replica more.
func (w *World) create(svc int32) {
	id := w.newReplica(svc)
	w.emit(Event{Object: w.reps[id].name, Reason: SuccessfulCreate, N: [5]int64{int64(w.svc[svc].desired)}})
	w.place(id)
	w.refresh(svc)
}

// pickVictims says which replicas leave: under Compose the highest numbers,
// in Kubernetes the order of ActivePodsWithRanks.
func (w *World) pickVictims(svc int32, n int) []int32 {
	v := &w.svc[svc]
	if w.spec.Platform == Compose {
		list := make([]placement.Container, 0, len(v.reps))
		for _, id := range v.reps {
			if r := &w.reps[id]; !r.deleted {
				list = append(list, placement.Container{ID: id, Number: r.ordinal})
			}
		}
		return placement.ComposeVictims(list, n, nil)
	}
	list := make([]placement.Candidate, 0, len(v.reps))
	for _, id := range v.reps {
		r := &w.reps[id]
		if r.deleted {
			continue
		}
		c := placement.Candidate{
			ID: id, Scheduled: r.host != none, Phase: placement.Running, Ready: r.ready,
			ReadySince: r.readySince, Restarts: r.restarts, Created: r.created,
			UID: w.luck.replica.Draw(uint64(r.ordinal), uint32(svc), forVictim, 0),
		}
		if r.phase == Pending {
			c.Phase = placement.Pending
		}
		if r.host != none {
			for _, other := range w.hosts[r.host].reps {
				if o := &w.reps[other]; o.svc == svc && !o.deleted {
					c.Rank++
				}
			}
		}
		list = append(list, c)
	}
	return placement.Victims(w.eng.Now()-openSince, shifted(list), n, nil)
}

// shifted moves the times of what is older than the run behind its start, for
// rules that know no negative times.
func shifted(list []placement.Candidate) []placement.Candidate {
	for i := range list {
		list[i].ReadySince -= openSince
		list[i].Created -= openSince
	}
	return list
}

// refusedOrder notes that a queue was full.
func (w *World) refusedOrder(svc, bound int32) {
	f := &w.svc[svc].refusing
	now := w.eng.Now()
	if !f.on {
		f.on, f.since, f.count = true, now, 0
		w.emit(Event{Object: w.svc[svc].name, Reason: QueueFullStarted, N: [5]int64{int64(bound)}})
	}
	f.last = now
	f.count++
}

// calm is how long a service must refuse nothing for the episode to be over.
const calm = 5 * time.Second

// endRefusing ends the episodes of full queues that are over.
func (w *World) endRefusing() {
	now := w.eng.Now()
	for i := range w.svc {
		f := &w.svc[i].refusing
		if f.on && now-f.last >= calm {
			f.on = false
			w.emit(Event{Object: w.svc[i].name, Reason: QueueFullEnded, N: [5]int64{int64(f.count), int64(f.last - f.since)}})
		}
	}
}
