package model

// Memory: a replica over its limit is killed by the kernel, at once and with
// everything on it (Kubernetes RS3; Docker the same): OOMKilled, exit 137.
// What a host's own memory runs out of is not modelled.

// oomExit is 128 + SIGKILL.
const oomExit = 137

// memory is what the replica's process holds now, in bytes.
func (r *replica) memory(work *WorkSpec) int64 {
	if r.phase != Running && r.phase != Starting && r.phase != Terminating {
		return 0
	}
	return work.MemoryBase + work.MemoryPerRequest*int64(r.here) + work.MemoryLeak*int64(r.served)
}

// watchMemory notices that a replica has passed its limit. The kill is an
// event of its own at the same instant, since it ends what is just happening.
func (w *World) watchMemory(id int32) {
	r := &w.reps[id]
	v := &w.svc[r.svc]
	limit := v.resources.LimitMemory
	if limit <= 0 || r.outOfMem || r.memory(v.work) <= limit {
		return
	}
	r.outOfMem = true
	w.eng.After(0, event{kind: evOOM, a: id})
}

// killForMemory is the kernel's part.
func (w *World) killForMemory(id int32) {
	r := &w.reps[id]
	if !r.outOfMem {
		return // its process has ended meanwhile
	}
	w.exited(id, oomExit, string(OOMKilled))
}
