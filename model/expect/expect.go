// Package expect reads and judges the expectations of a run, written like k6's
// thresholds: "latency.p99 < 500ms", "availability >= 99.9%",
// "replicas.app.desired reaches 10 within 3m of 2m".
//
// Parse turns a line into plain data. The caller measures the metric that the
// line names, shows its value to Observe each virtual second and once more to
// Finish, which says whether the line holds for the whole run, with which value,
// and since when it was broken for good.
package expect

import (
	"math"
	"time"
)

// MinSamples is the number of samples from which on a percentile, a mean or a
// share is judged while the run goes on.
const MinSamples = 100

// Op compares a metric with the value of a line.
type Op uint8

// The operators.
const (
	Less Op = iota
	AtMost
	More
	AtLeast
	Equal
	NotEqual
	Reaches // within a time, and then it may leave again
)

var opNames = [...]string{Less: "<", AtMost: "<=", More: ">", AtLeast: ">=", Equal: "==", NotEqual: "!=", Reaches: "reaches"}

// String returns the operator as it is written.
func (o Op) String() string { return opNames[o] }

// Line is one parsed expectation. Plain data.
type Line struct {
	Text   string // as written, without space around it
	Metric Metric
	Op     Op
	Value  float64       // in the metric's unit: ns, a share of 1, or a number
	Within time.Duration // Reaches: the time it has, from Of on
	Of     time.Duration // Reaches: when that time begins
}

// Value is what a metric measures at a moment: the whole run so far, in the
// metric's unit (Unit.Time in ns, Unit.Share of 1).
type Value struct {
	Number  float64
	Samples int64 // measurements behind it; 0 = there is no value yet. Counts and replicas: 1
}

// State is what a line remembers while a run goes on. The zero value is the
// start of a run. Plain data, copied by assignment.
type State struct {
	broken   bool
	since    time.Duration // broken: the first moment of the stretch that lasts until now
	last     float64       // Reaches: the latest value within the time
	seen     bool          // Reaches: there was a value within the time
	above    bool          // Reaches: the value came from above
	reached  bool
	at       time.Duration // Reaches: when it was reached, or when last was seen
	finished bool
}

// Verdict is how a line ended.
type Verdict struct {
	OK          bool
	Value       string        // "9.8s", "99.2 %", "10 at 3m5s", "no samples"
	FirstBroken time.Duration // not OK: the first moment that broke it for good; else -1
}

// Observe shows the line its metric at now. Call it each virtual second, in
// order; a caller that knows of a change may call it in between too.
func (l *Line) Observe(now time.Duration, v Value, s *State) {
	if v.Samples <= 0 || v.Samples < l.minSamples() || s.finished {
		return
	}
	if l.Op == Reaches {
		l.watch(now, v.Number, s)
		return
	}
	s.note(now, l.holds(v.Number))
}

// note keeps the start of the stretch in which the line does not hold.
func (s *State) note(now time.Duration, ok bool) {
	if !ok && !s.broken {
		s.since = now
	}
	s.broken = !ok
}

// watch looks for the value of a Reaches line. The side of the first value
// within the time says whether it must rise or fall to it.
func (l *Line) watch(now time.Duration, x float64, s *State) {
	if s.reached || now < l.Of || math.IsNaN(x) {
		return
	}
	if now > l.deadline() {
		if !s.seen {
			s.last, s.at, s.seen = x, now, true
		}
		return
	}
	if !s.seen {
		s.above = x > l.Value
	}
	s.seen, s.last, s.at = true, x, now
	s.reached = x == l.Value || s.above == (x < l.Value)
}

func (l *Line) deadline() time.Duration {
	if l.Of+l.Within < l.Of {
		return math.MaxInt64
	}
	return l.Of + l.Within
}

// Holds reports whether the line holds so far: for the mark beside it while the
// run goes on. A Reaches line holds until its time is over.
func (l *Line) Holds(now time.Duration, s *State) bool {
	if l.Op == Reaches {
		return s.reached || now <= l.deadline()
	}
	return !s.broken
}

// Finish judges the line with the value of the whole run, however few samples
// it has. A metric without any sample, or a time that began after the end,
// fails: nothing was shown to hold.
func (l *Line) Finish(end time.Duration, v Value, s *State) Verdict {
	if l.Op == Reaches {
		return l.finishReaches(end, v, s)
	}
	if v.Samples <= 0 {
		return Verdict{Value: "no samples", FirstBroken: s.sinceOr(end)}
	}
	ok := l.holds(v.Number)
	s.note(end, ok)
	s.finished = true
	return Verdict{OK: ok, Value: l.render(v.Number), FirstBroken: s.firstBroken()}
}

func (s *State) sinceOr(end time.Duration) time.Duration {
	if s.broken {
		return s.since
	}
	return end
}

func (s *State) firstBroken() time.Duration {
	if s.broken {
		return s.since
	}
	return -1
}

func (l *Line) finishReaches(end time.Duration, v Value, s *State) Verdict {
	if v.Samples > 0 {
		l.watch(end, v.Number, s)
	}
	s.finished = true
	switch {
	case s.reached:
		return Verdict{OK: true, Value: l.show(s.last) + " at " + showTime(s.at), FirstBroken: -1}
	case end < l.Of:
		return Verdict{Value: "not judged: the run ended at " + showTime(end), FirstBroken: end}
	case !s.seen:
		return Verdict{Value: "no samples", FirstBroken: min(end, l.deadline())}
	}
	return Verdict{Value: l.show(s.last) + " at " + showTime(s.at), FirstBroken: min(end, l.deadline())}
}

// holds compares; nothing holds for a value that is no number.
func (l *Line) holds(x float64) bool {
	switch l.Op {
	case Less:
		return x < l.Value
	case AtMost:
		return x <= l.Value
	case More:
		return x > l.Value
	case AtLeast:
		return x >= l.Value
	case Equal:
		return x == l.Value
	case NotEqual:
		return x < l.Value || x > l.Value
	}
	return false
}

func (l *Line) minSamples() int64 {
	if l.Metric.Sampled() {
		return MinSamples
	}
	return 1
}
