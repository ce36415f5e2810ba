package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/hasim/model"
)

// text reads free text, cleaned.
func (o obj) text(key string) string {
	n, ok := o.scalar(key, "text")
	if !ok {
		return ""
	}
	return clean(n.text)
}

// maxLine bounds text that the screen shows in a line.
const maxLine = 200

func (o obj) line(key string) string {
	s := cleanLine(o.text(key))
	if n := utf8.RuneCountInString(s); n > maxLine {
		o.d.fail(o.n.get(key), o.at(key), "", "is too long: %d characters, at most %d", n, maxLine)
	}
	return s
}

var nameShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$`)

const nameHelp = "at most 63 of a-z, 0-9, . _ and -, with a letter or digit at both ends"

// checkName reports whether text can be a name.
func (d *decoder) checkName(n *node, path, text string) bool {
	if nameShape.MatchString(text) {
		return true
	}
	help := nameHelp
	if lower := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), " ", "-")); nameShape.MatchString(lower) {
		help = "write " + lower
	}
	d.fail(n, path, help, "%s cannot be a name", quoted(text))
	return false
}

// name reads an identifier; "" if there is none or it is wrong.
func (o obj) name(key string) string {
	n, ok := o.scalar(key, "a name")
	if !ok || !o.d.checkName(n, o.at(key), n.text) {
		return ""
	}
	return n.text
}

// word reads one word of the field's enum.
func (o obj) word(key, def string) string {
	n, ok := o.scalar(key, "one word")
	if !ok {
		return def
	}
	return o.d.oneOf(n, o.at(key), o.t.field(key), def)
}

func (d *decoder) oneOf(n *node, path string, f *field, def string) string {
	switch {
	case slices.Contains(f.enum, n.text):
		return n.text
	case slices.Contains(f.soon, n.text):
		d.fail(n, path, "write one of "+strings.Join(f.enum, ", "), "%s is not modelled yet", quoted(n.text))
	default:
		help := didYouMean(n.text, f.enum)
		if alias := aliasOf(f, n.text); alias != "" {
			help = "did you mean " + alias + "?"
		}
		d.fail(n, path, help, "%s is not known here", quoted(n.text))
	}
	return def
}

// otherNames of the platforms, as people call them.
var otherNames = map[string]string{
	"k8s": "kubernetes", "kube": "kubernetes", "k3s": "kubernetes", "minikube": "kubernetes", "openshift": "kubernetes",
	"docker": "compose", "docker-compose": "compose", "docker compose": "compose", "docker_compose": "compose", "podman": "compose",
}

// aliasOf is the word of the field's enum that another name stands for, or "".
func aliasOf(f *field, word string) string {
	if f.name != "platform" {
		return ""
	}
	return otherNames[strings.ToLower(strings.TrimSpace(word))]
}

func (o obj) bool(key string) bool {
	n, ok := o.scalar(key, "true or false")
	switch {
	case !ok || n.text == "false":
		return false
	case n.text == "true":
		return true
	}
	o.d.fail(n, o.at(key), "write true or false", "%s is neither true nor false", quoted(n.text))
	return false
}

// value reads a single value with parse, and returns def when there is none.
func value[T any](o obj, key, want string, def T, parse func(string) (T, *valueError)) T {
	n, ok := o.scalar(key, want)
	if !ok {
		return def
	}
	v, err := parse(n.text)
	if err != nil {
		o.d.failed(n, o.at(key), err)
		return def
	}
	return v
}

func (o obj) time(key string, def time.Duration) time.Duration {
	return value(o, key, "a time", def, o.t.field(key).boundedTime)
}

func (f *field) boundedTime(text string) (time.Duration, *valueError) {
	d, err := parseTime(text)
	switch {
	case err != nil || !f.bounded:
	case float64(d) < f.lo && f.lo <= 1:
		err = wrong("", "must be above 0, is %s", shown(text))
	case float64(d) < f.lo:
		err = wrong("", "must be at least %s, is %s", short(time.Duration(f.lo)), shown(text))
	case float64(d) > f.hi:
		err = wrong("", "must be at most %s, is %s", short(time.Duration(f.hi)), shown(text))
	}
	return d, err
}

func (o obj) integer(key string, def int64) int64 {
	f := o.t.field(key)
	return value(o, key, "a whole number", def, func(s string) (int64, *valueError) { return parseInt(s, f.lo, f.hi) })
}

func (o obj) number(key string, def float64) float64 {
	f := o.t.field(key)
	return value(o, key, "a number", def, func(s string) (float64, *valueError) { return parseNumber(s, f.lo, f.hi) })
}

func (o obj) rate(key string, def float64) float64 {
	return value(o, key, "a rate", def, parseRate)
}

func (o obj) percent(key string) float64 {
	return value(o, key, "a percentage", 0, parsePercent)
}

// bytes reads a size in Kubernetes' way.
func (o obj) bytes(key string) int64 {
	if n := o.n.has(key); n != nil && kubernetesMilli.MatchString(n.text) {
		o.d.warn(n, "W-MILLIBYTE", o.at(key), "write "+strings.TrimSuffix(n.text, "m")+"Mi", "%s is %s byte: m is a thousandth", n.text, milli(n.text))
	}
	return value(o, key, "a size", 0, parseBytes)
}

func milli(text string) string {
	x, _ := strconv.ParseFloat(strings.TrimSuffix(text, "m"), 64)
	return strconv.FormatFloat(x/1000, 'g', 6, 64)
}

// bound reads a number or unlimited.
func (o obj) bound(key string, def int32) int32 {
	f := o.t.field(key)
	return value(o, key, "a number or unlimited", def, func(s string) (int32, *valueError) {
		if s == "unlimited" {
			return model.Unlimited, nil
		}
		n, err := parseInt(s, f.lo, f.hi)
		if err != nil && !decimal.MatchString(s) || err != nil && err.help == "" {
			err.help = "write a number or unlimited"
		}
		return int32(n), err
	})
}

// strings reads one word or a list of them.
func (o obj) strings(key string) []*node {
	n := o.get(key)
	switch {
	case n == nil:
		return nil
	case n.kind == scalar:
		return []*node{n}
	case n.kind == mapping:
		o.d.fail(n, o.at(key), exampleOf(o.t.field(key)), "must be a list, not %s", n.kind)
		return nil
	}
	var out []*node
	for i, item := range n.items {
		if item.kind != scalar {
			o.d.fail(item, fmt.Sprintf("%s[%d]", o.at(key), i), "", "must be one word, not %s", item.kind)
			continue
		}
		out = append(out, item)
	}
	return out
}
