package scenarios

import "math"

// Numbers of autoscaling/v2 are checked by package autoscale, in Kubernetes'
// words; the table holds only what an int32 can hold.
func int32s(f field) field { return f.within(math.MinInt32, math.MaxInt32) }

var policyField = field{name: "policy", shape: aWord, enum: []string{"hpa", "fixed", "schedule", "step", "target_tracking"}, def: "hpa", doc: "The kind of autoscaler."}

var hpaObject = &object{name: "hpa", doc: "HorizontalPodAutoscaler: the spec of autoscaling/v2.", fields: []field{
	policyField,
	{name: "scaleTargetRef", shape: anObject, of: targetRefObject, def: "this service", doc: "As in a manifest; it must name this service."},
	int32s(field{name: "minReplicas", shape: anInteger, def: "1", doc: "The lower bound.", example: "2"}),
	int32s(field{name: "maxReplicas", shape: anInteger, required: true, doc: "The upper bound.", example: "10"}),
	{name: "metrics", shape: objects, of: metricObject, def: "cpu at 80 % of the request", doc: "What is looked at; the largest answer counts."},
	{name: "behavior", shape: anObject, of: behaviorObject, def: "without the key: doubling, or up to 4, per sync", doc: "Rates and windows. An empty one ({}) is not the same as none."},
}}

var targetRefObject = &object{name: "scaleTargetRef", doc: "What is scaled.", fields: []field{
	{name: "apiVersion", shape: aText, doc: "apps/v1."},
	{name: "kind", shape: aText, doc: "Deployment."},
	{name: "name", shape: aText, doc: "This service."},
}}

var metricObject = &object{name: "metric", doc: "One metric: its type, and the key of that type.", fields: []field{
	{name: "type", shape: aText, doc: "Resource, ContainerResource, Pods, Object or External.", example: "Resource"},
	{name: "resource", shape: anObject, of: resourceMetricObject, doc: "Of type Resource: cpu or memory of whole pods."},
	{name: "containerResource", shape: anObject, of: containerMetricObject, doc: "Of type ContainerResource."},
	{name: "pods", shape: anObject, of: podsMetricObject, doc: "Of type Pods: what every pod reports."},
	{name: "object", shape: anObject, of: objectMetricObject, doc: "Of type Object: a number that describes an object."},
	{name: "external", shape: anObject, of: podsMetricObject, doc: "Of type External: a number from outside the cluster."},
}}

var resourceMetricObject = &object{name: "resourceMetric", doc: "cpu or memory.", fields: []field{
	{name: "name", shape: aText, doc: "cpu or memory.", example: "cpu"},
	{name: "target", shape: anObject, of: targetObject, doc: "What it is held against."},
}}

var containerMetricObject = &object{name: "containerMetric", doc: "cpu or memory of one container.", fields: []field{
	{name: "name", shape: aText, doc: "cpu or memory.", example: "cpu"},
	{name: "container", shape: aText, doc: "The container: the service's name."},
	{name: "target", shape: anObject, of: targetObject, doc: "What it is held against."},
}}

var podsMetricObject = &object{name: "namedMetric", doc: "A metric by its name.", fields: []field{
	{name: "metric", shape: anObject, of: metricNameObject, doc: "Which."},
	{name: "target", shape: anObject, of: targetObject, doc: "What it is held against."},
}}

var objectMetricObject = &object{name: "objectMetric", doc: "A metric of an object.", fields: []field{
	{name: "describedObject", shape: anObject, of: targetRefObject, doc: "The object."},
	{name: "metric", shape: anObject, of: metricNameObject, doc: "Which."},
	{name: "target", shape: anObject, of: targetObject, doc: "What it is held against."},
}}

var metricNameObject = &object{name: "metricName", doc: "The name of a metric.", fields: []field{
	{name: "name", shape: aText, doc: "Its name.", example: "requests_per_second"},
	notYet("selector", anObject, "leave it out: there is one series of each name"),
}}

var targetObject = &object{name: "metricTarget", doc: "What a metric is held against.", fields: []field{
	{name: "type", shape: aText, doc: "Utilization, Value or AverageValue."},
	{name: "value", shape: aQuantity, doc: "Of Value.", example: "100"},
	{name: "averageValue", shape: aQuantity, doc: "Of AverageValue: per pod.", example: "500m"},
	int32s(field{name: "averageUtilization", shape: anInteger, doc: "Of Utilization: percent of the request.", example: "70"}),
}}

var behaviorObject = &object{name: "behavior", doc: "Rates and windows of both directions.", fields: []field{
	{name: "scaleUp", shape: anObject, of: rulesObject, def: "4 pods or 100 % per 15 s, no window", doc: "Growing."},
	{name: "scaleDown", shape: anObject, of: rulesObject, def: "100 % per 15 s, a window of 300 s", doc: "Shrinking."},
}}

var rulesObject = &object{name: "scalingRules", doc: "The rules of one direction.", fields: []field{
	int32s(field{name: "stabilizationWindowSeconds", shape: anInteger, def: "0 for scaleUp, 300 for scaleDown", doc: "Growing takes the lowest, shrinking the highest recommendation of this window; at most 3600."}),
	{name: "selectPolicy", shape: aText, def: "Max", doc: "Max, Min or Disabled: which of the policies counts."},
	{name: "policies", shape: objects, of: scalingPolicyObject, doc: "How much change a period allows."},
	{name: "tolerance", shape: aQuantity, def: "the controller's, 0.1", doc: "How far from 1 the ratio must be.", example: "0.05"},
}}

var scalingPolicyObject = &object{name: "scalingPolicy", doc: "So much change per period.", fields: []field{
	{name: "type", shape: aText, doc: "Pods or Percent."},
	int32s(field{name: "value", shape: anInteger, doc: "How many, or how much percent."}),
	int32s(field{name: "periodSeconds", shape: anInteger, doc: "The period, at most 1800."}),
}}

var periodField = field{name: "period", shape: aTime, def: "15s", doc: "Between two looks."}.within(1e9, never)

var fixedObject = &object{name: "fixed", doc: "Always the same number of replicas.", fields: []field{
	policyField,
	int32s(field{name: "replicas", shape: anInteger, required: true, doc: "The number."}),
	periodField,
}}

var scheduleObject = &object{name: "schedule", doc: "A timetable: how many replicas from when on.", fields: []field{
	policyField,
	{name: "shifts", shape: objects, of: shiftObject, required: true, doc: "The entries, in order of time."},
	field{name: "every", shape: aTime, def: "it does not repeat", doc: "The timetable repeats after this long.", example: "24h"}.within(1, never),
	periodField,
}}

var shiftObject = &object{name: "shift", doc: "One entry of a timetable.", fields: []field{
	field{name: "at", shape: aTime, required: true, doc: "From when on.", example: "18h"}.within(0, never),
	int32s(field{name: "replicas", shape: anInteger, required: true, doc: "How many."}),
	{name: "name", shape: aText, doc: "What people call it.", example: "dinner"},
}}

var stepObject = &object{name: "step", doc: "One more when the metric is high, one less when it is low, with cooldowns.", fields: []field{
	policyField,
	int32s(field{name: "min", shape: anInteger, def: "1", doc: "The lower bound."}),
	int32s(field{name: "max", shape: anInteger, required: true, doc: "The upper bound."}),
	{name: "metric", shape: anObject, of: metricObject, def: "cpu, percent of the request", doc: "What is looked at."},
	{name: "high", shape: aQuantity, required: true, doc: "Above this, up more.", example: "80"},
	{name: "low", shape: aQuantity, required: true, doc: "Below this, down less.", example: "30"},
	int32s(field{name: "up", shape: anInteger, def: "1", doc: "Replicas per step up."}),
	int32s(field{name: "down", shape: anInteger, def: "1", doc: "Replicas per step down."}),
	field{name: "cooldownUp", shape: aTime, def: "0s", doc: "After a step up, no other for so long."}.within(0, never),
	field{name: "cooldownDown", shape: aTime, def: "0s", doc: "After a step down, no other for so long."}.within(0, never),
	periodField,
}}

var trackingObject = &object{name: "targetTracking", doc: "In the manner of cloud scaling groups: hold a metric at a target.", fields: []field{
	policyField,
	int32s(field{name: "min", shape: anInteger, def: "1", doc: "The lower bound."}),
	int32s(field{name: "max", shape: anInteger, required: true, doc: "The upper bound."}),
	{name: "metric", shape: anObject, of: metricObject, required: true, doc: "What is held, with its target."},
	field{name: "scaleOutCooldown", shape: aTime, def: "0s", doc: "After growing, no more for so long."}.within(0, never),
	field{name: "scaleInCooldown", shape: aTime, def: "0s", doc: "After shrinking, no more for so long."}.within(0, never),
	field{name: "warmup", shape: aTime, def: "0s", doc: "A replica younger than this does not count, and holds back shrinking."}.within(0, never),
	{name: "disableScaleIn", shape: aBool, def: "false", doc: "Never shrink."},
	periodField,
}}
