package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/balance"
	"example.com/hasim/model/restart"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// maxServices bounds the graph of calls, maxDecoded the services that one file
// can have decoded over all its variants and changes.
const (
	maxServices = 200
	maxDecoded  = 10_000
)

// services reads them in two rounds: all names first, so that calls may point
// forward.
func (d *decoder) services(o obj) {
	n := o.get("services")
	switch {
	case n == nil:
		return
	case n.kind != mapping:
		d.fail(n, "services", "write app: {image: …}", "must be a map, not %s", n.kind)
		return
	case !slices.ContainsFunc(n.keys, func(k *node) bool { return !strings.HasPrefix(k.text, "x-") }):
		d.fail(n, "services", "write app: {image: …}", "is empty")
		return
	case len(n.keys) > maxServices:
		d.fail(n, "services", "", "more than %d services", maxServices)
		return
	}
	if d.c.read += len(n.keys); d.c.read > maxDecoded {
		d.fail(d.root.keyOf("services"), "services", "use fewer variants or changes", "services x variants x changes that set are more than %d", maxDecoded)
		return
	}
	var at []int
	for i, k := range n.keys {
		if strings.HasPrefix(k.text, "x-") {
			continue
		}
		path := join("services", k.text)
		if d.checkName(k, path, k.text) && d.claim(k, path, k.text, "service") {
			d.spec.Services = append(d.spec.Services, model.ServiceSpec{Name: k.text})
			at = append(at, i)
		}
	}
	for i, j := range at {
		value := n.items[j]
		if value.kind == null {
			value = &node{kind: mapping, src: n.keys[j].src, line: n.keys[j].line, col: n.keys[j].col, width: n.keys[j].width}
		}
		if e, ok := d.object(value, join("services", n.keys[j].text), serviceObject); ok {
			d.oneService(e, n.keys[j], &d.spec.Services[i])
		}
	}
	d.checkReplicaNames()
	d.checkCycles(n)
}

func (d *decoder) oneService(e obj, key *node, s *model.ServiceSpec) {
	s.Kind = e.word("kind", kindOfImage(strings.TrimSpace(e.text("image"))))
	if e.n.has("kind") == nil && e.n.has("image") == nil {
		d.chosen.add("%s: kind %s", s.Name, s.Kind)
		if k := kindOfImage(s.Name); k != "app" {
			d.warn(key, "S-KIND", e.path, "write image: "+k+", or kind: "+k, "is an app: nothing but its name says %s", k)
		}
	}
	for _, c := range e.strings("calls") {
		if i := d.service(c, e.at("calls")); i >= 0 {
			s.Calls = append(s.Calls, i)
		}
	}
	s.Replicas = 1
	s.Work = d.work(e, s)
	s.Balance = d.balance(e, s)
	d.deploy(e, s)
	d.grace(e, s)
	d.autoscale(e, s)
}

// deploy reads replicas, resources and who restarts.
func (d *decoder) deploy(e obj, s *model.ServiceSpec) {
	deploy, ok := e.sub("deploy")
	var policy obj
	hasPolicy := false
	if ok {
		s.Replicas = clamp32(deploy.integer("replicas", 1))
		policy, hasPolicy = deploy.sub("restart_policy")
		if r, ok := deploy.sub("resources"); ok {
			s.Resources = d.resources(r)
		}
	}
	restartNode, _ := e.scalar("restart", "a word")
	if d.platform == model.Kubernetes {
		s.RestartAs = "Always"
		return
	}
	d.restart(e, s, restartNode, policy, hasPolicy)
}

// restart works out what docker compose gives to the engine.
func (d *decoder) restart(e obj, s *model.ServiceSpec, n *node, policy obj, has bool) {
	word, at, path := "", e.n, e.path
	if n != nil {
		word, at, path = strings.TrimSpace(n.text), n, e.at("restart")
	}
	var deploy *restart.DeployPolicy
	if has {
		p := restart.DeployPolicy{Condition: strings.TrimSpace(policy.text("condition")),
			Delay: policy.time("delay", 0), Window: policy.time("window", 0), MaxAttempts: int(policy.integer("max_attempts", 0)),
			HasDelay: policy.n.has("delay") != nil, HasMaxAttempts: policy.n.has("max_attempts") != nil}
		deploy = &p
		at, path = policy.n, policy.path
		d.restartTraps(n, policy)
	}
	var err error
	if s.Restart, s.RestartAs, err = restart.FromCompose(word, deploy); err != nil {
		if c := at.has("condition"); c != nil {
			at = c
		}
		d.fail(at, path, "write no, always, unless-stopped, on-failure or on-failure:3", "%s", visible(err.Error()))
	}
	if n == nil && !has {
		d.chosen.add("%s: restart no, as Compose", s.Name)
	}
}

// restartTraps are what Compose takes without a word.
func (d *decoder) restartTraps(restart *node, policy obj) {
	if restart != nil {
		d.warn(restart, "W1", policy.path, "remove one of the two", "deploy.restart_policy replaces restart: %s", quoted(restart.text))
	}
	for _, key := range []string{"delay", "window"} {
		if n := policy.n.has(key); n != nil {
			d.warn(n, "W2", policy.at(key), "remove it: the engine waits 100 ms, 200 ms, 400 ms and so on", "Compose ignores %s", key)
		}
	}
	if policy.n.has("condition") == nil {
		d.warn(policy.n, "E6", policy.path, "write condition: on-failure, or any", "without a condition nothing restarts under Compose")
	}
}

func (d *decoder) resources(r obj) model.Resources {
	var out model.Resources
	amounts := func(key string) (cpu, memory int64, o obj) {
		a, ok := r.sub(key)
		if !ok {
			return 0, 0, a
		}
		cpu = value(a, "cpus", "a number of cores", 0, func(s string) (int64, *valueError) { return parseCPU(s, d.platform == model.Kubernetes) })
		memory = value(a, "memory", "a size", 0, parseSize)
		if n := a.n.has("memory"); n != nil && d.platform == model.Kubernetes && kubernetesMilli.MatchString(n.text) {
			d.warn(n, "W-MILLIBYTE", a.at("memory"), "write "+strings.TrimSuffix(n.text, "m")+"M", "%s is megabytes to Compose, and %s byte in a Kubernetes manifest", n.text, milli(n.text))
		}
		return cpu, memory, a
	}
	var limits, reservations obj
	out.LimitCPU, out.LimitMemory, limits = amounts("limits")
	out.RequestCPU, out.RequestMemory, reservations = amounts("reservations")
	d.checkLimits(&out, limits, reservations)
	if d.platform == model.Kubernetes { // API defaulting: a limit is the request too
		if out.RequestCPU == 0 {
			out.RequestCPU = out.LimitCPU
		}
		if out.RequestMemory == 0 {
			out.RequestMemory = out.LimitMemory
		}
	}
	return out
}

// checkLimits compares reservations with limits as the real tools do.
func (d *decoder) checkLimits(r *model.Resources, limits, reservations obj) {
	if r.LimitCPU > 0 && r.RequestCPU > r.LimitCPU {
		at, path := reservations.n.get("cpus"), reservations.at("cpus")
		if d.platform == model.Kubernetes {
			d.fail(at, path, "lower it, or raise the limit", "must be less than or equal to cpu limit of %s", cores(r.LimitCPU))
		} else {
			d.warn(at, "E7", path, "lower it, or raise the limit", "is above the limit of %s; Compose ignores it", cores(r.LimitCPU))
		}
	}
	if r.LimitMemory > 0 && r.RequestMemory > r.LimitMemory {
		help := "lower it, or raise the limit"
		if d.platform == model.Kubernetes {
			d.fail(reservations.n.get("memory"), reservations.at("memory"), help, "must be less than or equal to memory limit of %s", limits.n.get("memory").text)
		} else {
			d.fail(reservations.n.get("memory"), reservations.at("memory"), help, "Minimum memory limit can not be less than memory reservation limit, see usage")
		}
	}
	if d.platform == model.Compose && limits.n != nil {
		if n := limits.n.has("memory"); n != nil && r.LimitMemory < minComposeMemory && !d.bad[n] {
			d.fail(n, limits.at("memory"), "", "Minimum memory limit allowed is 6MB")
		}
	}
}

func cores(nano int64) string { return strconv.FormatFloat(float64(nano)/nanoPerCore, 'f', -1, 64) }

func (d *decoder) grace(e obj, s *model.ServiceSpec) {
	compose := e.time("stop_grace_period", composeGrace)
	kube := e.integer("terminationGracePeriodSeconds", int64(kubernetesGrace/time.Second))
	s.Grace = compose
	if d.platform == model.Kubernetes {
		s.Grace = time.Duration(kube) * time.Second
	}
}

// work reads how a replica works, over the defaults of its kind.
func (d *decoder) work(e obj, s *model.ServiceSpec) model.WorkSpec {
	k := defaultsOf(s.Kind)
	w := model.WorkSpec{ServiceTime: k.service, CPU: k.cpu, CPUIsAll: k.cpuIsAll, Concurrency: k.concurrency, Queue: k.queue, Startup: k.startup}
	o, given := e.sub("work")
	if !given {
		if e.n.has("work") == nil {
			d.chosen.add("%s: service_time %s, cpu %s, concurrency %s, queue %s, startup %s", s.Name, k.serviceText, k.cpuText, textBound(k.concurrency), textBound(k.queue), k.startupText)
		}
		return w
	}
	w.ServiceTime = o.dist("service_time", w.ServiceTime)
	if o.get("cpu") != nil {
		w.CPU, w.CPUIsAll = o.dist("cpu", w.CPU), false
	} else if o.n.has("service_time") != nil {
		w.CPUIsAll = true
	}
	w.Concurrency = o.bound("concurrency", w.Concurrency)
	w.Queue = o.bound("queue", w.Queue)
	w.Startup = o.dist("startup", w.Startup)
	w.StartupCPU = o.time("startup_cpu", 0)
	w.Cancel = o.bool("cancel")
	if m, ok := o.sub("memory"); ok {
		w.MemoryBase, w.MemoryPerRequest, w.MemoryLeak = m.bytes("base"), m.bytes("per_request"), m.bytes("leak_per_request")
	}
	d.chosenWork(o, s.Name, k)
	return w
}

// chosenWork lists what a work leaves to the kind.
func (d *decoder) chosenWork(o obj, name string, k *kindDefault) {
	var parts []string
	add := func(key, text string) {
		if o.n.has(key) == nil {
			parts = append(parts, key+" "+text)
		}
	}
	add("service_time", k.serviceText)
	if o.n.has("service_time") != nil {
		add("cpu", "all of the service time")
	} else {
		add("cpu", k.cpuText)
	}
	add("concurrency", textBound(k.concurrency))
	add("queue", textBound(k.queue))
	add("startup", k.startupText)
	if len(parts) > 0 {
		d.chosen.add("%s: %s", name, strings.Join(parts, ", "))
	}
}

// balance reads a word or a map. A nginx is a proxy; others only choose.
func (d *decoder) balance(e obj, s *model.ServiceSpec) model.BalanceSpec {
	b := model.BalanceSpec{Proxy: defaultsOf(s.Kind).proxy, Policy: "random", Peer: balance.DefaultOptions()}
	if b.Proxy {
		b.Policy, b.ConnectTimeout, b.ReadTimeout = "round_robin", proxyTimeout, proxyTimeout
		b.Next = model.NextUpstream{Error: true, Timeout: true}
	}
	n := e.get("balance")
	if n == nil {
		return b
	}
	if n.kind == scalar {
		b.Policy = d.oneOf(n, e.at("balance"), serviceObject.field("balance"), b.Policy)
		return b
	}
	o, ok := d.object(n, e.at("balance"), balanceObject)
	if !ok {
		return b
	}
	b.Policy = o.word("policy", b.Policy)
	b.Peer.MaxFails = clamp32(o.integer("max_fails", balance.DefaultMaxFails))
	b.Peer.FailTimeout = o.time("fail_timeout", balance.DefaultFailTimeout)
	b.Peer.MaxConns = clamp32(o.integer("max_conns", balance.DefaultMaxConns))
	b.ConnectTimeout = o.time("connect_timeout", b.ConnectTimeout)
	b.ReadTimeout = o.time("read_timeout", b.ReadTimeout)
	b.Tries = clamp32(o.integer("tries", 0))
	d.nextUpstream(o, &b)
	if !b.Proxy {
		for i, k := range o.n.keys {
			if k.text != "policy" && balanceObject.field(k.text) != nil && o.n.items[i].kind != null {
				d.warn(k, "B-PROXY", o.at(k.text), "let a nginx stand before it", "has no effect: %s is no proxy", s.Name)
			}
		}
	}
	return b
}

func (d *decoder) nextUpstream(o obj, b *model.BalanceSpec) {
	if o.get("next_upstream") == nil {
		return
	}
	b.Next = model.NextUpstream{}
	set := map[string]*bool{"error": &b.Next.Error, "timeout": &b.Next.Timeout, "http_500": &b.Next.HTTP500, "http_502": &b.Next.HTTP502,
		"http_503": &b.Next.HTTP503, "http_504": &b.Next.HTTP504, "non_idempotent": &b.Next.NonIdempotent}
	f := balanceObject.field("next_upstream")
	for _, n := range o.strings("next_upstream") {
		for _, word := range strings.Fields(n.text) { // also as nginx writes it: error timeout http_500
			one := *n
			one.text = word
			if flag := set[d.oneOf(&one, o.at("next_upstream"), f, "")]; flag != nil {
				*flag = true
			}
		}
	}
}

// checkCycles refuses services that call themselves, directly or through
// others. It names the circle.
func (d *decoder) checkCycles(services *node) {
	const white, grey, black = 0, 1, 2
	state := make([]int, len(d.spec.Services))
	var trail []int32
	var visit func(i int32) bool
	visit = func(i int32) bool {
		state[i] = grey
		trail = append(trail, i)
		for _, c := range d.spec.Services[i].Calls {
			if state[c] == grey {
				d.reportCycle(services, trail[slices.Index(trail, c):])
				return false
			}
			if state[c] == white && !visit(c) {
				return false
			}
		}
		state[i] = black
		trail = trail[:len(trail)-1]
		return true
	}
	for i := range d.spec.Services {
		if state[i] == white && !visit(int32(i)) {
			for j := range d.spec.Services { // later checks walk the calls
				d.spec.Services[j].Calls = nil
			}
			return
		}
	}
}

func (d *decoder) reportCycle(services *node, circle []int32) {
	last := d.spec.Services[circle[len(circle)-1]].Name
	at := services.get(last).get("calls")
	names := make([]string, 0, len(circle)+1)
	for _, i := range circle {
		names = append(names, d.spec.Services[i].Name)
	}
	names = append(names, names[0])
	if at.kind == list {
		for _, item := range at.items {
			if item.text == names[0] {
				at = item
			}
		}
	}
	msg := "the calls go in a circle: " + strings.Join(names, " -> ")
	if len(circle) == 1 {
		msg = fmt.Sprintf("%s calls itself", last)
	}
	d.fail(at, join("services", last)+".calls", "leave out one of the calls", "%s", msg)
}
