package ui

import (
	"math"
	"time"
)

// speeds are the steps of + and -. The last is as fast as it goes.
var speeds = []float64{0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, math.Inf(1)}

// goal is what the clock works towards.
type goal uint8

const (
	rest   goal = iota // stands
	play               // follows the wall clock
	seek               // goes to a time as fast as it can
	search             // goes on until something happens
)

// workBudget is how long the lanes may run within one frame.
const workBudget = 25 * time.Millisecond

// clock moves all lanes along one virtual time. It runs within Update: each
// turn has a budget of work, so that keys are answered at once however much
// there is to simulate.
type clock struct {
	goal    goal
	speed   float64
	now     time.Duration
	total   time.Duration
	to      time.Duration // of seek, and where search ends at the latest
	resume  goal          // after seek or search
	match   weight        // of search: the least weight that counts
	slice   time.Duration // virtual time that a lane runs before the next has its turn
	reached float64       // virtual seconds per wall second, smoothed
	played  time.Duration // wall time over which reached was measured
	longest time.Duration // wall time that one turn may make up for; 0: longestTurn
	wall    func() time.Time
}

// longestTurn is how much wall time a turn makes up for: a program that was
// suspended does not leap.
const longestTurn = 250 * time.Millisecond

// moving says that the clock needs turns.
func (c *clock) moving() bool { return c.goal != rest }

// turn gives the lanes their share of work for a frame that lasted dt.
func (c *clock) turn(lanes []*lane, dt time.Duration) {
	start, from := c.wall(), c.now
	switch c.goal {
	case play:
		c.runTo(lanes, c.target(dt), start)
		c.measure(c.now-from, dt)
		if c.now >= c.total {
			c.goal = rest
		}
	case seek:
		if c.runTo(lanes, c.to, start) {
			c.goal = c.resume
		}
	case search:
		c.find(lanes, start)
	}
	if c.now >= c.total && c.goal == play {
		c.goal = rest
	}
}

// target is the virtual time that dt of wall time leads to.
func (c *clock) target(dt time.Duration) time.Duration {
	if math.IsInf(c.speed, 1) {
		return c.total
	}
	return min(c.total, c.now+time.Duration(float64(c.share(dt))*c.speed))
}

// share is the part of dt that a turn makes up for.
func (c *clock) share(dt time.Duration) time.Duration {
	return min(dt, max(c.longest, longestTurn))
}

// measure smooths the speed that was reached.
func (c *clock) measure(virtual, wall time.Duration) {
	wall = c.share(wall)
	if wall <= 0 {
		return
	}
	c.played += wall
	v := float64(virtual) / float64(wall)
	if c.reached == 0 {
		c.reached = v
	}
	c.reached += (v - c.reached) * min(1, wall.Seconds())
}

// runTo runs all lanes towards t in slices, so that they stay together, and
// stops when the work of this frame is done. It reports whether t was reached.
func (c *clock) runTo(lanes []*lane, t time.Duration, start time.Time) bool {
	for c.now < t {
		next := min(t, c.now+c.slice)
		began := c.wall()
		for _, l := range lanes {
			for !l.advance(next, 20_000) {
				if c.wall().Sub(start) > workBudget {
					return false // the next turn goes on with this slice
				}
			}
			l.mark()
		}
		c.now = next
		end := c.wall()
		c.adapt(end.Sub(began))
		if end.Sub(start) > workBudget {
			return c.now >= t
		}
	}
	return true
}

// remeasure forgets the speed that was reached.
func (c *clock) remeasure() { c.reached, c.played = 0, 0 }

// shown is the speed that was reached, once it was measured for a second.
func (c *clock) shown() float64 {
	if c.played < time.Second {
		return 0
	}
	return c.reached
}

// adapt keeps a slice at one to four milliseconds of work.
func (c *clock) adapt(took time.Duration) {
	if took < time.Millisecond && c.slice < 20*time.Second {
		c.slice += c.slice / 2
	}
	if took > 4*time.Millisecond && c.slice > 20*time.Millisecond {
		c.slice /= 2
	}
}

// find runs second by second until an Event comes that matches, and leaves
// all lanes at its time.
func (c *clock) find(lanes []*lane, start time.Time) {
	for c.now < c.to {
		next := min(c.to, c.now+time.Second)
		for _, l := range lanes {
			l.begin()
			l.advance(next, -1)
		}
		if at, ok := firstMatch(lanes, c.now, c.match); ok && at <= next {
			for _, l := range lanes {
				l.undo()
				l.advance(at, -1)
			}
			c.now, c.goal = at, c.resume
			return
		}
		c.now = next
		for _, l := range lanes {
			l.mark()
		}
		if c.wall().Sub(start) > workBudget {
			return
		}
	}
	c.goal = c.resume
}

// firstMatch is the time of the first Event after t in any lane that weighs
// enough.
func firstMatch(lanes []*lane, t time.Duration, match weight) (time.Duration, bool) {
	best, ok := time.Duration(0), false
	for _, l := range lanes {
		for i := l.scratch.length.events; i < len(l.hist.events); i++ {
			e := &l.hist.events[i]
			if _, w := servers.kindOf(e.Reason); e.At <= t || w < match {
				continue
			}
			if !ok || e.At < best {
				best, ok = e.At, true
			}
			break
		}
	}
	return best, ok
}

// goTo starts the way to t: lanes go back first when t lies behind them.
func (c *clock) goTo(lanes []*lane, t time.Duration) {
	t = min(max(t, 0), c.total)
	if c.goal == play || c.goal == rest {
		c.resume = c.goal
	}
	for _, l := range lanes {
		if l.now() > t {
			l.back(t)
			c.now = min(c.now, l.now())
		}
	}
	c.to, c.goal = t, seek
	if c.resume == play && t >= c.total {
		c.resume = rest
	}
	c.turn(lanes, 0)
}

// align brings all lanes to one moment, when a frame ended within a slice.
func (c *clock) align(lanes []*lane) {
	for _, l := range lanes {
		c.now = max(c.now, l.now())
	}
	for _, l := range lanes {
		l.advance(c.now, -1)
	}
}

// nextEvent starts the search for the next Event of at least that weight.
func (c *clock) nextEvent(lanes []*lane, w weight) {
	if c.goal == play || c.goal == rest {
		c.resume = c.goal
	}
	if w == minor {
		c.resume = rest // a step stops
	}
	c.align(lanes)
	c.to, c.match, c.goal = c.total, w, search
	c.turn(lanes, 0)
}

// lastEvent is the time of the last Event of at least that weight before the
// present.
func lastEvent(lanes []*lane, now time.Duration, w weight) time.Duration {
	best := time.Duration(0)
	for _, l := range lanes {
		for i := len(l.hist.events) - 1; i >= 0; i-- {
			e := &l.hist.events[i]
			if _, k := servers.kindOf(e.Reason); e.At < now && k >= w {
				best = max(best, e.At)
				break
			}
		}
	}
	return best
}

// faster and slower move along the ladder of speeds.
func faster(v float64, up bool) float64 {
	if up {
		for _, s := range speeds {
			if s > v {
				return s
			}
		}
		return speeds[len(speeds)-1]
	}
	for i := len(speeds) - 1; i >= 0; i-- {
		if speeds[i] < v {
			return speeds[i]
		}
	}
	return speeds[0]
}

// defaultSpeed shows a run in about two and a half minutes, so that a turn of
// half a minute or more stays on the screen long enough to be read.
func defaultSpeed(total time.Duration) float64 {
	want := total.Seconds() / 150
	best := 1.0
	for _, s := range speeds[2 : len(speeds)-1] {
		if s <= want*1.25 {
			best = s
		}
	}
	return best
}

// leap is how far an arrow goes: 5 s, or what passes in a second.
func leap(speed float64) time.Duration {
	return max(5*time.Second, time.Duration(math.Min(speed, 64)*float64(time.Second)))
}
