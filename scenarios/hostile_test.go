package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Files within every budget of bytes and nodes can still ask for much work:
// services x variants x changes, and distributions that are dear to build.
func TestHostileStories(t *testing.T) {
	services := "hasim: v1\nservices:\n" + repeat(200, func(i int) string { return fmt.Sprintf("  a%d: {work: {service_time: 5ms}}\n", i) })
	variants := "variants:\n" + repeat(16, func(i int) string { return fmt.Sprintf("  - {name: v%d}\n", i) })
	sets := "changes:\n" + repeat(50, func(i int) string {
		return fmt.Sprintf("  - {at: %dms, set: {services: {a1: {work: {queue: 4}}}}}\n", i)
	})
	for name, c := range map[string]struct{ src, want string }{
		"variants":          {services + variants, ""},
		"sets":              {services + sets, "services x variants x changes"},
		"variants and sets": {services + variants + sets, "services x variants x changes"},
		"1001 changes":      {small + "changes:\n" + repeat(1001, func(i int) string { return "  - {at: 1s, scale: {app: 1}}\n" }), "are too many: 1001"},
		"1001 faults":       {small + "faults:\n" + repeat(1001, func(i int) string { return "  - {at: 1s, crash: app}\n" }), "are too many: 1001"},
		"600 gammas": {"hasim: v1\nservices:\n" + repeat(200, func(i int) string {
			g := func(k int) string { return fmt.Sprintf("{dist: gamma, mean: %dms, cv: 0.5}", 3*i+k+1) }
			return fmt.Sprintf("  a%d: {work: {service_time: %s, cpu: %s, startup: %s}}\n", i, g(0), g(1), g(2))
		}), "more than 500 different distributions"},
		"a doubling graph":       {"hasim: v1\nservices:\n" + repeat(100, func(i int) string { return fmt.Sprintf("  a%d: {calls: [a%d, a%d]}\n", i, i+1, i+1) }) + "  a100: {}\n", "engine events"},
		"stages of a lifetime":   {small + "traffic: {stages: [" + repeat(100, func(i int) string { return "{duration: 700h, target: 1/h}, " }) + "]}\n", "the stages take more than 720h"},
		"a thousand hosts twice": {small + "platform: kubernetes\nhosts: [{name: a, count: 1000}, {name: b, count: 1000}]\n", "more than 1000 hosts"},
	} {
		start := time.Now()
		_, err := Parse("f", []byte(c.src), Options{})
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if got := fmt.Sprint(err); c.want != "" && !strings.Contains(got, c.want) || c.want == "" && err != nil {
			t.Errorf("%s: %.300s", name, got)
		}
	}
}
