package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// mergePatch is RFC 7386: maps are merged key by key, null removes, anything
// else replaces. Neither tree is changed. Each node keeps the place where it
// was written, so that an error in what a patch brings points into the patch.
func mergePatch(target, patch *node) *node {
	if patch.kind != mapping {
		return patch
	}
	merged := &node{kind: mapping, src: patch.src, line: patch.line, col: patch.col, width: patch.width}
	if target != nil && target.kind == mapping {
		merged.src, merged.line, merged.col, merged.width = target.src, target.line, target.col, target.width
	} else {
		target = nil
	}
	if target != nil {
		for i, k := range target.keys {
			p := patch.get(k.text)
			switch {
			case p == nil:
				merged.put(k, target.items[i])
			case p.kind != null:
				merged.put(patch.keyOf(k.text), mergePatch(target.items[i], p))
			}
		}
	}
	for i, k := range patch.keys {
		if p := patch.items[i]; p.kind != null && (target == nil || target.get(k.text) == nil) {
			merged.put(k, mergePatch(nil, p))
		}
	}
	return merged
}

func (n *node) put(key, value *node) {
	n.keys = append(n.keys, key)
	n.items = append(n.items, value)
}

// without is a copy of a map without some of its keys.
func (n *node) without(keys ...string) *node {
	out := *n
	out.keys, out.items = nil, nil
next:
	for i, k := range n.keys {
		for _, gone := range keys {
			if k.text == gone {
				continue next
			}
		}
		out.put(k, n.items[i])
	}
	return &out
}

// edit is one --set or --scale: a value at a path.
type edit struct {
	path  []*node // words of the path, each with its place in the argument
	value *node
}

// parseSet reads path=value. A value is YAML, so that maps and lists can be
// given as {a: 1} and [1, 2]. Words of the path are divided by dots; one that
// has dots in it stands in double quotes.
func parseSet(c *collector, flag, arg string) (edit, bool) {
	src := newSource(flag, []byte(arg))
	fail := func(col int, help, format string, args ...any) (edit, bool) {
		g := Diagnostic{Msg: fmt.Sprintf(format, args...), Help: help}
		src.quote(&g, 1, col, 1)
		c.add(g)
		return edit{}, false
	}
	const shape = "write --set services.app.deploy.replicas=3"
	words, end, bad := splitPath(src, arg)
	switch {
	case bad != "":
		return fail(end+1, shape, "%s", bad)
	case end >= len(arg):
		return fail(1, shape, "there is no =")
	case len(words) == 0:
		return fail(1, shape, "there is no path before the =")
	}
	text := arg[end+1:]
	if strings.TrimSpace(text) == "" {
		return fail(end+2, shape+", or =null to remove the key", "there is no value behind the =")
	}
	switch words[0].text {
	case "hasim", "variants":
		return fail(1, "change the file", "%s cannot be set", words[0].text)
	}
	sub := &collector{}
	value := parseTree(sub, flag, []byte(text))
	if value == nil || len(sub.diags) > 0 {
		for _, g := range sub.diags {
			src.quote(&g, 1, end+2, len(text))
			c.add(g)
		}
		return edit{}, false
	}
	return edit{words, moved(value, src, len([]rune(arg[:end]))+1)}, true
}

// splitPath reads the words before the equals sign at end.
func splitPath(src *source, arg string) (words []*node, end int, bad string) {
	for i := 0; i <= len(arg); i++ {
		start, text := i, ""
		if i < len(arg) && arg[i] == '"' {
			close := strings.IndexByte(arg[i+1:], '"')
			if close < 0 {
				return nil, i, "a quote is not closed"
			}
			text = arg[i+1 : i+1+close]
			i += close + 2
		} else {
			for i < len(arg) && !strings.ContainsRune(".=[", rune(arg[i])) {
				i++
			}
			text = arg[start:i]
			if i < len(arg) && arg[i] == '[' && text == "" {
				close := strings.IndexByte(arg[i:], ']')
				if close < 0 {
					return nil, i, "a bracket is not closed"
				}
				text = arg[i+1 : i+close]
				i += close + 1
			}
		}
		if text == "" {
			return nil, start, "a word of the path is empty"
		}
		words = append(words, &node{kind: scalar, tag: "!!str", src: src, line: 1, col: len([]rune(arg[:start])) + 1, width: len([]rune(text)), text: text})
		switch {
		case i >= len(arg) || arg[i] == '=':
			return words, i, ""
		case arg[i] == '[':
			i--
		case arg[i] != '.':
			return nil, i, "a dot is missing"
		}
	}
	return words, len(arg), ""
}

// moved places a tree that was parsed from a part of an argument.
func moved(n *node, src *source, cols int) *node {
	out := *n
	out.src = src
	if n.line == 1 {
		out.col += cols
	}
	out.keys, out.items = nil, nil
	for _, k := range n.keys {
		out.keys = append(out.keys, moved(k, src, cols))
	}
	for _, v := range n.items {
		out.items = append(out.items, moved(v, src, cols))
	}
	return &out
}

// parseScale reads SERVICE=NUM as docker compose up --scale does.
func parseScale(c *collector, arg string) (edit, bool) {
	src := newSource("--scale", []byte(arg))
	name, num, ok := strings.Cut(arg, "=")
	if _, err := strconv.Atoi(num); !ok || err != nil || name == "" {
		g := Diagnostic{Msg: fmt.Sprintf("invalid --scale option %s. Should be SERVICE=NUM", quoted(arg)), Help: "write --scale app=3"}
		src.quote(&g, 1, 1, len([]rune(arg)))
		c.add(g)
		return edit{}, false
	}
	word := func(text string, col int) *node {
		return &node{kind: scalar, tag: "!!str", src: src, line: 1, col: col, width: len([]rune(text)), text: text}
	}
	value := word(num, len([]rune(name))+2)
	value.tag = "!!int"
	path := []*node{word("services", 1), word(name, 1), word("deploy", 1), word("replicas", 1)}
	path[0].width, path[2].width, path[3].width = len(name), len(name), len(name)
	return edit{path, value}, true
}

// apply puts the value at the path: along maps as a merge patch, along lists
// by index. It reports a place that is not there.
func (e edit) apply(c *collector, root *node) *node {
	return e.into(c, root, e.path)
}

func (e edit) into(c *collector, n *node, path []*node) *node {
	if len(path) == 0 {
		if e.value.kind == mapping {
			return mergePatch(n, e.value)
		}
		return e.value
	}
	word := path[0]
	if n != nil && n.kind == list {
		return e.intoList(c, n, word, path[1:])
	}
	value := e.into(c, n.get(word.text), path[1:])
	patch := &node{kind: mapping, src: word.src, line: word.line, col: word.col, width: word.width}
	patch.put(word, value)
	if n == nil || n.kind != mapping {
		return mergePatch(nil, patch)
	}
	out := *n
	out.keys, out.items = nil, nil
	found := false
	for i, k := range n.keys {
		if k.text != word.text {
			out.put(k, n.items[i])
			continue
		}
		if found = true; value.kind != null {
			out.put(word, value)
		}
	}
	if !found && value.kind != null {
		out.put(word, value)
	}
	return &out
}

func (e edit) intoList(c *collector, n, word *node, rest []*node) *node {
	i, err := strconv.Atoi(word.text)
	if err != nil || i < 0 || i >= len(n.items) {
		g := Diagnostic{Msg: fmt.Sprintf("%s is no place in a list of %d", quoted(word.text), len(n.items)), Help: "write a number from 0 on"}
		word.at(&g)
		c.add(g)
		return n
	}
	out := *n
	out.items = append([]*node(nil), n.items...)
	out.items[i] = e.into(c, n.items[i], rest)
	if out.items[i].kind == null {
		out.items = append(out.items[:i], out.items[i+1:]...)
	}
	return &out
}
