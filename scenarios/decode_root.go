package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/expect"
)

// maxWork bounds the values that one file can have decoded over all its
// variants and changes.
const maxWork = 4_000_000

// decode reads a whole scenario. The order follows what needs what: names
// before references, traffic before the default duration.
func (d *decoder) decode() {
	d.names = map[string]*node{}
	if d.c.work += d.c.size; d.c.work > maxWork {
		d.fail(d.root, "", "use fewer variants or changes", "values x variants x changes that set are more than %d", maxWork)
		return
	}
	o := obj{d, d.root, "", rootObject}
	platform := o.word("platform", "compose")
	if n, f := o.n.has("platform"), rootObject.field("platform"); n != nil { // a slip should not cost more than its own error
		platform = cmp.Or(aliasOf(f, n.text), nearest(n.text, f.enum), platform)
	}
	if platform == "kubernetes" {
		d.platform = model.Kubernetes
	}
	d.spec.Platform = d.platform
	o.checkKeys()
	if o.n.has("platform") == nil {
		d.chosen.add("platform: compose")
	}
	d.cluster(o)
	d.hosts(o)
	d.services(o)
	d.traffic(o)
	d.duration(o)
	d.changes(o)
	d.faults(o)
	d.expectations(o)
	d.reach()
	d.defaultHosts()
	d.checkResources()
}

func (d *decoder) duration(o obj) {
	end := time.Duration(0)
	for i := range d.spec.Traffic {
		p := &d.spec.Traffic[i].Profile
		end = max(end, p.StageStart(len(p.Stages())))
	}
	if d.spec.Duration = o.time("duration", 0); d.spec.Duration == 0 && o.n.has("duration") == nil {
		d.spec.Duration = defaultDuration
		if end > 0 {
			d.spec.Duration = end
		}
		d.chosen.add("duration: %s", short(d.spec.Duration))
	}
	d.spec.Warmup = o.time("warmup", 0)
	if n := o.n.has("warmup"); n != nil && d.spec.Duration > 0 && d.spec.Warmup >= d.spec.Duration {
		d.fail(n, "warmup", "shorten it", "must be shorter than the run, which takes %s", short(d.spec.Duration))
	}
}

// hosts reads the machines; the default needs the services and comes later.
func (d *decoder) hosts(o obj) {
	n := o.get("hosts")
	if n != nil && n.kind == list && len(n.items) == 0 {
		d.fail(n, "hosts", "leave the key out for one that is large enough", "is empty")
	}
	o.each("hosts", func(i int, e obj) {
		name, count := e.name("name"), e.integer("count", 0)
		h := model.HostSpec{Zone: e.name("zone")}
		if c := e.get("cpus"); c != nil {
			h.CPU = value(e, "cpus", "a number of cores", 0, func(s string) (int64, *valueError) { return parseCPU(s, true) })
		}
		if e.get("memory") != nil {
			if h.Memory = e.bytes("memory"); h.Memory == 0 {
				d.fail(e.n.get("memory"), e.at("memory"), bytesHelp, "must be above 0")
			}
		}
		if name == "" {
			return
		}
		for k := int64(1); k <= max(count, 1); k++ {
			h.Name = name
			if count > 0 {
				h.Name = fmt.Sprintf("%s-%d", name, k)
			}
			if len(d.spec.Hosts) >= maxHosts {
				d.fail(e.n, e.path, "", "more than %d hosts", maxHosts)
				return
			}
			if d.claim(e.n.get("name"), e.at("name"), h.Name, "host") {
				d.spec.Hosts = append(d.spec.Hosts, h)
			}
		}
	})
	if d.platform == model.Compose && len(d.spec.Hosts) > 1 {
		d.fail(d.root.keyOf("hosts"), "hosts", "write platform: kubernetes, or one host", "compose runs on one host, not %d", len(d.spec.Hosts))
	}
}

// claim takes a name for a thing. Services and hosts, and the replicas that
// services will have (app-1), share one space.
func (d *decoder) claim(n *node, path, name, what string) bool {
	if first, taken := d.names[name]; taken {
		d.fail(n, path, "give each its own name: services, hosts and replicas share one space", "%s %s: the name is taken on line %d", what, name, first.line)
		return false
	}
	if name == "traffic" || name == "operator" {
		d.fail(n, path, "choose another name", "%q is the name of something else in the log", name)
		return false
	}
	d.names[name] = n
	return true
}

var replicaName = regexp.MustCompile(`^(.+)-[0-9]+$`)

// checkReplicaNames finds services and hosts that are called like a replica of
// another service.
func (d *decoder) checkReplicaNames() {
	check := func(name string) {
		m := replicaName.FindStringSubmatch(name)
		if m == nil || d.spec.Service(m[1]) < 0 {
			return
		}
		n := d.names[name]
		if d.bad[n] {
			return // one of several equal hosts was told already
		}
		d.mark(n)
		d.fail(n, quoteKey(name), "give each its own name: services, hosts and replicas share one space", "%s is also a replica of the service %s", name, m[1])
	}
	for i := range d.spec.Services {
		check(d.spec.Services[i].Name)
	}
	for i := range d.spec.Hosts {
		check(d.spec.Hosts[i].Name)
	}
}

func (d *decoder) serviceNames() []string {
	var names []string
	for i := range d.spec.Services {
		names = append(names, d.spec.Services[i].Name)
	}
	return names
}

func (d *decoder) hostNames() []string {
	var names []string
	for i := range d.spec.Hosts {
		names = append(names, d.spec.Hosts[i].Name)
	}
	return names
}

// maxSuggested is how many errors of a file may cost a search for what was
// meant.
const maxSuggested = 200

// service finds the service that a node names, -1 after it has reported that
// there is none.
func (d *decoder) service(n *node, path string) int32 {
	i := d.spec.Service(n.text)
	if i < 0 || n.kind != scalar {
		help := ""
		if d.c.fails < maxSuggested {
			help = didYouMean(n.text, d.serviceNames())
		}
		if n.kind != scalar {
			d.fail(n, path, help, "must be the name of a service, not %s", n.kind)
			return -1
		}
		d.fail(n, path, help, "there is no service %s", quoted(n.text))
		return -1
	}
	return i
}

// cluster reads the controllers' flags.
func (d *decoder) cluster(o obj) {
	c := &d.spec.Cluster
	c.HPA = autoscale.DefaultFlags()
	c.MetricResolution, c.Eviction = model.DefaultMetricResolution, model.DefaultEviction
	e, ok := o.sub("cluster")
	if !ok {
		return
	}
	c.Eviction = e.time("podEvictionTimeout", c.Eviction)
	if h, ok := e.sub("hpa"); ok {
		c.HPA.SyncPeriod = h.time("syncPeriod", c.HPA.SyncPeriod)
		c.HPA.Tolerance = h.number("tolerance", c.HPA.Tolerance)
		c.HPA.InitialReadinessDelay = h.time("initialReadinessDelay", c.HPA.InitialReadinessDelay)
		c.HPA.CPUInitializationPeriod = h.time("cpuInitializationPeriod", c.HPA.CPUInitializationPeriod)
		c.HPA.DownscaleStabilization = h.time("downscaleStabilization", c.HPA.DownscaleStabilization)
		if h.get("scaleToZero") != nil {
			c.HPA.ScaleToZero = h.bool("scaleToZero")
		}
	}
	if m, ok := e.sub("metrics"); ok {
		c.MetricResolution = m.time("resolution", c.MetricResolution)
		c.MetricPhase = m.time("phase", 0)
		if n := m.n.has("phase"); n != nil && c.MetricPhase >= c.MetricResolution {
			d.fail(n, m.at("phase"), "", "must be below the resolution, %s", short(c.MetricResolution))
		}
	}
}

// expectations reads the lines; errors point into the text.
func (d *decoder) expectations(o obj) {
	n := o.get("expect")
	if n == nil {
		return
	}
	items, path := n.items, "expect[%d]"
	if n.kind == scalar {
		items = []*node{n}
	} else if n.kind == mapping {
		d.fail(n, "expect", "write - latency.p99 < 500ms", "must be a list, not %s", n.kind)
		return
	}
	for i, item := range items {
		at := fmt.Sprintf(path, i)
		if item.kind != scalar {
			d.fail(item, at, "write latency.p99 < 500ms", "must be a line of text, not %s", item.kind)
			continue
		}
		d.expectation(item, at)
	}
}

func (d *decoder) expectation(n *node, at string) {
	line, err := expect.Parse(n.text)
	var e *expect.Error
	if errors.As(err, &e) {
		d.fail(within(n, e.Offset), at, visible(e.Help), "%s", visible(e.Msg))
		return
	}
	if s := line.Metric.Service; s != "" && d.spec.Service(s) < 0 {
		d.fail(within(n, strings.Index(n.text, s)), at, didYouMean(s, d.serviceNames()), "there is no service %s", quoted(s))
		return
	}
	if line.Op == expect.Reaches && line.Of >= d.spec.Duration && d.spec.Duration > 0 {
		d.warn(n, "E-LATE", at, "", "begins at %s, after the run", short(line.Of))
	}
	line.Text = cleanLine(line.Text)
	d.spec.Expect = append(d.spec.Expect, line)
}

// within is the place of a byte of a scalar's text. Escapes and folded lines
// are not undone: then the place is the scalar's.
func within(n *node, offset int) *node {
	if n.block || offset <= 0 || offset > len(n.text) {
		return n
	}
	written := n.src.runes(min(n.line, len(n.src.lines)))
	from := n.col - 1
	if n.quoted {
		from++
	}
	text := []rune(n.text)
	if from+len(text) > len(written) || string(written[from:from+len(text)]) != n.text {
		return n
	}
	at := *n
	skip := utf8.RuneCountInString(n.text[:offset])
	at.col, at.width = from+skip+1, 1
	for i := skip + 1; i < len(text) && text[i] != ' ' && text[i] != '.'; i++ {
		at.width++
	}
	return &at
}

// slo is the bound of the first expectation about a percentile of the latency.
func slo(s *model.Spec) time.Duration {
	for i := range s.Expect {
		l := &s.Expect[i]
		percentile := l.Metric.Kind >= expect.LatencyP50 && l.Metric.Kind <= expect.LatencyP99
		if percentile && l.Metric.Service == "" && (l.Op == expect.Less || l.Op == expect.AtMost) && l.Value < math.MaxInt64 {
			return time.Duration(l.Value)
		}
	}
	return 0
}
