package scenarios

import (
	"strings"

	"example.com/hasim/model"
)

// faultWords are the keys that say what breaks; one of them per fault.
var faultWords = []string{"crash", "hang", "slow", "host_down", "metrics_down"}

var faultKinds = map[string]model.FaultKind{
	"crash": model.FaultCrash, "hang": model.FaultHang, "slow": model.FaultSlow,
	"host_down": model.FaultHostDown, "metrics_down": model.FaultMetricsDown,
}

// belongs lists keys that only some faults have.
var belongs = map[string][]string{
	"exit": {"crash"}, "reason": {"crash"}, "factor": {"slow"}, "for": {"hang", "slow", "host_down", "metrics_down"},
	"count": {"crash", "hang", "slow"}, "percent": {"crash", "hang", "slow"}, "all": {"crash", "hang", "slow"},
}

func (d *decoder) faults(o obj) {
	if !o.few("faults", maxFaults) {
		return
	}
	o.each("faults", func(i int, e obj) {
		word, at := "", (*node)(nil)
		for _, w := range faultWords {
			n := e.get(w)
			if n == nil {
				continue
			}
			if word != "" {
				d.fail(e.n.keyOf(w), e.at(w), "write two faults", "a fault is either %s or %s", word, w)
				return
			}
			word, at = w, n
		}
		if word == "" {
			if !e.strange() {
				d.fail(e.n, e.path, "write one of "+strings.Join(faultWords, ", "), "breaks nothing")
			}
			return
		}
		for key, words := range belongs {
			if n := e.n.has(key); n != nil && !contains(words, word) {
				d.fail(e.n.keyOf(key), e.at(key), "it belongs to "+strings.Join(words, ", "), "has no meaning for %s", word)
			}
		}
		d.spec.Faults = append(d.spec.Faults, d.fault(e, word, at))
	})
}

// strange reports whether a map has a key that was refused: then more must not
// be said of what it lacks.
func (o obj) strange() bool {
	for i, k := range o.n.keys {
		f := o.t.field(k.text)
		if f == nil && !strings.HasPrefix(k.text, "x-") || f != nil && f.later != "" && o.n.items[i].kind != null {
			return true
		}
	}
	return false
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

func (d *decoder) fault(e obj, word string, at *node) model.Fault {
	f := model.Fault{Kind: faultKinds[word], At: e.time("at", 0), For: e.time("for", 0)}
	d.late(e, f.At)
	switch f.Kind {
	case model.FaultHostDown:
		f.Host = d.host(at, e.at(word))
	case model.FaultMetricsDown:
		if !e.bool(word) && at.kind == scalar && at.text == "false" {
			d.fail(at, e.at(word), "write metrics_down: true", "breaks nothing")
		}
	default:
		f.Service = max(0, d.victimsOf(word, at, e.at(word)))
		d.victims(e, &f)
	}
	d.repeats(e, &f)
	switch f.Kind {
	case model.FaultCrash:
		d.exit(e, &f)
	case model.FaultSlow:
		f.Factor = e.number("factor", 1)
		if e.n.has("factor") == nil {
			d.fail(e.n, e.at("factor"), "write factor: 3", "is missing: how many times as long?")
		}
	}
	return f
}

// victimsOf finds the service that a fault hits. Who names one of its replicas
// is told how victims are chosen.
func (d *decoder) victimsOf(word string, n *node, path string) int32 {
	m := replicaName.FindStringSubmatch(n.text)
	if n.kind == scalar && m != nil && d.spec.Service(n.text) < 0 && d.spec.Service(m[1]) >= 0 {
		d.fail(n, path, "victims are drawn: write "+word+": "+m[1]+" with count: 1", "%s is a replica, not a service", quoted(n.text))
		return -1
	}
	return d.service(n, path)
}

func (d *decoder) host(n *node, path string) int32 {
	names := d.hostNames()
	if n.kind != scalar {
		d.fail(n, path, "", "must be the name of a host, not %s", n.kind)
		return 0
	}
	for i, name := range names {
		if name == n.text {
			return int32(i)
		}
	}
	if len(names) == 0 && n.text == d.defaultHostName() {
		return 0
	}
	help := didYouMean(n.text, names)
	if len(names) == 0 {
		help = "the one host is called " + d.defaultHostName()
	}
	for i := range d.spec.Services {
		if d.spec.Services[i].Name == n.text {
			help = "that is a service: write crash: " + n.text
		}
	}
	d.fail(n, path, help, "there is no host %s", quoted(n.text))
	return 0
}

// victims reads how many are hit: count, percent or all.
func (d *decoder) victims(e obj, f *model.Fault) {
	f.Count = clamp32(e.integer("count", 1))
	f.Percent = e.percent("percent")
	f.All = e.bool("all")
	given := ""
	for _, key := range []string{"count", "percent", "all"} {
		if e.n.has(key) == nil {
			continue
		}
		if given != "" {
			d.fail(e.n.keyOf(key), e.at(key), "keep one of the two", "either %s or %s", given, key)
		}
		given = key
	}
	if n := e.n.has("percent"); n != nil && f.Percent == 0 && !d.bad[n] {
		d.fail(n, e.at("percent"), "", "must be above 0%%")
	}
}

// repeats reads every, until and times.
func (d *decoder) repeats(e obj, f *model.Fault) {
	f.Every, f.Until, f.Times = e.time("every", 0), e.time("until", 0), clamp32(e.integer("times", 0))
	for _, key := range []string{"until", "times"} {
		if e.n.has(key) != nil && e.n.has("every") == nil {
			d.fail(e.n.keyOf(key), e.at(key), "write every: 20s too", "has no meaning without every")
		}
	}
	if n := e.n.has("until"); n != nil && !d.bad[n] && f.Until < f.At {
		d.fail(n, e.at("until"), "", "must not be before at, %s", short(f.At))
	}
}

func (d *decoder) exit(e obj, f *model.Fault) {
	f.Reason = "Error"
	if n, ok := e.scalar("reason", "a word"); ok {
		if f.Reason = n.text; !plainKey.MatchString(n.text) {
			d.fail(n, e.at("reason"), "write one word such as OOMKilled or Error", "%s is no reason", quoted(n.text))
		}
	}
	exit := int64(1)
	if f.Reason == "OOMKilled" {
		exit = 137
	}
	f.Exit = clamp32(e.integer("exit", exit))
	if f.Exit == 0 && e.n.has("reason") == nil {
		f.Reason = "Completed"
	}
}
