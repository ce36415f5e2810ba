package conformance

import (
	"fmt"
	"math/rand/v2"
	"time"

	"example.com/hasim/model/autoscale"
)

// world is the small random world around the controller: pods that start,
// crash and go, metrics that lag, lie and break, people who scale by hand and
// edit the spec. It reacts to the controller's own rescales.
type world struct {
	r     *rand.Rand
	cfg   autoscale.Config
	spec  int32 // scale.spec.replicas
	pods  []livePod
	named int
	seen  autoscale.Observation // what upstream and we are shown, by turns rebuilt

	shape       []autoscale.Container
	podRequests autoscale.Requests
	load        float64 // total, in pods' worth of the target
	pending     time.Duration
	startup     time.Duration
	firstSample time.Duration
	chaos       float64 // 0..1, how much goes wrong
	exact       bool    // loads that hit the tolerance's edges
	even        bool    // all pods carry the same
	broken      []int   // per metric: turns for which it stays broken
}

// livePod is a pod with its plan.
type livePod struct {
	pod     autoscale.Pod
	born    time.Duration
	runs    time.Duration // Pending until then
	ready   time.Duration // first ready then
	sampled time.Duration // has metrics from then on
	dies    time.Duration // gone then, if deleting
}

func newWorld(seed uint64) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
	w.chaos = [...]float64{0, 0, 0.02, 0.1, 0.3}[w.r.IntN(5)]
	w.exact = w.chance(0.4)
	w.even = w.exact && w.chance(0.7)
	w.cfg.Flags = w.flags()
	w.shape, w.podRequests = w.containers()
	w.cfg.HPA = w.hpaSpec()
	w.spec = int32(w.r.IntN(int(min(w.cfg.HPA.MaxReplicas, 12)) + 3))
	if w.spec == 0 && w.chance(0.8) {
		w.spec = 1
	}
	w.load = float64(w.spec) * w.r.Float64() * 2
	w.pending = w.seconds(0, 20)
	w.startup = w.seconds(0, 90)
	w.firstSample = w.seconds(0, 45)
	return w
}

func (w *world) chance(p float64) bool { return w.r.Float64() < p }

func (w *world) seconds(from, to int) time.Duration {
	return time.Duration(from+w.r.IntN(to-from+1)) * time.Second
}

func (w *world) flags() autoscale.Flags {
	f := autoscale.DefaultFlags()
	f.ScaleToZero = !w.chance(0.05)
	if w.chance(0.6) {
		return f
	}
	f.DownscaleStabilization = [...]time.Duration{0, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute}[w.r.IntN(5)]
	f.CPUInitializationPeriod = [...]time.Duration{0, 30 * time.Second, 2 * time.Minute}[w.r.IntN(3)]
	f.InitialReadinessDelay = w.seconds(0, 60)
	f.Tolerance = float64(w.r.IntN(30)) * 1e-2
	return f
}

// containers draws the pods' template.
func (w *world) containers() ([]autoscale.Container, autoscale.Requests) {
	request := func() autoscale.Requests {
		return autoscale.Requests{CPU: int64(w.r.IntN(20)+1) * 50, HasCPU: true, Memory: int64(w.r.IntN(8)+1) << 20 * 1000, HasMemory: true}
	}
	list := []autoscale.Container{{Name: "app", Requests: request()}}
	if w.chance(0.3) {
		list = append(list, autoscale.Container{Name: "proxy", Requests: request()})
	}
	if w.chance(0.1) {
		list = append(list, autoscale.Container{Name: "setup", Init: true})
	}
	if w.chance(0.1) {
		list = append(list, autoscale.Container{Name: "mesh", Init: true, Sidecar: true, Requests: request()})
	}
	if w.chance(0.03) {
		list[w.r.IntN(len(list))].Requests.HasCPU = false
	}
	var pod autoscale.Requests
	if w.chance(0.06) {
		pod = request()
		pod.HasMemory = w.chance(0.5)
	}
	return list, pod
}

// turn moves the world to now: what has happened since the last turn, and
// what the metrics pipeline says of it. It reports whether the spec of the
// HPA was edited.
func (w *world) turn(now time.Duration) (edited bool) {
	w.followScale(now)
	w.crash(now)
	w.moveLoad()
	if w.chance(0.02 + w.chaos/10) {
		w.spec = int32(w.r.IntN(int(min(w.cfg.HPA.MaxReplicas, 20)) + 3)) // kubectl scale
	}
	if edited = w.chance(0.03); edited {
		w.cfg.HPA = w.editedSpec()
	}
	w.observe(now)
	return edited
}

// followScale creates and deletes pods and moves each along its plan.
func (w *world) followScale(now time.Duration) {
	active := int32(0)
	kept := w.pods[:0]
	for _, p := range w.pods {
		if p.pod.Deleting && now >= p.dies {
			continue
		}
		kept = append(kept, p)
		if !p.pod.Deleting && p.pod.Phase != autoscale.Failed && p.pod.Phase != autoscale.Succeeded {
			active++
		}
	}
	w.pods = kept
	for ; active < min(w.spec, 60); active++ {
		w.create(now)
	}
	for i := len(w.pods) - 1; i >= 0 && active > w.spec; i-- {
		p := &w.pods[i]
		if !p.pod.Deleting && p.pod.Phase != autoscale.Failed && p.pod.Phase != autoscale.Succeeded {
			p.pod.Deleting, p.dies = true, now+w.seconds(0, 40)
			active--
		}
	}
	for i := range w.pods {
		w.pods[i].move(now)
	}
}

func (w *world) create(now time.Duration) {
	p := livePod{born: now.Truncate(time.Second)} // whole seconds meet the edges of the rules
	first := now == 0 && !w.chance(0.2)
	if first {
		p.born = -w.seconds(0, 900)
	}
	p.runs = p.born + w.seconds(0, int(w.pending/time.Second))
	p.ready = p.runs + w.seconds(int(w.startup/time.Second)/2, int(w.startup/time.Second))
	p.sampled = p.runs + w.seconds(0, int(w.firstSample/time.Second))
	if w.chance(w.chaos / 4) {
		p.runs = p.born + time.Hour // the cluster is full
	}
	if w.chance(w.chaos / 4) {
		p.ready = p.born + time.Hour
	}
	p.pod = autoscale.Pod{Name: fmt.Sprintf("p%d", w.named), Containers: w.shape, Requests: w.podRequests}
	w.named++
	w.pods = append(w.pods, p)
}

// move is one pod's way to ready.
func (p *livePod) move(now time.Duration) {
	q := &p.pod
	if q.Phase == autoscale.Pending && now >= p.runs {
		q.Phase, q.HasStart, q.Start = autoscale.Running, true, p.runs
		q.Ready, q.ReadySince = autoscale.NotReady, p.runs
	}
	if q.Phase == autoscale.Running && q.Ready == autoscale.NotReady && now >= p.ready && q.ReadySince <= p.ready {
		q.Ready, q.ReadySince = autoscale.Ready, p.ready
	}
}

// crash makes pods fail, flip and vanish.
func (w *world) crash(now time.Duration) {
	for i := range w.pods {
		p := &w.pods[i]
		if p.pod.Phase != autoscale.Running || !w.chance(w.chaos/3) {
			continue
		}
		now := now.Truncate(time.Second)
		switch w.r.IntN(7) {
		case 0:
			p.pod.Phase = autoscale.Failed
		case 1:
			p.pod.Phase = autoscale.Succeeded
		case 2, 3: // crashes, comes back, has no sample for a while
			p.pod.Ready, p.pod.ReadySince = autoscale.NotReady, now
			p.ready, p.sampled = now+w.seconds(1, 60), now+w.seconds(0, 30)
		case 4: // its host is cut off
			p.pod.Ready, p.pod.ReadySince = autoscale.ReadinessUnknown, now
			p.sampled = now + w.seconds(0, 90)
		case 5:
			p.pod.Ready, p.pod.ReadySince = autoscale.NoCondition, 0
		case 6:
			p.pod.HasStart = false
		}
	}
}

// moveLoad is a random walk with jumps, or one of the edges of the tolerance.
func (w *world) moveLoad() {
	switch {
	case w.exact && w.chance(0.6):
		n := float64(max(1, w.spec))
		w.load = n * [...]float64{0.5, 0.89, 0.9, 0.91, 1, 1, 1.09, 1.1, 1.11, 1.5, 2, 3}[w.r.IntN(12)]
	case w.chance(0.1):
		w.load = w.r.Float64() * 1.5 * float64(w.cfg.HPA.MaxReplicas)
	case w.chance(0.05):
		w.load = 0
	default:
		w.load *= 0.8 + 0.4*w.r.Float64()
	}
}
