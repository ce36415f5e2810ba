package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hasim runs the command line in this process.
func hasim(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &err)
	return out.String(), err.String(), code
}

// file writes a scenario into a folder of the test's own.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJSONWriter: what is written parses, in order, with every text intact.
func TestJSONWriter(t *testing.T) {
	j := &jsonWriter{}
	j.open("", '{')
	j.str("text", "a \"quote\", <html> & \x1b]52;\u2028\n\\ ß")
	j.open("empty", '{')
	j.shut('}')
	j.open("list", '[')
	j.open("", '{')
	j.bool("ok", true)
	j.null("none")
	j.shut('}')
	j.open("", '{')
	j.shut('}')
	j.shut(']')
	j.millis("ms", 1500*time.Microsecond)
	j.millis("round", 1234567*time.Nanosecond)
	j.millis("whole", 2*time.Second)
	j.float("third", 1./3, 6)
	j.float("share", 0.5, -1)
	j.float("ten", 10, 6)
	j.float("large", 1e21, 2)
	j.float("minus", -1e-9, 6)
	j.float("nan", math.NaN(), 6)
	j.float("inf", math.Inf(1), -1)
	j.uint("big", math.MaxUint64)
	j.int("neg", -1)
	j.shut('}')
	want := `{"text":"a \"quote\", <html> & \u001b]52;\u2028\n\\ ß","empty":{},"list":[{"ok":true,"none":null},{}],` +
		`"ms":1.5,"round":1.235,"whole":2000,"third":0.333333,"share":0.5,"ten":10,"large":1000000000000000000000,"minus":0,` +
		`"nan":null,"inf":null,"big":18446744073709551615,"neg":-1}`
	if got := string(j.b); got != want {
		t.Errorf("wrote\n%s\nwant\n%s", got, want)
	}
	var parsed map[string]any
	if err := json.Unmarshal(j.b, &parsed); err != nil {
		t.Fatal(err)
	}
	if parsed["text"] != "a \"quote\", <html> & \x1b]52;\u2028\n\\ ß" {
		t.Errorf("the text came back as %q", parsed["text"])
	}
}

// counted is what a report says of a variant and, in the same shape, of a
// service.
type counted struct {
	Name, TraceSHA256       string
	Events                  uint64
	Arrived, Served, Failed uint64
	InFlight                uint64 `json:"in_flight"`
	Failures                map[string]uint64
	Availability            float64
	Latency                 map[string]*float64 `json:"latency_ms"`
	Queue                   struct{ Mean, Max float64 }
	Replicas                map[string]struct{ Min, Max, Mean float64 }
	ReplicaSeconds          map[string]float64 `json:"replica_seconds"`
	LostRevenue             float64            `json:"lost_revenue"`
	Expectations            []struct{ Text, Value string }
	Services                map[string]counted
}

type report struct {
	Schema, Scenario string
	Seed             uint64
	DurationMS       float64 `json:"duration_ms"`
	Variants         []counted
}

func (c *counted) check(t *testing.T, who string, seconds float64) {
	t.Helper()
	if c.Arrived == 0 {
		t.Errorf("%s: nobody came", who)
	}
	if c.Arrived != c.Served+c.Failed+c.InFlight {
		t.Errorf("%s: arrived %d ≠ served %d + failed %d + in flight %d", who, c.Arrived, c.Served, c.Failed, c.InFlight)
	}
	sum := uint64(0)
	for _, n := range c.Failures {
		sum += n
	}
	if sum != c.Failed {
		t.Errorf("%s: failed %d, the causes sum up to %d", who, c.Failed, sum)
	}
	if want := float64(c.Served) / float64(c.Served+c.Failed); c.Availability != want {
		t.Errorf("%s: availability %v, want %v", who, c.Availability, want)
	}
	last := 0.0
	for _, p := range []string{"p50", "p90", "p95", "p99", "max"} {
		if v := c.Latency[p]; v == nil || *v < last {
			t.Errorf("%s: percentiles are not in order: %s", who, p)
		} else {
			last = *v
		}
	}
	for name, r := range c.Replicas {
		if r.Min > r.Mean || r.Mean > r.Max {
			t.Errorf("%s: replicas of %s: %+v", who, name, r)
		}
		if s := c.ReplicaSeconds[name]; math.Abs(s-r.Mean*seconds) > 1e-3 {
			t.Errorf("%s: %v replica-seconds of %s, but %v replicas on average", who, s, name, r.Mean)
		}
	}
}

// TestReportAddsUp: in every report, of every scenario of the library and of
// a run cut short, no request is lost.
func TestReportAddsUp(t *testing.T) {
	for _, args := range [][]string{
		{"black-friday"}, {"which-queue", "--until", "90s", "--set", "warmup=0s"}, {"host-dies"}, {"restart-give-up", "--seed", "5"}, {"one-chef", "--max-events", "60000"},
	} {
		out, stderr, code := hasim(t, append([]string{"run", "-o", "json"}, args...)...)
		if code != exitOK && code != exitBroken {
			t.Fatalf("%v: exit %d\n%s", args, code, stderr)
		}
		var r report
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		if r.Schema != "hasim/report/v1" || r.Scenario != args[0] || len(r.Variants) == 0 {
			t.Errorf("%v: schema %q, scenario %q, %d variants", args, r.Schema, r.Scenario, len(r.Variants))
		}
		for i := range r.Variants {
			v := &r.Variants[i]
			who := args[0] + ", " + v.Name
			if args[0] == "one-chef" { // stopped somewhere
				v.ReplicaSeconds, v.Replicas = nil, nil
			}
			v.check(t, who, r.DurationMS/1000)
			for name, s := range v.Services {
				s.check(t, who+", "+name, r.DurationMS/1000)
			}
		}
	}
}

// TestReportServices: only those in the middle have a report of their own.
func TestReportServices(t *testing.T) {
	out, _, _ := hasim(t, "run", "-o", "json", file(t, `
hasim: v1
duration: 10s
services:
  door: {image: nginx, calls: [app]}
  app: {image: shop/app, calls: [db], work: {service_time: 5ms, cpu: 1ms, concurrency: 8, queue: 10, startup: 0s}}
  db: {image: "postgres:16"}
  idle: {image: shop/idle}
traffic: {to: door, start: 50/s}
`))
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	v := r.Variants[0]
	if len(v.Services) != 2 || v.Services["app"].Arrived != v.Arrived || v.Services["db"].Arrived == 0 {
		t.Errorf("services %+v", v.Services)
	}
	if len(v.Replicas) != 4 {
		t.Errorf("replicas of %d services, want all 4", len(v.Replicas))
	}
	if len(v.Failures) != len(v.Services["app"].Failures) {
		t.Errorf("a service has other causes than a variant")
	}
}
