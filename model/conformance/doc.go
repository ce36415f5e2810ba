// Package conformance holds the autoscaler of hasim against the one of
// Kubernetes: it runs the real HorizontalController of k8s.io/kubernetes as a
// library, on virtual time (testing/synctest), in a small random world of
// pods, metrics, crashes and edits, and requires of package autoscale the same
// answer at every sync: replicas, current metrics, conditions with reason and
// transition time, and the reasons of events.
//
// It is a module of its own, because Kubernetes brings some 300 MB of
// modules. What ever differed is kept as a case file in
// model/autoscale/testdata/conformance, which the main module replays without
// Kubernetes. The stories in model/autoscale/testdata/rules are told to the real
// controller too.
//
//	go test .                                  2 000 scenarios
//	HASIM_CONFORMANCE_N=100000 go test .       more of them
//	HASIM_CONFORMANCE_SEED=7 HASIM_CONFORMANCE_N=1 go test .   that one
//	HASIM_CONFORMANCE_RECORD=40 go test -run Record .          write case files anew
package conformance
