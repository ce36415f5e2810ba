package ui

import (
	"math"
	"strings"
	"testing"
	"time"

	"example.com/hasim/model"
)

// No spike is lost, however many samples fall into one column.
func TestChartsKeepSpikes(t *testing.T) {
	h := &history{stride: 1}
	for i := 1; i <= 3600; i++ {
		s := model.Sample{At: time.Duration(i) * time.Second, P99: time.Millisecond, P50: time.Millisecond,
			Services: []model.ServiceSample{{Desired: 5, Ready: 5}}}
		if i == 1800 {
			s.QueueMax, s.P99, s.Services[0].Ready = 100, 10*time.Second, 1
		}
		h.sample(&s)
	}
	for _, w := range []int{10, 47, 60, 200} {
		var c columns
		c.update(h, w, 0, time.Hour, 0)
		queue, p99, ready := 0.0, 0.0, 9.0
		for i := range c.n {
			queue, p99, ready = math.Max(queue, c.queue[i]), math.Max(p99, c.p99[i]), math.Min(ready, c.ready[i])
		}
		if queue != 100 || p99 != 10000 || ready != 1 {
			t.Errorf("%d columns: queue %v, p99 %v, ready %v: the spike is lost", w, queue, p99, ready)
		}
		var k chart
		k.plot(w, 6, scale{0, 100, false}, []line{{c.queue, inkQueue, thin}})
		top := string(runes(k.cells[:w]))
		if !strings.ContainsAny(top, "╭╮") {
			t.Errorf("%d columns: the chart does not reach its top: %q", w, top)
		}
	}
}

func runes(cells []cell) []rune {
	var out []rune
	for _, c := range cells {
		out = append(out, c.r)
	}
	return out
}

// FuzzChart: whatever the numbers are, a chart neither panics nor leaves its
// rectangle nor stretches.
func FuzzChart(f *testing.F) {
	f.Add(60, 10, 0.0, 100.0, false, 5.0, math.Inf(1), math.NaN())
	f.Add(2, 2, 1.0, 1.0, true, -1.0, 0.0, 1e300)
	f.Add(0, 0, math.NaN(), math.Inf(1), true, 1.0, 1.0, 1.0)
	f.Fuzz(func(t *testing.T, w, h int, lo, hi float64, log bool, a, b, c float64) {
		w, h = abs(w)%200, abs(h)%60
		var k chart
		v := make([]float64, 0, w)
		for i := range w {
			v = append(v, [...]float64{a, b, c, a, math.NaN()}[i%5])
		}
		s := scale{lo, hi, log}
		k.plot(w, h, s, []line{{v, inkP99, heavy}, {v[:len(v)/2], inkP50, thin}, {nil, inkSLO, dashed}})
		if len(k.cells) != w*h {
			t.Fatalf("%d cells for %d×%d", len(k.cells), w, h)
		}
		var cv canvas
		cv.reset(w+labelWidth+1, h+2)
		k.draw(cv.all(), labelWidth+1, 1)
		labels(cv.all(), 1, h, s, appendTick)
		holds(t, cv.frame(&theme{}), w+labelWidth+1, h+2)
	})
}
