package scenarios

// reachability remembers which services get requests in some variant. One that
// a variant leaves aside is no mistake; one that all of them do is.
type reachability struct {
	names   []string // in the order in which they were seen
	at      map[string]*node
	reached map[string]bool
}

// reach follows the calls from where the traffic goes.
func (d *decoder) reach() {
	if d.reached == nil || len(d.spec.Traffic) == 0 {
		return
	}
	seen := make([]bool, len(d.spec.Services))
	var visit func(i int32)
	visit = func(i int32) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, c := range d.spec.Services[i].Calls {
			visit(c)
		}
	}
	for i := range d.spec.Traffic {
		if to := d.spec.Traffic[i].To; int(to) < len(seen) {
			visit(to)
		}
	}
	r := d.reached
	for i := range d.spec.Services {
		name := d.spec.Services[i].Name
		if r.at[name] == nil {
			r.names, r.at[name] = append(r.names, name), d.names[name]
		}
		r.reached[name] = r.reached[name] || seen[i]
	}
}

// report warns of services that no request reaches.
func (r *reachability) report(d *decoder) {
	for _, name := range r.names {
		if !r.reached[name] {
			d.warn(r.at[name], "W-UNREACHED", join("services", name), "let a service that gets requests call it (calls: ["+name+"]), send traffic to it, or leave it out", "no request reaches %s", name)
		}
	}
}
