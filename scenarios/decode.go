package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"example.com/hasim/model"
	"example.com/hasim/sim"
)

// decoder turns one tree into a Spec. It reports through the collector and
// goes on: what cannot be read is left at its zero value.
type decoder struct {
	c        *collector
	file     string
	root     *node // the tree to read
	own      *node // the file's own, without a variant's patch
	platform model.Platform
	foreign  *foreignKeys
	chosen   *chosen
	reached  *reachability
	dists    map[distKey]sim.Dist // those built already
	spec     model.Spec
	atMost   []int64          // replicas of each service, for the estimate
	names    map[string]*node // services and hosts, by name
	bad      map[*node]bool   // values that could not be read
}

// obj is a map of the file that is read as an object of the table.
type obj struct {
	d    *decoder
	n    *node
	path string
	t    *object
}

// asked is told of every key that the decoder looks at; tests hold the table
// against it.
var asked func(t *object, key string)

func (d *decoder) report(n *node, warning bool, rule, path, help, format string, args ...any) {
	switch {
	case warning && (d.c.mute || d.c.full()):
		return
	case d.c.full():
		d.c.fails++
		return
	}
	g := Diagnostic{Warning: warning, Rule: rule, Path: path, Msg: fmt.Sprintf(format, args...), Help: help}
	n.at(&g)
	d.c.add(g)
}

func (d *decoder) fail(n *node, path, help, format string, args ...any) {
	d.report(n, false, "", path, help, format, args...)
}

// failed reports a value that could not be read.
func (d *decoder) failed(n *node, path string, err *valueError) {
	d.mark(n)
	d.fail(n, path, err.help, "%s", err.msg)
}

// mark remembers that a node was told of, so that later checks leave it alone.
func (d *decoder) mark(n *node) {
	if d.bad == nil {
		d.bad = map[*node]bool{}
	}
	d.bad[n] = true
}

// warn reports what runs and will be regretted. Rules are stable ids.
func (d *decoder) warn(n *node, rule, path, help, format string, args ...any) {
	d.report(n, true, rule, path, help, format, args...)
}

// join extends a path, quoting words that would read wrong.
func join(path, key string) string {
	key = quoteKey(key)
	if path == "" {
		return key
	}
	return path + "." + key
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)

func quoteKey(key string) string {
	plain := len(key) > 0 && len(key) <= 63
	for i := 0; i < len(key) && plain; i++ { // plainKey, on the way of every key
		c := key[i]
		plain = c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	if plain {
		return key
	}
	return quoted(key)
}

// object opens a map and checks its keys: unknown ones are errors with a
// suggestion, x- keys are free.
func (d *decoder) object(n *node, path string, t *object) (obj, bool) {
	o := obj{d, n, path, t}
	if n == nil || n.kind == null {
		return o, false
	}
	if n.kind != mapping {
		d.fail(n, path, "write "+objectShape(t), "must be a map, not %s", n.kind)
		return o, false
	}
	o.checkKeys()
	return o, true
}

// objectShape is a map with the first keys of an object, as help.
func objectShape(t *object) string {
	var keys []string
	for i := range t.fields {
		if f := &t.fields[i]; f.required || len(keys) < 2 && f.later == "" {
			keys = append(keys, f.name+": …")
		}
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

func (o obj) checkKeys() {
	unknown := 0
	for i, k := range o.n.keys {
		f := o.t.field(k.text)
		at := join(o.path, k.text)
		switch {
		case strings.HasPrefix(k.text, "x-"):
		case f == nil:
			help := ""
			if unknown++; unknown <= maxDiagnostics {
				help = unknownHelp(o.t, k.text)
			} else if unknown > maxCollected {
				return
			}
			o.d.fail(k, at, help, "there is no key %s here", quoted(k.text))
		case f.later != "" && o.n.items[i].kind != null:
			o.d.fail(k, at, laterHelp(o.t, f, o.n.items[i]), "is not modelled yet")
		case f.on != everywhere && o.n.items[i].kind != null:
			o.d.foreign.see(k, at, f.on, o.d.platform)
		}
	}
	for i := range o.t.fields {
		if f := &o.t.fields[i]; f.required && o.n.has(f.name) == nil {
			o.d.fail(o.n, join(o.path, f.name), exampleOf(f), "is missing")
		}
	}
}

func exampleOf(f *field) string {
	switch {
	case f.example != "":
		return "write " + f.name + ": " + f.example
	case len(f.enum) > 0:
		return "write " + f.name + ": " + f.enum[0]
	}
	return ""
}

// misnamed are words that people bring from the tools.
var misnamed = map[string]string{
	"service.replicas": "write deploy: {replicas: …}", "service.scale": "write deploy: {replicas: …}",
	"service.resources": "write deploy: {resources: …}", "service.depends_on": "write calls: if requests go there; order of start is not modelled",
	"service.hpa": "write autoscale:", "service.balancer": "write balance:", "resources.requests": "write reservations:",
	"service.cpus": "write deploy: {resources: {limits: {cpus: …}}}", "service.mem_limit": "write deploy: {resources: {limits: {memory: …}}}",
	"amounts.cpu": "did you mean cpus?", "host.cpu": "did you mean cpus?", "stage.rate": "did you mean target?",
	"traffic.rate": "did you mean start?", "hpa.min": "did you mean minReplicas?", "hpa.max": "did you mean maxReplicas?",
	"scenario.version": "leave it out: version belongs to Compose, and hasim: v1 says what this file is",
	"fault.kill":       "did you mean crash?", "fault.stop": "did you mean crash?", "fault.restart": "did you mean crash?", "fault.exits": "did you mean crash?",
	"fault.oom": "did you mean crash? with reason: OOMKilled", "fault.die": "did you mean crash?", "fault.delete": "did you mean crash?",
	"fault.host": "did you mean host_down?", "fault.node": "did you mean host_down?", "fault.node_down": "did you mean host_down?",
	"fault.pause": "did you mean hang?", "fault.freeze": "did you mean hang?", "fault.stall": "did you mean hang?",
	"fault.latency": "did you mean slow? with factor: 3", "fault.delay": "did you mean slow? with factor: 3",
	"retries.count": "did you mean max?", "distribution.kind": "did you mean dist?", "distribution.type": "did you mean dist?",
}

// laterHelp says what to use instead of a key that is not modelled yet.
func laterHelp(t *object, f *field, value *node) string {
	if t == faultObject && f.name == "down" && value.kind == scalar {
		return "did you mean crash? write crash: " + visible(value.text) + " with all: true, or hang: " + visible(value.text) + " with all: true and a for"
	}
	return f.later
}

var composeKeys = []string{"build", "ports", "environment", "env_file", "volumes", "networks", "command", "entrypoint", "container_name", "expose", "labels", "logging", "user", "working_dir", "secrets", "configs", "hostname", "profiles", "links", "tty", "stdin_open", "ulimits", "sysctls", "cap_add", "cap_drop"}

func unknownHelp(t *object, key string) string {
	if help, ok := misnamed[t.name+"."+key]; ok {
		return help
	}
	if t == variantObject && rootObject.field(key) != nil {
		return "put it under set: {" + key + ": …}"
	}
	if t == serviceObject && slices.Contains(composeKeys, key) {
		return "leave it out: this part of Compose has no effect in a scenario"
	}
	return didYouMean(key, t.names())
}

// foreignKeys remembers keys that the platform of a variant does not know.
// They are wrong only if no variant's platform knows them: one file may be
// played on both.
type foreignKeys struct {
	strange []foreignKey
	at      map[*node]bool // keys that some variant's platform knows
}

type foreignKey struct {
	n    *node
	path string
	on   platforms
}

func (f *foreignKeys) see(n *node, path string, on platforms, here model.Platform) {
	if on == platforms(here)+1 {
		f.at[n] = true
		return
	}
	f.strange = append(f.strange, foreignKey{n, path, on})
}

func (f *foreignKeys) report(d *decoder) {
	for _, k := range f.strange {
		if !f.at[k.n] {
			d.fail(k.n, k.path, "write platform: "+k.on.String()+", or leave the key out", "is a key of %s only", k.on)
		}
	}
}

// get returns the value of a key, nil if it is absent or null. A key that is
// not in the table is a bug.
func (o obj) get(key string) *node {
	if o.t.field(key) == nil {
		panic("scenarios: " + o.t.name + " has no field " + key)
	}
	if asked != nil {
		asked(o.t, key)
	}
	return o.n.has(key)
}

func (o obj) at(key string) string { return join(o.path, key) }

// sub opens the object of a key.
func (o obj) sub(key string) (obj, bool) {
	n := o.get(key)
	if n == nil {
		return obj{}, false
	}
	return o.d.object(n, o.at(key), o.t.field(key).of)
}

// each calls f with every entry of a list of objects.
func (o obj) each(key string, f func(i int, e obj)) {
	n := o.get(key)
	if n == nil {
		return
	}
	t := o.t.field(key)
	items := n.items
	if n.kind != list {
		if n.kind != mapping || t.shape != objectOrList {
			o.d.fail(n, o.at(key), "write - "+objectShape(t.of), "must be a list, not %s", n.kind)
			return
		}
		items = []*node{n}
	}
	for i, item := range items {
		path := fmt.Sprintf("%s[%d]", o.at(key), i)
		if n.kind == mapping {
			path = o.at(key)
		}
		if item.kind == null {
			o.d.fail(item, path, "write "+objectShape(t.of), "is empty")
			continue
		}
		if e, ok := o.d.object(item, path, t.of); ok {
			f(i, e)
		}
	}
}

// scalar returns the single value of a key.
func (o obj) scalar(key, want string) (*node, bool) {
	n := o.get(key)
	if n == nil {
		return nil, false
	}
	if n.kind != scalar {
		o.d.fail(n, o.at(key), exampleOf(o.t.field(key)), "must be %s, not %s", want, n.kind)
		return nil, false
	}
	return n, true
}

// clamp32 keeps a checked integer within an int32.
func clamp32(n int64) int32 { return int32(max(math.MinInt32, min(math.MaxInt32, n))) }
