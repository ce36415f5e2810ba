package ui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"example.com/hasim/model"
)

func report(name string, served, failed uint64, p99 time.Duration, most int64) model.Report {
	r := model.Report{Variant: name, Duration: 10 * time.Minute, Availability: float64(served) / float64(max(served+failed, 1)),
		Totals:  model.Totals{Arrived: served + failed + 12, Served: served, Failed: failed, InFlight: 12, LostRevenue: float64(failed) * 35},
		Latency: model.Latency{Count: served, P50: 61 * time.Millisecond, P99: p99},
		Queue:   model.QueueReport{Max: int64(failed / 20)},
		Services: []model.ServiceReport{{Name: "nginx", Kind: "nginx", Min: 1, Max: 1, ReplicaSeconds: 600},
			{Name: "app", Kind: "app", Min: 2, Max: most, ReplicaSeconds: float64(most) * 367, Rescales: uint64(most - 3)}},
		Expectations: []model.Expectation{
			{Text: "latency.p99 < 500ms", OK: p99 < 500*time.Millisecond, Value: model.Short(p99), FirstBroken: 141 * time.Second},
			{Text: "availability >= 99.9%", OK: failed == 0, Value: "98.1 %", FirstBroken: -1},
		}}
	r.Totals.Failures[model.QueueFull], r.Totals.Failures[model.Timeout] = failed-failed/10, failed/10
	return r
}

// judged gives the reports goals of the file, and expectations of their own
// to all but the last.
func judged(all []model.Report) []model.Report {
	for i := range all {
		r := &all[i]
		r.Planned = r.Duration
		r.Goals = r.Expectations
		if i < len(all)-1 {
			r.Expectations = []model.Expectation{
				{Text: "latency.p99 > 4s", OK: true, Value: model.Short(r.Latency.P99), FirstBroken: -1},
				{Text: "replicas.desired reaches 10 within 2m of 2m", OK: i != 1, Value: "10 at 3m5s", FirstBroken: 240 * time.Second},
			}
		}
	}
	return all
}

func sixReports() []model.Report {
	return []model.Report{
		report("one chef", 31204, 81200, 9800*time.Millisecond, 3),
		report("three chefs", 128410, 29500, 9600*time.Millisecond, 3),
		report("hpa 2..10", 157902, 310, 1100*time.Millisecond, 10),
		report("hpa with a behavior of its own", 157990, 222, 900*time.Millisecond, 10),
		report("pre-scaled", 158212, 0, 180*time.Millisecond, 10),
		report("over-provisioned", 158212, 0, 175*time.Millisecond, 20),
	}
}

func TestSummaryGallery(t *testing.T) {
	all := sixReports()
	for name, in := range map[string]SummaryInput{
		"summary-1":        {Reports: []model.Report{{Variant: "default", Totals: all[2].Totals, Availability: 1, Latency: all[2].Latency, Services: all[2].Services}}, Width: 80},
		"summary-2":        {Reports: all[1:3], Width: 80, Took: 38 * time.Millisecond},
		"summary-goals":    {Reports: judged(sixReports()), Width: 100, Exit: 1},
		"summary-goals-60": {Reports: judged(sixReports())[1:3], Width: 60, Exit: 1, ASCII: true},
		"summary-left":     {Reports: left(judged(sixReports())[1:3]), Width: 80, Ended: "left"},
		"summary-so-far":   {Reports: left(judged(sixReports())[1:3]), Width: 80, SoFar: true},
		"summary-6-120":    {Reports: all, Width: 120},
		"summary-6-60":     {Reports: all, Width: 60},
		"summary-2-ascii":  {Reports: all[1:3], Width: 80, ASCII: true, Words: "restaurant"},
	} {
		in.File, in.Seed, in.Duration = "scenarios/black-friday.yaml", 42, 10*time.Minute
		var b strings.Builder
		Summary(&b, in)
		golden(t, name, strings.TrimRight(b.String(), "\n"))
	}
}

func left(all []model.Report) []model.Report {
	for i := range all {
		all[i].Duration = 62 * time.Second
	}
	return all
}

// The code that is printed is the one to come, or none.
func TestSummaryNamesNoOtherCode(t *testing.T) {
	for _, c := range []struct {
		in   SummaryInput
		want string
	}{
		{SummaryInput{Reports: judged(sixReports())}, "1 of 12 expectations failed\n"},
		{SummaryInput{Reports: judged(sixReports()), Exit: 1}, "1 of 12 expectations failed (exit 1)\n"},
		{SummaryInput{Reports: left(judged(sixReports())), Ended: "left"}, "not judged: left at 1m02s of 10m\n"},
		{SummaryInput{Reports: left(judged(sixReports())), Ended: "left", Exit: 130}, "not judged: left at 1m02s of 10m (exit 130)\n"},
		{SummaryInput{Reports: judged(sixReports()), Ended: "left", Exit: 143}, "1 of 12 expectations failed (exit 143)\n"},
	} {
		var b strings.Builder
		Summary(&b, c.in)
		if !strings.HasSuffix(b.String(), c.want) || strings.Count(b.String(), "(exit") != strings.Count(c.want, "(exit") {
			t.Errorf("want %q at the end of\n%s", c.want, b.String())
		}
	}
}

// Any number of variants in any width: no line is too long, every variant's
// numbers are there, and without colour there is no escape.
func TestSummaryFitsAnyWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := sixReports()
		if rapid.Bool().Draw(t, "judged") {
			all = judged(all)
			all[0].Goals[0].Text = strings.Repeat("latency.p99 ", rapid.IntRange(1, 12).Draw(t, "long")) + "< 1s"
		}
		in := SummaryInput{File: "f.yaml", Seed: 1, Duration: time.Minute, Reports: all[:rapid.IntRange(1, 6).Draw(t, "n")],
			Width: rapid.IntRange(60, 200).Draw(t, "width"), ASCII: rapid.Bool().Draw(t, "ascii"), Color: rapid.Bool().Draw(t, "color")}
		in.Reports[0].Variant = rapid.String().Draw(t, "name")
		var b strings.Builder
		Summary(&b, in)
		for _, l := range strings.Split(b.String(), "\n") {
			if n := ansi.StringWidth(l); n > in.Width && !strings.Contains(l, "simulated") {
				t.Fatalf("%d cells in a width of %d: %q", n, in.Width, l)
			}
			if !in.Color && strings.Contains(l, "\x1b") {
				t.Fatalf("an escape sequence in %q", l)
			}
			if in.ASCII && strings.IndexFunc(ansi.Strip(l), func(r rune) bool { return r > '~' }) >= 0 {
				t.Fatalf("not ASCII: %q", l)
			}
		}
		for _, r := range in.Reports {
			if !strings.Contains(ansi.Strip(b.String()), commas(r.Totals.Arrived)) {
				t.Fatalf("a variant is missing")
			}
		}
	})
}

func TestPickerGallery(t *testing.T) {
	items := []Item{
		{"one-chef", "One replica, ten times the requests", "The queue grows without end.\n\nWatch when the first one gives up.", "0"},
		{"black-friday", "The sale", strings.Repeat("Watch the autoscaler. ", 30), "4"},
		{"host-dies", "A host dies", "Spread, or not?", "0"},
	}
	p := newPicker(items, Config{NoColor: true}, env())
	p.onKey("j")
	for _, size := range [][2]int{{100, 20}, {60, 10}, {3, 2}, {0, 0}} {
		p.w, p.h = size[0], size[1]
		frame := p.View()
		holds(t, frame, p.w, p.h)
		if size[0] == 100 {
			golden(t, "picker-100x20", frame)
		}
	}
	p.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jjk")})
	if p.at != 1 {
		t.Errorf("jjk leads to %d", p.at)
	}
	p.onKey("enter")
	if p.picked != 1 {
		t.Errorf("picked %d, want 1", p.picked)
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 9: "9", 999: "999", 999.6: "1.0k", 1742: "1.7k", 9960: "10k", 128410: "128k", 3.2e6: "3.2M", 1e30: "99999E"} {
		if got := count(v); got != want {
			t.Errorf("count(%v) = %q, want %q", v, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "–", 400 * time.Microsecond: "0.4ms", 61 * time.Millisecond: "61ms", 999600 * time.Microsecond: "1.0s", 4750 * time.Millisecond: "4.8s", 12 * time.Second: "12s", 200 * time.Second: "3m20s"} {
		if got := latency(d); got != want {
			t.Errorf("latency(%v) = %q, want %q", d, got, want)
		}
	}
	for _, c := range []struct {
		part, whole float64
		want        string
	}{{0, 0, "–"}, {0, 9, "0.0%"}, {1, 100000, "<0.1%"}, {99999, 100000, "99.999%"}, {999999999, 1e9, "99.999%"}, {1, 1, "100.0%"}, {981, 1000, "98.1%"}} {
		if got := share(c.part, c.whole); got != c.want {
			t.Errorf("share(%v, %v) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
	if got := clockText(215*time.Second, 10*time.Minute); got != "03:35" {
		t.Error(got)
	}
	if got := clockText(215*time.Second, time.Hour); got != "0:03:35" {
		t.Error(got)
	}
	for v, want := range map[float64]float64{0: 1, 1: 1, 3: 3, 7: 8, 11: 12, 1742: 2000, 1e18: 1e15} {
		if got := niceAbove(v); got != want {
			t.Errorf("niceAbove(%v) = %v, want %v", v, got, want)
		}
	}
}
