package scenarios

import (
	"math"

	"example.com/hasim/model/balance"
)

// The kinds of services. They choose defaults; a nginx is a proxy.
var kinds = []string{"app", "nginx", "postgres", "redis", "pgbouncer"}

var serviceObject = &object{name: "service", doc: "A group of equal replicas, in Compose's words; work says what Compose cannot.", fields: []field{
	{name: "image", shape: aText, doc: "The image. It tells the kind: nginx, postgres, redis, pgbouncer, else an app.", example: "nginx:alpine"},
	{name: "kind", shape: aWord, enum: kinds, def: "by the image, else app", doc: "Says the kind outright."},
	{name: "balance", shape: anObject, word: true, enum: balance.Names(), soon: soonPolicies, of: balanceObject, def: "nginx: round_robin; others pick at random", doc: "How it chooses among the replicas of those it calls: a word, or a map with options."},
	{name: "calls", shape: references, doc: "Services that one visit calls, one after another. A worker is held while it waits.", example: "[app]"},
	{name: "restart", shape: aText, on: onCompose, def: "no", doc: "The engine's restart policy: no, always, unless-stopped, on-failure, on-failure:3.", example: "unless-stopped"},
	field{name: "stop_grace_period", shape: aTime, on: onCompose, def: "10s", doc: "From SIGTERM to SIGKILL."}.within(0, never),
	field{name: "terminationGracePeriodSeconds", shape: anInteger, on: onKubernetes, def: "30", doc: "Seconds from SIGTERM to SIGKILL."}.within(0, 86400),
	{name: "deploy", shape: anObject, of: deployObject, doc: "Compose's deploy: replicas, restart_policy, resources."},
	{name: "work", shape: anObject, of: workObject, doc: "How one replica works on one request."},
	{name: "autoscale", shape: anObject, of: hpaObject, or: []*object{fixedObject, scheduleObject, stepObject, trackingObject}, doc: "The spec of autoscaling/v2, key for key; or {policy: fixed | schedule | step | target_tracking, ...}. Outside kubernetes it is a thought experiment."},
	notYet("healthcheck", anObject, "leave it out: on Compose an unhealthy container is only labelled"),
	notYet("probes", anObject, "a replica is ready when its work.startup is over"),
	notYet("preStop", aTime, "leave it out"),
	notYet("lifecycle", anObject, "leave it out"),
	notYet("sessions", anObject, "leave it out: every replica serves every request"),
	notYet("pool", anObject, "bound the calls with work.concurrency"),
	notYet("max_connections", anInteger, "write work: {concurrency: 97, queue: 0}"),
}}

var deployObject = &object{name: "deploy", doc: "Compose's deploy.", fields: []field{
	field{name: "replicas", shape: anInteger, def: "1, or the autoscaler's minimum", doc: "How many there are at the start.", example: "3"}.within(0, maxReplicas),
	{name: "restart_policy", shape: anObject, of: restartObject, on: onCompose, doc: "Replaces restart completely under Compose."},
	{name: "resources", shape: anObject, of: resourcesObject, doc: "Limits and reservations of one replica."},
	notYet("mode", aWord, "write replicas"),
	notYet("placement", anObject, "leave it out"),
	notYet("update_config", anObject, "leave it out"),
	notYet("rollback_config", anObject, "leave it out"),
	notYet("endpoint_mode", aWord, "leave it out"),
}}

var restartObject = &object{name: "restartPolicy", doc: "deploy.restart_policy, as docker compose maps it to the engine.", fields: []field{
	{name: "condition", shape: aText, def: "none: nothing restarts", doc: "none, on-failure or any.", example: "on-failure"},
	field{name: "delay", shape: aTime, doc: "Compose ignores it.", example: "5s"}.within(0, never),
	field{name: "max_attempts", shape: anInteger, def: "no bound", doc: "Restarts in the container's whole life.", example: "3"}.within(math.MinInt32, math.MaxInt32),
	field{name: "window", shape: aTime, doc: "Compose ignores it."}.within(0, never),
}}

var resourcesObject = &object{name: "resources", doc: "What one replica may use and what is kept for it.", fields: []field{
	{name: "limits", shape: anObject, of: amountsObject, doc: "The most it may use. On kubernetes a limit without a reservation is the reservation too."},
	{name: "reservations", shape: anObject, of: amountsObject, doc: "What is kept for it: Kubernetes' requests. Replicas share a host's cores by it, and the HPA's utilization is a percentage of it."},
}}

var amountsObject = &object{name: "amounts", doc: "CPU and memory.", fields: []field{
	{name: "cpus", shape: aCPU, doc: "Cores.", example: `"0.5"`},
	{name: "memory", shape: aSize, doc: "Memory, as Compose reads it: 512M is 512 x 2^20 bytes. A replica whose work.memory passes the limit is OOMKilled (exit 137) at that moment; a reservation only decides where it fits. That a host runs out of memory is not modelled.", example: "512M"},
}}

// soonPolicies are words of the format that package balance does not know yet.
var soonPolicies = []string{"sticky_cookie", "hash", "least_time"}

var nextConditions = []string{"error", "timeout", "http_500", "http_502", "http_503", "http_504", "non_idempotent", "off"}

var balanceObject = &object{name: "balance", doc: "nginx's upstream and proxy_* directives.", fields: []field{
	{name: "policy", shape: aWord, enum: balance.Names(), soon: soonPolicies, def: "round_robin", doc: "Who gets the next request."},
	field{name: "max_fails", shape: anInteger, def: "1", doc: "Failures within fail_timeout that put a peer aside; 0 counts none."}.within(0, maxCount),
	field{name: "fail_timeout", shape: aTime, def: "10s", doc: "For how long; nginx looks at whole seconds."}.within(0, never),
	field{name: "max_conns", shape: anInteger, def: "0: no limit", doc: "Requests at once on one peer."}.within(0, maxCount),
	field{name: "connect_timeout", shape: aTime, def: "60s", doc: "proxy_connect_timeout."}.within(1, never),
	field{name: "read_timeout", shape: aTime, def: "60s", doc: "proxy_read_timeout."}.within(1, never),
	{name: "next_upstream", shape: words, enum: nextConditions, soon: []string{"invalid_header", "http_403", "http_404", "http_429"}, def: "[error, timeout]", doc: "proxy_next_upstream: what sends a request to the next peer."},
	field{name: "tries", shape: anInteger, def: "0: as many as there are peers", doc: "proxy_next_upstream_tries."}.within(0, 1000),
	notYet("weights", objects, "leave it out: replicas have equal weights"),
	notYet("resolve", aBool, "reload the proxy with changes: [{at: 5m, reload: nginx}]"),
}}

var workObject = &object{name: "work", doc: "How one replica works on one request. A request uses at most one core at a time; the requests of a replica share its CPU equally.", fields: []field{
	{name: "service_time", shape: aDist, def: "app: lognormal p50 40ms p99 180ms; nginx: 0s", doc: "The whole time at an idle replica.", example: "{dist: lognormal, p50: 40ms, p99: 180ms}"},
	{name: "cpu", shape: aDist, def: "all of a service_time that is given; app without one: 10ms", doc: "CPU time within it, first; the rest is waiting. 0s is pure waiting.", example: "10ms"},
	field{name: "concurrency", shape: aBound, def: "app: 8; nginx: unlimited", doc: "Requests that a replica works on at once."}.within(1, maxCount),
	field{name: "queue", shape: aBound, def: "app: 500; nginx: unlimited", doc: "Requests that may wait at one replica; more are refused."}.within(0, 1e9),
	{name: "startup", shape: aDist, def: "app: uniform 2s to 5s; nginx: 0s", doc: "From the container's start until it serves; 0s is at once. Replicas that exist when the run begins were started before it and serve at once: it counts for those that are created or started again during the run.", example: "{dist: uniform, min: 6s, max: 12s}"},
	field{name: "startup_cpu", shape: aTime, def: "0s", doc: "CPU time that a start burns, first."}.within(0, never),
	{name: "memory", shape: anObject, of: memoryObject, doc: "Memory of one replica."},
	{name: "cancel", shape: aBool, def: "false", doc: "Stop working on a request whose client has gone."},
}}

var memoryObject = &object{name: "memory", doc: "Memory of one replica. Sizes are as Kubernetes writes them; it holds base + per_request x requests on it + leak_per_request x requests it has served since its start. Above resources.limits.memory it is OOMKilled (exit 137) at that moment, with everything on it; without a limit nothing happens. That a host runs out of memory is not modelled.", fields: []field{
	{name: "base", shape: aBytes, def: "0", doc: "Of an idle replica.", example: "180Mi"},
	{name: "per_request", shape: aBytes, def: "0", doc: "Of each request while it is there.", example: "2Mi"},
	{name: "leak_per_request", shape: aBytes, def: "0", doc: "What each served request leaves behind.", example: "16Ki"},
}}

var distObject = &object{name: "distribution", doc: "A distribution of times; a bare time is a constant. constant {value}, uniform {min, max}, exponential {mean}, lognormal {p50, p99} or {mean, cv}, gamma {mean, cv}, weibull {mean, cv}, pareto {mean, alpha}, empirical {values}.", fields: []field{
	{name: "dist", shape: aWord, required: true, enum: []string{"constant", "uniform", "exponential", "lognormal", "gamma", "weibull", "pareto", "empirical"}, doc: "Its family."},
	field{name: "value", shape: aTime, doc: "Of constant.", example: "50ms"}.within(0, never),
	field{name: "min", shape: aTime, doc: "Of uniform.", example: "6s"}.within(0, never),
	field{name: "max", shape: aTime, doc: "Of uniform.", example: "12s"}.within(0, never),
	field{name: "mean", shape: aTime, doc: "The mean.", example: "50ms"}.within(1, never),
	field{name: "cv", shape: aNumber, doc: "Coefficient of variation: standard deviation / mean.", example: "0.5"}.within(0.001, 20),
	field{name: "p50", shape: aTime, doc: "The median.", example: "40ms"}.within(1, never),
	field{name: "p99", shape: aTime, doc: "The 99th percentile.", example: "180ms"}.within(1, never),
	field{name: "alpha", shape: aNumber, doc: "The tail of pareto, above 1.", example: "2.5"}.within(1, 1e6),
	field{name: "values", shape: times, doc: "Of empirical: each as likely as the others.", example: "[12ms, 15ms, 80ms]"}.within(0, never),
}}
