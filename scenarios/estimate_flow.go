package scenarios

import (
	"fmt"
	"math"
	"slices"
	"time"

	"example.com/hasim/model"
)

// waitingCost is the memory of what waits where little bounds it: the flow in,
// less what the replicas of the start can do.
func (d *decoder) waitingCost(requests float64) cost {
	c := cost{key: "services", help: "bound the queue, or add replicas"}
	if requests < fewRequests {
		return c
	}
	in, again := d.flows()
	for i := range d.spec.Services {
		s := &d.spec.Services[i]
		bound := math.Inf(1)
		if s.Work.Queue != model.Unlimited && s.Work.Concurrency != model.Unlimited {
			bound = float64(d.most(i)) * (float64(s.Work.Queue) + float64(s.Work.Concurrency))
		}
		if s.Balance.Proxy || bound < fewRequests {
			continue
		}
		n := d.backlog(s, in[i], 1)
		if n > 0 && again > 1 {
			n = d.backlog(s, in[i], again) // those who wait too long ask again
		}
		if n = min(n, bound); n*eventsPerWaiter > c.events {
			c.events, c.what = n*eventsPerWaiter, fmt.Sprintf("up to %s requests at %s at once", round2(n), s.Name)
		}
	}
	return c
}

// flows is how many visits each service gets in each step of the run, and how
// many attempts a request makes at most.
func (d *decoder) flows() (in [][fluidSteps]float64, again float64) {
	in, again = make([][fluidSteps]float64, len(d.spec.Services)), 1
	order := d.callersFirst()
	step := max(d.spec.Duration/fluidSteps, 1)
	for k := range d.spec.Traffic {
		t := &d.spec.Traffic[k]
		again = max(again, 1+d.retries(&t.Client))
		times := make([]float64, len(in))
		times[t.To] = 1
		for _, i := range order {
			for _, c := range d.spec.Services[i].Calls {
				times[c] += times[i]
			}
		}
		for j := range fluidSteps {
			n := t.Profile.Consumed(time.Duration(j)*step, time.Duration(j+1)*step, 1)
			for i := range in {
				in[i][j] += times[i] * n
			}
		}
	}
	return in, again
}

// callersFirst orders the services so that who calls comes first.
func (d *decoder) callersFirst() []int32 {
	var order []int32
	seen := make([]bool, len(d.spec.Services))
	var visit func(i int32)
	visit = func(i int32) {
		if !seen[i] {
			seen[i] = true
			for _, c := range d.spec.Services[i].Calls {
				visit(c)
			}
			order = append(order, i)
		}
	}
	for i := range seen {
		visit(int32(i))
	}
	slices.Reverse(order)
	return order
}

// backlog is the most that waits at a service, or is worked on where that has
// no bound, as a flow.
func (d *decoder) backlog(s *model.ServiceSpec, in [fluidSteps]float64, times float64) float64 {
	capacity := math.Inf(1) // of a replica, per second
	if mean := s.Work.ServiceTime.Mean().Seconds(); mean > 0 && s.Work.Concurrency != model.Unlimited {
		capacity = float64(s.Work.Concurrency) / mean
	}
	cpu := s.Work.CPU.Mean().Seconds()
	if s.Work.CPUIsAll {
		cpu = s.Work.ServiceTime.Mean().Seconds()
	}
	if cores := float64(either(s.Resources.LimitCPU, d.largestHost(), roomCPU)) / nanoPerCore; cpu > 0 {
		capacity = min(capacity, cores/cpu)
	}
	out := math.Inf(1)
	if !math.IsInf(capacity, 1) {
		out = capacity * float64(s.Replicas) * max(d.spec.Duration/fluidSteps, 1).Seconds()
	}
	held := 0 // steps that a request stays where nothing makes it wait
	if s.Work.Concurrency == model.Unlimited {
		held = int(min(fluidSteps, s.Work.ServiceTime.Mean()/max(d.spec.Duration/fluidSteps, 1)))
	}
	waiting, inside, most := 0.0, 0.0, 0.0
	for i, n := range in {
		waiting = max(0, waiting+n*times-out)
		if inside += n * times; i >= held {
			inside -= in[i-held] * times
		}
		most = max(most, waiting+inside)
	}
	return most
}

func (d *decoder) largestHost() int64 {
	n := int64(0)
	for i := range d.spec.Hosts {
		n = max(n, d.spec.Hosts[i].CPU)
	}
	return n
}
