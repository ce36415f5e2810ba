package model_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
)

var rewrite = flag.Bool("stories", false, "write what happens into testdata/stories as the expected text")

// Each file in testdata/stories is a scenario and what somebody does to it,
// line by line, with what they see:
//
//	run 10s        every event until then
//	quiet 10s      the same time, and nothing shown
//	totals         arrived, served, failed by cause
//	replicas app   what each one does
//	kill app-2 · scale app 5 · traffic 2 · host node-1 down
//
// Every invariant is checked after every event.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("found %d stories: %v", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got := tellStory(t, f, string(text))
			if *rewrite {
				if err := os.WriteFile(f, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(text) {
				t.Errorf("it went differently:\n%s", firstDifference(got, string(text)))
			}
		})
	}
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			expected := "(the end)"
			if i < len(w) {
				expected = w[i]
			}
			return fmt.Sprintf("line %d\n got: %s\nwant: %s", i+1, g[i], expected)
		}
	}
	return "it ends earlier"
}

// teller plays one story.
type teller struct {
	t      *testing.T
	w      *model.World
	events []string
}

func tellStory(t *testing.T, file, text string) string {
	head, script, ok := strings.Cut(text, "\n====\n")
	if !ok {
		t.Fatal("a story needs a line ==== between its scenario and its script")
	}
	s, err := scenarios.Parse(file, []byte(head), scenarios.Options{})
	if err != nil {
		if d, ok := err.(scenarios.Diagnostics); ok {
			d.Render(os.Stderr)
		}
		t.Fatal(err)
	}
	p := &teller{t: t}
	p.w, err = model.New(&s.Variants[0].Spec, s.Seed, model.Observer{Event: func(e *model.Event) {
		p.events = append(p.events, fmt.Sprintf("%9.3f %-12s %-18s %s", e.At.Seconds(), e.Object, e.Reason, e.Message()))
	}})
	if err != nil {
		t.Fatal(err)
	}
	out := head + "\n====\n"
	for _, block := range strings.Split(strings.TrimSpace(script), "\n\n") {
		command, _, _ := strings.Cut(block, "\n----")
		out += command + "\n----\n"
		lines := strings.Split(command, "\n")
		for _, line := range lines {
			if !strings.HasPrefix(line, "#") {
				out += p.do(strings.Fields(line))
			}
		}
		out += "\n"
	}
	return strings.TrimRight(out, "\n") + "\n"
}

// do carries out one line and returns what it shows.
func (p *teller) do(words []string) string {
	p.events = nil
	switch words[0] {
	case "run", "quiet":
		d, err := time.ParseDuration(words[1])
		if err != nil {
			p.t.Fatal(err)
		}
		for until := p.w.Now() + d; !p.w.RunUntil(until, 1); {
			if err := p.w.Check(); err != nil {
				p.t.Fatal(err)
			}
		}
		if words[0] == "quiet" {
			return ""
		}
	case "totals":
		return p.totals()
	case "replicas":
		return p.replicas(words[1])
	default:
		if err := p.w.Apply(p.command(words)); err != nil {
			return "error: " + err.Error() + "\n"
		}
	}
	if len(p.events) == 0 {
		return ""
	}
	return strings.Join(p.events, "\n") + "\n"
}

func (p *teller) totals() string {
	t := p.w.Report().Totals
	s := fmt.Sprintf("arrived %d, served %d, failed %d, in flight %d", t.Arrived, t.Served, t.Failed, t.InFlight)
	for c := model.Cause(1); c < model.NumCauses; c++ {
		if n := t.Failures[c]; n > 0 {
			s += fmt.Sprintf(", %s %d", c, n)
		}
	}
	return s + "\n"
}

func (p *teller) replicas(service string) (out string) {
	for _, v := range p.snapshot().Services {
		if v.Name != service {
			continue
		}
		for _, r := range v.Replicas {
			ready := "unready"
			if r.Ready {
				ready = "ready"
			}
			out += fmt.Sprintf("%-8s %-11s %-7s busy %d, waiting %d, restarts %d", r.Name, r.Phase, ready, r.Busy, r.Waiting, r.Restarts)
			if r.Host != "" {
				out += ", on " + r.Host
			}
			out += "\n"
		}
	}
	return out
}

func (p *teller) snapshot() (s model.Snapshot) {
	p.w.Snapshot(&s)
	return s
}

// command reads kill, scale, traffic and host.
func (p *teller) command(words []string) model.Command {
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			p.t.Fatal(err)
		}
		return x
	}
	s := p.snapshot()
	switch words[0] {
	case "kill":
		for _, v := range s.Services {
			for _, r := range v.Replicas {
				if r.Name == words[1] {
					return model.Command{Kind: model.CommandKill, Replica: r.ID}
				}
			}
		}
	case "scale":
		return model.Command{Kind: model.CommandScale, Service: p.w.Spec().Service(words[1]), N: int32(number(words[2]))}
	case "traffic":
		return model.Command{Kind: model.CommandTraffic, Factor: number(words[1])}
	case "host":
		for i, h := range s.Hosts {
			if h.Name == words[1] {
				kind := model.CommandHostDown
				if words[2] == "up" {
					kind = model.CommandHostUp
				}
				return model.Command{Kind: kind, Host: int32(i)}
			}
		}
	}
	p.t.Fatalf("cannot do %q", words)
	return model.Command{}
}
