package scenarios

import (
	"math"

	"example.com/hasim/model"
	"example.com/hasim/model/placement"
)

// Checks that need the whole Spec: hosts against what stands on them, and the
// size of the work.

func (d *decoder) defaultHostName() string {
	for _, name := range []string{"host", "machine", "host-0"} {
		if d.spec.Service(name) < 0 && (name != "host-0" || d.spec.Service("host") < 0) {
			return name
		}
	}
	return "only-host"
}

// most is how many replicas of a service there can ever be, as far as the file
// says.
func (d *decoder) most(i int) int64 {
	s := &d.spec.Services[i]
	n := s.Replicas
	if s.Autoscale != nil {
		n = max(n, s.Autoscale.Max)
	}
	for _, c := range d.spec.Changes {
		for _, to := range c.Scale {
			if int(to.Service) == i {
				n = max(n, to.Replicas)
			}
		}
		if c.Set != nil && i < len(c.Set.Services) {
			set := &c.Set.Services[i]
			n = max(n, set.Replicas)
			if set.Autoscale != nil {
				n = max(n, set.Autoscale.Max)
			}
		}
	}
	return int64(n)
}

// defaultHosts gives the run one machine that never is the bottleneck, or
// given machines the size that they do not say.
func (d *decoder) defaultHosts() {
	cpu, memory, pods := int64(0), int64(0), int64(0)
	for i := range d.spec.Services {
		r := &d.spec.Services[i].Resources
		n := d.most(i)
		pods += n
		cpu = min(cpu+n*either(r.LimitCPU, r.RequestCPU, roomCPU), maxSize)
		memory = min(memory+n*min(either(r.LimitMemory, r.RequestMemory, roomMemory), maxSize/maxReplicas), maxSize)
	}
	cpu = max((cpu+nanoPerCore-1)/nanoPerCore, defaultHostCPUs) * nanoPerCore
	memory = max(memory, defaultHostMemory)
	if len(d.spec.Hosts) == 0 {
		if d.root.has("hosts") == nil {
			d.spec.Hosts = []model.HostSpec{{Name: d.defaultHostName(), CPU: cpu, Memory: memory}}
			if surge := 2 * pods; surge > placement.DefaultMaxPods { // those that leave are there for a while
				d.spec.Hosts[0].Pods = int32(min(surge, math.MaxInt32))
			}
			d.chosen.add("hosts: one, %s, with %d cores", d.defaultHostName(), cpu/nanoPerCore)
		}
	} else {
		d.sizeHosts(cpu, memory)
	}
	for i := range d.spec.Changes {
		if set := d.spec.Changes[i].Set; set != nil {
			set.Hosts = d.spec.Hosts
		}
	}
}

func (d *decoder) sizeHosts(cpu, memory int64) {
	for i := range d.spec.Hosts {
		h := &d.spec.Hosts[i]
		if h.CPU == 0 {
			h.CPU = cpu
			d.chosen.add("%s: cpus %d", h.Name, cpu/nanoPerCore)
		}
		if h.Memory == 0 {
			h.Memory = memory
		}
	}
}

func either(a, b, c int64) int64 {
	switch {
	case a > 0:
		return a
	case b > 0:
		return b
	}
	return c
}

// checkResources compares what one replica asks for with the machines.
func (d *decoder) checkResources() {
	var cpu, memory int64
	for i := range d.spec.Hosts {
		cpu, memory = max(cpu, d.spec.Hosts[i].CPU), max(memory, d.spec.Hosts[i].Memory)
	}
	if cpu == 0 {
		return
	}
	for i := range d.spec.Services {
		s := &d.spec.Services[i]
		r := &s.Resources
		find := func(key string) (*node, string, bool) {
			path := "services." + s.Name + ".deploy.resources." + key
			n, exact := nodeAt(d.root, "services."+quotedStep(s.Name)+".deploy.resources."+key)
			return n, path, exact
		}
		if n, path, ok := find("limits.cpus"); ok && d.platform == model.Compose && r.LimitCPU > 0 && (r.LimitCPU > cpu || r.LimitCPU < minComposeCPU) {
			d.fail(n, path, "lower the limit, or raise the host's cpus", "range of CPUs is from 0.01 to %.2f, as there are only %s CPUs available", float64(cpu)/nanoPerCore, cores(cpu))
		}
		if d.platform == model.Kubernetes {
			d.checkFits(s, cpu, memory, find)
		}
		if n, path, ok := find("limits.memory"); ok && r.LimitMemory > 0 {
			switch need := s.Work.MemoryBase; {
			case need > r.LimitMemory:
				d.warn(n, "R-OOM", path, "raise the limit above work.memory.base", "every replica is OOMKilled at its start: the limit is below what it needs idle")
			case s.Work.MemoryPerRequest > r.LimitMemory-need:
				d.warn(n, "R-OOM", path, "raise the limit above work.memory.base and per_request together", "every replica is OOMKilled by its first request: the limit is below what it needs with one")
			}
		}
	}
}

// checkFits warns of replicas that stay Pending for ever.
func (d *decoder) checkFits(s *model.ServiceSpec, cpu, memory int64, find func(string) (*node, string, bool)) {
	for _, c := range []struct {
		key       string
		want, has int64
	}{{"cpus", s.Resources.RequestCPU, cpu}, {"memory", s.Resources.RequestMemory, memory}} {
		if c.want <= c.has {
			continue
		}
		n, path, ok := find("reservations." + c.key)
		if !ok {
			if n, path, ok = find("limits." + c.key); !ok {
				continue
			}
		}
		d.warn(n, "R-PENDING", path, "lower it, or give a host more", "no host has as much: replicas stay Pending (FailedScheduling)")
	}
}
