// Package casefile reads and writes recorded histories of an autoscaler as
// text: what it was shown at each sync, and what it answered. The module
// model/conformance records them from the controller of Kubernetes itself;
// the tests of package autoscale replay them without it.
//
// A file is a list of lines. "flags", "kind" and "spec" set up the policy and may come
// again before any sync (an edit); "shape" describes pods' containers once;
// "sync" begins a sync, followed by its "pod" and "metric" lines and by the
// answer as "want" lines. "#" begins a comment.
package casefile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/hasim/model/autoscale"
)

// Case is one history.
type Case struct {
	Comment []string
	Kind    string // "" means hpa
	Syncs   []Sync
}

// Sync is one sync: the policy in force, what it saw and what it answered.
type Sync struct {
	At     time.Duration
	Config autoscale.Config // the same value until an edit
	Seen   autoscale.Observation
	Want   []string
}

// Replay runs the policy over the history and returns its answers.
func (c *Case) Replay() ([][]string, error) {
	var s autoscale.State
	answers := make([][]string, len(c.Syncs))
	for i := range c.Syncs {
		sy := &c.Syncs[i]
		p, err := autoscale.New(c.kind(), sy.Config)
		if err != nil {
			return nil, fmt.Errorf("sync %d at %v: %w", i, sy.At, err)
		}
		d := p.Sync(sy.At, &sy.Seen, &s)
		answers[i] = Answer(&d, &s)
	}
	return answers, nil
}

func (c *Case) kind() string {
	if c.Kind == "" {
		return "hpa"
	}
	return c.Kind
}

// Diff replays the history and returns the first sync whose answer differs
// from what is wanted, with a text that shows both; -1 if none does.
func (c *Case) Diff() (int, string) {
	answers, err := c.Replay()
	if err != nil {
		return 0, err.Error()
	}
	for i, sy := range c.Syncs {
		if !slices.Equal(sy.Want, answers[i]) {
			return i, fmt.Sprintf("sync %d at %v:\nwant\n\t%s\ngot\n\t%s", i, sy.At, strings.Join(sy.Want, "\n\t"), strings.Join(answers[i], "\n\t"))
		}
	}
	return -1, ""
}

// Answer puts what an API client can see after a sync into lines: the
// replicas, the current metrics, the conditions, the events' reasons.
func Answer(d *autoscale.Decision, s *autoscale.State) []string {
	scale := d.From
	if d.Rescale {
		scale = d.Replicas
	}
	lines := []string{Replicas(s.CurrentReplicas, s.DesiredReplicas, scale)}
	if s.Scaled {
		lines = append(lines, "scaled "+s.LastScale.String())
	}
	for _, m := range s.CurrentMetrics {
		lines = append(lines, MetricLine(m))
	}
	for _, c := range s.Conditions {
		lines = append(lines, ConditionLine(c.Type, c.Status.String(), c.Reason, c.Since))
	}
	for _, e := range d.Events {
		because := e.Message
		if e.Reason == autoscale.SuccessfulRescale {
			because = d.Reason // the message also has our arithmetic
		}
		lines = append(lines, EventLine(e.Type, e.Reason, because))
	}
	return lines
}

// EventLine is the line of an answer about an event: because is the reason
// that a rescale gives, or the error of a metric. Which of several pods an
// error names is the controller's chance.
func EventLine(typ, reason, because string) string {
	because = somePod.ReplaceAllString(because, "Pod")
	return strings.TrimSuffix("event "+typ+" "+reason+": "+because, ": ")
}

var somePod = regexp.MustCompile(`Pod \S+`)

// Replicas is the line of an answer about numbers: status.currentReplicas,
// status.desiredReplicas, and scale.spec.replicas after the sync.
func Replicas(current, desired, scale int32) string {
	return fmt.Sprintf("replicas current=%d desired=%d scale=%d", current, desired, scale)
}

// ConditionLine is the line of an answer about a condition.
func ConditionLine(typ, status, reason string, since time.Duration) string {
	return fmt.Sprintf("condition %s=%s/%s since %v", typ, status, reason, since)
}

// MetricLine is the line of an answer about a current metric.
func MetricLine(m autoscale.MetricStatus) string {
	if m.Type == "" {
		return "current none"
	}
	line := "current " + m.Type + " " + m.Name
	if m.Container != "" {
		line += " of " + m.Container
	}
	if m.HasUtilization {
		line += fmt.Sprintf(" %d%%", m.Utilization)
	}
	if m.HasAverage {
		line += fmt.Sprintf(" average=%dm", m.AverageValue)
	}
	if m.HasValue {
		line += fmt.Sprintf(" value=%dm", m.Value)
	}
	return line
}
