package casefile

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"example.com/hasim/model/autoscale"
)

// shape is what pods of one template have in common.
type shape struct {
	Containers []autoscale.Container `json:"containers,omitempty"`
	Pod        autoscale.Requests    `json:"pod,omitzero"`
}

// String writes the case in the format that Parse reads.
func (c *Case) String() string {
	var b strings.Builder
	for _, line := range c.Comment {
		fmt.Fprintln(&b, strings.TrimSpace("# "+line))
	}
	if c.Kind != "" {
		fmt.Fprintln(&b, "kind", c.Kind)
	}
	var shapes []shape
	for i := range c.Syncs {
		sy := &c.Syncs[i]
		if i == 0 || c.Syncs[i-1].Config.Flags != sy.Config.Flags {
			fmt.Fprintln(&b, "flags", mustJSON(sy.Config.Flags))
		}
		if i == 0 || !reflect.DeepEqual(c.Syncs[i-1].Config.HPA, sy.Config.HPA) {
			fmt.Fprintln(&b, "spec", mustJSON(sy.Config.HPA))
		}
		shapes = writeSync(&b, sy, shapes)
	}
	return b.String()
}

func writeSync(b *strings.Builder, sy *Sync, shapes []shape) []shape {
	o := &sy.Seen
	var pods strings.Builder
	for i := range o.Pods {
		p := &o.Pods[i]
		n := -1
		for k := range shapes {
			if reflect.DeepEqual(shapes[k], shape{p.Containers, p.Requests}) {
				n = k
				break
			}
		}
		if n < 0 {
			n = len(shapes)
			shapes = append(shapes, shape{p.Containers, p.Requests})
			fmt.Fprintf(b, "shape %d %s\n", n, mustJSON(shapes[n]))
		}
		writePod(&pods, p, n)
	}
	fmt.Fprintf(b, "sync %v replicas=%d exist=%d\n", sy.At, o.SpecReplicas, o.StatusReplicas)
	b.WriteString(pods.String())
	for i := range o.Metrics {
		writeReading(b, i, &o.Metrics[i], o.Pods)
	}
	for _, w := range sy.Want {
		fmt.Fprintln(b, "want", w)
	}
	return shapes
}

func writePod(b *strings.Builder, p *autoscale.Pod, shape int) {
	fmt.Fprintf(b, "pod %s %v ready=%v", p.Name, p.Phase, p.Ready)
	if p.Ready != autoscale.NoCondition {
		fmt.Fprintf(b, "@%v", p.ReadySince)
	}
	if p.HasStart {
		fmt.Fprintf(b, " start=%v", p.Start)
	}
	fmt.Fprintf(b, " shape=%d", shape)
	if p.Deleting {
		b.WriteString(" deleting")
	}
	b.WriteByte('\n')
}

func writeReading(b *strings.Builder, i int, r *autoscale.Reading, pods []autoscale.Pod) {
	fmt.Fprintf(b, "metric %d", i)
	if r.Err != "" {
		fmt.Fprintf(b, " error %s\n", r.Err)
		return
	}
	if !slices.ContainsFunc(r.Samples, func(s autoscale.Sample) bool { return s.OK }) {
		fmt.Fprintf(b, " value=%d\n", r.Value)
		return
	}
	for k, s := range r.Samples {
		if !s.OK {
			continue
		}
		name := fmt.Sprintf("gone-%d", k-len(pods))
		if k < len(pods) {
			name = pods[k].Name
		}
		fmt.Fprintf(b, " %s=%d@%v/%v", name, s.Value, s.At, s.Window)
	}
	b.WriteByte('\n')
}

func mustJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
