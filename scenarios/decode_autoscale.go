package scenarios

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/hasim/model"
	"example.com/hasim/model/autoscale"
)

// autoscale reads the autoscaler of a service and lets package autoscale
// judge it; its errors come back with paths, which lead to nodes.
func (d *decoder) autoscale(e obj, s *model.ServiceSpec) {
	n := e.get("autoscale")
	if n == nil {
		return
	}
	at := e.at("autoscale")
	if n.kind != mapping {
		d.fail(n, at, "write {minReplicas: 2, maxReplicas: 10}", "must be a map, not %s", n.kind)
		return
	}
	if d.platform != model.Kubernetes {
		d.warn(e.n.keyOf("autoscale"), "A-PLATFORM", at, "write platform: kubernetes", "is a thought experiment: compose has no autoscaler")
	}
	kind, table := "hpa", hpaObject
	if p := n.has("policy"); p != nil {
		if kind = d.oneOf(p, join(at, "policy"), &policyField, ""); kind == "" {
			return
		}
		table = map[string]*object{"hpa": hpaObject, "fixed": fixedObject, "schedule": scheduleObject, "step": stepObject, "target_tracking": trackingObject}[kind]
	}
	before := d.c.fails
	o, ok := d.object(n, at, table)
	if !ok {
		return
	}
	o.get("policy")
	cfg := autoscale.Config{Flags: d.spec.Cluster.HPA}
	switch kind {
	case "hpa":
		cfg.HPA = o.hpa(s)
	case "fixed":
		cfg.Fixed = autoscale.FixedConfig{Replicas: o.int32("replicas", 0), Period: o.time("period", 0)}
	case "schedule":
		cfg.Schedule = o.schedule()
	case "step":
		cfg.Step = o.step()
	case "target_tracking":
		cfg.TargetTracking = o.tracking()
	}
	d.judge(o, s, kind, cfg, d.c.fails > before)
}

// judge builds the policy once, for its errors and its bounds.
func (d *decoder) judge(o obj, s *model.ServiceSpec, kind string, cfg autoscale.Config, unread bool) {
	p, err := autoscale.New(kind, cfg)
	var wrong *autoscale.ConfigError
	var fields []autoscale.FieldError
	if errors.As(err, &wrong) {
		fields = wrong.Fields
	}
	if kind == "hpa" {
		fields = append(fields, cfg.HPA.Validate(model.Metrics()...)...)
	}
	for _, f := range fields {
		n, exact := nodeAt(o.n, f.Path)
		if d.bad[n] || unread && !exact || !exact && strings.HasPrefix(f.Path, "flags.") {
			continue // told already, in better words
		}
		d.fail(n, o.path+"."+f.Path, visible(f.Help), "%s", visible(f.Msg))
	}
	if err != nil || len(fields) > 0 {
		return
	}
	spec := &model.AutoscaleSpec{Kind: kind, Config: cfg}
	spec.Min, spec.Max = p.Bounds()
	if spec.Max > maxReplicas {
		d.fail(o.n, o.path, "", "more than %d replicas", maxReplicas)
		return
	}
	s.Autoscale = spec
	if d.deployReplicas(o.path) == nil && spec.Min > 0 {
		s.Replicas = spec.Min
		d.chosen.add("%s: deploy.replicas %d, the autoscaler's minimum", s.Name, spec.Min)
	}
	d.checkRequests(o, s, p.Metrics())
}

// deployReplicas is the node of the service's deploy.replicas, nil without.
func (d *decoder) deployReplicas(autoscalePath string) *node {
	n, exact := nodeAt(d.root, strings.TrimSuffix(autoscalePath, ".autoscale")+".deploy.replicas")
	if !exact || n.kind == null {
		return nil
	}
	return n
}

// checkRequests warns of targets in percent of a request that is not there:
// Kubernetes takes them, and the autoscaler never does anything.
func (d *decoder) checkRequests(o obj, s *model.ServiceSpec, metrics []autoscale.MetricSpec) {
	for i := range metrics {
		m := &metrics[i]
		name, target := "", autoscale.MetricTarget{}
		switch {
		case m.Resource != nil:
			name, target = m.Resource.Name, m.Resource.Target
		case m.ContainerResource != nil:
			name, target = m.ContainerResource.Name, m.ContainerResource.Target
		}
		request := map[string]int64{autoscale.CPU: s.Resources.RequestCPU, autoscale.Memory: s.Resources.RequestMemory}
		if name == "" || target.AverageValue != nil || request[name] > 0 {
			continue
		}
		at, exact := nodeAt(o.n, "metrics["+strconv.Itoa(i)+"].resource.target.averageUtilization")
		if !exact {
			at = o.n
		}
		key := map[string]string{autoscale.CPU: `cpus: "0.5"`, autoscale.Memory: "memory: 256M"}[name]
		d.warn(at, "A-NOREQUEST", o.path, "write deploy: {resources: {reservations: {"+key+"}}}",
			"the autoscaler stays inactive: %s utilization is a percentage of the request, and %s has none (FailedGetResourceMetric, missing request for %s)", name, s.Name, name)
	}
}

var pathStep = regexp.MustCompile(`"([^"]*)"|([^.\[\]"]+)|\[(\d+)\]`)

// nodeAt follows a path (metrics[0].resource.name) as far as it exists; exact
// says that it does to its end.
func nodeAt(n *node, path string) (at *node, exact bool) {
	for _, m := range pathStep.FindAllStringSubmatch(path, -1) {
		var next *node
		if m[3] != "" {
			if i, err := strconv.Atoi(m[3]); err == nil && n.kind == list && i < len(n.items) {
				next = n.items[i]
			}
		} else {
			next = n.get(m[1] + m[2])
		}
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

func (o obj) int32(key string, def int32) int32 { return clamp32(o.integer(key, int64(def))) }

// optional32 is nil when the key is absent or wrong.
func (o obj) optional32(key string) *int32 {
	if o.get(key) == nil {
		return nil
	}
	n := o.int32(key, 0)
	return &n
}

func (o obj) quantity(key string) *autoscale.Quantity {
	if o.get(key) == nil {
		return nil
	}
	q := value(o, key, "a quantity", 0, parseQuantity)
	return &q
}

func parseQuantity(text string) (autoscale.Quantity, *valueError) {
	q, err := autoscale.ParseQuantity(strings.TrimSpace(text))
	if err != nil {
		return 0, wrong("write a number such as 100m, 0.5, 2, 10k or 128Mi", "%s is no quantity", quoted(text))
	}
	return q, nil
}

func (o obj) hpa(s *model.ServiceSpec) autoscale.HPASpec {
	spec := autoscale.HPASpec{MinReplicas: o.optional32("minReplicas"), MaxReplicas: o.int32("maxReplicas", 0)}
	if ref, ok := o.sub("scaleTargetRef"); ok {
		ref.text("apiVersion")
		ref.text("kind")
		if n := ref.get("name"); n != nil && ref.text("name") != s.Name {
			o.d.fail(n, ref.at("name"), "write "+s.Name+", or leave scaleTargetRef out", "%s is not this service", quoted(n.text))
		}
	}
	o.each("metrics", func(i int, e obj) {
		m := e.metric()
		spec.Metrics = append(spec.Metrics, m)
		if c := m.ContainerResource; c != nil && c.Container != "" && c.Container != s.Name {
			n, _ := nodeAt(e.n, "containerResource.container")
			o.d.warn(n, "A-CONTAINER", e.path+".containerResource.container", "write "+s.Name, "container %s not found: a replica has one, and it is called %s", visible(c.Container), s.Name)
		}
	})
	if b, ok := o.sub("behavior"); ok {
		spec.Behavior = &autoscale.Behavior{ScaleUp: b.rules("scaleUp"), ScaleDown: b.rules("scaleDown")}
	}
	return spec
}

func (o obj) metric() autoscale.MetricSpec {
	m := autoscale.MetricSpec{Type: o.text("type")}
	if r, ok := o.sub("resource"); ok {
		m.Resource = &autoscale.ResourceSource{Name: r.text("name"), Target: r.target()}
	}
	if r, ok := o.sub("containerResource"); ok {
		m.ContainerResource = &autoscale.ContainerResourceSource{Name: r.text("name"), Container: r.text("container"), Target: r.target()}
	}
	if r, ok := o.sub("pods"); ok {
		m.Pods = &autoscale.PodsSource{Metric: r.metricName(), Target: r.target()}
	}
	if r, ok := o.sub("external"); ok {
		m.External = &autoscale.ExternalSource{Metric: r.metricName(), Target: r.target()}
	}
	if r, ok := o.sub("object"); ok {
		m.Object = &autoscale.ObjectSource{Metric: r.metricName(), Target: r.target()}
		if ref, ok := r.sub("describedObject"); ok {
			m.Object.DescribedObject = autoscale.ObjectReference{APIVersion: ref.text("apiVersion"), Kind: ref.text("kind"), Name: ref.text("name")}
		}
	}
	return m
}

func (o obj) metricName() autoscale.MetricIdentifier {
	m, ok := o.sub("metric")
	if !ok {
		return autoscale.MetricIdentifier{}
	}
	return autoscale.MetricIdentifier{Name: m.text("name")}
}

func (o obj) target() autoscale.MetricTarget {
	t, ok := o.sub("target")
	if !ok {
		return autoscale.MetricTarget{}
	}
	return autoscale.MetricTarget{Type: t.text("type"), Value: t.quantity("value"), AverageValue: t.quantity("averageValue"), AverageUtilization: t.optional32("averageUtilization")}
}

func (o obj) rules(key string) *autoscale.ScalingRules {
	r, ok := o.sub(key)
	if !ok {
		return nil
	}
	out := &autoscale.ScalingRules{StabilizationWindowSeconds: r.optional32("stabilizationWindowSeconds"), SelectPolicy: r.text("selectPolicy")}
	if n := r.get("policies"); n != nil {
		out.Policies = []autoscale.ScalingPolicy{}
	}
	r.each("policies", func(i int, e obj) {
		out.Policies = append(out.Policies, autoscale.ScalingPolicy{Type: e.text("type"), Value: e.int32("value", 0), PeriodSeconds: e.int32("periodSeconds", 0)})
	})
	if r.get("tolerance") != nil {
		t := value(r, "tolerance", "a quantity", 0, func(text string) (float64, *valueError) {
			x, err := autoscale.ParseTolerance(strings.TrimSpace(text))
			if err != nil {
				return 0, wrong("write a number such as 0.05", "%s is no tolerance", quoted(text))
			}
			return x, nil
		})
		out.Tolerance = &t
	}
	return out
}

func (o obj) schedule() autoscale.ScheduleConfig {
	c := autoscale.ScheduleConfig{Every: o.time("every", 0), Period: o.time("period", 0)}
	o.each("shifts", func(i int, e obj) {
		c.Shifts = append(c.Shifts, autoscale.Shift{At: e.time("at", 0), Replicas: e.int32("replicas", 0), Name: e.line("name")})
	})
	return c
}

// cpuInPercent is what the simple policies look at when nothing is said.
func cpuInPercent() autoscale.MetricSpec {
	return autoscale.MetricSpec{Type: autoscale.TypeResource, Resource: &autoscale.ResourceSource{Name: autoscale.CPU, Target: autoscale.MetricTarget{Type: autoscale.TargetUtilization}}}
}

func (o obj) oneMetric() autoscale.MetricSpec {
	e, ok := o.sub("metric")
	if !ok {
		return cpuInPercent()
	}
	m := e.metric()
	for _, key := range []string{"pods.metric.name", "object.metric.name", "external.metric.name"} {
		if n, exact := nodeAt(e.n, key); exact && n.kind == scalar && !slices.Contains(model.Metrics(), n.text) {
			o.d.fail(n, e.path+"."+key, didYouMean(n.text, model.Metrics()), "unknown metric %s", quoted(n.text))
		}
	}
	return m
}

func (o obj) step() autoscale.StepConfig {
	c := autoscale.StepConfig{Min: o.int32("min", 1), Max: o.int32("max", 0), Metric: o.oneMetric(),
		Up: o.int32("up", 1), Down: o.int32("down", 1), CooldownUp: o.time("cooldownUp", 0), CooldownDown: o.time("cooldownDown", 0), Period: o.time("period", 0)}
	percent := c.Metric.Pods == nil && c.Metric.Object == nil && c.Metric.External == nil &&
		(c.Metric.Resource == nil || c.Metric.Resource.Target.AverageValue == nil) &&
		(c.Metric.ContainerResource == nil || c.Metric.ContainerResource.Target.AverageValue == nil)
	threshold := func(key string) int64 {
		q := o.quantity(key)
		switch {
		case q == nil:
			return 0
		case percent:
			return int64(*q) / 1000 // percent are plain numbers, not milli-units
		}
		return int64(*q)
	}
	c.High, c.Low = threshold("high"), threshold("low")
	return c
}

func (o obj) tracking() autoscale.TargetTrackingConfig {
	return autoscale.TargetTrackingConfig{Min: o.int32("min", 1), Max: o.int32("max", 0), Metric: o.oneMetric(),
		ScaleOutCooldown: o.time("scaleOutCooldown", 0), ScaleInCooldown: o.time("scaleInCooldown", 0),
		Warmup: o.time("warmup", 0), DisableScaleIn: o.bool("disableScaleIn"), Period: o.time("period", 0)}
}
