package autoscale

import "strconv"

// target returns the target of the source that is present.
func (m *MetricSpec) target() *MetricTarget {
	switch {
	case m.Object != nil:
		return &m.Object.Target
	case m.External != nil:
		return &m.External.Target
	case m.Pods != nil:
		return &m.Pods.Target
	case m.Resource != nil:
		return &m.Resource.Target
	case m.ContainerResource != nil:
		return &m.ContainerResource.Target
	}
	return &MetricTarget{}
}

// subject is the name of the resource or of the metric.
func (m *MetricSpec) subject() string {
	switch {
	case m.Object != nil:
		return m.Object.Metric.Name
	case m.External != nil:
		return m.External.Metric.Name
	case m.Pods != nil:
		return m.Pods.Metric.Name
	case m.Resource != nil:
		return m.Resource.Name
	case m.ContainerResource != nil:
		return m.ContainerResource.Name
	}
	return ""
}

// resource is cpu, memory, or "" for a custom metric.
func (m *MetricSpec) resource() string {
	if m.Resource != nil || m.ContainerResource != nil {
		return m.subject()
	}
	return ""
}

func (m *MetricSpec) container() string {
	if m.ContainerResource != nil {
		return m.ContainerResource.Container
	}
	return ""
}

// perRequest says that the metric is a percentage of the request.
func (m *MetricSpec) perRequest() bool {
	return m.resource() != "" && m.target().AverageValue == nil
}

// quantity formats milli-units as kubectl does; bytes that are whole Ki, Mi
// or Gi in those.
func (m *MetricSpec) quantity(milli int64) string { return formatQuantity(m.resource(), milli) }

var binarySuffixes = [...]string{"Ki", "Mi", "Gi", "Ti"}

func formatQuantity(resource string, milli int64) string {
	if resource != Memory || milli == 0 || milli%(1000*1024) != 0 {
		return formatMilli(milli)
	}
	v, i := milli/1000/1024, 0
	for v%1024 == 0 && i < len(binarySuffixes)-1 {
		v /= 1024
		i++
	}
	return strconv.FormatInt(v, 10) + binarySuffixes[i]
}
