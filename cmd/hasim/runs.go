package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"runtime"
	"strings"
	"sync"
	"time"

	"example.com/hasim/model"
)

// runs are the Worlds of a production. They run in parallel, each in one
// goroutine at a time, and share nothing that is written: the result is the
// same as one after another.
type runs struct {
	p    *production
	all  []*worldRun
	stop *stopper
}

// worldRun is one lane's World and what is listened for in it.
type worldRun struct {
	lane
	world     *model.World
	seed      uint64
	file      string
	stop      *stopper
	check     bool
	maxEvents uint64
	sum       hash.Hash // of the trace, nil if nobody asks
	line      []byte
	records   records
}

// runFlags are the flags that say how far and how carefully to run.
type runFlags struct {
	until     time.Duration
	check     bool
	maxEvents uint64
}

// listeners make the observer of one lane.
type listeners func(r *worldRun) model.Observer

// open makes the Worlds. hashed asks for the traces' sums.
func (p *production) open(o runFlags, stop *stopper, hashed bool, listen listeners) (*runs, error) {
	rs := &runs{p: p, stop: stop}
	for _, l := range p.lanes {
		r := &worldRun{lane: l, seed: p.seed, file: p.file, stop: stop, check: o.check, maxEvents: o.maxEvents}
		obs := model.Observer{}
		if listen != nil {
			obs = listen(r)
		}
		if hashed {
			r.sum = sha256.New()
			obs.Event = r.hashing(obs.Event)
		}
		w, err := model.New(l.spec, p.seed, obs)
		if err != nil {
			return nil, usage("%s: %v", l.name, err)
		}
		r.world = w
		rs.all = append(rs.all, r)
	}
	return rs, nil
}

// hashing adds each Event to the trace's sum before it goes on.
func (r *worldRun) hashing(next func(*model.Event)) func(*model.Event) {
	return func(e *model.Event) {
		r.line = append(e.AppendJSON(r.line[:0], ""), '\n')
		r.sum.Write(r.line)
		if next != nil {
			next(e)
		}
	}
}

// traceSum is the sha256 of the trace so far and the outcomes' digest.
func (r *worldRun) traceSum() string {
	r.sum.Write(append(r.world.AppendOutcome(nil), '\n'))
	return hex.EncodeToString(r.sum.Sum(nil))
}

// sliceOfWork is how many engine events run between two looks at the world
// outside, and patience how long they may take: where events are heavy, fewer
// of them run. The result does not depend on the slices.
const (
	sliceOfWork = 1 << 15
	patience    = 100 * time.Millisecond
)

// advance runs every World to the time t, as many at once as there are
// cores. Of several errors it returns that of the first lane.
func (rs *runs) advance(t time.Duration) error {
	errs := make([]error, len(rs.all))
	cores := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, r := range rs.all {
		wg.Add(1)
		cores <- struct{}{}
		go func() {
			defer func() { <-cores; wg.Done() }()
			errs[i] = guard(func() error { return r.advance(t) })
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *worldRun) advance(t time.Duration) error {
	for slice := sliceOfWork; ; {
		if sig := r.stop.signal(); sig != 0 {
			return interrupted{sig}
		}
		budget := slice
		if r.check {
			budget = 1
		}
		if r.maxEvents > 0 {
			budget = int(min(uint64(budget), r.maxEvents-min(r.maxEvents, r.world.Events())))
		}
		began := time.Now()
		reached := r.world.RunUntil(t, budget)
		if time.Since(began) > patience {
			slice = max(1, slice/8)
		} else {
			slice = min(2*slice, sliceOfWork)
		}
		if r.check {
			if err := r.world.Check(); err != nil {
				return r.broken(err)
			}
		}
		if reached {
			return nil
		}
		if r.maxEvents > 0 && r.world.Events() >= r.maxEvents {
			return r.tooMany()
		}
	}
}

// broken is a failed invariant: a bug of hasim's, with the way to see it
// again.
func (r *worldRun) broken(err error) error {
	return &failure{
		code: exitInternal,
		msg:  fmt.Sprintf("%s: %v", r.name, err),
		help: fmt.Sprintf("to see it again: hasim run --check --seed %d --variant %s %s", r.seed, quote(r.name), r.file),
	}
}

// limitReached ends runs that had too much to do.
type limitReached struct{ msg string }

func (l *limitReached) Error() string { return l.msg }

func (r *worldRun) tooMany() error {
	return &limitReached{fmt.Sprintf("%s was stopped at %s of %s: it had handled %d events, which is the limit of --max-events",
		r.name, model.Short(r.world.Now()), model.Short(r.spec.Duration), r.world.Events())}
}

// reports are how the lanes stand.
func (rs *runs) reports() []model.Report {
	var reports []model.Report
	for _, r := range rs.all {
		rep := r.world.Report()
		rep.Variant = r.name
		reports = append(reports, rep)
	}
	return reports
}

// end is where the runs are to stop.
func (rs *runs) end(until time.Duration) time.Duration {
	if until > 0 {
		return min(until, rs.p.duration)
	}
	return rs.p.duration
}

// records are lines that a World wrote, in order of time, until they are
// merged with those of the others.
type records struct {
	text []byte
	ends []int
	at   []time.Duration
	next int
}

// end ends a line that was appended to text.
func (r *records) end(at time.Duration) {
	r.text = append(r.text, '\n')
	r.ends, r.at = append(r.ends, len(r.text)), append(r.at, at)
}

func (r *records) pop() []byte {
	from := 0
	if r.next > 0 {
		from = r.ends[r.next-1]
	}
	line := r.text[from:r.ends[r.next]]
	r.next++
	return line
}

func (r *records) clear() { r.text, r.ends, r.at, r.next = r.text[:0], r.ends[:0], r.at[:0], 0 }

// stream runs to the time t in slices of virtual time and writes the lines
// of all lanes after each: by time, then in the order of the lanes.
func (rs *runs) stream(t time.Duration, write func(line []byte), flush func() error) error {
	slice := max(time.Second, rs.p.duration/1000)
	for at := time.Duration(0); ; {
		at = min(at+slice, t)
		err := rs.advance(at)
		rs.merge(write)
		if ferr := flush(); ferr != nil {
			return ferr
		}
		if err != nil || at >= t {
			return err
		}
	}
}

func (rs *runs) merge(write func(line []byte)) {
	for {
		var first *records
		for _, r := range rs.all {
			q := &r.records
			if q.next < len(q.at) && (first == nil || q.at[q.next] < first.at[first.next]) {
				first = q
			}
		}
		if first == nil {
			break
		}
		write(first.pop())
	}
	for _, r := range rs.all {
		r.records.clear()
	}
}

// nameWidth is the width of the longest lane's name.
func (rs *runs) nameWidth() int {
	width := 0
	for _, l := range rs.p.lanes {
		width = max(width, len([]rune(l.name)))
	}
	return width
}

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len([]rune(s))))
}
