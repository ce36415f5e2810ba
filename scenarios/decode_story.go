package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/model/traffic"
)

// Bounds on the lists of a story. Each set decodes the services anew.
const (
	maxChanges = 1000
	maxSets    = 50
	maxFaults  = 1000
)

// few reports whether a list has at most so many entries.
func (o obj) few(key string, most int) bool {
	n := o.get(key)
	if n == nil || n.kind != list || len(n.items) <= most {
		return true
	}
	o.d.fail(o.n.keyOf(key), o.at(key), "", "are too many: %d, at most %d", len(n.items), most)
	return false
}

// maxStreams bounds the streams of traffic.
const maxStreams = 100

// traffic reads the streams; without any, a quiet one.
func (d *decoder) traffic(o obj) {
	n := o.get("traffic")
	if n == nil {
		if len(d.spec.Services) > 0 {
			d.spec.Traffic = []model.StreamSpec{{To: d.entrance(), Profile: traffic.New(defaultRate, nil), Client: model.ClientSpec{Timeout: clientTimeout}}}
			d.chosen.add("traffic: %d/s to %s", defaultRate, d.spec.Services[d.entrance()].Name)
		}
		return
	}
	if n.kind == scalar {
		d.fail(n, "traffic", trafficHelp(n.text), "must be a map, or a list of them, not %s", n.kind)
		return
	}
	if n.kind == list && (len(n.items) == 0 || len(n.items) > maxStreams) {
		d.fail(n, "traffic", "", "must have between 1 and %d streams, has %d", maxStreams, len(n.items))
		return
	}
	o.each("traffic", func(i int, e obj) {
		s := d.stream(e)
		if s.Name == "" && n.kind == list && len(n.items) > 1 {
			s.Name = fmt.Sprintf("traffic-%d", i+1)
		}
		d.spec.Traffic = append(d.spec.Traffic, s)
	})
}

// trafficHelp puts a rate that stands alone into its place.
func trafficHelp(text string) string {
	if _, err := parseRate(text); err == nil {
		return "write traffic: {start: " + shown(strings.TrimSpace(text)) + "}"
	}
	if _, err := parseRate(text + "/s"); err == nil {
		return "write traffic: {start: " + shown(strings.TrimSpace(text)) + "/s}"
	}
	return "write traffic: {start: 60/s}"
}

// entrance is the first service that nobody calls.
func (d *decoder) entrance() int32 {
	called := make([]bool, len(d.spec.Services))
	for i := range d.spec.Services {
		for _, c := range d.spec.Services[i].Calls {
			called[c] = true
		}
	}
	return int32(max(0, slices.Index(called, false)))
}

func (d *decoder) stream(e obj) model.StreamSpec {
	s := model.StreamSpec{Name: e.name("name"), Client: model.ClientSpec{Timeout: clientTimeout}}
	if to := e.get("to"); to != nil {
		s.To = max(0, d.service(to, e.at("to")))
	} else if len(d.spec.Services) > 0 {
		s.To = d.entrance()
		d.chosen.add("%s: %s", e.at("to"), d.spec.Services[s.To].Name)
	}
	s.Profile = d.profile(e)
	s.Even = e.word("arrivals", "poisson") == "even"
	s.Worth = e.number("worth", 0)
	s.Post = slices.Contains([]string{"POST", "PATCH", "LOCK"}, e.word("method", "GET"))
	d.client(e, &s.Client)
	return s
}

func (d *decoder) profile(e obj) traffic.Profile {
	var stages []traffic.Stage
	total := time.Duration(0)
	e.each("stages", func(i int, g obj) {
		stage := traffic.Stage{Duration: g.time("duration", 0), Target: g.rate("target", 0), Name: g.line("name")}
		if total+stage.Duration > maxTime {
			d.fail(g.n, g.at("duration"), "", "the stages take more than %s", short(maxTime))
			return
		}
		total += stage.Duration
		stages = append(stages, stage)
	})
	start := 0.0
	if e.get("start") == nil && len(stages) == 0 {
		start = defaultRate
		d.chosen.add("%s: %d/s", e.at("start"), defaultRate)
	}
	return traffic.New(e.rate("start", start), stages)
}

func (d *decoder) client(e obj, c *model.ClientSpec) {
	o, ok := e.sub("client")
	if !ok || o.n.has("timeout") == nil {
		d.chosen.add("%s.client: timeout %s, as k6", e.path, short(clientTimeout))
	}
	if !ok {
		return
	}
	c.Timeout = o.time("timeout", clientTimeout)
	c.Patience = o.time("patience", 0)
	r, ok := o.sub("retries")
	if !ok {
		return
	}
	c.Retries = model.RetrySpec{Max: clamp32(r.integer("max", 0)), Backoff: r.time("backoff", defaultBackoff), MaxBackoff: r.time("max_backoff", defaultMaxBackoff)}
	if n := r.n.has("max_backoff"); n != nil && c.Retries.MaxBackoff < c.Retries.Backoff && !d.bad[n] {
		d.fail(n, r.at("max_backoff"), "raise it, or lower backoff", "must not be below backoff, %s", short(c.Retries.Backoff))
	}
	c.Retries.MaxBackoff = max(c.Retries.MaxBackoff, c.Retries.Backoff)
	c.Retries.Jitter = map[string]model.Jitter{"none": model.JitterNone, "full": model.JitterFull, "equal": model.JitterEqual}[r.word("jitter", "none")]
}

// late warns of what would come after the end of the run.
func (d *decoder) late(o obj, at time.Duration) {
	if d.spec.Duration > 0 && at >= d.spec.Duration {
		d.warn(o.n.get("at"), "T-LATE", o.at("at"), "", "never happens: the run ends at %s", short(d.spec.Duration))
	}
}

// changes reads what operators do. Those that set are applied to the tree in
// order of time, each on top of those before, and decoded anew.
func (d *decoder) changes(o obj) {
	type set struct {
		change int
		patch  *node
	}
	var sets []set
	if !o.few("changes", maxChanges) {
		return
	}
	o.each("changes", func(i int, e obj) {
		c := model.Change{At: e.time("at", 0)}
		d.late(e, c.At)
		c.Scale = d.scaleBy(e)
		reload := e.strings("reload")
		for _, n := range reload {
			if s := d.service(n, e.at("reload")); s >= 0 {
				c.Reload = append(c.Reload, s)
				if !d.spec.Services[s].Balance.Proxy {
					d.fail(n, e.at("reload"), "", "%s is no proxy: there is nothing to reload", d.spec.Services[s].Name)
				}
			}
		}
		patch := e.get("set")
		if patch != nil && d.setAllowed(patch, e.at("set")) {
			sets = append(sets, set{len(d.spec.Changes), patch})
		}
		if e.n.has("scale") == nil && reload == nil && patch == nil {
			d.fail(e.n, e.path, "write scale: {app: 5}, reload: nginx or set: {…}", "changes nothing")
		}
		c.Text = d.changeText(c, patch)
		d.spec.Changes = append(d.spec.Changes, c)
	})
	if len(sets) > maxSets {
		d.fail(o.n.keyOf("changes"), "changes", "", "at most %d changes may set something, here are %d", maxSets, len(sets))
		return
	}
	slices.SortStableFunc(sets, func(a, b set) int {
		return cmp.Compare(d.spec.Changes[a.change].At, d.spec.Changes[b.change].At)
	})
	root, before := d.root.without("changes", "faults", "expect", "variants"), &d.spec
	for _, s := range sets {
		s.patch = d.withoutRemoved(s.patch)
		root = mergePatch(root, s.patch)
		next := d.again(root, s.patch, before)
		d.spec.Changes[s.change].Set, before = next, next
	}
}

// withoutRemoved leaves out of a change what it says of an autoscaler that the
// file has and this variant has removed: nobody edits what is not there.
func (d *decoder) withoutRemoved(patch *node) *node {
	services := patch.get("services")
	out := *services
	out.items = slices.Clone(services.items)
	for i, name := range services.keys {
		own, here := d.own.get("services").get(name.text), d.root.get("services").get(name.text)
		if own.has("autoscale") != nil && here.has("autoscale") == nil {
			out.items[i] = out.items[i].without("autoscale")
		}
	}
	whole := &node{kind: mapping, src: patch.src, line: patch.line, col: patch.col, width: patch.width}
	whole.put(patch.keyOf("services"), &out)
	return whole
}

func (d *decoder) scaleBy(e obj) []model.ScaleTo {
	n := e.get("scale")
	if n == nil {
		return nil
	}
	if n.kind != mapping || len(n.keys) == 0 {
		d.fail(n, e.at("scale"), "write {app: 5}", "must be a map of services to numbers")
		return nil
	}
	var out []model.ScaleTo
	for i, k := range n.keys {
		path, v := join(e.at("scale"), k.text), n.items[i]
		s := d.service(k, path)
		if v.kind != scalar {
			d.fail(v, path, "write "+visible(k.text)+": 5", "must be a whole number, not %s", v.kind)
			continue
		}
		count, err := parseInt(v.text, 0, maxReplicas)
		if err != nil {
			d.failed(v, path, err)
		}
		if s >= 0 && err == nil {
			out = append(out, model.ScaleTo{Service: s, Replicas: int32(count)})
		}
	}
	return out
}

// settable are the keys of a service that may change during a run.
var settable = []string{"work", "autoscale", "balance", "deploy"}

func (d *decoder) setAllowed(patch *node, at string) bool {
	before := d.c.fails
	if patch.kind != mapping {
		d.fail(patch, at, "write {services: {app: {work: {…}}}}", "must be a map, not %s", patch.kind)
		return false
	}
	const only = "a change may set the services' work, autoscale, balance and deploy.replicas"
	if services := patch.get("services"); len(patch.keys) == 0 || len(patch.keys) == 1 && services != nil && len(services.keys) == 0 {
		d.fail(patch, at, "write {services: {app: {work: {…}}}}", "changes nothing")
		return false
	}
	for i, k := range patch.keys {
		if k.text != "services" || patch.items[i].kind != mapping {
			d.fail(k, join(at, k.text), only, "cannot change during a run")
			continue
		}
		services := patch.items[i]
		for j, name := range services.keys {
			path := join(join(at, "services"), name.text)
			service := services.items[j]
			if d.service(name, path) < 0 {
				continue
			}
			if service.kind != mapping {
				d.fail(name, path, only, "cannot change during a run")
			}
			for m, key := range service.keys {
				value := service.items[m]
				inDeploy := key.text == "deploy" && (value.kind != mapping || slices.ContainsFunc(value.keys, func(n *node) bool { return n.text != "replicas" }))
				if !slices.Contains(settable, key.text) || inDeploy {
					d.fail(key, join(path, key.text), only, "cannot change during a run")
				}
			}
		}
	}
	return d.c.fails == before
}

// again decodes the services as a set leaves them. What it does not speak of
// stays as it was: an autoscaler that is removed leaves its replicas.
func (d *decoder) again(root, patch *node, before *model.Spec) *model.Spec {
	quiet := d.chosen.quiet
	d.chosen.quiet = true
	next := &decoder{c: d.c, file: d.file, root: root, own: d.own, foreign: d.foreign, chosen: d.chosen, dists: d.dists}
	next.decode()
	d.chosen.quiet = quiet
	next.spec.Name, next.spec.Title, next.spec.Lesson = d.spec.Name, d.spec.Title, d.spec.Lesson
	next.spec.Hosts, next.spec.Duration, next.spec.Warmup = d.spec.Hosts, d.spec.Duration, d.spec.Warmup
	if len(next.spec.Services) != len(before.Services) {
		return before // an error was reported
	}
	for i := range next.spec.Services {
		s := &next.spec.Services[i]
		if replicas, exact := nodeAt(patch, "services."+quotedStep(s.Name)+".deploy.replicas"); !exact || replicas.kind == null {
			s.Replicas = before.Services[i].Replicas
		}
	}
	return &next.spec
}

// quotedStep is a name as a step of nodeAt's path.
func quotedStep(name string) string { return `"` + name + `"` }

// changeText tells a change in the file's own words.
func (d *decoder) changeText(c model.Change, patch *node) string {
	var parts []string
	for _, s := range c.Scale {
		parts = append(parts, fmt.Sprintf("scale %s=%d", d.spec.Services[s.Service].Name, s.Replicas))
	}
	for _, s := range c.Reload {
		parts = append(parts, "reload "+d.spec.Services[s].Name)
	}
	if patch != nil {
		parts = append(parts, "set "+strings.Join(flatten(nil, patch, ""), ", "))
	}
	return cleanLine(strings.Join(parts, ", "))
}

// flatten writes a tree as path=value, at most a few of them.
func flatten(out []string, n *node, path string) []string {
	const most = 5
	if len(out) == most {
		out = append(out, "…")
	}
	if len(out) > most {
		return out
	}
	switch n.kind {
	case mapping:
		for i, k := range n.keys {
			out = flatten(out, n.items[i], join(path, k.text))
		}
		if len(n.keys) == 0 {
			out = append(out, path+"={}")
		}
		return out
	case list:
		return append(out, path+"=[…]")
	case null:
		return append(out, path+"=null")
	}
	return append(out, path+"="+strings.Trim(quoted(n.text), `"`))
}
