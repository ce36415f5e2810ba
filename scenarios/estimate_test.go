package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

// What would run for hours, or fill the memory, is refused before it begins,
// at its place and with what there is too much of; the same story in a sane
// size runs.
func TestWhatIsTooMuchWork(t *testing.T) {
	flap := func(n, times int) string {
		return small + "duration: 30s\nchanges:\n" + repeat(times, func(i int) string {
			return fmt.Sprintf("  - {at: %dms, scale: {app: %d}}\n", 25*i, n*(i%2))
		})
	}
	lines := func(n int) string { return "expect:\n" + strings.Repeat("  - latency.p99 < 5s\n", n) }
	retries := func(max, backoff string) string {
		return small + "duration: 10m\ntraffic: {start: 10000/s, client: {retries: {max: " + max + ", backoff: " + backoff + "}}}\n"
	}
	queue := func(bound, rate string) string {
		return "hasim: v1\nduration: 10m\nservices: {app: {work: {service_time: 1s, cpu: 0s, concurrency: 1, queue: " + bound + "}}}\ntraffic: {start: " + rate + "}\n"
	}
	const kube = "hasim: v1\nplatform: kubernetes\nhosts: [{name: n, count: 2, cpus: 64}]\n"
	for _, c := range []struct{ name, src, place, what string }{
		{"requests", small + "traffic: {start: 100000000/s}\n", "f:3:1", "(3e+10 requests)"},
		{"a short stage", small + "duration: 1s\ntraffic: {stages: [{duration: 1s, target: 900000000/s}]}\n", "f:4:1", "(450000000 requests)"},
		{"retries at once", retries("1000", "0s"), "f:4:1", "(6000000 requests, up to 1000 attempts each)"},
		{"retries with waits", retries("1000", "100ms"), "", ""},
		{"an endless queue", queue("unlimited", "100000/s"), "f:3:1", "(up to 60000000 requests at app at once)"},
		{"a long queue", queue("100000000", "100000/s"), "f:3:1", "(up to 60000000 requests at app at once)"},
		{"a queue with a bound", queue("1000", "100000/s"), "", ""},
		{"a queue that is worked off", strings.Replace(queue("unlimited", "100000/s"), "1s", "1us", 1), "", ""},
		{"all of it at once", "hasim: v1\nduration: 10m\nservices: {app: {work: {service_time: 720h, cpu: 0s, concurrency: unlimited}}}\ntraffic: {start: 150000/s}\n", "f:3:1", "(up to 90000000 requests at app at once)"},
		{"much, but not for long", "hasim: v1\nduration: 10m\nservices: {app: {work: {service_time: 1s, cpu: 0s, concurrency: unlimited}}}\ntraffic: {start: 150000/s}\n", "", ""},
		{"a timetable that flaps", kube + "duration: 5h\nservices: {app: {autoscale: {policy: schedule, period: 1s, every: 2s, shifts: [{at: 0s, replicas: 1}, {at: 1s, replicas: 5000}]}}}\n", "f:5:1", "looks of autoscalers"},
		{"flapping by hand", flap(10_000, 1000), "f:4:1", "(10000000 replicas made and removed by hand)"},
		{"some flapping", flap(1000, 100), "", ""},
		{"pods without a host", kube + "services: {app: {}}\nchanges:\n" + repeat(10, func(i int) string { return fmt.Sprintf("  - {at: %ds, scale: {app: %d}}\n", i+1, 10_000*(i%2)) }), "f:5:1", "replicas made and removed by hand"},
		{"a crash each millisecond", small + "duration: 720h\nfaults: [{at: 0s, crash: app, every: 1ms}]\n", "f:4:1", "(2.6e+09 strikes of faults)"},
		{"all of many, often", "hasim: v1\nduration: 1m\nservices: {app: {deploy: {replicas: 10000}}}\nfaults: [{at: 0s, hang: app, all: true, for: 1ms, every: 2ms}]\n", "f:4:1", "strikes of faults"},
		{"a month of many lines", small + "duration: 720h\ntraffic: {start: 1/h}\n" + lines(500), "f:5:1", "each with 1 replicas and 500 expectations"},
		{"a month of a few", small + "duration: 720h\ntraffic: {start: 1/h}\n" + lines(5), "", ""},
		{"a month of many replicas", "hasim: v1\nduration: 720h\nservices: {app: {deploy: {replicas: 10000}}}\ntraffic: {start: 1/h}\n", "f:2:1", "seconds, each with 10000 replicas"},
		{"a scaler that looks each second", kube + "duration: 720h\ncluster: {hpa: {syncPeriod: 1s}}\nservices: {app: {deploy: {resources: {reservations: {cpus: 1}}}, autoscale: {maxReplicas: 1000}}}\ntraffic: {start: 1/h}\n", "f:6:1", "looks of autoscalers"},
		{"faster than the clock", small + "duration: 30s\ntraffic: {stages: [{duration: 1ns, target: 1e15/s}, {duration: 1ns, target: 0/s}]}\n", "f:4:1", "1e+15/s is more than one request a nanosecond"},
		{"calls that double", "hasim: v1\nservices:\n" + repeat(20, func(i int) string { return fmt.Sprintf("  s%d: {calls: [s%d, s%d]}\n", i, i+1, i+1) }) + "  s20: {}\ntraffic: {start: 1/h}\n", "f:2:1", "one request makes 2100000 visits; at most 100000"},
	} {
		_, err, mb := parseCounting(c.src)
		switch {
		case c.what == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.what != "" && (err == nil || !strings.HasPrefix(err.Error(), c.place+": error: ") || !strings.Contains(err.Error(), c.what)):
			t.Errorf("%s: %v", c.name, err)
		case mb > 64:
			t.Errorf("%s: %d MB", c.name, mb)
		}
	}
}
