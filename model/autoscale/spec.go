package autoscale

import "time"

// HPASpec is the spec of autoscaling/v2, key for key, without
// scaleTargetRef: the World knows which service it belongs to.
type HPASpec struct {
	MinReplicas *int32       `json:"minReplicas,omitempty"` // nil means 1
	MaxReplicas int32        `json:"maxReplicas"`
	Metrics     []MetricSpec `json:"metrics,omitempty"`  // empty means cpu at 80 %
	Behavior    *Behavior    `json:"behavior,omitempty"` // nil is not the same as an empty one (spec 1.1)
}

// The types of a metric (autoscaling/v2 MetricSourceType).
const (
	TypeResource          = "Resource"
	TypeContainerResource = "ContainerResource"
	TypePods              = "Pods"
	TypeObject            = "Object"
	TypeExternal          = "External"
)

// The types of a target (autoscaling/v2 MetricTargetType).
const (
	TargetUtilization  = "Utilization"
	TargetValue        = "Value"
	TargetAverageValue = "AverageValue"
)

// The resources that the metrics pipeline measures.
const (
	CPU    = "cpu"
	Memory = "memory"
)

// MetricSpec is one entry of spec.metrics. Exactly the source that Type names
// is set.
type MetricSpec struct {
	Type              string                   `json:"type"`
	Resource          *ResourceSource          `json:"resource,omitempty"`
	ContainerResource *ContainerResourceSource `json:"containerResource,omitempty"`
	Pods              *PodsSource              `json:"pods,omitempty"`
	Object            *ObjectSource            `json:"object,omitempty"`
	External          *ExternalSource          `json:"external,omitempty"`
}

// ResourceSource is cpu or memory of whole pods.
type ResourceSource struct {
	Name   string       `json:"name"`
	Target MetricTarget `json:"target"`
}

// ContainerResourceSource is cpu or memory of one container of each pod.
type ContainerResourceSource struct {
	Name      string       `json:"name"`
	Container string       `json:"container"`
	Target    MetricTarget `json:"target"`
}

// PodsSource is a custom metric that every pod reports.
type PodsSource struct {
	Metric MetricIdentifier `json:"metric"`
	Target MetricTarget     `json:"target"`
}

// ObjectSource is one number that describes an object (an ingress, a queue).
type ObjectSource struct {
	DescribedObject ObjectReference  `json:"describedObject"`
	Metric          MetricIdentifier `json:"metric"`
	Target          MetricTarget     `json:"target"`
}

// ExternalSource is one number from outside the cluster.
type ExternalSource struct {
	Metric MetricIdentifier `json:"metric"`
	Target MetricTarget     `json:"target"`
}

// MetricIdentifier names a custom or external metric. Selectors choose among
// series; a simulator has one series of a name, so only the name remains.
type MetricIdentifier struct {
	Name string `json:"name"`
}

// ObjectReference names the object that an Object metric describes.
type ObjectReference struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}

// MetricTarget is what a metric is held against. Type is what people write;
// Kubernetes 1.37 itself looks at which field is set, except for Object.
type MetricTarget struct {
	Type               string    `json:"type"`
	Value              *Quantity `json:"value,omitempty"`
	AverageValue       *Quantity `json:"averageValue,omitempty"`
	AverageUtilization *int32    `json:"averageUtilization,omitempty"` // percent of the request
}

// Behavior holds the rates and windows of both directions.
type Behavior struct {
	ScaleUp   *ScalingRules `json:"scaleUp,omitempty"`
	ScaleDown *ScalingRules `json:"scaleDown,omitempty"`
}

// ScalingRules are the rules of one direction.
type ScalingRules struct {
	StabilizationWindowSeconds *int32          `json:"stabilizationWindowSeconds,omitempty"` // 0..3600
	SelectPolicy               string          `json:"selectPolicy,omitempty"`               // Max (also ""), Min, Disabled
	Policies                   []ScalingPolicy `json:"policies,omitempty"`
	Tolerance                  *float64        `json:"tolerance,omitempty"` // see ParseTolerance; nil means the flag's
}

// ScalingPolicy allows a change of Value (replicas or percent) per period.
type ScalingPolicy struct {
	Type          string `json:"type"` // Pods, Percent
	Value         int32  `json:"value"`
	PeriodSeconds int32  `json:"periodSeconds"` // 1..1800
}

// Words of ScalingRules (autoscaling/v2).
const (
	SelectMax      = "Max"
	SelectMin      = "Min"
	SelectDisabled = "Disabled"
	PolicyPods     = "Pods"
	PolicyPercent  = "Percent"
)

// Flags are the controller's own settings: kube-controller-manager's
// --horizontal-pod-autoscaler-* flags and the gate HPAScaleToZero.
type Flags struct {
	SyncPeriod              time.Duration
	DownscaleStabilization  time.Duration
	CPUInitializationPeriod time.Duration
	InitialReadinessDelay   time.Duration
	Tolerance               float64
	ScaleToZero             bool
}

// DefaultFlags are those of Kubernetes 1.37 (config/v1alpha1/defaults.go and
// kube_features.go; spec 1.1).
func DefaultFlags() Flags {
	return Flags{
		SyncPeriod:              15 * time.Second,
		DownscaleStabilization:  5 * time.Minute,
		CPUInitializationPeriod: 5 * time.Minute,
		InitialReadinessDelay:   30 * time.Second,
		Tolerance:               0.1,
		ScaleToZero:             true,
	}
}

// Defaults that the API server fills in (pkg/apis/autoscaling/v2/defaults.go).
const (
	defaultMinReplicas    int32 = 1
	defaultCPUUtilization int32 = 80
	defaultPolicyPeriod   int32 = 15
	defaultUpPods         int32 = 4
	defaultUpPercent      int32 = 100
	defaultDownPercent    int32 = 100
	defaultUpWindow       int32 = 0
)

// Defaulted returns the spec as the API server stores it: minReplicas, the
// default metric, and, only where behavior is present, its two directions.
// The receiver is not changed and shares nothing that is written.
func (s HPASpec) Defaulted() HPASpec {
	if s.MinReplicas == nil {
		s.MinReplicas = ptr(defaultMinReplicas)
	}
	if len(s.Metrics) == 0 {
		s.Metrics = []MetricSpec{{Type: TypeResource, Resource: &ResourceSource{
			Name:   CPU,
			Target: MetricTarget{Type: TargetUtilization, AverageUtilization: ptr(defaultCPUUtilization)},
		}}}
	}
	if s.Behavior != nil {
		s.Behavior = &Behavior{
			ScaleUp:   defaultedRules(s.Behavior.ScaleUp, ptr(defaultUpWindow), defaultUpPolicies()),
			ScaleDown: defaultedRules(s.Behavior.ScaleDown, nil, defaultDownPolicies()),
		}
	}
	return s
}

func defaultUpPolicies() []ScalingPolicy {
	return []ScalingPolicy{
		{PolicyPods, defaultUpPods, defaultPolicyPeriod},
		{PolicyPercent, defaultUpPercent, defaultPolicyPeriod},
	}
}

func defaultDownPolicies() []ScalingPolicy {
	return []ScalingPolicy{{PolicyPercent, defaultDownPercent, defaultPolicyPeriod}}
}

// defaultedRules fills what is absent. A window of nil stays nil: that of
// scaleDown is the controller's flag, read at each sync (B1).
func defaultedRules(r *ScalingRules, window *int32, policies []ScalingPolicy) *ScalingRules {
	out := ScalingRules{}
	if r != nil {
		out = *r
	}
	if out.StabilizationWindowSeconds == nil {
		out.StabilizationWindowSeconds = window
	}
	if out.SelectPolicy == "" {
		out.SelectPolicy = SelectMax
	}
	if out.Policies == nil {
		out.Policies = policies
	}
	return &out
}

func ptr[T any](v T) *T { return &v }
