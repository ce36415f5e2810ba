package scenarios

import (
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/hasim/model"
	"example.com/hasim/model/expect"
	"example.com/hasim/sim"
)

// loader makes a Scenario out of the tree of a file: the file's own story, and
// each variant's.
type loader struct {
	c       *collector
	file    string
	root    *node
	o       Options
	edits   []edit
	foreign foreignKeys
	chosen  chosen
	dists   map[distKey]sim.Dist
	reached reachability
}

func (l *loader) load() *Scenario {
	s := &Scenario{File: l.file}
	l.foreign.at, l.dists = map[*node]bool{}, map[distKey]sim.Dist{}
	l.reached = reachability{at: map[string]*node{}, reached: map[string]bool{}}
	if !l.isScenario() || !l.readEdits() {
		return s
	}
	edited := l.edited(l.root)
	variants := edited.has("variants")
	l.c.mute = variants != nil
	base := l.decode(edited, true)
	l.c.mute = false
	l.head(s, base)
	if variants == nil {
		base.spec.Name = "default"
		s.Variants = []Variant{{Name: "default", Spec: base.spec, Paired: true}}
		base.estimate(l.o.MaxEvents, "")
	} else {
		l.variants(s, base, variants)
	}
	l.foreign.report(base)
	l.reached.report(base)
	s.judgeAllBy(base.spec.Expect)
	s.Defaults = l.chosen.lines
	return s
}

// judgeAllBy makes the file's own expectations the goals of every variant, as
// far as it has the services that they speak of.
func (s *Scenario) judgeAllBy(lines []expect.Line) {
	for i := range s.Variants {
		spec := &s.Variants[i].Spec
		for _, line := range lines {
			if line.Metric.Service == "" || spec.Service(line.Metric.Service) >= 0 {
				spec.Goals = append(spec.Goals, line)
			}
		}
	}
}

// isScenario tells other files of the trade from a scenario, so that nobody
// gets thirty unknown keys for a Compose file.
func (l *loader) isScenario() bool {
	fail := func(n *node, help, format string, args ...any) bool {
		g := Diagnostic{Msg: fmt.Sprintf(format, args...), Help: help}
		n.at(&g)
		l.c.add(g)
		return false
	}
	switch {
	case l.root.kind != mapping:
		return fail(l.root, "it begins with hasim: v1; hasim init one-chef writes one", "a scenario is a map, not %s", l.root.kind)
	case l.root.has("hasim") != nil:
		return true
	case l.root.has("apiVersion") != nil && l.root.has("kind") != nil:
		return fail(l.root, "write a scenario: its autoscale takes the spec of a HorizontalPodAutoscaler as it is", "a Kubernetes manifest is not read yet")
	case l.root.has("services") != nil && l.root.has("traffic") == nil:
		return fail(l.root, "if this is a scenario, begin it with hasim: v1; Compose files are not read yet", "hasim: v1 is missing")
	}
	return fail(l.root, "begin the file with hasim: v1", "hasim: v1 is missing")
}

func (l *loader) readEdits() bool {
	ok := true
	for _, arg := range l.o.Set {
		e, good := parseSet(l.c, "--set", arg)
		l.edits, ok = append(l.edits, e), ok && good
	}
	for _, arg := range l.o.Scale {
		e, good := parseScale(l.c, arg)
		l.edits, ok = append(l.edits, e), ok && good
	}
	for _, e := range l.edits {
		ok = ok && l.serviceExists(e) && l.removesSomething(e)
	}
	return ok
}

// removesSomething keeps a slip in --set KEY=null from doing nothing without
// a word. What is written for a list stands in no map and is left to the walk.
func (l *loader) removesSomething(e edit) bool {
	if e.value == nil || e.value.kind != null || len(e.path) == 0 {
		return true
	}
	trees := []*node{l.root}
	if variants := l.root.has("variants"); variants != nil {
		for _, v := range variants.items {
			trees = append(trees, v.has("set"))
		}
	}
	var near []string
	for _, t := range trees {
		for i, word := range e.path {
			if t == nil || t.kind == list {
				break
			}
			next := t.get(word.text)
			if next == nil {
				for _, k := range t.keys {
					near = append(near, k.text)
				}
			}
			if next != nil && (i == len(e.path)-1 || next.kind == list) {
				return true
			}
			t = next
		}
	}
	last := e.path[len(e.path)-1]
	g := Diagnostic{Msg: "there is no " + visible(last.text) + " to remove", Help: didYouMean(last.text, near)}
	last.at(&g)
	l.c.add(g)
	return false
}

// serviceExists keeps a slip in --scale or --set from adding a service.
func (l *loader) serviceExists(e edit) bool {
	if len(e.path) < 2 || e.path[0].text != "services" {
		return true
	}
	trees := []*node{l.root}
	if variants := l.root.has("variants"); variants != nil {
		for _, v := range variants.items {
			if set := v.has("set"); set != nil {
				trees = append(trees, set)
			}
		}
	}
	var names []string
	for _, t := range trees {
		services := t.has("services")
		if services == nil {
			continue
		}
		for _, k := range services.keys {
			if k.text == e.path[1].text {
				return true
			}
			names = append(names, k.text)
		}
	}
	g := Diagnostic{Msg: "no such service: " + visible(e.path[1].text), Help: didYouMean(e.path[1].text, names)}
	e.path[1].at(&g)
	l.c.add(g)
	return false
}

func (l *loader) edited(root *node) *node {
	for _, e := range l.edits {
		root = e.apply(l.c, root)
	}
	return root
}

func (l *loader) decode(root *node, base bool) *decoder {
	d := &decoder{c: l.c, file: l.file, root: root, own: l.root, foreign: &l.foreign, chosen: &l.chosen, dists: l.dists}
	d.chosen.quiet = base && root.has("variants") != nil
	if !d.chosen.quiet {
		d.reached = &l.reached // what has variants does not run itself
	}
	d.decode()
	d.chosen.quiet = false
	return d
}

// head reads what all variants share.
func (l *loader) head(s *Scenario, d *decoder) {
	o := obj{d, d.root, "", rootObject}
	o.word("hasim", "")
	if s.Name = o.name("name"); s.Name == "" {
		s.Name = nameOfFile(l.file)
	}
	if s.Title = o.line("title"); s.Title == "" {
		s.Title = s.Name
	}
	s.Lesson = strings.TrimSpace(o.text("lesson"))
	s.Duration = d.spec.Duration
	s.Seed = value(o, "seed", "a whole number", 1, parseSeed)
	if l.o.Seed != nil {
		s.Seed = *l.o.Seed
	}
	s.SLO = slo(&d.spec)
	d.spec.Title, d.spec.Lesson = s.Title, s.Lesson
}

func parseSeed(text string) (uint64, *valueError) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0, wrong("write a whole number from 0 to 18446744073709551615", "%s is no seed", quoted(text))
	}
	return n, nil
}

// nameOfFile makes a name of a file's.
func nameOfFile(file string) string {
	base := path.Base(filepath.ToSlash(file))
	base = strings.TrimSuffix(base, path.Ext(base))
	base = strings.ToLower(strings.ReplaceAll(base, " ", "-"))
	if !nameShape.MatchString(base) {
		return "scenario"
	}
	return base
}

// maxVariants is how many lanes one file may have.
const maxVariants = 16

// fixedKeys may not differ between variants.
var fixedKeys = []string{"hasim", "name", "seed", "duration", "variants"}

// variants decodes each of them over the file.
func (l *loader) variants(s *Scenario, base *decoder, n *node) {
	o := obj{base, base.root, "", rootObject}
	if n.kind == list && len(n.items) == 0 {
		base.fail(n, "variants", "leave the key out, or write - {name: …, set: {…}}", "is empty")
	}
	if n.kind == list && len(n.items) > maxVariants {
		base.fail(n, "variants", "", "are too many: %d, at most %d", len(n.items), maxVariants)
		return
	}
	seen := map[string]int{}
	o.each("variants", func(i int, e obj) {
		name := e.variantName()
		if first, dup := seen[name]; dup && name != "" {
			base.fail(e.n.get("name"), e.at("name"), "", "two variants are called %s, the first is number %d", quoted(name), first+1)
		}
		seen[name] = i
		d := l.variant(base, e)
		if d == nil {
			return
		}
		d.spec.Name, d.spec.Title, d.spec.Lesson = name, s.Title, s.Lesson
		d.estimate(l.o.MaxEvents, name)
		s.Variants = append(s.Variants, Variant{Name: name, Spec: d.spec, Paired: sameArrivals(base.spec.Traffic, d.spec.Traffic)})
	})
}

func (e obj) variantName() string {
	const most = 60
	name := e.line("name")
	if n := utf8.RuneCountInString(name); n > most {
		e.d.fail(e.n.get("name"), e.at("name"), "", "is too long: %d characters, at most %d", n, most)
	}
	if name == "" && e.n.has("name") != nil {
		e.d.fail(e.n.get("name"), e.at("name"), "", "is empty")
	}
	return name
}

// variant decodes the file with one variant's patch over it, nil if the patch
// cannot be one.
func (l *loader) variant(base *decoder, e obj) *decoder {
	root := l.root.without("variants")
	if set := e.get("set"); set != nil {
		if !base.patchAllowed(set, e.at("set")) {
			return nil
		}
		root = mergePatch(root, set)
	}
	if expect := e.get("expect"); expect != nil {
		root = root.without("expect")
		root.put(e.n.keyOf("expect"), expect)
	}
	return l.decode(l.edited(root), false)
}

func (d *decoder) patchAllowed(set *node, at string) bool {
	if set.kind != mapping {
		d.fail(set, at, "write {services: {app: {deploy: {replicas: 3}}}}", "must be a map, not %s", set.kind)
		return false
	}
	ok := true
	for _, k := range set.keys {
		for _, fixed := range fixedKeys {
			if k.text == fixed {
				d.fail(k, join(at, k.text), "variants share it: change it in the file, or write two files", "a variant may not set %s", k.text)
				ok = false
			}
		}
	}
	return ok
}

// sameArrivals reports whether two variants face the same customers at the
// same times.
func sameArrivals(a, b []model.StreamSpec) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Even != b[i].Even || !reflect.DeepEqual(a[i].Profile, b[i].Profile) {
			return false
		}
	}
	return true
}

// chosen collects the defaults that were taken, each once.
type chosen struct {
	lines []string
	quiet bool
}

func (c *chosen) add(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if c.quiet {
		return
	}
	for _, have := range c.lines {
		if have == line {
			return
		}
	}
	c.lines = append(c.lines, line)
}

// defaultDuration is how long a run without duration and stages takes.
const defaultDuration = 5 * time.Minute
