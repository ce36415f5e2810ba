package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/hasim/sim"
)

// dist reads a time or a distribution.
func (o obj) dist(key string, def sim.Dist) sim.Dist {
	n := o.get(key)
	if n == nil {
		return def
	}
	if n.kind == scalar {
		return sim.Constant(value(o, key, "a time", 0, (&field{bounded: true, hi: never}).boundedTime))
	}
	if n.kind == list {
		o.d.fail(n, o.at(key), "write 50ms, or {dist: lognormal, p50: 40ms, p99: 180ms}", "must be a time or a distribution, not a list")
		return def
	}
	e, ok := o.d.object(n, o.at(key), distObject)
	if !ok {
		return def
	}
	return e.distribution(def)
}

// parameters of each family: any one set of them.
var parameters = map[string][][]string{
	"constant": {{"value"}}, "uniform": {{"min", "max"}}, "exponential": {{"mean"}},
	"lognormal": {{"p50", "p99"}, {"mean", "cv"}}, "gamma": {{"mean", "cv"}}, "weibull": {{"mean", "cv"}},
	"pareto": {{"mean", "alpha"}}, "empirical": {{"values"}},
}

func (o obj) distribution(def sim.Dist) sim.Dist {
	before := o.d.c.fails
	family := o.word("dist", "")
	value, lowest, highest := o.time("value", 0), o.time("min", 0), o.time("max", 0)
	mean, cv, alpha := o.time("mean", 0), o.number("cv", 0), o.number("alpha", 0)
	p50, p99, values := o.time("p50", 0), o.time("p99", 0), o.times("values")
	if o.d.c.fails > before || family == "" || !o.hasParameters(family) {
		return def
	}
	key := distKey{family, value, lowest, highest, mean, p50, p99, cv, alpha}
	if dist, ok := o.d.dists[key]; ok && family != "empirical" {
		return dist
	}
	if len(o.d.dists) >= maxDists {
		o.d.fail(o.n, o.path, "", "more than %d different distributions", maxDists)
		return def
	}
	dist, err := key.build(values)
	if err != nil {
		word, _, _ := strings.Cut(err.Error(), " ")
		at := o.n.has(word)
		if at == nil {
			at = o.n
		}
		o.d.fail(at, o.path, "", "%s", err)
		return def
	}
	o.d.dists[key] = dist
	return dist
}

// distKey is all that a distribution depends on, but for values. Building a
// gamma costs milliseconds, and variants and changes read the same ones again
// and again: each is built once a file.
type distKey struct {
	family                                 string
	value, lowest, highest, mean, p50, p99 time.Duration
	cv, alpha                              float64
}

// maxDists bounds what a hostile file can have built.
const maxDists = 500

func (k distKey) build(values []time.Duration) (dist sim.Dist, err error) {
	switch k.family {
	case "constant":
		dist = sim.Constant(k.value)
	case "uniform":
		dist, err = sim.Uniform(k.lowest, k.highest)
	case "exponential":
		dist, err = sim.Exponential(k.mean)
	case "lognormal":
		if k.p50 != 0 {
			dist, err = sim.LognormalP50P99(k.p50, k.p99)
		} else {
			dist, err = sim.LognormalMeanCV(k.mean, k.cv)
		}
	case "gamma":
		dist, err = sim.Gamma(k.mean, k.cv)
	case "weibull":
		dist, err = sim.Weibull(k.mean, k.cv)
	case "pareto":
		dist, err = sim.Pareto(k.mean, k.alpha)
	case "empirical":
		dist, err = sim.Empirical(values)
	}
	return dist, err
}

// hasParameters checks that exactly one set of the family's parameters is
// there.
func (o obj) hasParameters(family string) bool {
	var sets []string
	for _, set := range parameters[family] {
		given, others := 0, 0
		for i := range distObject.fields {
			name := distObject.fields[i].name
			if name == "dist" || o.n.has(name) == nil {
				continue
			}
			if slices.Contains(set, name) {
				given++
			} else {
				others++
			}
		}
		if given == len(set) && others == 0 {
			return true
		}
		sets = append(sets, "{dist: "+family+", "+strings.Join(set, ": …, ")+": …}")
	}
	o.d.fail(o.n, o.path, "write "+strings.Join(sets, " or "), "wrong parameters for %s", family)
	return false
}

func (o obj) times(key string) []time.Duration {
	n := o.get(key)
	if n == nil {
		return nil
	}
	if n.kind != list || len(n.items) == 0 {
		o.d.fail(n, o.at(key), "write [12ms, 15ms, 80ms]", "must be a list of times")
		return nil
	}
	out := make([]time.Duration, 0, len(n.items))
	for i, item := range n.items {
		if item.kind != scalar {
			o.d.fail(item, fmt.Sprintf("%s[%d]", o.at(key), i), timeHelp, "must be a time, not %s", item.kind)
			continue
		}
		v, err := o.t.field(key).boundedTime(item.text)
		if err != nil {
			o.d.failed(item, fmt.Sprintf("%s[%d]", o.at(key), i), err)
		}
		out = append(out, v)
	}
	return out
}
