package metrics

import (
	"testing"
	"time"
)

const (
	sec        = time.Second
	resolution = 15 * sec
)

// A container that uses half a core is missing at its first scrape, and from
// the second on reported as the average between two scrapes.
func TestTwoPoints(t *testing.T) {
	var s Series
	expectNone(t, &s, "never scraped")
	s.Scrape(20*sec, 15*sec, 2500*time.Millisecond, 100, resolution)
	expectNone(t, &s, "one point, 5 s old")
	s.Scrape(35*sec, 15*sec, 10*sec, 200, resolution)
	expect(t, &s, Sample{CPU: 500, Memory: 200, At: 35 * sec, Window: 15 * sec})
	s.Scrape(50*sec, 15*sec, 10*sec, 300, resolution)
	expect(t, &s, Sample{CPU: 0, Memory: 300, At: 50 * sec, Window: 15 * sec})
}

// Between 10 s and one resolution old, its start counts as a point (MS3).
func TestFreshContainer(t *testing.T) {
	for _, c := range []struct {
		age    time.Duration
		sample bool
	}{{10*sec - 1, false}, {10 * sec, true}, {15*sec - 1, true}, {15 * sec, false}} {
		var s Series
		s.Scrape(100*sec, 100*sec-c.age, 5*sec, 7, resolution)
		got, ok := s.Sample()
		if ok != c.sample {
			t.Errorf("age %v: sample %v, want %v", c.age, ok, c.sample)
		}
		if ok && got.Window != c.age {
			t.Errorf("age %v: window %v", c.age, got.Window)
		}
	}
}

// A restarted container is another one: missing for about a scrape.
func TestRestart(t *testing.T) {
	var s Series
	s.Scrape(30*sec, 0, 10*sec, 1, resolution)
	s.Scrape(45*sec, 0, 20*sec, 1, resolution)
	s.Scrape(60*sec, 55*sec, sec, 1, resolution)
	expectNone(t, &s, "restarted 5 s ago")
	s.Scrape(75*sec, 55*sec, 4*sec, 1, resolution)
	expect(t, &s, Sample{CPU: 200, Memory: 1, At: 75 * sec, Window: 15 * sec})
	s.Scrape(90*sec, 78*sec, 6*sec, 1, resolution)
	expect(t, &s, Sample{CPU: 500, Memory: 1, At: 90 * sec, Window: 12 * sec}) // fresh: since its start
}

// A node that does not answer loses its pods until two more scrapes (MS4).
func TestMiss(t *testing.T) {
	var s Series
	s.Scrape(30*sec, 0, 10*sec, 1, resolution)
	s.Scrape(45*sec, 0, 20*sec, 1, resolution)
	s.Miss()
	expectNone(t, &s, "not scraped")
	s.Scrape(75*sec, 0, 30*sec, 1, resolution)
	expectNone(t, &s, "one point since")
	s.Scrape(90*sec, 0, 33*sec, 1, resolution)
	expect(t, &s, Sample{CPU: 200, Memory: 1, At: 90 * sec, Window: 15 * sec})
}

// The same point twice changes nothing (MS2), a counter that falls is no value.
func TestOddPoints(t *testing.T) {
	var s Series
	s.Scrape(30*sec, 0, 10*sec, 1, resolution)
	s.Scrape(45*sec, 0, 25*sec, 1, resolution)
	s.Scrape(45*sec, 0, 99*sec, 9, resolution)
	expect(t, &s, Sample{CPU: 1000, Memory: 1, At: 45 * sec, Window: 15 * sec})
	s.Scrape(60*sec, 0, 24*sec, 1, resolution)
	expectNone(t, &s, "the counter fell")
}

// Whole nanocores are rounded up to millicores.
func TestRounding(t *testing.T) {
	for _, c := range []struct {
		used, window time.Duration
		milli        int64
	}{
		{0, 15 * sec, 0},
		{1, 15 * sec, 0},  // less than a nanocore
		{15, 15 * sec, 1}, // one nanocore
		{15 * time.Millisecond, 15 * sec, 1},
		{15*time.Millisecond + 15, 15 * sec, 2},
		{100 * time.Hour, 15 * sec, 24_000_000},
		{sec, 0, 0},
	} {
		if got := millicores(c.used, c.window); got != c.milli {
			t.Errorf("%v in %v: %d millicores, want %d", c.used, c.window, got, c.milli)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	var s Series
	now := time.Duration(0)
	if n := testing.AllocsPerRun(100, func() {
		now += 15 * sec
		s.Scrape(now, 0, now/2, 1, resolution)
		s.Sample()
		s.Miss()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func expect(t *testing.T, s *Series, want Sample) {
	t.Helper()
	if got, ok := s.Sample(); !ok || got != want {
		t.Errorf("got %+v %v, want %+v", got, ok, want)
	}
}

func expectNone(t *testing.T, s *Series, why string) {
	t.Helper()
	if got, ok := s.Sample(); ok {
		t.Errorf("%s: got %+v, want none", why, got)
	}
}
