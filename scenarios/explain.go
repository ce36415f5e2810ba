package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
)

// Explain describes a field by its path, as kubectl explain does:
// services.app.work, where the names of maps are free. "" is the whole format;
// "reasons" lists the reasons of events, "defaults" what holds when a file does
// not say. The error of an unknown field has a suggestion.
func Explain(fieldPath string) (string, error) {
	switch strings.TrimSpace(fieldPath) {
	case "reasons":
		return explainReasons(), nil
	case "defaults":
		return explainDefaults(), nil
	}
	p := place0()
	for _, m := range pathStep.FindAllStringSubmatch(strings.TrimSpace(fieldPath), -1) {
		if m[3] != "" {
			continue // a place in a list
		}
		next, ok := p.step(m[1] + m[2])
		if !ok {
			return "", unknownField(fieldPath, p, m[1]+m[2])
		}
		p = next
	}
	return p.text(), nil
}

// spot is where a path has led: a field, or the inside of a map with free
// names.
type spot struct {
	path string
	f    *field    // nil at the root
	in   []*object // what its keys may be
	free bool      // the next step is a free name
}

func place0() spot { return spot{in: []*object{rootObject}} }

func (p spot) step(word string) (spot, bool) {
	if p.free {
		return spot{path: p.path + ".<name>", f: p.f, in: p.in}, true
	}
	for _, o := range p.in {
		f := o.field(word)
		if f == nil {
			continue
		}
		next := spot{path: join(p.path, word), f: f, free: f.shape == mapOfObjects}
		switch {
		case f.shape == aDist:
			next.in = []*object{distObject}
		case f.shape == aPatch:
			next.in = []*object{rootObject}
		case f.of != nil:
			next.in = append([]*object{f.of}, f.or...)
		}
		return next, true
	}
	return p, false
}

// everyField calls visit with the path of each field of the format.
func everyField(visit func(path string, o *object, f *field)) {
	var walk func(path string, o *object, depth int)
	walk = func(path string, o *object, depth int) {
		for i := range o.fields {
			f := &o.fields[i]
			at := join(path, f.name)
			visit(at, o, f)
			if f.shape == mapOfObjects {
				at += ".<name>"
			}
			if f.of != nil && depth < maxDepth {
				for _, sub := range append([]*object{f.of}, f.or...) {
					walk(at, sub, depth+1)
				}
			}
		}
	}
	walk("", rootObject, 0)
}

func unknownField(path string, p spot, word string) error {
	var names []string
	for _, o := range p.in {
		names = append(names, o.names()...)
	}
	where := "there is no field " + quoted(path)
	found := ""
	everyField(func(at string, o *object, f *field) {
		if found == "" && f.name == word {
			found = at
		}
	})
	if found != "" {
		return errors.New(where + "; did you mean " + found + "?")
	}
	if best := nearest(word, names); best != "" {
		return errors.New(where + "; did you mean " + join(p.path, best) + "?")
	}
	if len(names) == 0 {
		return errors.New(where + ": " + p.path + " has no fields")
	}
	if p.path == "" {
		names = append(names, "reasons", "defaults")
	}
	return errors.New(where + "; known are " + strings.Join(names, ", "))
}

func (p spot) text() string {
	var b strings.Builder
	if p.f == nil {
		b.WriteString("A scenario file. hasim explain FIELD tells more of one: hasim explain services.app.work\n")
	} else {
		p.head(&b)
	}
	for _, o := range p.in {
		if o.doc != "" && (p.f == nil || !strings.HasPrefix(o.doc, p.f.doc)) {
			b.WriteString("\n" + wrap(o.doc, "", 78))
		}
		fmt.Fprintf(&b, "\nFIELDS:\n")
		for i := range o.fields {
			listField(&b, &o.fields[i])
		}
	}
	if p.f != nil && p.f.shape == expectations {
		explainMetrics(&b)
	}
	if p.path == "services.<name>.autoscale" {
		b.WriteString("\nPOLICIES:\n")
		for _, k := range autoscale.Kinds() {
			fmt.Fprintf(&b, "  %-16s %s\n", k, autoscale.About(k))
		}
		b.WriteString("\nMETRICS of pods, object and external:\n  " + strings.Join(model.Metrics(), "\n  ") + "\n")
	}
	return b.String()
}

func (p spot) head(b *strings.Builder) {
	f := p.f
	fmt.Fprintf(b, "FIELD:    %s <%s>\n", p.path, shapeText(f))
	if f.required {
		b.WriteString("REQUIRED: yes\n")
	}
	if f.def != "" {
		fmt.Fprintf(b, "DEFAULT:  %s\n", f.def)
	}
	if len(f.enum) > 0 {
		fmt.Fprintf(b, "WORDS:    %s\n", strings.Join(f.enum, ", "))
	}
	if f.on != everywhere {
		fmt.Fprintf(b, "PLATFORM: %s\n", f.on)
	}
	if f.example != "" {
		fmt.Fprintf(b, "EXAMPLE:  %s: %s\n", f.name, f.example)
	}
	doc := f.doc
	if len(p.in) == 1 && strings.HasPrefix(p.in[0].doc, doc) {
		doc = p.in[0].doc // the longer of the two
	}
	b.WriteString("\n" + wrap(doc, "", 78))
	if f.later != "" {
		b.WriteString(wrap("Until then: "+f.later+".", "", 78))
	}
}

func listField(b *strings.Builder, f *field) {
	if f.later != "" {
		fmt.Fprintf(b, "  %s  not modelled yet: %s\n", f.name, f.later)
		return
	}
	mark := ""
	if f.required {
		mark = " required"
	}
	fmt.Fprintf(b, "  %s <%s>%s\n", f.name, shapeText(f), mark)
	b.WriteString(wrap(f.doc, "    ", 78))
}

var shapeTexts = map[shape]string{
	aWord: "word", aName: "name", aText: "text", anInteger: "integer", aNumber: "number", aBool: "true | false",
	aTime: "time, such as 90s", aRate: "rate, such as 600/s", aSize: "size, such as 512M", aBytes: "size, such as 256Mi",
	aCPU: "cores, such as 0.5", aQuantity: "quantity, such as 500m", aPercent: "percentage", aBound: "integer | unlimited",
	aDist: "time | distribution", aReference: "name", references: "name | list of names", words: "word | list of words",
	anObject: "map", objects: "list of maps", objectOrList: "map | list of maps", mapOfObjects: "map of maps, by name",
	times: "list of times", expectations: "list of lines", mapOfIntegers: "map of integers, by name", aPatch: "merge patch",
}

func shapeText(f *field) string {
	if f.word {
		return "word | map"
	}
	return shapeTexts[f.shape]
}

// explainReasons lists the reason words of events.
func explainReasons() string {
	var b strings.Builder
	b.WriteString("Reasons of events, with the keys of their data.\n\n")
	for _, r := range model.Reasons() {
		fmt.Fprintf(&b, "%s  (%s)\n", r.Reason, r.From)
		text := r.Doc
		if len(r.Data) > 0 {
			text += " Data: " + strings.Join(r.Data, ", ") + "."
		}
		b.WriteString(wrap(text, "    ", 78))
	}
	explainScalerReasons(&b)
	return b.String()
}

// explainDefaults prints the kinds of services and every field's default.
func explainDefaults() string {
	var b strings.Builder
	b.WriteString("How a replica works when its service has no work, by kind:\n\n")
	for _, k := range kindDefaults {
		fmt.Fprintf(&b, "  %s: service_time %s, cpu %s, concurrency %s, queue %s, startup %s\n", k.kind, k.serviceText, k.cpuText, textBound(k.concurrency), textBound(k.queue), k.startupText)
		b.WriteString(wrap(k.why+".", "    ", 78))
	}
	b.WriteString("\nA service's kind comes from its image: nginx, postgres, redis (valkey) and\npgbouncer; anything else is an app.\n\nAll other defaults:\n\n")
	for _, g := range defaultGroups() {
		fmt.Fprintf(&b, "  %s\n", g.name)
		for _, line := range g.lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	return b.String()
}

// defaultGroup is the defaults of one map of the file.
type defaultGroup struct {
	name  string
	of    *object
	lines []string
}

// defaultGroups lists every default once: maps that are described by several
// objects (the kinds of autoscalers) make one group, and so do maps of one
// description that stand side by side (scaleUp and scaleDown).
func defaultGroups() []*defaultGroup {
	var groups []*defaultGroup
	everyField(func(path string, o *object, f *field) {
		if f.def == "" {
			return
		}
		name := strings.TrimSuffix(strings.TrimSuffix(path, f.name), ".")
		if name == "" {
			name = "at the top"
		}
		line := f.name + ": " + f.def
		at := slices.IndexFunc(groups, func(g *defaultGroup) bool { return g.name == name })
		if at < 0 {
			at = slices.IndexFunc(groups, func(g *defaultGroup) bool { return g.of == o && slices.Contains(g.lines, line) })
		}
		switch {
		case at < 0:
			groups = append(groups, &defaultGroup{name, o, []string{line}})
		case !slices.Contains(groups[at].lines, line):
			groups[at].lines = append(groups[at].lines, line)
		case groups[at].of == o && groups[at].name != name:
			_, last, _ := cutLast(name, ".")
			if !strings.HasSuffix(groups[at].name, last) {
				groups[at].name += " and " + last
			}
		}
	})
	return groups
}

// cutLast is strings.Cut at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

var spaces = regexp.MustCompile(`\s+`)

// wrap breaks a text into lines of at most width cells.
func wrap(text, indent string, width int) string {
	var b strings.Builder
	line := indent
	for _, w := range spaces.Split(strings.TrimSpace(text), -1) {
		if len(line)+1+len(w) > width && line != indent {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += w
	}
	b.WriteString(line + "\n")
	return b.String()
}
