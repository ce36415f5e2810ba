package model

// Reason is the CamelCase word of an Event: Kubernetes' own where one exists,
// on every platform; else Docker's; else one of ours in the same style.
type Reason string

// Reasons of replicas.
const (
	SuccessfulCreate Reason = "SuccessfulCreate"
	SuccessfulDelete Reason = "SuccessfulDelete"
	Scheduled        Reason = "Scheduled"
	FailedScheduling Reason = "FailedScheduling"
	Started          Reason = "Started"
	Ready            Reason = "Ready"
	Died             Reason = "Died"
	OOMKilled        Reason = "OOMKilled"
	BackOffRestart   Reason = "BackOff"
	GaveUp           Reason = "GaveUp"
	Killing          Reason = "Killing"
	Hung             Reason = "Hung"
	HangEnded        Reason = "HangEnded"
	Slowed           Reason = "Slowed"
	SlowEnded        Reason = "SlowEnded"
	UpstreamDisabled Reason = "UpstreamDisabled"
)

// Reasons of services.
const (
	SuccessfulRescale Reason = "SuccessfulRescale"
	ScalingReplicaSet Reason = "ScalingReplicaSet"
	Reloaded          Reason = "Reloaded"
	ReloadFailed      Reason = "ReloadFailed"
	ConfigChanged     Reason = "ConfigChanged"
	QueueFullStarted  Reason = "QueueFull"
	QueueFullEnded    Reason = "QueueFullEnded"
	NoEndpoints       Reason = "NoEndpoints"
	EndpointsBack     Reason = "EndpointsBack"
	NoVictim          Reason = "NoVictim"
)

// Reasons of hosts, of traffic and of the run.
const (
	HostDown             Reason = "HostDown"
	HostUp               Reason = "HostUp"
	NodeNotReady         Reason = "NodeNotReady"
	NodeReady            Reason = "NodeReady"
	TaintManagerEviction Reason = "TaintManagerEviction"
	MetricsDown          Reason = "MetricsDown"
	MetricsBack          Reason = "MetricsBack"
	StageStarted         Reason = "StageStarted"
	TrafficChanged       Reason = "TrafficChanged"
	ExpectationBroken    Reason = "ExpectationBroken"
	ExpectationMet       Reason = "ExpectationMet"
)

// unit is how a number of an Event is written.
type unit uint8

const (
	count        unit = iota
	milliseconds      // held in nanoseconds
	permille          // held in thousandths
	lasting           // held in nanoseconds; 0 is for good
)

type key struct {
	name string
	unit unit
}

// reasonSpec is what one reason says: its keys name the Event's numbers in
// their order, word its word, text the sentence with {key} places, doc what
// `hasim explain reasons` prints.
type reasonSpec struct {
	keys []key
	word string
	text string
	doc  string
	from string // whose word it is
}

func lasts(name string) key { return key{name, lasting} }
func n(name string) key     { return key{name, count} }
func ms(name string) key    { return key{name, milliseconds} }

// reasons is the one table of all reasons, in the order in which they are
// explained.
var reasons = []struct {
	reason Reason
	reasonSpec
}{
	{SuccessfulCreate, reasonSpec{[]key{n("replicas")}, "", "created: {replicas} are desired", "A replica was created.", "Kubernetes"}},
	{Scheduled, reasonSpec{nil, "host", "assigned to {host}", "A replica got a host.", "Kubernetes"}},
	{FailedScheduling, reasonSpec{nil, "why", "{why}", "No host can take the replica; it waits as Pending.", "Kubernetes"}},
	{Started, reasonSpec{[]key{n("restarts"), ms("startup_ms")}, "", "container started (restart {restarts}), serves in about {startup_ms}", "A container's process was started; it does not serve yet.", "Kubernetes"}},
	{Ready, reasonSpec{[]key{ms("took_ms")}, "", "serves after {took_ms}", "A replica finished its start-up and gets requests.", "hasim"}},
	{Died, reasonSpec{[]key{n("exit"), n("lost"), ms("ran_ms")}, "cause", "exited with code {exit} ({cause}), {lost} requests on it lost", "A container's process ended.", "Docker"}},
	{OOMKilled, reasonSpec{[]key{n("exit"), n("lost"), ms("ran_ms")}, "cause", "killed for memory, exit code {exit}, {lost} requests on it lost", "A container went over its memory limit and was killed.", "Kubernetes"}},
	{BackOffRestart, reasonSpec{[]key{ms("delay_ms"), n("restarts")}, "policy", "back-off {delay_ms} before restart {restarts} ({policy})", "A container waits before it is started again.", "Kubernetes"}},
	{GaveUp, reasonSpec{[]key{n("exit"), n("restarts")}, "policy", "stays Exited ({exit}) after {restarts} restarts ({policy}): nobody starts it again", "The restart policy does not start the container again.", "hasim"}},
	{Killing, reasonSpec{[]key{n("in_flight"), ms("grace_ms")}, "why", "stopping ({why}) with {in_flight} requests on it, grace {grace_ms}", "A replica was told to stop.", "Kubernetes"}},
	{SuccessfulDelete, reasonSpec{[]key{n("lost")}, "", "removed, {lost} requests on it lost", "A replica is gone.", "Kubernetes"}},
	{Hung, reasonSpec{[]key{lasts("for_ms")}, "", "hangs: the process is there and answers nothing, {for_ms}", "A fault: a replica stopped answering.", "hasim"}},
	{HangEnded, reasonSpec{nil, "", "answers again", "The end of that fault.", "hasim"}},
	{Slowed, reasonSpec{[]key{{"factor", permille}, lasts("for_ms")}, "", "waits {factor} times as long, {for_ms}", "A fault: the waiting part of requests takes longer.", "hasim"}},
	{SlowEnded, reasonSpec{nil, "", "as fast as before", "The end of that fault.", "hasim"}},
	{UpstreamDisabled, reasonSpec{[]key{n("fails"), ms("fail_timeout_ms")}, "proxy", "upstream server temporarily disabled by {proxy}: {fails} failed, skipped for {fail_timeout_ms}", "nginx skips a peer that failed max_fails times.", "nginx"}},
	{SuccessfulRescale, reasonSpec{[]key{n("from"), n("to")}, wholeMessage, "{message}", "The autoscaler changed the number of replicas.", "Kubernetes"}},
	{ScalingReplicaSet, reasonSpec{[]key{n("from"), n("to")}, "by", "scaled from {from} to {to} by {by}", "Somebody scaled by hand.", "Kubernetes"}},
	{Reloaded, reasonSpec{[]key{n("peers")}, "service", "resolved {service} again: {peers} peers", "nginx was reloaded.", "hasim"}},
	{ReloadFailed, reasonSpec{nil, "service", `host not found in upstream "{service}": it goes on with its old peers`, "nginx was reloaded while nobody was behind a name; the old configuration stays.", "hasim"}},
	{ConfigChanged, reasonSpec{nil, "what", "{what}", "The operator changed the service's configuration.", "hasim"}},
	{QueueFullStarted, reasonSpec{[]key{n("bound")}, "", "refuses requests: a queue is at its bound of {bound}", "A replica's queue is full and requests are answered with 503.", "hasim"}},
	{QueueFullEnded, reasonSpec{[]key{n("refused"), ms("since_ms")}, "", "accepts again: {refused} requests refused in {since_ms}", "5 s without a refusal.", "hasim"}},
	{NoEndpoints, reasonSpec{[]key{n("desired")}, "", "no replica of {desired} serves", "A service has nobody left who serves.", "hasim"}},
	{EndpointsBack, reasonSpec{[]key{n("ready"), ms("outage_ms")}, "", "serves again after {outage_ms}", "The end of that outage.", "hasim"}},
	{NoVictim, reasonSpec{nil, "fault", "{fault}: no running replica to hit", "A fault found no victim; said once until it finds one again.", "hasim"}},
	{HostDown, reasonSpec{[]key{n("replicas")}, "", "is gone with {replicas} replicas on it", "A fault: a machine died.", "hasim"}},
	{HostUp, reasonSpec{[]key{ms("down_ms")}, "", "is back after {down_ms}", "The machine came back.", "hasim"}},
	{NodeNotReady, reasonSpec{[]key{ms("after_ms"), n("replicas")}, "", "Kubelet stopped posting node status: {replicas} replicas leave the endpoints, {after_ms} after the node died", "The node controller noticed a dead node.", "Kubernetes"}},
	{NodeReady, reasonSpec{nil, "", "posts its status again", "The node controller noticed that a node is back.", "Kubernetes"}},
	{TaintManagerEviction, reasonSpec{[]key{ms("after_ms")}, "pod", "marking {pod} for deletion, {after_ms} after the node died", "A pod's toleration of a dead node ran out; its replacement is created now.", "Kubernetes"}},
	{StageStarted, reasonSpec{[]key{{"target", permille}, ms("for_ms")}, "stage", "{stage}: to {target}/s within {for_ms}", "A stage of the traffic began.", "hasim"}},
	{MetricsDown, reasonSpec{[]key{lasts("for_ms")}, "", "the metrics API answers nothing, {for_ms}", "A fault: metrics-server is away; the autoscaler is blind.", "hasim"}},
	{MetricsBack, reasonSpec{nil, "", "the metrics API answers again", "The end of that fault.", "hasim"}},
	{TrafficChanged, reasonSpec{[]key{{"factor", permille}}, "", "now {factor} times what the file says", "A command multiplied the traffic.", "hasim"}},
	{ExpectationBroken, reasonSpec{nil, "value", "does not hold any more: {value}", "A goal of the file (its own expect line) stopped holding.", "hasim"}},
	{ExpectationMet, reasonSpec{nil, "value", "holds now: {value}", "A goal of the file holds again.", "hasim"}},
}

var reasonIndex = func() map[Reason]*reasonSpec {
	m := make(map[Reason]*reasonSpec, len(reasons))
	for i := range reasons {
		m[reasons[i].reason] = &reasons[i].reasonSpec
	}
	return m
}()

// wholeMessage is the word of those whose word is all of their message: it
// does not stand in the data once more.
const wholeMessage = "message"

// autoscalerEvent is the shape of every event that comes from the
// autoscaler with a reason of its own (FailedGetResourceMetric …).
var autoscalerEvent = &reasonSpec{word: wholeMessage, text: "{message}"}

func spec(r Reason) *reasonSpec {
	if s := reasonIndex[r]; s != nil {
		return s
	}
	return autoscalerEvent
}

// ReasonDoc documents one reason for people.
type ReasonDoc struct {
	Reason Reason
	Doc    string
	From   string
	Data   []string
}

// Reasons lists every reason of hasim's own table.
func Reasons() []ReasonDoc {
	docs := make([]ReasonDoc, 0, len(reasons))
	for i := range reasons {
		r := &reasons[i]
		d := ReasonDoc{Reason: r.reason, Doc: r.doc, From: r.from}
		for _, k := range r.keys {
			d.Data = append(d.Data, k.name)
		}
		if r.word != "" && r.word != wholeMessage {
			d.Data = append(d.Data, r.word)
		}
		docs = append(docs, d)
	}
	return docs
}
