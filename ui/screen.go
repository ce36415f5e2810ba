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
// one scale, else the comparison would lie. They only grow.
type bounds struct {
	queue, replicas, rate float64
	latLow, latHigh       float64 // milliseconds
}

// learn widens the bounds by what a lane's columns hold.
func (b *bounds) learn(c *columns) {
	for i := 0; i < c.n; i++ {
		b.queue = most(b.queue, c.queue[i])
		b.replicas = most(b.replicas, most(c.desired[i], c.ready[i]))
		b.rate = most(b.rate, c.rate[i])
		if c.p99[i] > 0 {
			b.latHigh = most(b.latHigh, c.p99[i])
		}
		if c.p50[i] > 0 && (b.latLow == 0 || c.p50[i] < b.latLow) {
			b.latLow = c.p50[i]
		}
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

// latencyScale has rows of half a decade, or of a quarter to several decades:
// the least with which h rows reach from the least p50 to the greatest p99.
func (s *screen) latencyScale(h int) scale {
	high, low := s.bounds.latHigh, s.bounds.latLow
	slo := s.slo.Seconds() * 1000
	high = math.Max(high, math.Max(2*slo, 1))
	if low == 0 {
		low = high / 10
	}
	if s.linear {
		return scale{0, niceAbove(high), false}
	}
	top := math.Ceil(math.Log10(high)*2-0.05) / 2
	step := 0.0
	for _, step = range [...]float64{0.25, 1.0 / 3, 0.5, 1, 2, 4} {
		if top-float64(h-1)*step <= math.Log10(low) {
			break
		}
	}
	return scale{math.Pow(10, top-float64(h-1)*step), math.Pow(10, top), true}
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

// mark is ✓ or ✗ with its style.
func mark(ok bool) (rune, style) {
	if ok {
		return '✓', good
	}
	return '✗', bad
}
