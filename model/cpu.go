package model

import (
	"math/bits"
	"time"

	"example.com/hasim/sim"
)

// CPU time is shared by processor sharing, in integers. All jobs of a replica
// advance at the same rate, so one number, the virtual time vt, says how far:
// a job that needs d more is done when vt has grown by d. vt is in nanoseconds
// of CPU time per job, scaled by 2²⁰; what a step leaves over of it is carried
// to the next, so that no grant is too small to be of use.
const (
	vtBits = 20
	core   = int64(1e9) // nano-CPU

	// longestDemand keeps vt within 63 bits; no request needs an hour of
	// CPU time.
	longestDemand = time.Hour
	// rebaseAt is where vt starts over, for the same reason.
	rebaseAt = int64(1) << 61
	// farAway bounds how long one waits for a completion; the replica is
	// looked at again then.
	farAway = 100 * time.Hour
)

// job is a need for CPU time: of a span, or of a starting container (none).
type job struct {
	end  int64 // vt at which it is done
	seq  uint32
	span int32
}

// cpuShare is the CPU side of one replica.
type cpuShare struct {
	jobs    []job // heap by (end, seq)
	seq     uint32
	vt      int64
	carry   uint64 // of vt, in parts of 1/(jobs × core)
	last    time.Duration
	demand  int64 // nano-CPU that it could use now
	grant   int64 // nano-CPU that it gets
	among   int64 // jobs, when that was last shared out
	frozen  bool  // hangs
	ticket  sim.Ticket
	nextEnd int64 // what ticket waits for
	usedHi  uint64
	usedLo  uint64 // CPU time consumed, ns·2⁻²⁰ in 128 bits
}

// used is the CPU time consumed so far.
func (c *cpuShare) used() time.Duration {
	return time.Duration(c.usedHi<<(64-vtBits) | c.usedLo>>vtBits)
}

// advance brings the share to now.
func (c *cpuShare) advance(now time.Duration) {
	dt := int64(now - c.last)
	c.last = now
	n := int64(len(c.jobs))
	if dt == 0 || c.grant == 0 || n == 0 {
		return
	}
	dv := uint64(dt) << vtBits
	if c.grant < n*core {
		dv = c.step(uint64(dt), uint64(n))
	}
	c.vt += int64(dv)
	hi, lo := bits.Mul64(dv, uint64(n))
	var carry uint64
	c.usedLo, carry = bits.Add64(c.usedLo, lo, 0)
	c.usedHi, _ = bits.Add64(c.usedHi, hi, carry)
}

// step is how far vt comes in dt when n jobs share less than a core each:
// dt × grant × 2²⁰ ÷ (n × core), with the remainder carried.
func (c *cpuShare) step(dt, n uint64) uint64 {
	hi, lo := bits.Mul64(dt, uint64(c.grant))
	hi, lo = hi<<vtBits|lo>>(64-vtBits), lo<<vtBits
	lo, carry := bits.Add64(lo, c.carry, 0)
	q, rest := bits.Div64(hi+carry, lo, n*uint64(core))
	c.carry = rest
	return q
}

// rebase starts vt over.
func (c *cpuShare) rebase() {
	for i := range c.jobs {
		c.jobs[i].end -= c.vt
	}
	c.vt = 0
}

// addJob gives a span (or, with none, the start-up) d of CPU time to get.
func (w *World) addJob(id, s int32, d time.Duration) {
	c := &w.reps[id].cpu
	c.advance(w.eng.Now())
	if c.vt >= rebaseAt {
		c.rebase()
	}
	c.seq++
	c.push(job{end: c.vt + int64(d)<<vtBits, seq: c.seq, span: s})
	w.jobsChanged(id)
}

// removeJob takes a span's job away, done or not.
func (w *World) removeJob(id, s int32) {
	c := &w.reps[id].cpu
	c.advance(w.eng.Now())
	for i := range c.jobs {
		if c.jobs[i].span == s {
			c.remove(i)
			break
		}
	}
	w.jobsChanged(id)
}

// clearJobs takes all jobs away: the process is gone.
func (w *World) clearJobs(id int32) {
	c := &w.reps[id].cpu
	c.advance(w.eng.Now())
	c.jobs, c.vt = c.jobs[:0], 0
	w.jobsChanged(id)
}

// freeze stops or resumes a replica's use of CPU.
func (w *World) freeze(id int32, on bool) {
	c := &w.reps[id].cpu
	c.advance(w.eng.Now())
	c.frozen = on
	w.jobsChanged(id)
}

// cpuDone ends the job that is due at replica id.
func (w *World) cpuDone(id int32) {
	c := &w.reps[id].cpu
	c.advance(w.eng.Now())
	c.ticket = sim.Ticket{}
	if len(c.jobs) == 0 || c.jobs[0].end > c.vt {
		w.jobsChanged(id)
		return
	}
	s := c.jobs[0].span
	c.remove(0)
	w.jobsChanged(id)
	if s == none {
		w.startupBurnt(id)
		return
	}
	w.beginWaiting(s)
}

// jobsChanged adapts what the replica demands of its host, and what it gets.
func (w *World) jobsChanged(id int32) {
	r := &w.reps[id]
	c := &r.cpu
	demand := int64(len(c.jobs)) * core
	if limit := w.svc[r.svc].resources.LimitCPU; limit > 0 {
		demand = min(demand, limit)
	}
	if c.frozen {
		demand = 0
	}
	if r.host == none {
		demand = 0
	}
	if demand == c.demand {
		w.regrant(id, c.grant)
		return
	}
	h := &w.hosts[r.host]
	was := h.demand
	h.demand += demand - c.demand
	c.demand = demand
	if was <= h.cpu && h.demand <= h.cpu {
		w.regrant(id, demand)
		return
	}
	if demand == 0 {
		w.regrant(id, 0)
	}
	w.shareHost(r.host)
}

// share is one replica's part in the division of a host.
type share struct {
	id     int32
	weight int64
	open   bool
}

// shareHost divides the host's cores among its replicas in proportion to
// their CPU shares, none more than it demands (Linux' CFS; Kubernetes RS2).
func (w *World) shareHost(host int32) {
	h := &w.hosts[host]
	shares := w.scratch.shares[:0]
	weights := int64(0)
	for _, id := range h.reps {
		if w.reps[id].cpu.demand > 0 {
			weight := w.cpuWeight(w.svc[w.reps[id].svc].resources.RequestCPU)
			shares = append(shares, share{id, weight, true})
			weights += weight
		}
	}
	w.scratch.shares = shares
	left := h.cpu
	for again := true; again; {
		again = false
		leftNow, weightsNow := left, weights
		for i := range shares {
			s := &shares[i]
			demand := w.reps[s.id].cpu.demand
			if s.open && demand <= part(leftNow, s.weight, weightsNow) {
				s.open, again = false, true
				left -= demand
				weights -= s.weight
				w.regrant(s.id, demand)
			}
		}
	}
	for i := range shares {
		if s := &shares[i]; s.open {
			w.regrant(s.id, part(left, s.weight, weights))
		}
	}
}

// part is total × weight ÷ weights.
func part(total, weight, weights int64) int64 {
	hi, lo := bits.Mul64(uint64(total), uint64(weight))
	q, _ := bits.Div64(hi, lo, uint64(weights))
	return int64(q)
}

// cpuWeight is cpu.shares for a request (Kubernetes RS2: milliCPU × 1024 /
// 1000, from 2 to 262144). A container without one has Docker's 1024 under
// Compose, and the least there is on Kubernetes.
func (w *World) cpuWeight(request int64) int64 {
	if request <= 0 && w.spec.Platform == Compose {
		return 1024
	}
	return min(max(request/1e6*1024/1000, 2), 262144)
}

// regrant gives the replica that many nano-CPU and moves its next completion
// when something about it has changed.
func (w *World) regrant(id int32, grant int64) {
	c := &w.reps[id].cpu
	n := int64(len(c.jobs))
	same := grant == c.grant && n == c.among
	if same && !c.ticket.IsZero() && n > 0 && c.jobs[0].end == c.nextEnd {
		return
	}
	if !same {
		c.advance(w.eng.Now())
		c.grant, c.among, c.carry = grant, n, 0
	}
	w.eng.Cancel(c.ticket)
	c.ticket = sim.Ticket{}
	if grant == 0 || n == 0 {
		return
	}
	c.nextEnd = c.jobs[0].end
	need := uint64(max(0, c.nextEnd-c.vt))
	c.ticket = w.eng.After(c.timeFor(need, uint64(n)), event{kind: evCPU, a: id})
}

// timeFor is how long vt takes to grow by need, rounded up.
func (c *cpuShare) timeFor(need, n uint64) time.Duration {
	if c.grant >= int64(n)*core {
		return time.Duration((need + 1<<vtBits - 1) >> vtBits)
	}
	hi, lo := bits.Mul64(need, n*uint64(core))
	speed := uint64(c.grant) << vtBits
	if hi >= speed {
		return farAway
	}
	q, rest := bits.Div64(hi, lo, speed)
	if rest > 0 {
		q++
	}
	return time.Duration(min(q, uint64(farAway)))
}

func (c *cpuShare) less(i, j int) bool {
	a, b := &c.jobs[i], &c.jobs[j]
	return a.end < b.end || a.end == b.end && int32(a.seq-b.seq) < 0
}

func (c *cpuShare) push(j job) {
	c.jobs = append(c.jobs, j)
	c.up(len(c.jobs) - 1)
}

func (c *cpuShare) up(i int) {
	for i > 0 {
		p := (i - 1) / 2
		if !c.less(i, p) {
			return
		}
		c.jobs[i], c.jobs[p] = c.jobs[p], c.jobs[i]
		i = p
	}
}

func (c *cpuShare) remove(i int) {
	n := len(c.jobs) - 1
	c.jobs[i] = c.jobs[n]
	c.jobs = c.jobs[:n]
	if i == n {
		return
	}
	c.up(i)
	for {
		k := 2*i + 1
		if k >= n {
			return
		}
		if k+1 < n && c.less(k+1, k) {
			k++
		}
		if !c.less(k, i) {
			return
		}
		c.jobs[i], c.jobs[k] = c.jobs[k], c.jobs[i]
		i = k
	}
}

// scale multiplies a duration by a factor in thousandths.
func scale(d time.Duration, permille int64) time.Duration {
	hi, lo := bits.Mul64(uint64(d), uint64(permille))
	if hi >= 1000 {
		return 1000 * time.Hour
	}
	q, _ := bits.Div64(hi, lo, 1000)
	return time.Duration(min(q, uint64(1000*time.Hour)))
}
