package ui

import (
	"math"
	"time"

	"example.com/hasim/model"
)

// screen is what panels need to know beside the lane that they draw. A frame
// is a function of it, of the lanes and of a size.
type screen struct {
	file, title, lesson string
	seed                uint64
	slo                 time.Duration
	lens                lens
	theme               *theme
	total, now          time.Duration
	goal                goal
	to                  time.Duration // of a seek
	speed, reached      float64
	focus               int // a lane, or len(lanes) for the log
	onAll               bool
	zoom, linear        bool
	expand              bool
	calm                bool // no motion
	svc                 int  // how far the shown service is from the main one
	scroll              int
	filter              string
	filtering           bool
	toast               string
	overlay             overlay
	opening             bool // the story is open and the run waits for it
	helpScroll          int
	summary             []string // of summaryOverlay
	bounds              bounds
	axis                axis
	log                 logView
	most                int // replicas that any lane's shown service can have, as far as the file says
}

// overlay is what lies over the lanes.
type overlay uint8

const (
	noOverlay overlay = iota
	helpOverlay
	whyOverlay
	storyOverlay
	summaryOverlay
)

// axis is the time that all charts show.
type axis struct{ from, to time.Duration }

// zoomSpan is how much the charts show when they are zoomed in.
const zoomSpan = time.Minute

func (s *screen) setAxis() {
	s.axis = axis{0, s.total}
	if s.zoom && s.total > zoomSpan {
		to := min(s.total, max(zoomSpan, s.now.Truncate(time.Second)))
		s.axis = axis{to - zoomSpan, to}
	}
}

// bounds are the greatest values that any lane showed so far: all lanes share
// one scale, else the comparison would lie. They only grow; those of latency
// are fixed, since a logarithmic axis that jumps cannot be read.
type bounds struct {
	queue, replicas, rate float64
	latency               scale // milliseconds
}

// learn widens the bounds by what a lane's columns hold.
func (b *bounds) learn(c *columns) {
	for i := 0; i < c.n; i++ {
		b.queue = most(b.queue, c.queue[i])
		b.replicas = most(b.replicas, most(c.desired[i], c.ready[i]))
		b.rate = most(b.rate, c.rate[i])
	}
}

func (s *screen) queueScale() scale { return scale{0, niceAbove(math.Max(s.bounds.queue, 10)), false} }

func (s *screen) replicaScale() scale { return scale{0, niceReplicas(s.bounds.replicas), false} }

// niceReplicas is a bound for few things: even, so that its half is one too.
func niceReplicas(v float64) float64 {
	if v <= 10 {
		return math.Max(2, 2*math.Ceil(v/2))
	}
	return niceAbove(v)
}

// latencyBounds is the latency axis of a set of runs: from what a request
// takes where nobody waits to the clients' timeout, or to ten times the SLO
// when they have none that is near it. What lies outside is drawn at the edge.
func latencyBounds(lanes []*lane, slo time.Duration) scale {
	least, timeout := time.Duration(0), time.Duration(0)
	for _, l := range lanes {
		slowest := time.Duration(0)
		for i := range l.spec.Services {
			slowest = max(slowest, l.spec.Services[i].Work.ServiceTime.Sample(0.5))
		}
		if slowest > 0 && (least == 0 || slowest < least) {
			least = slowest
		}
		for i := range l.spec.Traffic {
			timeout = max(timeout, l.spec.Traffic[i].Client.Timeout)
		}
	}
	switch {
	case slo <= 0 && least == 0:
		slo = 500 * time.Millisecond
	case slo <= 0:
		slo = 10 * least
	}
	if least == 0 {
		least = slo / 10
	}
	top := max(10*slo, 50*least)
	if timeout > 0 && timeout <= 20*slo {
		top = max(timeout, 4*slo)
	}
	ms := func(d time.Duration) float64 { return max(d.Seconds()*1000, 0.001) }
	low := math.Min(ms(least), ms(slo)/3)
	return scale{low, math.Max(ms(top), 10*low), true}
}

// latencyScale is the axis with h rows. One of them is exactly the SLO's, so
// that a line never seems to touch it when it does not; from there the rows go
// up and down in equal steps, the least that reach both bounds.
func (s *screen) latencyScale(h int) scale {
	b := s.bounds.latency
	if s.linear {
		return scale{0, niceAbove(b.hi), false}
	}
	anchor := s.anchor()
	up, down := math.Log10(b.hi/anchor), math.Log10(anchor/b.lo)
	rows := float64(h - 1)
	if h < 3 {
		return scale{b.lo, b.hi, true}
	}
	for step := 0.25; ; step += 0.05 {
		above := math.Max(0, math.Ceil(up/step-0.5)) // the outer rows hold half a step more
		below := math.Max(0, math.Ceil(down/step-0.5))
		if above+below > rows && step < 10 {
			continue
		}
		below = rows - above
		return scale{anchor * math.Pow(10, -below*step), anchor * math.Pow(10, above*step), true}
	}
}

// anchor is the value that has a row of its own: the SLO, else the top.
func (s *screen) anchor() float64 {
	if s.slo > 0 {
		return s.slo.Seconds() * 1000
	}
	return s.bounds.latency.hi
}

// shown is the service of a lane whose replicas are drawn.
func (s *screen) shown(l *lane) int {
	n := len(l.spec.Services)
	if n == 0 {
		return 0
	}
	return (mainService(l.spec) + s.svc) % n
}

// service is the view of that service, or an empty one before the first
// snapshot.
func (l *lane) service(i int) *model.ServiceView {
	if i < 0 || i >= len(l.snap.Services) {
		return &model.ServiceView{}
	}
	return &l.snap.Services[i]
}

// failing tells how many expect lines can be judged and do not hold.
func failing(v []model.Verdict) (broken, known int) {
	for i := range v {
		if v[i].Known {
			known++
			if !v[i].OK {
				broken++
			}
		}
	}
	return broken, known
}

// letter names lane i: A, B … Z, then a … z.
func letter(i int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return letters[i%len(letters) : i%len(letters)+1]
}

// ascii says that nothing else can be shown.
func (s *screen) ascii() bool { return s.theme != nil && s.theme.ascii }

// mark is ✓ or ✗ with its style. In ASCII it is a word: a + or an x beside a
// number would be read as part of it.
func (s *screen) mark(ok bool) (string, style) { return verdictMark(ok, s.ascii()) }

func verdictMark(ok, ascii bool) (string, style) {
	switch {
	case ok && ascii:
		return "ok", good
	case ok:
		return "✓", good
	case ascii:
		return "X", bad
	}
	return "✗", bad
}
