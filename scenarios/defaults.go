package scenarios

import (
	"path"
	"strings"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/sim"
)

// kindDefault is how a replica of a kind works when the file does not say.
// `hasim explain defaults` and the list of chosen defaults print its words.
type kindDefault struct {
	kind        string
	service     sim.Dist
	serviceText string
	cpu         sim.Dist
	cpuIsAll    bool
	cpuText     string
	concurrency int32
	queue       int32
	startup     sim.Dist
	startupText string
	proxy       bool
	why         string
}

func must(d sim.Dist, err error) sim.Dist {
	if err != nil {
		panic(err)
	}
	return d
}

var kindDefaults = []kindDefault{
	{kind: "app", service: must(sim.LognormalP50P99(40*time.Millisecond, 180*time.Millisecond)), serviceText: "lognormal p50 40ms p99 180ms",
		cpu: sim.Constant(10 * time.Millisecond), cpuText: "10ms", concurrency: 8, queue: 500,
		startup: must(sim.Uniform(2*time.Second, 5*time.Second)), startupText: "uniform 2s to 5s",
		why: "a web application with a pool of workers that mostly wait for others"},
	{kind: "nginx", serviceText: "0s", cpuIsAll: true, cpuText: "0s", concurrency: model.Unlimited, queue: model.Unlimited, startupText: "0s", proxy: true,
		why: "costs nothing unless told; balances round robin with nginx's own defaults"},
	{kind: "postgres", service: must(sim.LognormalP50P99(3*time.Millisecond, 20*time.Millisecond)), serviceText: "lognormal p50 3ms p99 20ms",
		cpu: sim.Constant(2 * time.Millisecond), cpuText: "2ms", concurrency: 97, queue: 0,
		startup: sim.Constant(3 * time.Second), startupText: "3s",
		why: "max_connections 100 less 3 reserved; PostgreSQL refuses the next one and keeps no queue"},
	{kind: "redis", service: sim.Constant(200 * time.Microsecond), serviceText: "200us", cpuIsAll: true, cpuText: "all of it", concurrency: 1, queue: 10_000,
		startup: sim.Constant(500 * time.Millisecond), startupText: "500ms",
		why: "one thread; maxclients 10000"},
	{kind: "pgbouncer", serviceText: "0s", cpuIsAll: true, cpuText: "0s", concurrency: 20, queue: 100, startupText: "0s",
		why: "default_pool_size 20, max_client_conn 100"},
}

func defaultsOf(kind string) *kindDefault {
	for i := range kindDefaults {
		if kindDefaults[i].kind == kind {
			return &kindDefaults[i]
		}
	}
	return &kindDefaults[0]
}

// kindOfImage reads the kind from an image's name, without registry, folder
// and tag: docker.io/bitnami/postgresql:16 is a postgres.
func kindOfImage(image string) string {
	name, _, _ := strings.Cut(image, "@")
	name, _, _ = strings.Cut(path.Base(name), ":")
	for _, k := range []struct{ prefix, kind string }{
		{"nginx", "nginx"}, {"postgres", "postgres"}, {"redis", "redis"}, {"valkey", "redis"}, {"pgbouncer", "pgbouncer"},
	} {
		if strings.HasPrefix(name, k.prefix) && !strings.Contains(name, "exporter") {
			return k.kind
		}
	}
	return "app"
}

// Other defaults and where they come from.
const (
	composeGrace      = 10 * time.Second // docker stop
	kubernetesGrace   = 30 * time.Second // terminationGracePeriodSeconds
	proxyTimeout      = 60 * time.Second // proxy_connect_timeout, proxy_read_timeout
	clientTimeout     = 60 * time.Second // k6's http timeout
	defaultBackoff    = 100 * time.Millisecond
	defaultMaxBackoff = 20 * time.Second
	defaultRate       = 10 // requests per second
	defaultHostCPUs   = 64
	defaultHostMemory = 256 << 30
	minComposeMemory  = 6 << 20    // the engine's least memory limit
	minComposeCPU     = 10_000_000 // the engine's least CPU limit, 0.01
	nanoPerCore       = 1_000_000_000
	roomCPU           = nanoPerCore // what the default host has for a replica without resources
	roomMemory        = 1 << 30
)

// textBound writes a concurrency or a queue.
func textBound(n int32) string {
	if n == model.Unlimited {
		return "unlimited"
	}
	return itoa(int64(n))
}
