package scenarios

import (
	"os"
	"strings"
	"testing"
	"time"
)

const twoVariants = `hasim: v1
duration: 2m
services:
  app: {work: {service_time: 50ms}, deploy: {replicas: 2}}
traffic: {start: 1/s, stages: [{duration: 1m, target: 5/s}, {duration: 1m, target: 9/s}]}
variants:
  - {name: two}
  - {name: five, set: {services: {app: {deploy: {replicas: 5}}}}}
`

func TestSetWinsOverFileAndVariants(t *testing.T) {
	seed := uint64(7)
	s := parse(t, twoVariants, Options{Seed: &seed, Scale: []string{"app=9"}, Set: []string{
		"duration=1m30s", "traffic.stages.1.target=30/s", "traffic.stages[0]={duration: 30s, target: 7/s, name: new}",
		`services."app".work={queue: 3}`, "services.app.work.startup=0s", "expect=[latency.p99 < 1s]"}})
	for _, v := range s.Variants {
		app, stages := v.Spec.Services[0], v.Spec.Traffic[0].Profile.Stages()
		same(t, v.Name, []any{app.Replicas, app.Work.Queue, app.Work.ServiceTime.Mean(), app.Work.Startup.IsZero(), v.Spec.Duration, stages[0].Name, stages[1].Target, len(v.Spec.Expect), v.Paired},
			[]any{int32(9), int32(3), 50 * time.Millisecond, true, 90 * time.Second, "new", 30.0, 1, true})
	}
	same(t, "seed and slo", []any{s.Seed, s.SLO}, []any{uint64(7), time.Second})
	s = parse(t, twoVariants, Options{Set: []string{"services.app.deploy=null", "traffic.stages[1]=null"}})
	same(t, "removed", []any{s.Variants[0].Spec.Services[0].Replicas, len(s.Variants[0].Spec.Traffic[0].Profile.Stages())}, []any{int32(1), 1})
}

func TestMistypedOptions(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Set: []string{"duration"}}, "--set:1:1: error: there is no ="},
		{Options{Set: []string{"duration="}}, "--set:1:10: error: there is no value"},
		{Options{Set: []string{"=3"}}, "--set:1:1: error: a word of the path is empty"},
		{Options{Set: []string{"services..x=3"}}, "a word of the path is empty"},
		{Options{Set: []string{`services."app=3`}}, "a quote is not closed"},
		{Options{Set: []string{"traffic.stages[0=3"}}, "--set:1:15: error: a bracket is not closed"},
		{Options{Set: []string{"variants=[]"}}, "variants cannot be set"},
		{Options{Set: []string{"duration=90"}}, "--set:1:10: error: duration: \"90\" has no unit"},
		{Options{Set: []string{"services.app.work.queue=[1"}}, "--set:1:25: error: not YAML"},
		{Options{Set: []string{"services.ap.work.queue=1"}}, "--set:1:10: error: no such service: ap"},
		{Options{Set: []string{"services.app.wrok.queue=1"}}, "--set:1:14: error: services.app.wrok: there is no key"},
		{Options{Set: []string{"traffic.stages.7.target=1/s"}}, `"7" is no place in a list of 2`},
		{Options{Set: []string{"seed=\x1b[31m"}}, "control character U+001B"},
		{Options{Scale: []string{"app"}}, `invalid --scale option "app". Should be SERVICE=NUM`},
		{Options{Scale: []string{"app=x"}}, "Should be SERVICE=NUM"},
		{Options{Scale: []string{"ap=3"}}, "--scale:1:1: error: no such service: ap"},
		{Options{Scale: []string{"app=-1"}}, "--scale:1:5: error: services.app.deploy.replicas: must not be negative"},
	} {
		_, err := Parse("f.yaml", []byte(twoVariants), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

func TestTheLimitOfWorkCanBeLifted(t *testing.T) {
	src := strings.Replace(twoVariants, "1/s", "100000000/s", 1)
	_, err := Parse("f.yaml", []byte(src), Options{})
	if err == nil || !strings.Contains(err.Error(), `f.yaml:5:1: error: the run of variant "two" needs about 1.5e+10 engine events (3e+09 requests); the limit is 1e+09`) {
		t.Fatal(err)
	}
	if _, err = Parse("f.yaml", []byte(src), Options{MaxEvents: 20_000_000_000}); err != nil {
		t.Fatal(err)
	}
	if _, err = Parse("f.yaml", []byte(twoVariants), Options{MaxEvents: 100}); err == nil {
		t.Fatal("600 requests within 100 events")
	}
}

func TestWarningsAreToldAndRun(t *testing.T) {
	for _, c := range []struct{ name, src, rule, place string }{
		{"a CPU target without a request", "platform: kubernetes\nservices: {app: {autoscale: {maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]}}}", "A-NOREQUEST", "3:143"},
		{"the default target without a request", "platform: kubernetes\nservices: {app: {autoscale: {maxReplicas: 3}}}", "A-NOREQUEST", "3:29"},
		{"an autoscaler on Compose", "services: {app: {autoscale: {policy: fixed, replicas: 3}}}", "A-PLATFORM", "2:18"},
		{"somebody else's container", "platform: kubernetes\nservices: {app: {deploy: {resources: {limits: {cpus: 1}}}, autoscale: {maxReplicas: 3, metrics: [{type: ContainerResource, containerResource: {name: cpu, container: sidecar, target: {type: Utilization, averageUtilization: 70}}}]}}}", "A-CONTAINER", "3:166"},
		{"512m in Kubernetes", "platform: kubernetes\nservices: {app: {work: {service_time: 50ms, memory: {base: 512m}}}}", "W-MILLIBYTE", "3:60"},
		{"512m of Compose in Kubernetes", "platform: kubernetes\nservices: {app: {deploy: {resources: {limits: {memory: 512m}}}}}", "W-MILLIBYTE", "3:56"},
		{"two restart policies", "services: {app: {restart: always, deploy: {restart_policy: {condition: any}}}}", "W1", "2:27"},
		{"a delay", "services: {app: {deploy: {restart_policy: {condition: any, delay: 5s}}}}", "W2", "2:67"},
		{"no condition", "services: {app: {deploy: {restart_policy: {max_attempts: 3}}}}", "E6", "2:43"},
		{"a reservation above the limit", "services: {app: {deploy: {resources: {limits: {cpus: 1}, reservations: {cpus: 2}}}}}", "E7", "2:79"},
		{"nowhere to go", "platform: kubernetes\nhosts: [{name: node, cpus: 4}]\nservices: {app: {deploy: {resources: {reservations: {cpus: 8}}}}}", "R-PENDING", "4:60"},
		{"killed at its start", "services: {app: {work: {service_time: 50ms, memory: {base: 1Gi}}, deploy: {resources: {limits: {memory: 512M}}}}}", "R-OOM", "2:105"},
		{"killed by a request", "services: {app: {work: {service_time: 50ms, memory: {base: 500Mi, per_request: 20Mi}}, deploy: {resources: {limits: {memory: 512M}}}}}", "R-OOM", "2:126"},
		{"nobody calls it", "services: {app: {}, db: {image: postgres}}", "W-UNREACHED", "2:21"},
		{"nobody calls it in any variant", "services: {app: {}, db: {}}\nvariants: [{name: a}, {name: b}]", "W-UNREACHED", "2:21"},
		{"called by nobody who is called", "services: {app: {}, db: {}, job: {calls: [app]}}\ntraffic: {to: job}", "W-UNREACHED", "2:21"},
		{"a proxy's option on an app", "services: {app: {balance: {policy: random, tries: 3}}}", "B-PROXY", "2:44"},
		{"a name that promises", "services: {nginx: {}}", "S-KIND", "2:12"},
		{"a fault after the end", "duration: 1m\nservices: {app: {}}\nfaults: [{at: 2m, crash: app}]", "T-LATE", "4:15"},
		{"an expectation after the end", "duration: 1m\nservices: {app: {}}\nexpect: [replicas.desired reaches 3 within 1m of 5m]", "E-LATE", "4:10"},
	} {
		s, err := Parse("f", []byte("hasim: v1\n"+c.src+"\n"), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		text := strings.TrimSpace(s.Warnings.Error())
		if len(s.Warnings) != 1 || s.Warnings[0].Rule != c.rule || !strings.HasPrefix(text, "f:"+c.place+": warning: ") || s.Warnings[0].Help == "" && c.rule[1] != '-' {
			t.Errorf("%s, want %s at %s:\n%s", c.name, c.rule, c.place, text)
		}
	}
}

func TestWarningsOfWhatDoesNotRunAreSilent(t *testing.T) {
	src := "hasim: v1\nplatform: kubernetes\nservices: {app: {autoscale: {maxReplicas: 3}}}\nvariants: [{name: x, set: {services: {app: {autoscale: null}}}}]\n"
	if s := parse(t, src, Options{}); len(s.Warnings) > 0 {
		t.Errorf("%v", s.Warnings)
	}
	src = "hasim: v1\nservices: {app: {calls: [cache]}, cache: {image: redis}}\nvariants: [{name: with}, {name: without, set: {services: {app: {calls: []}}}}]\n"
	if s := parse(t, src, Options{}); len(s.Warnings) > 0 {
		t.Errorf("%v", s.Warnings)
	}
}

func TestLibraryIsListed(t *testing.T) {
	entries := Library()
	if len(entries) == 0 {
		t.Fatal("empty")
	}
	for i, e := range entries {
		onDisk, err := os.ReadFile(e.Name + ".yaml")
		if err != nil || string(onDisk) != string(e.Source) || e.Title == "" || e.Lesson == "" || e.Level == "" {
			t.Errorf("%s: %v, title %q, level %q", e.Name, err, e.Title, e.Level)
		}
		if i > 0 && e.Level < entries[i-1].Level {
			t.Errorf("%s stands behind %s", e.Name, entries[i-1].Name)
		}
	}
}
