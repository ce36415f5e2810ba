package ui

import (
	"fmt"
	"time"

	"example.com/hasim/model"
)

// Lane is one run on the screen: a variant of a scenario, or another file.
type Lane struct {
	Name string
	Spec *model.Spec
}

// runner is what a lane asks of a World.
type runner interface {
	Now() time.Duration
	RunUntil(t time.Duration, budget int) bool
	Apply(c model.Command) error
	Snapshot(s *model.Snapshot)
	Report() model.Report
	Events() uint64
	// save copies the run into dst, which may be nil, and returns the copy.
	save(dst runner) runner
	// restore makes the run what src was; the observer stays.
	restore(src runner)
}

// world is the runner that is no stand-in.
type world struct{ *model.World }

func (w world) save(dst runner) runner {
	if dst == nil {
		dst = world{new(model.World)}
	}
	w.World.CopyInto(dst.(world).World)
	return dst
}

func (w world) restore(src runner) { src.(world).World.CopyInto(w.World) }

func newWorld(spec *model.Spec, seed uint64, obs model.Observer) (runner, error) {
	w, err := model.New(spec, seed, obs)
	if err != nil {
		return nil, err
	}
	return world{w}, nil
}

// checkpointEvery is how much virtual time lies between checkpoints, unless
// checkpointEvents engine events come first: from any of them the way to the
// next takes a few milliseconds.
const (
	checkpointEvery  = 20 * time.Second
	checkpointEvents = 200_000
	maxCheckpoints   = 64
)

// checkpoint is a run as it was, with how long its history was then.
type checkpoint struct {
	at      time.Duration
	events  uint64
	run     runner
	length  length
	applied int
}

// lane is a World with its past: history, checkpoints and commands. Commands
// are kept in the order of their time; the first applied of them have taken
// effect.
type lane struct {
	name     string
	spec     *model.Spec
	run      runner
	hist     history
	points   []checkpoint
	free     []runner
	commands []model.Command
	applied  int
	scratch  checkpoint // where the last careful slice began
	snap     model.Snapshot
	cols     columns // for the charts
	strip    columns // for the bars across the screen
	charts   [3]chart
	big      smooth
	stages   []time.Duration
	marks    []tmark
}

func newLane(c Lane, seed uint64, build func(*model.Spec, uint64, model.Observer) (runner, error)) (*lane, error) {
	l := &lane{name: c.Name, spec: c.Spec}
	l.hist.stride = len(c.Spec.Services)
	run, err := build(c.Spec, seed, l.hist.observer())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	l.run = run
	l.mark()
	return l, nil
}

// now is where the lane stands.
func (l *lane) now() time.Duration { return l.run.Now() }

// advance runs to t, or until budget engine events are spent; commands given
// for the time in between take effect at their times. It reports whether t
// was reached.
func (l *lane) advance(t time.Duration, budget int) bool {
	t = min(t, l.spec.Duration)
	if t < l.now() {
		return true // it ran ahead in a slice that was not finished
	}
	for l.applied < len(l.commands) && l.commands[l.applied].At <= t {
		c := l.commands[l.applied]
		if !l.run.RunUntil(c.At, budget) {
			return false
		}
		_ = l.run.Apply(c) // it was accepted when it was given
		l.applied++
	}
	return l.run.RunUntil(t, budget)
}

// give applies a command now. Commands that had been given for later, before
// somebody went back, are forgotten.
func (l *lane) give(c model.Command) error {
	l.run.RunUntil(l.now(), -1)
	c.At = l.now()
	if err := l.run.Apply(c); err != nil {
		return err
	}
	l.commands = append(l.commands[:l.applied], c)
	l.applied++
	return nil
}

// reset returns to the start and forgets all commands.
func (l *lane) reset() {
	l.back(0)
	l.rewind(&l.points[0])
	l.commands, l.applied = l.commands[:0], 0
}

// mark keeps a checkpoint when the last one is far enough behind.
func (l *lane) mark() {
	now, events := l.now(), l.run.Events()
	if n := len(l.points); n > 0 {
		last := &l.points[n-1]
		if now <= last.at || now-last.at < checkpointEvery && events-last.events < checkpointEvents {
			return
		}
	}
	var spare runner
	if n := len(l.free); n > 0 {
		spare, l.free = l.free[n-1], l.free[:n-1]
	}
	l.points = append(l.points, checkpoint{now, events, l.run.save(spare), l.hist.length(), l.applied})
	if len(l.points) > maxCheckpoints {
		l.thin(now)
	}
}

// thin gives up the checkpoint that will be missed least: the one whose
// neighbours are nearest to each other for its age.
func (l *lane) thin(now time.Duration) {
	best, least := 1, 0.0
	for i := 1; i < len(l.points)-1; i++ {
		gap := float64(l.points[i+1].at - l.points[i-1].at)
		age := float64(now - l.points[i].at + time.Minute)
		if v := gap / age; i == 1 || v < least {
			best, least = i, v
		}
	}
	l.free = append(l.free, l.points[best].run)
	l.points = append(l.points[:best], l.points[best+1:]...)
}

// back returns to the last checkpoint that is not after t, or stays where it
// is when that is nearer.
func (l *lane) back(t time.Duration) {
	n := len(l.points)
	for n > 1 && l.points[n-1].at > t {
		n--
	}
	if l.now() > t {
		l.rewind(&l.points[n-1])
	}
	for i := n; i < len(l.points); i++ {
		l.free = append(l.free, l.points[i].run)
	}
	l.points = l.points[:n]
}

func (l *lane) rewind(p *checkpoint) {
	l.run.restore(p.run)
	l.hist.cut(p.length)
	l.applied = p.applied
}

// begin remembers this moment, for undo.
func (l *lane) begin() {
	l.scratch = checkpoint{l.now(), 0, l.run.save(l.scratch.run), l.hist.length(), l.applied}
}

// undo returns to where begin was called.
func (l *lane) undo() { l.rewind(&l.scratch) }

// main is the service whose replicas the lane shows: the one with an
// autoscaler, else the app that most stands on, else the first.
func mainService(spec *model.Spec) int {
	best := 0
	for i := range spec.Services {
		s := &spec.Services[i]
		if s.Autoscale != nil {
			return i
		}
		if s.Kind == "app" && spec.Services[best].Kind != "app" {
			best = i
		}
	}
	return best
}

// most replicas that service svc of spec can come to have, as far as the file
// says.
func mostReplicas(spec *model.Spec, svc int) int {
	if svc >= len(spec.Services) {
		return 1
	}
	s := &spec.Services[svc]
	n := s.Replicas
	if s.Autoscale != nil {
		n = max(n, s.Autoscale.Max)
	}
	for _, c := range spec.Changes {
		for _, to := range c.Scale {
			if int(to.Service) == svc {
				n = max(n, to.Replicas)
			}
		}
	}
	return int(n)
}
