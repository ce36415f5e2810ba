// Package sim is the kernel of the simulator: a clock with a list of the
// events to come, draws of luck, distributions of durations, histograms and
// time averages. It knows nothing of services or replicas.
//
// Everything in it is plain data that can be copied, and everything it computes
// has the same bits on every machine. Time is a time.Duration since the run
// began. A draw is a function of its arguments and of nothing else: there is no
// generator whose state could depend on what was drawn before.
package sim
