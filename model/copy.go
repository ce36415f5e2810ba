package model

// CopyInto makes dst the same World at the same moment, in dst's own buffers:
// a checkpoint, or a branch that goes on with other commands. dst keeps its
// Observer. What is immutable (the spec, the policies) is shared.
func (w *World) CopyInto(dst *World) {
	obs, old := dst.obs, *dst
	*dst = *w
	dst.obs = obs
	dst.scratch = old.scratch

	dst.eng = old.eng
	w.eng.CopyInto(&dst.eng)
	dst.streams = append(old.streams[:0], w.streams...)
	dst.faults = append(old.faults[:0], w.faults...)
	dst.log = append(old.log[:0], w.log...)
	dst.reqs, dst.spans, dst.tried = old.reqs, old.spans, old.tried
	w.reqs.copyInto(&dst.reqs)
	w.spans.copyInto(&dst.spans)
	w.tried.copyInto(&dst.tried)

	dst.svc = old.svc[:0]
	for i := range w.svc {
		dst.svc = grow(dst.svc)
		w.svc[i].copyInto(&dst.svc[i])
	}
	dst.reps = old.reps[:0]
	for i := range w.reps {
		dst.reps = grow(dst.reps)
		w.reps[i].copyInto(&dst.reps[i])
	}
	dst.hosts = old.hosts[:0]
	for i := range w.hosts {
		dst.hosts = grow(dst.hosts)
		h := &dst.hosts[i]
		reps, holds := h.reps, h.holds
		*h = w.hosts[i]
		h.reps = append(reps[:0], w.hosts[i].reps...)
		h.holds = append(holds[:0], w.hosts[i].holds...)
	}
	dst.zones = append(old.zones[:0], w.zones...)
	dst.meter = old.meter
	w.meter.copyInto(&dst.meter)
}

func (v *service) copyInto(dst *service) {
	reps, endpoints, scaling := dst.reps, dst.endpoints, dst.scaling
	*dst = *v
	dst.reps = append(reps[:0], v.reps...)
	dst.endpoints = append(endpoints[:0], v.endpoints...)
	dst.scaling = scaling
	v.scaling.CopyInto(&dst.scaling)
}

func (m *meter) copyInto(dst *meter) {
	old := *dst
	*dst = *m
	dst.latency, dst.recent, dst.seconds = old.latency, old.recent, old.seconds
	m.latency.CopyInto(&dst.latency)
	m.recent.CopyInto(&dst.recent)
	for i := range m.seconds {
		h := dst.seconds[i].latency
		dst.seconds[i] = m.seconds[i]
		dst.seconds[i].latency = h
		m.seconds[i].latency.CopyInto(&dst.seconds[i].latency)
	}
	dst.lines = append(old.lines[:0], m.lines...)
	dst.goals = append(old.goals[:0], m.goals...)
	dst.svc = old.svc[:0]
	for i := range m.svc {
		dst.svc = grow(dst.svc)
		h := dst.svc[i].latency
		dst.svc[i] = m.svc[i]
		dst.svc[i].latency = h
		m.svc[i].latency.CopyInto(&dst.svc[i].latency)
	}
}
