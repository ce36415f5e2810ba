package ui

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/hasim/model"
)

// Whatever the values and the speed are, the number that is printed, its mark
// and the value that it follows are on the same side of the bound.
func TestMarkAndNumberAgree(t *testing.T) {
	slo := 500 * time.Millisecond
	rapid.Check(t, func(t *rapid.T) {
		var s smooth
		for range rapid.IntRange(1, 40).Draw(t, "turns") {
			v := smooth{p99: rapid.Float64Range(490e6, 510e6).Draw(t, "p99"), err: rapid.Float64Range(0.009, 0.011).Draw(t, "err")}
			s.update(v, 50*time.Millisecond, time.Duration(rapid.IntRange(0, 3200).Draw(t, "virtual"))*time.Millisecond, float64(slo), false)
			if (s.p99 > float64(slo)) != (v.p99 > float64(slo)) || (s.err > errBound) != (v.err > errBound) {
				t.Fatalf("%v follows %v to the other side", s, v)
			}
			text := latencyBeside(time.Duration(s.p99), slo)
			shown, err := time.ParseDuration(text)
			if err != nil || (shown > slo) != (time.Duration(s.p99) > slo) {
				t.Fatalf("%v is printed as %q", time.Duration(s.p99), text)
			}
		}
	})
}

// The frame's mark is that of the frame's number, also on the way.
func TestTheFrameNeverContradictsItself(t *testing.T) {
	a := stage(sale(), 100*time.Second, 120, 36)
	a.clock.goal, a.clock.speed = play, 64
	for range 60 {
		a.clock.turn(a.lanes, 50*time.Millisecond)
		a.refresh(50 * time.Millisecond)
		line := strings.Split(a.View(), "\n")[3]
		for _, half := range strings.SplitAfter(line, "│ │") {
			f := strings.Fields(strings.Trim(half, "│ "))
			if len(f) < 3 || f[1] != "p99" {
				t.Fatalf("no p99 in %q", half)
			}
			d, err := time.ParseDuration(f[2])
			if err != nil || (f[0] == "✓") != (d <= a.slo) {
				t.Fatalf("at %v: %s %s", a.now, f[0], f[2])
			}
		}
	}
}

// At any speed the numbers are no older than two seconds of the run, and the
// load is never smoothed.
func TestNumbersFollowTheRun(t *testing.T) {
	var s smooth
	s.update(smooth{p99: 9e9, cpu: 100}, 0, 0, 0, true)
	for range 10 { // half a second at 64×: 32 s of the run
		s.update(smooth{p99: 1e8, cpu: 10}, 50*time.Millisecond, 3200*time.Millisecond, 0, false)
	}
	if s.p99 != 1e8 || s.cpu != 10 {
		t.Errorf("p99 %v, cpu %v: still on the way", time.Duration(s.p99), s.cpu)
	}
	s.update(smooth{p99: 2e8}, 50*time.Millisecond, 50*time.Millisecond, 0, false)
	if s.p99 <= 1e8 || s.p99 >= 1.1e8 {
		t.Errorf("p99 %v: not smoothed at 1×", time.Duration(s.p99))
	}
	a := stage(sale(), 121*time.Second, 120, 36)
	a.clock.goal = play
	a.clock.turn(a.lanes, 200*time.Millisecond)
	a.refresh(200 * time.Millisecond)
	want := count(a.lanes[0].snap.Rate) + " orders/s"
	if line := strings.Split(a.View(), "\n")[1]; !strings.Contains(line, want) {
		t.Errorf("%q, want %s", line, want)
	}
}

// A value is not printed as the bound that it misses, nor as all of something.
func TestNoFalseBounds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		500 * time.Millisecond: "500ms", 500400 * time.Microsecond: "500.4ms", 499990 * time.Microsecond: "499.99ms", 700 * time.Millisecond: "700ms",
	} {
		if got := latencyBeside(d, 500*time.Millisecond); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	if got := latencyBeside(5020*time.Millisecond, 5*time.Second); got != "5.02s" {
		t.Error(got)
	}
	if got := shareBeside(99896, 100000, 0.999); got != "99.90%" && got != "99.896%" {
		t.Error(got)
	}
	for part, want := range map[float64]string{9996: "99.96%", 9995: "99.95%", 9994: "99.9%", 10000: "100.0%"} {
		if got := share(part, 10000); got != want {
			t.Errorf("%v: %q, want %q", part, got, want)
		}
	}
	if money(1234.4) != "$1,234" || money(1.23e6) != "$1.2M" {
		t.Error(money(1234.4), money(1.23e6))
	}
}

// The latency axis does not move while a run goes on, whatever comes.
func TestTheLatencyAxisStands(t *testing.T) {
	a := stage(sale(), 0, 120, 36)
	for _, h := range []int{2, 3, 4, 6, 9, 14} {
		first := a.latencyScale(h)
		for _, at := range []time.Duration{100, 150, 200, 400} {
			a.clock.goTo(a.lanes, at*time.Second)
			a.settle()
			a.View()
			if got := a.latencyScale(h); got != first {
				t.Errorf("%d rows: %v at %v s, was %v", h, got, int(at), first)
			}
		}
		slo := a.slo.Seconds() * 1000
		if row := first.at(slo) * float64(h-1); h > 2 && math.Abs(row-math.Round(row)) > 1e-6 {
			t.Errorf("%d rows: the SLO lies between two, at %v", h, row)
		}
		if h > 2 && (first.lo > slo/2 || first.hi < 4*slo) || math.Log10(first.hi/first.lo) > 6 {
			t.Errorf("%d rows: %v does not suit an SLO of %v", h, first, a.slo)
		}
	}
	if frame := a.View(); !strings.Contains(frame, " 500ms ┤") && !strings.Contains(frame, " 500ms ┼") {
		t.Errorf("the SLO's row is not labelled:\n%s", frame)
	}
	c := realSale()
	b := realApp(t, c)
	if s := b.bounds.latency; math.Abs(s.hi-10000) > 1e-6 || s.lo < 20 || s.lo > 60 {
		t.Errorf("40 ms of work and 10 s of patience make %v", s)
	}
}

// Paragraphs are joined before they are wrapped, items are not.
func TestFlow(t *testing.T) {
	text := "One line\nand its end.\n\n\nPredict:\n- How many? How\n  long?\n* Who?\n"
	want := "One line and its end.||Predict:|- How many? How|  long?|* Who?"
	if got := strings.Join(flow(text, 22), "|"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := strings.Join(flow(text, 60), "|"); got != "One line and its end.||Predict:|- How many? How long?|* Who?" {
		t.Error(got)
	}
}

// Rescales on the timeline are the focused lane's, or else those of the first
// lane that was rescaled; the legend says whose.
func TestRescalesHaveAnOwner(t *testing.T) {
	a := stage(sale("one", "hpa", "three", "hpa too"), 215*time.Second, 120, 36)
	for focus, want := range map[int]string{0: "rescale of B", 1: "rescale of B", 2: "rescale of B", 3: "rescale of D"} {
		a.focus, a.stale = focus, true
		if !strings.Contains(a.View(), want) {
			t.Errorf("focus on %d: no %q", focus, want)
		}
	}
	if i := rescaling(stage(sale("one"), 215*time.Second, 80, 24).lanes, 0); i != -1 {
		t.Errorf("lane %d is rescaled", i)
	}
}

// The timeline marks what is bad at that time, not all that follows.
func TestTheTimelineForgives(t *testing.T) {
	h := &history{stride: 0}
	for i := 1; i <= 100; i++ {
		s := model.Sample{At: time.Duration(i) * time.Second, P99: 100 * time.Millisecond, Violating: i >= 20}
		if i >= 20 && i < 30 {
			s.P99 = time.Second
		}
		if i == 50 {
			s.Failed = 1
		}
		h.sample(&s)
	}
	c := columns{slo: 500 * time.Millisecond}
	c.update(h, 100, 0, 100*time.Second, 0)
	for i, bad := range c.broken {
		if at := i + 1; bad != (at >= 20 && at < 30 || at == 50) {
			t.Errorf("second %d: %v", at, bad)
		}
	}
}

// How many wait at whom is seen as soon as somebody waits.
func TestQueuesAreSeen(t *testing.T) {
	v := &model.ServiceView{}
	for i, waiting := range []int32{7, 0, 500, 12345} {
		v.Replicas = append(v.Replicas, model.ReplicaView{Phase: model.Running, Ready: true, Concurrency: int32(1 + i/2*7), Busy: 1, Waiting: waiting})
	}
	for f, want := range map[form]string{shortForm: "●▪7  ●▪0  ●500 ●12k", wideForm: "●▪7       ●▪0       ●▪▫▫▫▫500 ●▪▫▫▫▫12k"} {
		var c canvas
		c.reset(42, 1)
		drawReplicas(c.all(), &screen{}, v, f)
		if got := strings.TrimRight(c.frame(&theme{}), " "); got != want {
			t.Errorf("form %d: %q, want %q", f, got, want)
		}
	}
	if b := busyShare(v); math.Abs(b-4.0/18) > 1e-9 {
		t.Errorf("busy %v", b)
	}
}
