package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Budgets of a file. A scenario that people write stays far below them; they
// keep a hostile one from costing more than a moment.
const (
	maxDepth   = 64
	maxNodes   = 100_000
	maxAliases = 10_000
)

type kind uint8

const (
	null kind = iota
	scalar
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a map"}[k]
}

// node is a value of the file and where it stands. Nodes are never changed
// once built: patches copy what they touch, so that trees share the rest.
type node struct {
	kind      kind
	src       *source
	line, col int
	width     int
	text      string // of a scalar
	tag       string // of a scalar: !!str, !!int, !!float, !!bool
	quoted    bool   // of a scalar: column offsets within it start behind the quote
	block     bool   // of a scalar: literal or folded, its text starts on the next line
	keys      []*node
	items     []*node // of a map: the value of keys[i]
}

// get returns the value of a key, nil if there is none.
func (n *node) get(key string) *node {
	if n == nil || n.kind != mapping {
		return nil
	}
	for i, k := range n.keys {
		if k.text == key {
			return n.items[i]
		}
	}
	return nil
}

// has is get without those that are null.
func (n *node) has(key string) *node {
	if v := n.get(key); v != nil && v.kind != null {
		return v
	}
	return nil
}

// keyOf returns the node of a key, for errors that speak of the key itself.
func (n *node) keyOf(key string) *node {
	for i := range n.keys {
		if n.keys[i].text == key {
			return n.keys[i]
		}
	}
	return n
}

// at fills g's place with the node's.
func (n *node) at(g *Diagnostic) { n.src.quote(g, n.line, n.col, n.width) }

// parseTree reads bytes into a tree. It returns nil after it has reported why
// it could not.
func parseTree(c *collector, file string, src []byte) *node {
	body := bytes.TrimPrefix(src, []byte("\uFEFF"))
	b := &builder{c: c, src: newSource(file, nil), open: map[*yaml.Node]bool{}}
	if !b.readable(body) {
		return nil
	}
	b.src = newSource(file, body)
	if !b.shallow(body) {
		return nil
	}
	doc := b.document(body)
	if doc == nil {
		return nil
	}
	root := b.build(doc, 0)
	c.size = b.nodes
	if b.failed {
		return nil
	}
	return root
}

type builder struct {
	c       *collector
	src     *source
	nodes   int
	aliases int
	open    map[*yaml.Node]bool // anchors whose value is being built
	failed  bool
}

func (b *builder) fail(line, col, width int, help, format string, args ...any) {
	g := Diagnostic{Msg: fmt.Sprintf(format, args...), Help: help}
	b.src.quote(&g, line, col, width)
	b.c.add(g)
	b.failed = true
}

// document parses the one document of the file.
func (b *builder) document(src []byte) (doc *yaml.Node) {
	defer func() {
		if r := recover(); r != nil { // a bug of the parser is still a bad file
			b.fail(1, 1, 1, "", "cannot be read as YAML")
			doc = nil
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var first, second yaml.Node
	err := dec.Decode(&first)
	if errors.Is(err, io.EOF) || err == nil && empty(&first) {
		b.fail(1, 1, 1, "hasim init one-chef writes one to begin with", "holds no scenario")
		return nil
	}
	if err == nil {
		if err = dec.Decode(&second); err == nil {
			b.fail(second.Line, max(second.Column, 1), 3, "put each scenario into a file of its own", "a second document")
			return nil
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.syntax(err)
		return nil
	}
	return first.Content[0]
}

// empty is a document with nothing but comments.
func empty(doc *yaml.Node) bool {
	if len(doc.Content) == 0 {
		return true
	}
	n := doc.Content[0]
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Value == ""
}

// build turns a parsed node into ours, within the budgets.
func (b *builder) build(y *yaml.Node, depth int) *node {
	if b.failed {
		return nil
	}
	if b.nodes++; b.nodes > maxNodes {
		b.fail(y.Line, y.Column, 1, "", "holds more than %d values", maxNodes)
		return nil
	}
	if depth > maxDepth {
		b.tooDeep(y.Line, y.Column)
		return nil
	}
	switch y.Kind {
	case yaml.AliasNode:
		return b.alias(y, depth)
	case yaml.MappingNode, yaml.SequenceNode:
		b.open[y] = true
		defer delete(b.open, y)
		if y.Kind == yaml.MappingNode {
			return b.mapping(y, depth)
		}
		n := &node{kind: list, src: b.src, line: y.Line, col: y.Column, width: 1}
		b.checkTag(y, "!!seq")
		for _, item := range y.Content {
			n.items = append(n.items, b.build(item, depth+1))
		}
		return n
	}
	return b.scalar(y)
}

func (b *builder) alias(y *yaml.Node, depth int) *node {
	if b.aliases++; b.aliases > maxAliases {
		b.fail(y.Line, y.Column, 1, "", "more than %d aliases", maxAliases)
		return nil
	}
	if b.open[y.Alias] {
		b.fail(y.Line, y.Column, 1+len(y.Value), "", "*%s stands within itself", visible(y.Value))
		return nil
	}
	return b.build(y.Alias, depth)
}

func (b *builder) mapping(y *yaml.Node, depth int) *node {
	n := &node{kind: mapping, src: b.src, line: y.Line, col: y.Column, width: 1}
	b.checkTag(y, "!!map")
	lines := map[string]int{}
	var merges []*node
	for i := 0; i+1 < len(y.Content) && !b.failed; i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			b.fail(k.Line, k.Column, 1, "write a word before the colon", "a key is a word")
			break
		}
		if k.Tag == "!!merge" {
			merges = append(merges, b.build(v, depth))
			continue
		}
		if first, dup := lines[k.Value]; dup {
			g := Diagnostic{Msg: fmt.Sprintf("%s is given twice, first on line %d", quoted(k.Value), first), Help: "keep one of the two"}
			b.src.quote(&g, k.Line, k.Column, utf8.RuneCountInString(k.Value))
			b.c.add(g)
			continue
		}
		lines[k.Value] = k.Line
		n.keys = append(n.keys, b.scalar(k))
		n.items = append(n.items, b.build(v, depth+1))
	}
	for _, m := range merges {
		b.merge(n, m, lines)
	}
	return n
}

// merge adds what a merge key (<<) brings and the map does not have itself.
func (b *builder) merge(n, from *node, have map[string]int) {
	if b.failed {
		return
	}
	switch from.kind {
	case mapping:
		for i, k := range from.keys {
			if _, ok := have[k.text]; !ok {
				have[k.text] = k.line
				n.keys = append(n.keys, k)
				n.items = append(n.items, from.items[i])
			}
		}
	case list:
		for _, m := range from.items {
			if m.kind == list {
				m = &node{kind: scalar, src: b.src, line: m.line, col: m.col}
			}
			b.merge(n, m, have)
		}
	default:
		b.fail(from.line, from.col, 1, "write <<: *name of a map", "<< takes a map")
	}
}

func (b *builder) scalar(y *yaml.Node) *node {
	n := &node{kind: scalar, src: b.src, line: y.Line, col: y.Column, text: y.Value, tag: y.ShortTag()}
	b.checkTag(y, "!!str", "!!int", "!!float", "!!bool", "!!null", "!!merge", "!!timestamp")
	switch {
	case y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		n.quoted = true
		n.width = utf8.RuneCountInString(y.Value) + 2
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		n.block, n.width = true, 1
	default:
		n.width = max(1, utf8.RuneCountInString(y.Value))
	}
	switch n.tag {
	case "!!null":
		n.kind = null
	case "!!timestamp":
		n.tag = "!!str"
	}
	return n
}

// checkTag refuses tags of others: they would mean something that hasim does
// not know.
func (b *builder) checkTag(y *yaml.Node, known ...string) {
	tag := y.ShortTag()
	if y.Style&yaml.TaggedStyle == 0 && tag != "!!binary" || tag == "!" {
		return
	}
	for _, k := range known {
		if tag == k {
			return
		}
	}
	g := Diagnostic{Msg: "the tag " + quoted(tag) + " means nothing here", Help: "remove it"}
	b.src.quote(&g, y.Line, y.Column, utf8.RuneCountInString(tag))
	b.c.add(g)
}
