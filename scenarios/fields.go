package scenarios

import (
	"math"
	"time"
)

// shape is the form that a value has.
type shape uint8

const (
	aWord      shape = iota // one of an enum, or a free word
	aName                   // a name: letters, digits, . _ -
	aText                   // free text
	anInteger               // within bounds
	aNumber                 // within bounds
	aBool                   // true or false
	aTime                   // 90s
	aRate                   // 600/s
	aSize                   // 512M as Compose reads it
	aBytes                  // 256Mi as Kubernetes reads it
	aCPU                    // 0.5
	aQuantity               // a Kubernetes quantity: 500m
	aPercent                // 50%
	aBound                  // a number, or unlimited
	aDist                   // a time, or a distribution
	aReference              // the name of a service or host of the file
	references              // one such name, or a list
	words                   // one word of the enum, or a list
	anObject
	objects       // a list of objects
	objectOrList  // an object, or a list of them
	mapOfObjects  // names are free
	times         // a list of times
	expectations  // a list of expect lines
	mapOfIntegers // names are free
	aPatch        // any part of a scenario
)

// platforms that know a key.
type platforms uint8

const (
	everywhere     platforms = 0
	onCompose      platforms = 1
	onKubernetes   platforms = 2
	platformsKnown           = "compose, kubernetes"
)

func (p platforms) String() string {
	return [...]string{"", "compose", "kubernetes"}[p]
}

// field describes one key: for the strict walk, for the schema, for people.
type field struct {
	name     string
	shape    shape
	doc      string
	def      string // the default, as a person would say it
	example  string
	enum     []string
	soon     []string // words of the format that this version does not model
	of       *object  // of objects
	or       []*object
	word     bool // an object that may be a single word (of enum) instead
	lo, hi   float64
	bounded  bool
	required bool
	on       platforms
	later    string // not modelled yet: what to use instead
}

// object is a map with known keys.
type object struct {
	name   string // in the schema's definitions
	doc    string
	fields []field
}

func (o *object) field(name string) *field {
	for i := range o.fields {
		if o.fields[i].name == name {
			return &o.fields[i]
		}
	}
	return nil
}

// names lists the keys that can be used.
func (o *object) names() []string {
	var names []string
	for i := range o.fields {
		if o.fields[i].later == "" {
			names = append(names, o.fields[i].name)
		}
	}
	return names
}

// within bounds a field.
func (f field) within(lo, hi float64) field {
	f.lo, f.hi, f.bounded = lo, hi, true
	return f
}

// Bounds that hold for every file.
const (
	maxTime     = 720 * time.Hour
	maxReplicas = 10_000
	maxHosts    = 1_000
	maxCount    = 1_000_000
	maxRate     = 1e18
	never       = float64(maxTime)
)

// notYet is the help for a key of the format that is read by nobody yet.
func notYet(name string, s shape, instead string) field {
	return field{name: name, shape: s, doc: "Not modelled yet.", later: instead}
}

var rootObject = &object{name: "scenario", doc: "A scenario: services, their traffic, what breaks, and what is expected.", fields: []field{
	{name: "hasim", shape: aWord, enum: []string{"v1"}, required: true, doc: "The version of this format. It must be there."},
	{name: "name", shape: aName, doc: "The scenario's name in reports.", def: "the file's name", example: "black-friday"},
	{name: "title", shape: aText, doc: "One line for the header of the screen.", def: "the name"},
	{name: "lesson", shape: aText, doc: "What to watch for and what to predict. Shown by the screen."},
	field{name: "seed", shape: anInteger, doc: "Chooses the luck. The same seed gives the same run, to the byte.", def: "1"}.within(0, math.MaxUint64),
	field{name: "duration", shape: aTime, doc: "How much virtual time the run takes.", def: "the end of the last stage, else 5m", example: "10m"}.within(1, never),
	field{name: "warmup", shape: aTime, doc: "The first part of the run, which is left out of the metrics.", def: "0s", example: "5m"}.within(0, never),
	{name: "platform", shape: aWord, enum: []string{"compose", "kubernetes"}, soon: []string{"swarm"}, def: "compose",
		doc: "Who restarts, re-routes and re-places. compose: one host, the engine restarts, nginx keeps the addresses it resolved at its start. kubernetes: several hosts, the kubelet restarts, endpoints carry ready pods only, the HPA scales."},
	{name: "hosts", shape: objects, of: hostObject, doc: "The machines.", def: "one that is large enough"},
	notYet("include", anObject, "write the services into the scenario"),
	{name: "services", shape: mapOfObjects, of: serviceObject, required: true, example: "{app: {image: shop/app}}", doc: "Groups of equal replicas, by name. Services, hosts and replicas (app-1) share one space of names."},
	{name: "traffic", shape: objectOrList, of: trafficObject, doc: "Streams of requests from outside: a map for one, a list for several.", def: "10/s to the first service that nobody calls"},
	{name: "changes", shape: objects, of: changeObject, doc: "What an operator does during the run."},
	{name: "faults", shape: objects, of: faultObject, doc: "What breaks, when, how much of it, and for how long."},
	{name: "variants", shape: objects, of: variantObject, doc: "Ways to play the scenario, run side by side on the same arrivals.", def: "one, named default"},
	{name: "expect", shape: expectations, doc: "What must hold at the end, as k6 writes thresholds. A run whose expectations fail exits with 1.", example: "latency.p99 < 500ms"},
	{name: "cluster", shape: anObject, of: clusterObject, on: onKubernetes, doc: "Flags of Kubernetes' controllers.", def: "those of 1.37"},
}}

var hostObject = &object{name: "host", doc: "A machine, or several equal ones.", fields: []field{
	{name: "name", shape: aName, required: true, doc: "Its name; with count, the names are name-1, name-2 and so on.", example: "node"},
	field{name: "count", shape: anInteger, doc: "How many of them.", def: "1, with the plain name"}.within(1, maxHosts),
	{name: "cpus", shape: aCPU, doc: "Cores.", def: "enough for everything", example: "4"},
	{name: "memory", shape: aBytes, doc: "Memory, as Kubernetes writes it.", def: "enough for everything", example: "8Gi"},
	{name: "zone", shape: aName, doc: "The zone it stands in.", example: "a"},
}}

var trafficObject = &object{name: "traffic", doc: "A stream of requests whose arrivals do not wait for answers.", fields: []field{
	{name: "name", shape: aName, doc: "The stream's name.", def: "the service it goes to"},
	{name: "to", shape: aReference, doc: "The service that gets the requests.", def: "the first service that nobody calls", example: "nginx"},
	field{name: "start", shape: aRate, doc: "The rate at the beginning; without stages, to the end.", def: "0/s with stages, else 10/s", example: "60/s"}.within(0, maxRate),
	{name: "stages", shape: objects, of: stageObject, doc: "As k6: a straight line to target over duration; after the last the rate holds."},
	{name: "arrivals", shape: aWord, enum: []string{"poisson", "even"}, def: "poisson", doc: "poisson: as many independent customers come; even: evenly spaced, as k6 itself sends."},
	{name: "client", shape: anObject, of: clientObject, doc: "How patient those who send requests are."},
	field{name: "worth", shape: aNumber, def: "0", example: "35.00", doc: "Money per served request: what an outage costs."}.within(0, 1e12),
	{name: "method", shape: aWord, enum: []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH", "LOCK"}, def: "GET", doc: "A proxy does not repeat a POST, PATCH or LOCK once it was sent, unless next_upstream has non_idempotent."},
}}

var stageObject = &object{name: "stage", doc: "A straight line in the rate.", fields: []field{
	field{name: "duration", shape: aTime, required: true, doc: "How long the line takes; 0s jumps.", example: "30s"}.within(0, never),
	field{name: "target", shape: aRate, required: true, doc: "The rate at its end.", example: "600/s"}.within(0, maxRate),
	{name: "name", shape: aText, doc: "What people would call it.", example: "doors open"},
}}

var clientObject = &object{name: "client", doc: "The patience of clients. One that times out has failed at that instant; its request stays where it is, unless work.cancel is true.", fields: []field{
	field{name: "timeout", shape: aTime, def: "60s, as k6", doc: "Per attempt.", example: "10s"}.within(1, never),
	field{name: "patience", shape: aTime, def: "no bound", doc: "For all attempts together.", example: "30s"}.within(1, never),
	{name: "retries", shape: anObject, of: retriesObject, def: "none", doc: "Whether and when a client tries again."},
}}

var retriesObject = &object{name: "retries", doc: "The wait before retry n is backoff x 2^(n-1), at most max_backoff, then spread by jitter.", fields: []field{
	field{name: "max", shape: anInteger, def: "0", doc: "How often at most, beyond the first attempt.", example: "2"}.within(0, 1000),
	field{name: "backoff", shape: aTime, def: "100ms", doc: "The wait before the first retry."}.within(0, never),
	field{name: "max_backoff", shape: aTime, def: "20s", doc: "The longest wait."}.within(0, never),
	{name: "jitter", shape: aWord, enum: []string{"none", "full", "equal"}, def: "none", doc: "none: all wait the same; full: anything from 0 to the wait; equal: from half of it on."},
	notYet("budget", aPercent, "bound the retries with max"),
}}

var changeObject = &object{name: "change", doc: "What an operator does at a time: scale, set or reload.", fields: []field{
	field{name: "at", shape: aTime, required: true, doc: "When.", example: "5m"}.within(0, never),
	field{name: "scale", shape: mapOfIntegers, doc: "Services and how many replicas they get by hand.", example: "{app: 5}"}.within(0, maxReplicas),
	{name: "reload", shape: references, doc: "Proxies that resolve their upstreams anew, as nginx -s reload.", example: "nginx"},
	{name: "set", shape: aPatch, doc: "A merge patch over the file. It may change the services' work, autoscale, balance and deploy.replicas.", example: "{services: {app: {autoscale: {maxReplicas: 20}}}}"},
}}

var faultObject = &object{name: "fault", doc: "Something that breaks. Victims are drawn by rank, the same in every variant.", fields: []field{
	field{name: "at", shape: aTime, required: true, doc: "When, for the first time.", example: "3m25s"}.within(0, never),
	{name: "crash", shape: aReference, doc: "Replicas of this service exit.", example: "app"},
	{name: "hang", shape: aReference, doc: "Replicas of this service stop answering, and stay.", example: "app"},
	{name: "slow", shape: aReference, doc: "The waiting part of requests takes factor times as long at replicas of this service.", example: "app"},
	{name: "host_down", shape: aReference, doc: "This machine is gone.", example: "node-1"},
	notYet("down", aReference, "use hang, or crash with all: true and an every"),
	{name: "metrics_down", shape: aBool, on: onKubernetes, doc: "The metrics pipeline is away: the autoscaler is blind."},
	field{name: "count", shape: anInteger, def: "1", doc: "How many replicas are hit."}.within(1, maxReplicas),
	field{name: "percent", shape: aPercent, doc: "What share of the replicas is hit, instead of count.", example: "50%"}.within(0, 100),
	{name: "all", shape: aBool, def: "false", doc: "Every replica is hit, instead of count."},
	field{name: "for", shape: aTime, def: "for good", doc: "How long a hang, slow, host_down or metrics_down lasts.", example: "45s"}.within(1, never),
	field{name: "every", shape: aTime, def: "once", doc: "Repeat after so long.", example: "20s"}.within(float64(time.Millisecond), never),
	field{name: "until", shape: aTime, def: "the end", doc: "With every: not after this.", example: "6m"}.within(0, never),
	field{name: "times", shape: anInteger, def: "no bound", doc: "With every: at most so often."}.within(1, maxCount),
	field{name: "exit", shape: anInteger, def: "1 (137 for OOMKilled)", doc: "The exit code of a crash."}.within(0, 255),
	{name: "reason", shape: aText, def: "Error (Completed for exit 0)", doc: "The reason of a crash as Kubernetes says it.", example: "OOMKilled"},
	field{name: "factor", shape: aNumber, doc: "Of slow: how many times as long.", example: "3"}.within(0.001, 1e6),
}}

var variantObject = &object{name: "variant", doc: "One way to play the scenario.", fields: []field{
	{name: "name", shape: aText, required: true, doc: "The title of its lane.", example: "one chef"},
	{name: "set", shape: aPatch, doc: "A JSON merge patch (RFC 7386) over the file: maps are merged, lists replaced, null removes. It may not touch hasim, name, seed, duration, variants.", example: "{services: {app: {deploy: {replicas: 3}}}}"},
	{name: "expect", shape: expectations, doc: "Replaces the file's own expectations for this variant."},
}}

var clusterObject = &object{name: "cluster", doc: "Flags of Kubernetes' controllers.", fields: []field{
	{name: "hpa", shape: anObject, of: hpaFlagsObject, doc: "Flags of the horizontal pod autoscaler (kube-controller-manager)."},
	{name: "metrics", shape: anObject, of: metricsObject, doc: "The metrics pipeline (metrics-server)."},
	field{name: "podEvictionTimeout", shape: aTime, def: "300s", doc: "How long pods tolerate an unreachable node (tolerationSeconds of node.kubernetes.io/unreachable)."}.within(1, never),
}}

var hpaFlagsObject = &object{name: "hpaFlags", doc: "--horizontal-pod-autoscaler-* of Kubernetes 1.37.", fields: []field{
	field{name: "syncPeriod", shape: aTime, def: "15s", doc: "Between two decisions."}.within(float64(time.Second), never),
	field{name: "tolerance", shape: aNumber, def: "0.1", doc: "How far from 1 the ratio must be before anything changes."}.within(0, 100),
	field{name: "initialReadinessDelay", shape: aTime, def: "30s", doc: "For so long after a pod's start its unready times are not believed."}.within(0, never),
	field{name: "cpuInitializationPeriod", shape: aTime, def: "5m", doc: "For so long after a pod's start its CPU counts only once it is ready."}.within(0, never),
	field{name: "downscaleStabilization", shape: aTime, def: "5m", doc: "Scaling down takes the highest recommendation of this window."}.within(0, never),
	{name: "scaleToZero", shape: aBool, def: "true", doc: "The feature gate HPAScaleToZero."},
}}

var metricsObject = &object{name: "metrics", doc: "What the autoscaler gets to see, and how late.", fields: []field{
	field{name: "resolution", shape: aTime, def: "15s", doc: "--metric-resolution: between two scrapes. metrics-server takes no less than 10s."}.within(float64(10*time.Second), never),
	field{name: "phase", shape: aTime, def: "0s", doc: "When the first scrape is; below resolution."}.within(0, never),
}}
