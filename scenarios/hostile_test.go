package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

// Files within every budget of bytes and nodes can still ask for much work:
// services x variants x changes, and distributions that are dear to build.
func TestHostileStories(t *testing.T) {
	skipWithRace(t)
	services := "hasim: v1\nservices:\n" + repeat(200, func(i int) string { return fmt.Sprintf("  a%d: {work: {service_time: 5ms}}\n", i) })
	variants := "variants:\n" + repeat(16, func(i int) string { return fmt.Sprintf("  - {name: v%d}\n", i) })
	sets := "changes:\n" + repeat(50, func(i int) string {
		return fmt.Sprintf("  - {at: %dms, set: {services: {a1: {work: {queue: 4}}}}}\n", i)
	})
	for name, c := range map[string]struct{ src, want string }{
		"variants":                  {services + variants, ""},
		"sets":                      {services + sets, "services x variants x changes"},
		"variants and sets":         {services + variants + sets, "services x variants x changes"},
		"stages, sets and variants": {small + "traffic: {stages: [" + repeat(10_000, func(i int) string { return "{duration: 1s, target: 1/h}, " }) + "]}\n" + strings.Replace(sets, "a1:", "app:", -1) + variants, "values x variants x changes that set are more than 4000000"},
		"1001 changes":              {small + "changes:\n" + repeat(1001, func(i int) string { return "  - {at: 1s, scale: {app: 1}}\n" }), "are too many: 1001"},
		"1001 faults":               {small + "faults:\n" + repeat(1001, func(i int) string { return "  - {at: 1s, crash: app}\n" }), "are too many: 1001"},
		"600 gammas": {"hasim: v1\nservices:\n" + repeat(200, func(i int) string {
			g := func(k int) string { return fmt.Sprintf("{dist: gamma, mean: %dms, cv: 0.5}", 3*i+k+1) }
			return fmt.Sprintf("  a%d: {work: {service_time: %s, cpu: %s, startup: %s}}\n", i, g(0), g(1), g(2))
		}), "more than 500 different distributions"},
		"a doubling graph":       {"hasim: v1\nservices:\n" + repeat(100, func(i int) string { return fmt.Sprintf("  a%d: {calls: [a%d, a%d]}\n", i, i+1, i+1) }) + "  a100: {}\n", "one request makes 2.5e+30 visits; at most 100000"},
		"stages of a lifetime":   {small + "traffic: {stages: [" + repeat(100, func(i int) string { return "{duration: 700h, target: 1/h}, " }) + "]}\n", "the stages take more than 720h"},
		"a thousand hosts twice": {small + "platform: kubernetes\nhosts: [{name: a, count: 1000}, {name: b, count: 1000}]\n", "more than 1000 hosts"},
	} {
		_, err, mb := parseCounting(c.src)
		if mb > 1024 {
			t.Errorf("%s: took %d MB", name, mb)
		}
		if got := fmt.Sprint(err); c.want != "" && !strings.Contains(got, c.want) || c.want == "" && err != nil {
			t.Errorf("%s: %.300s", name, got)
		}
	}
}

// What is dear to build is built a bounded number of times, however often the
// file asks for it.
func TestHostileStoriesBuildLittle(t *testing.T) {
	src := "hasim: v1\nservices:\n" + repeat(200, func(i int) string {
		g := func(k int) string { return fmt.Sprintf("{dist: gamma, mean: %dms, cv: 0.5}", 3*i+k+1) }
		return fmt.Sprintf("  a%d: {work: {service_time: %s, cpu: %s, startup: %s}}\n", i, g(0), g(1), g(2))
	}) + "variants:\n" + repeat(16, func(i int) string { return fmt.Sprintf("  - {name: v%d}\n", i) })
	c := &collector{}
	l := &loader{c: c, file: "f", root: parseTree(c, "f", []byte(src))}
	l.load()
	if len(l.dists) > maxDists || c.read > maxDecoded || len(c.diags) > maxCollected {
		t.Errorf("%d distributions, %d services read, %d messages kept", len(l.dists), c.read, len(c.diags))
	}
}

// A file of one long line is quoted in pieces: a thousand errors in it cost no
// thousand copies of it.
func TestManyErrorsInOneLongLine(t *testing.T) {
	skipWithRace(t)
	many := func(n int, item string) string { return strings.Repeat(item+", ", n) }
	for name, src := range map[string]string{
		"values":     "{hasim: v1, services: {app: {work: {service_time: {dist: empirical, values: [" + many(90_000, "5xx") + "]}}}}}",
		"calls":      "{hasim: v1, services: {app: {calls: [" + many(90_000, "nobody") + "]}}}",
		"stages":     "{hasim: v1, services: {app: {}}, traffic: {stages: [" + many(20_000, "{duration: 5, target: 6}") + "]}}",
		"expect":     "{hasim: v1, services: {app: {}}, expect: [" + many(40_000, "latency.p98 < 5s") + "]}",
		"expect of":  "{hasim: v1, services: {app: {}}, expect: [" + many(40_000, "latency.nobody.p99 < 5s") + "]}",
		"conditions": "{hasim: v1, services: {app: {image: nginx, balance: {next_upstream: [" + many(90_000, "http_600") + "]}}}}",
	} {
		_, err, mb := parseCounting(src)
		d, ok := err.(Diagnostics)
		if !ok || len(d) != maxDiagnostics || mb > 512 {
			t.Errorf("%s: %d MB, %.200v", name, mb, err)
		}
	}
}

// skipWithRace leaves a test out of the short suite, which is the race
// detector's: memory counts there as many times as it is watched.
func skipWithRace(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("counts memory")
	}
}
