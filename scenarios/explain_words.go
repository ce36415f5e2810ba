package scenarios

import (
	"fmt"
	"strings"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/expect"
)

// wordDoc describes one word of the vocabulary.
type wordDoc struct{ word, doc string }

// metricDocs says what the metrics of expect measure. The order is that of
// package expect.
var metricDocs = []wordDoc{
	{"latency.mean", "Of served requests, from the client's first attempt to the answer."},
	{"latency.p50", "Half of the served requests took no longer."},
	{"latency.p90", "90 % of the served requests took no longer."},
	{"latency.p95", "95 % of the served requests took no longer."},
	{"latency.p99", "99 % of the served requests took no longer."},
	{"latency.max", "The slowest of the served requests."},
	{"availability", "served / (served + failed), in percent."},
	{"errors.rate", "failed / (served + failed), in percent."},
	{"arrived", "Requests of clients, not attempts."},
	{"served", "Requests that got their answer."},
	{"failed", "Requests that did not, after their last attempt."},
	{"failures.<cause>", "Failed requests by the cause of the last attempt: " + strings.Join(expect.Causes, ", ") + "."},
	{"queue.mean", "Requests that wait and are not worked on, averaged over time."},
	{"queue.max", "The most that waited at one time."},
	{"replicas.desired", "How many there should be, now."},
	{"replicas.ready", "How many serve, now."},
	{"replicas.min", "The fewest that existed and were not terminating."},
	{"replicas.max", "The most that existed and were not terminating."},
	{"replicas.mean", "How many existed, averaged over time."},
	{"replicas.ready_min", "The fewest that served, after the first did."},
	{"replica_seconds", "Replicas times the time that they existed: what they cost."},
	{"lost_revenue", "Failed requests times traffic.worth."},
	{"restarts", "How often containers were started again."},
	{"rescales", "How often the autoscaler changed the number of replicas."},
}

// explainMetrics lists what an expectation can speak of.
func explainMetrics(b *strings.Builder) {
	b.WriteString("\nMETRICS (a service's own: latency.app.p99; of replicas without a service: the one that scales):\n")
	for _, m := range metricDocs {
		fmt.Fprintf(b, "  %s\n", m.word)
		b.WriteString(wrap(m.doc, "    ", 78))
	}
}

// scalerReasons are the words of the autoscaler's events and conditions.
var scalerReasons = []wordDoc{
	{"FailedGetResourceMetric", "It got no cpu or memory of the pods: no request, or no sample."},
	{"FailedGetContainerResourceMetric", "It got no cpu or memory of the container."},
	{"FailedGetPodsMetric", "It got no metric of the pods."},
	{"FailedGetObjectMetric", "It got no metric of the object."},
	{"FailedGetExternalMetric", "It got no metric from outside."},
	{autoscale.FailedComputeMetrics, "No metric gave a number of replicas: nothing changes."},
	{autoscale.SucceededGetScale, "AbleToScale: it could read the present number."},
	{autoscale.ReadyForNewScale, "AbleToScale: the recommendation stands, no window is against it."},
	{autoscale.ScaleDownStabilized, "AbleToScale: a higher recommendation of the window holds shrinking back."},
	{autoscale.ScaleUpStabilized, "AbleToScale: a lower recommendation of the window holds growing back."},
	{autoscale.SucceededRescale, "AbleToScale: the number was changed."},
	{autoscale.ValidMetricFound, "ScalingActive: some metric gave a number of replicas."},
	{autoscale.ScalingDisabled, "ScalingActive: somebody set the replicas to 0."},
	{autoscale.DesiredWithinRange, "ScalingLimited: nothing limits the recommendation."},
	{autoscale.TooFewReplicas, "ScalingLimited: raised to minReplicas."},
	{autoscale.TooManyReplicas, "ScalingLimited: capped to maxReplicas."},
	{autoscale.ScaleUpLimit, "ScalingLimited: growing is capped by the rate."},
	{autoscale.ScaleDownLimit, "ScalingLimited: shrinking is capped by the rate."},
	{autoscale.NotScaledToZero, "ScaledToZero: it has not scaled to zero."},
}

func explainScalerReasons(b *strings.Builder) {
	b.WriteString("\nReasons of the autoscaler's own events and conditions (hasim why), all of them\nKubernetes'. Data of the events: message.\n\n")
	for _, r := range scalerReasons {
		fmt.Fprintf(b, "%s\n", r.word)
		b.WriteString(wrap(r.doc, "    ", 78))
	}
}
