package casefile

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/hasim/model/autoscale"
)

// reader holds what lines before a sync have set.
type reader struct {
	c      Case
	config autoscale.Config
	shapes map[string]shape
}

// Parse reads a case. The error names the line.
func Parse(text string) (*Case, error) {
	r := reader{shapes: map[string]shape{}, config: autoscale.Config{Flags: autoscale.DefaultFlags()}}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if comment, ok := strings.CutPrefix(line, "#"); ok {
			r.c.Comment = append(r.c.Comment, strings.TrimSpace(comment))
			continue
		}
		if err := r.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return &r.c, nil
}

func (r *reader) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "kind":
		r.c.Kind = rest
		return nil
	case "flags":
		r.config.Flags = autoscale.Flags{}
		return json.Unmarshal([]byte(rest), &r.config.Flags)
	case "spec":
		return r.spec(rest)
	case "shape":
		name, text, _ := strings.Cut(rest, " ")
		var s shape
		err := json.Unmarshal([]byte(text), &s)
		r.shapes[name] = s
		return err
	case "sync":
		return r.sync(rest)
	}
	if len(r.c.Syncs) == 0 {
		return fmt.Errorf("%q before the first sync", word)
	}
	sy := &r.c.Syncs[len(r.c.Syncs)-1]
	switch word {
	case "pod":
		return r.pod(rest, &sy.Seen)
	case "metric":
		return r.metric(rest, &sy.Seen)
	case "want":
		sy.Want = append(sy.Want, rest)
		return nil
	}
	return fmt.Errorf("unknown word %q", word)
}

// spec reads the settings of the case's kind.
func (r *reader) spec(text string) error {
	var into any = &r.config.HPA
	switch r.c.Kind {
	case "fixed":
		into = &r.config.Fixed
	case "schedule":
		into = &r.config.Schedule
	case "step":
		into = &r.config.Step
	case "target_tracking":
		into = &r.config.TargetTracking
	default:
		r.config.HPA = autoscale.HPASpec{}
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func (r *reader) sync(text string) error {
	at, rest, _ := strings.Cut(text, " ")
	t, err := time.ParseDuration(at)
	if err != nil {
		return err
	}
	sy := Sync{At: t, Config: r.config}
	for _, word := range strings.Fields(rest) {
		key, value, _ := strings.Cut(word, "=")
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return err
		}
		switch key {
		case "replicas":
			sy.Seen.SpecReplicas, sy.Seen.StatusReplicas = int32(n), int32(n)
		case "exist":
			sy.Seen.StatusReplicas = int32(n)
		default:
			return fmt.Errorf("unknown key %q", key)
		}
	}
	r.c.Syncs = append(r.c.Syncs, sy)
	return nil
}

var phases = map[string]autoscale.Phase{
	"Pending": autoscale.Pending, "Running": autoscale.Running, "Succeeded": autoscale.Succeeded,
	"Failed": autoscale.Failed, "Unknown": autoscale.PhaseUnknown,
}

var readiness = map[string]autoscale.Readiness{
	"none": autoscale.NoCondition, "True": autoscale.Ready, "False": autoscale.NotReady, "Unknown": autoscale.ReadinessUnknown,
}

// pod reads "a Running ready=True@12s start=3s shape=0 deleting". A count
// "8*a" stands for a0 .. a7.
func (r *reader) pod(text string, o *autoscale.Observation) error {
	words := strings.Fields(text)
	if len(words) < 2 {
		return fmt.Errorf("a pod needs a name and a phase")
	}
	phase, ok := phases[words[1]]
	if !ok {
		return fmt.Errorf("unknown phase %q", words[1])
	}
	p := autoscale.Pod{Name: words[0], Phase: phase}
	for _, word := range words[2:] {
		if err := r.podWord(word, &p); err != nil {
			return err
		}
	}
	count, name, many := strings.Cut(p.Name, "*")
	if !many {
		o.Pods = append(o.Pods, p)
		return nil
	}
	n, err := strconv.Atoi(count)
	for i := range n {
		p.Name = name + strconv.Itoa(i)
		o.Pods = append(o.Pods, p)
	}
	return err
}

func (r *reader) podWord(word string, p *autoscale.Pod) (err error) {
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "ready":
		status, since, has := strings.Cut(value, "@")
		var ok bool
		if p.Ready, ok = readiness[status]; !ok {
			return fmt.Errorf("unknown readiness %q", status)
		}
		if has {
			p.ReadySince, err = time.ParseDuration(since)
		}
	case "start":
		p.HasStart = true
		p.Start, err = time.ParseDuration(value)
	case "shape":
		s, ok := r.shapes[value]
		if !ok {
			return fmt.Errorf("unknown shape %q", value)
		}
		p.Containers, p.Requests = s.Containers, s.Pod
	case "deleting":
		p.Deleting = true
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return err
}

// metric reads "0 a=120@15s/15s b=...", "0 value=1200" or "0 error text".
// "*=120@15s/15s" is the sample of every pod that has none yet.
func (r *reader) metric(text string, o *autoscale.Observation) error {
	index, rest, _ := strings.Cut(text, " ")
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i > 100 {
		return fmt.Errorf("bad index of a metric %q", index)
	}
	for len(o.Metrics) <= i {
		o.Metrics = append(o.Metrics, autoscale.Reading{})
	}
	reading := &o.Metrics[i]
	if message, ok := strings.CutPrefix(rest, "error "); ok {
		reading.Err = message
		return nil
	}
	for _, word := range strings.Fields(rest) {
		name, value, _ := strings.Cut(word, "=")
		if name == "value" {
			if reading.Value, err = strconv.ParseInt(value, 10, 64); err != nil {
				return err
			}
			continue
		}
		s, err := sample(value)
		if err != nil {
			return err
		}
		place(reading, o.Pods, name, s)
	}
	return nil
}

// place puts a sample at its pod's index, at all, or behind the last.
func place(r *autoscale.Reading, pods []autoscale.Pod, name string, s autoscale.Sample) {
	for len(r.Samples) < len(pods) {
		r.Samples = append(r.Samples, autoscale.Sample{})
	}
	for k := range pods {
		if name == "*" && !r.Samples[k].OK {
			r.Samples[k] = s
		}
		if pods[k].Name == name {
			r.Samples[k] = s
			return
		}
	}
	if name != "*" {
		r.Samples = append(r.Samples, s)
	}
}

func sample(text string) (s autoscale.Sample, err error) {
	s.OK = true
	value, rest, timed := strings.Cut(text, "@")
	if s.Value, err = strconv.ParseInt(value, 10, 64); err != nil || !timed {
		return s, err
	}
	at, window, _ := strings.Cut(rest, "/")
	if s.At, err = time.ParseDuration(at); err != nil {
		return s, err
	}
	s.Window, err = time.ParseDuration(window)
	return s, err
}
