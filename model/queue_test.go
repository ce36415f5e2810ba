package model

import (
	"fmt"
	"math"
	"testing"
	"time"

	"example.com/hasim/model/balance"
	"example.com/hasim/model/traffic"
	"example.com/hasim/sim"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// oneService is a world of a single service that gets rate requests a second.
func oneService(rate float64, replicas int32, work WorkSpec) *Spec {
	return &Spec{
		Name: "default", Duration: 1000 * time.Second,
		Hosts:    []HostSpec{{Name: "host", CPU: 64e9, Memory: 64 << 30}},
		Services: []ServiceSpec{{Name: "app", Kind: "app", Replicas: replicas, Work: work}},
		Traffic:  []StreamSpec{{Profile: traffic.New(rate, nil)}},
	}
}

// servers is a service of c workers at one replica, whose work is waiting.
func servers(c int32, law sim.Dist) WorkSpec {
	return WorkSpec{ServiceTime: law, CPU: sim.Constant(0), Concurrency: c, Queue: Unlimited}
}

// behind puts a proxy that costs nothing before the service.
func behind(policy string, spec *Spec) *Spec {
	proxy := ServiceSpec{
		Name: "nginx", Kind: "nginx", Replicas: 1, Calls: []int32{1},
		Balance: BalanceSpec{Proxy: true, Policy: policy, Peer: balance.DefaultOptions(), ConnectTimeout: time.Minute, ReadTimeout: time.Hour},
		Work:    servers(Unlimited, sim.Constant(0)),
	}
	spec.Services = append([]ServiceSpec{proxy}, spec.Services...)
	return spec
}

// waits runs a spec with several seeds and returns the mean response of each,
// in units of the service time.
func responses(t *testing.T, spec *Spec, service time.Duration) (means []float64) {
	t.Helper()
	spec.Warmup = spec.Duration / 10
	for seed := range uint64(12) {
		w := must(New(spec, seed, Observer{}))
		w.RunUntil(spec.Duration, -1)
		if err := w.Check(); err != nil {
			t.Fatal(err)
		}
		r := w.Report()
		if r.Totals.Failed > 0 {
			t.Fatalf("%d requests failed", r.Totals.Failed)
		}
		means = append(means, float64(r.Latency.Mean)/float64(service))
	}
	return means
}

// score is how many standard errors the mean of the replications lies from
// what theory says.
func score(means []float64, theory float64) (mean, z float64) {
	n := float64(len(means))
	for _, m := range means {
		mean += m / n
	}
	ss := 0.0
	for _, m := range means {
		ss += (m - mean) * (m - mean)
	}
	return mean, (mean - theory) / math.Sqrt(ss/(n-1)/n)
}

// erlangC is the mean wait of M/M/c in units of the service time.
func erlangC(c int, rho float64) float64 {
	a := rho * float64(c)
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b / (1 - rho + rho*b) / (float64(c) * (1 - rho))
}

const serviceTime = 100 * time.Millisecond

// rate is the load of n servers at utilization rho.
func rate(n int, rho float64) float64 { return rho * float64(n) / serviceTime.Seconds() }

var closedForms = []struct {
	name   string
	spec   func() *Spec
	theory float64
}{
	{"M/M/1 at 0.7", func() *Spec { return oneService(rate(1, .7), 1, servers(1, must(sim.Exponential(serviceTime)))) }, 1 / (1 - .7)},
	{"M/M/3 at 0.7", func() *Spec { return oneService(rate(3, .7), 1, servers(3, must(sim.Exponential(serviceTime)))) }, 1 + erlangC(3, .7)},
	{"M/M/8 at 0.7", func() *Spec { return oneService(rate(8, .7), 1, servers(8, must(sim.Exponential(serviceTime)))) }, 1.11275},
	{"M/D/1 at 0.7", func() *Spec { return oneService(rate(1, .7), 1, servers(1, sim.Constant(serviceTime))) }, 1 + .7/(2*.3)},
	{"M/G/1 at 0.6, cv 2", func() *Spec {
		return oneService(rate(1, .6), 1, servers(1, must(sim.Gamma(serviceTime, 2))))
	}, 1 + .6*5/(2*.4)},
	{"M/G/1 processor sharing at 0.7", func() *Spec {
		s := oneService(rate(1, .7), 1, WorkSpec{ServiceTime: must(sim.LognormalMeanCV(serviceTime, 2)), CPUIsAll: true, Concurrency: Unlimited, Queue: Unlimited})
		s.Services[0].Resources.LimitCPU = core
		return s
	}, 1 / (1 - .7)},
	{"ten servers, random at 0.7", func() *Spec { return ten("random") }, 3.33},
	{"ten servers, round robin at 0.7", func() *Spec { return ten("round_robin") }, 2.03},
	{"ten servers, two choices at 0.7", func() *Spec { return ten("random_two") }, 1.69},
	{"ten servers, least connections at 0.7", func() *Spec { return ten("least_conn") }, 1.16},
}

func ten(policy string) *Spec {
	return behind(policy, oneService(rate(10, .7), 10, servers(1, must(sim.Exponential(serviceTime)))))
}

// The queues agree with theory. Golden numbers of two decimals are given
// their rounding on top of the confidence interval.
func TestQueuesAgreeWithTheory(t *testing.T) {
	for _, c := range closedForms {
		t.Run(c.name, func(t *testing.T) {
			s := c.spec()
			if c.name[0] == 't' {
				s.Services[1].Work.Queue = Unlimited
				s.Traffic[0].To = 0
			}
			mean, z := score(responses(t, s, serviceTime), c.theory)
			if math.Abs(z) > 4 && math.Abs(mean-c.theory) > .012 {
				t.Errorf("mean response %.4f service times, theory %.4f (z = %.1f)", mean, c.theory, z)
			}
		})
	}
}

// The test above can tell: a queue whose service takes 2 % longer fails it.
func TestTheoryNoticesTwoPercent(t *testing.T) {
	slower := serviceTime * 102 / 100
	spec := oneService(rate(8, .7), 1, servers(8, must(sim.Exponential(slower))))
	if _, z := score(responses(t, spec, serviceTime), 1.11275); math.Abs(z) < 4 {
		t.Errorf("z = %.1f for a model that is off by 2 %%", z)
	}
}

// A first-come-first-served queue of c workers is Kiefer and Wolfowitz'
// recursion, request by request and to the nanosecond.
func TestAgainstKieferWolfowitz(t *testing.T) {
	for _, c := range []int32{1, 3, 8} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			spec := oneService(rate(int(c), .9), 1, servers(c, must(sim.LognormalMeanCV(serviceTime, 1))))
			spec.Duration = 200 * time.Second
			type ends struct{ arrived, done time.Duration }
			got := map[uint64]ends{}
			w := must(New(spec, 7, Observer{Request: func(r *RequestDone) { got[r.No] = ends{r.Arrived, r.Done} }}))
			luck, place, law := w.streams[0].luck, entrance, spec.Services[0].Work.ServiceTime
			w.RunUntil(spec.Duration, -1)
			free := make([]time.Duration, c)
			for no := range uint64(len(got)) {
				g, ok := got[no]
				if !ok {
					break // the first that is still in flight at the end
				}
				k := 0
				for i := range free {
					if free[i] < free[k] {
						k = i
					}
				}
				free[k] = max(free[k], g.arrived) + law.Sample(sim.Unit(luck.Draw(no, place, forService, 0)))
				if g.done != free[k] {
					t.Fatalf("request %d: done at %v, the recursion says %v", no, g.done, free[k])
				}
			}
		})
	}
}

// Little's law and flow conservation are exact on every run.
func TestLittlesLaw(t *testing.T) {
	spec := oneService(rate(3, .8), 1, servers(3, must(sim.Exponential(serviceTime))))
	sum := time.Duration(0)
	w := must(New(spec, 3, Observer{Request: func(r *RequestDone) { sum += r.Done - r.Arrived }}))
	var integral time.Duration // of the number in the system
	last, inSystem := time.Duration(0), time.Duration(0)
	for w.Step() {
		integral += inSystem * (w.Now() - last)
		last, inSystem = w.Now(), time.Duration(w.reqs.used())
	}
	for i := range w.reqs.items {
		if q := &w.reqs.items[i]; q.live {
			sum += last - q.arrived
		}
	}
	if integral != sum {
		t.Errorf("∫ number dt = %v, Σ time in system = %v", integral, sum)
	}
}

// Steady state allocates nothing: not an arrival, not a call, not a timeout.
func TestNoAllocationPerEvent(t *testing.T) {
	queue := oneService(720, 1, servers(8, must(sim.Exponential(10*time.Millisecond))))
	proxied := behind("least_conn", oneService(600, 6, WorkSpec{
		ServiceTime: must(sim.LognormalMeanCV(40*time.Millisecond, 1)), CPU: sim.Constant(5 * time.Millisecond), Concurrency: 8, Queue: 100}))
	proxied.Traffic[0].Client = ClientSpec{Timeout: time.Second, Patience: 3 * time.Second, Retries: RetrySpec{Max: 2, Backoff: time.Millisecond}}
	for name, spec := range map[string]*Spec{"one queue": queue, "proxy, CPU, timeouts": proxied} {
		spec.Duration = 1e6 * time.Second
		w := must(New(spec, 1, Observer{}))
		w.RunUntil(300*time.Second, -1)
		if n := testing.AllocsPerRun(10, func() { w.RunUntil(spec.Duration, 20_000) }); n != 0 {
			t.Errorf("%s: %v allocations per 20 000 events", name, n)
		}
	}
}

func BenchmarkMM8(b *testing.B) {
	spec := oneService(720, 1, servers(8, must(sim.Exponential(10*time.Millisecond))))
	spec.Duration = 1e9 * time.Second
	b.Run("World", func(b *testing.B) {
		w := must(New(spec, 1, Observer{}))
		w.RunUntil(100*time.Second, -1)
		b.ReportAllocs()
		for b.Loop() {
			w.RunUntil(spec.Duration, 1)
		}
	})
	// The reference: the same queue as a bare recursion over two numbers a
	// request, with the same draws. It has no events, no faults, no meters.
	b.Run("reference", func(b *testing.B) {
		luck := sim.NewStream(1, 0)
		law := must(sim.Exponential(10 * time.Millisecond))
		gap := must(sim.Exponential(time.Second / 720))
		var free [8]time.Duration
		now, no, h := time.Duration(0), uint64(0), sim.NewHistogram(128)
		for b.Loop() {
			now += gap.Sample(sim.Unit(luck.Draw(no, 0, forGap, 0)))
			k := 0
			for i := range free {
				if free[i] < free[k] {
					k = i
				}
			}
			free[k] = max(free[k], now) + law.Sample(sim.Unit(luck.Draw(no, 1, forService, 0)))
			h.Record(free[k] - now)
			no++
		}
	})
}
