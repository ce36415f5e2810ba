package balance

// registry lists every policy by the name that a scenario uses. A new policy
// is one file, one line here and one case file.
var registry = [...]struct {
	name   string
	policy Policy
}{
	{"round_robin", RoundRobin{}},
	{"random", Random{}},
	{"least_conn", LeastConn{}},
	{"random_two", RandomTwo{}},
	{"ip_hash", IPHash{}},
}

// New returns the policy of that name. Policies keep no state of their own, so
// one may serve any number of balancers.
func New(name string) (Policy, bool) {
	for _, r := range registry {
		if r.name == name {
			return r.policy, true
		}
	}
	return nil, false
}

// Names returns the names that New knows, in a fixed order, nginx's default first.
func Names() []string {
	names := make([]string, 0, len(registry))
	for _, r := range registry {
		names = append(names, r.name)
	}
	return names
}
