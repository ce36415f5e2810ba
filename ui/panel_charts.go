package ui

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"example.com/hasim/model"
)

// chart numbers of a lane
const (
	chartQueue = iota
	chartLatency
	chartReplicas
)

// drawCharts fills r with the charts of a lane, as p divides it.
func drawCharts(r region, s *screen, l *lane, svc int, p plan) {
	w := r.w - labelWidth - 1 // cells of a chart with its axis
	if w < 4 {
		return
	}
	l.cols.update(&l.hist, w, s.axis.from, s.axis.to, svc)
	y := 0
	if p.bars {
		drawBarLine(r.row(0), s, s.lens.say(wDoor), l.cols.queue, s.queueScale().hi, inkQueue, count(float64(l.waiting())))
		y = 1
	} else {
		y = drawQueueChart(r, s, l, p.queue)
	}
	y = drawLatencyChart(r, s, l, y, p.latency, p.wide)
	if p.readyBars {
		v := l.service(svc)
		drawBarLine(r.row(y), s, s.lens.say(wReady), l.cols.ready, s.replicaScale().hi, inkReady,
			strconv.Itoa(int(v.Ready))+"/"+strconv.Itoa(int(v.Desired)))
		return
	}
	y = drawReplicaChart(r, s, l, svc, y, p.ready, p.wide)
	drawAxis(r.sub(0, y, r.w, p.axis), s, l)
}

// key is what a chart was drawn from: it is drawn again when that changed.
func (l *lane) key(s *screen, h int, sc scale) chartKey {
	return chartKey{series: len(l.hist.samples), gen: l.hist.gen, svc: l.cols.svc, cut: s.axis.from,
		w: l.cols.n, h: h, zoom: s.zoom, s: sc, slo: s.slo.Seconds()}
}

// drawQueueChart has no title: the line above it, drawDoor, is one.
func drawQueueChart(r region, s *screen, l *lane, h int) int {
	sc := s.queueScale()
	labels(r, 0, h, sc, appendCount)
	c := &l.charts[chartQueue]
	if k := l.key(s, h, sc); c.key != k {
		c.key = k
		c.plot(l.cols.n, h, sc, []line{{l.cols.queue, inkQueue, thin}})
	}
	c.draw(r, labelWidth+1, 0)
	return h
}

func drawLatencyChart(r region, s *screen, l *lane, y, h int, wide bool) int {
	sc := s.latencyScale(h)
	drawLatencyTitle(r.row(y), s, l, sc, wide)
	if sc.log {
		latencyLabels(r, y+1, h, s, sc)
	} else {
		labels(r, y+1, h, sc, appendTick)
	}
	c := &l.charts[chartLatency]
	if k := l.key(s, h, sc); c.key != k {
		c.key = k
		c.plot(l.cols.n, h, sc, []line{
			{sloLine(l.cols.n, s.slo), inkSLO, dashed},
			{l.cols.p50, inkP50, thin},
			{l.cols.p99, inkP99, heavy},
		})
	}
	c.draw(r, labelWidth+1, y+1)
	return y + 1 + h
}

// drawLatencyTitle is the legend, as much as fits, and the present p99.
func drawLatencyTitle(r region, s *screen, l *lane, sc scale, wide bool) {
	gap := ""
	if wide {
		gap = " "
	}
	value := latencyBeside(time.Duration(l.big.p99), s.slo)
	if l.big.p99 == 0 && l.snap.Recent.Failed > 0 {
		value = "nobody served"
	}
	room := r.w - textWidth(value) - 1
	p := r.pen(0, 0)
	item := func(line string, st style, text string) {
		if p.x+textWidth(line)+textWidth(text) <= room {
			p.s(line, st).s(text, dim)
		}
	}
	item("", dim, s.lens.say(wLatency)+gap)
	item(" ─", inkP50, gap+"p50")
	item(" ━", inkP99, gap+"p99")
	if s.slo > 0 {
		text := gap + "SLO"
		if wide {
			text += " " + model.Short(s.slo)
		}
		item(" ┄", inkSLO, text)
	}
	if sc.log && wide {
		item("", dim, " (log)")
	}
	if p.x == 0 { // no room for a word: the value alone
		r.fit(0, 0, r.w, value, bold)
		return
	}
	r.right(r.w, 0, value, bold)
}

// latencyLabels names the rows of a logarithmic axis with two digits, every
// other one where they are close. The SLO's row always has its name.
func latencyLabels(r region, y, h int, s *screen, sc scale) {
	if h < 2 {
		return
	}
	var buf [16]byte
	step := math.Log10(sc.hi/sc.lo) / float64(h-1)
	base := int(math.Round(math.Log10(s.anchor()/sc.lo) / step))
	for row := 0; row < h; row++ {
		if step < 0.35 && (row-base)%2 != 0 {
			continue
		}
		b, st := appendTick2(buf[:0], sc.lo*math.Pow(10, float64(row)*step)), dim
		if row == base && s.slo > 0 && h > 2 {
			b, st = append(buf[:0], model.Short(s.slo)...), inkSLO
		}
		if row == h-1 && utf8.RuneCount(b) < labelWidth { // the top row holds what lies above it too
			var top [20]byte
			b = append(append(top[:0], "≥"...), b...)
		}
		if n := utf8.RuneCount(b); n <= labelWidth {
			r.bytes(labelWidth-n, y+h-1-row, b, st)
		}
	}
}

// appendTick2 renders a label in milliseconds with two digits: 50ms, 1.6s.
func appendTick2(b []byte, ms float64) []byte {
	if !(ms > 0) {
		return b
	}
	unit := math.Pow(10, math.Floor(math.Log10(ms)+1e-9)-1)
	d := time.Duration(math.Min(math.Round(ms/unit)*unit, 1e9) * 1e6)
	return append(b, model.Short(d)...)
}

func sloLine(n int, slo time.Duration) []float64 {
	if slo <= 0 {
		return nil
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = slo.Seconds() * 1000
	}
	return v
}

func drawReplicaChart(r region, s *screen, l *lane, svc, y, h int, wide bool) int {
	sc := s.replicaScale()
	v := l.service(svc)
	p := r.pen(0, y)
	gap := ""
	if wide {
		gap = " "
	}
	p.s(s.lens.say(wReplicas), dim).s(gap, plain)
	p.s(" ─", inkDesired).s(gap+s.lens.say(wDesired), dim).s(" ━", inkReady).s(gap+s.lens.say(wReady), dim)
	value := strconv.Itoa(int(v.Ready)) + "/" + strconv.Itoa(int(v.Desired))
	if wide && s.svc != 0 {
		p.s("  "+v.Name, dim)
	}
	r.right(r.w, y, value, bold)
	labels(r, y+1, h, sc, appendCount)
	c := &l.charts[chartReplicas]
	if k := l.key(s, h, sc); c.key != k {
		c.key = k
		c.plot(l.cols.n, h, sc, []line{{l.cols.desired, inkDesired, thin}, {l.cols.ready, inkReady, heavy}})
	}
	c.draw(r, labelWidth+1, y+1)
	return y + 1 + h
}

// drawAxis is the line of time under the charts, with its labels; the stages
// of the traffic are marked on it.
func drawAxis(r region, s *screen, l *lane) {
	if r.h < 1 {
		return
	}
	left, w := labelWidth+1, r.w-labelWidth-2
	r.set(left, 0, '└', dim)
	for x := 0; x < w; x++ {
		r.set(left+1+x, 0, '─', dim)
	}
	const ticks = 4
	var buf [16]byte
	for i := 0; i <= ticks; i++ {
		at := s.axis.from + time.Duration(i)*(s.axis.to-s.axis.from)/ticks
		x := i * (w - 1) / ticks
		r.set(left+1+x, 0, '┬', dim)
		b := appendClock(buf[:0], at, s.total)
		r.bytes(min(max(left, left+1+x-len(b)/2), r.w-len(b)), 1, b, dim)
	}
	for _, at := range stageStarts(l) {
		if x := column(at-s.axis.from, s.axis.to-s.axis.from, w); x >= 0 {
			r.set(left+1+x, 0, '▲', inkMark)
		}
	}
}

// drawBars is what is left of the charts where there is little height: one
// line of bars each.
func drawBars(r region, s *screen, l *lane, svc int) {
	w := barWidth(r.w)
	if w < 4 {
		return
	}
	l.cols.update(&l.hist, w, s.axis.from, s.axis.to, svc)
	v := l.service(svc)
	drawBarLine(r.row(0), s, s.lens.say(wDoor), l.cols.queue, s.queueScale().hi, inkQueue, count(float64(l.waiting())))
	sc := s.latencyScale(9)
	drawBarLine(r.row(1), s, "p99", logged(l.cols.p99, sc), 1, inkP99, latency(time.Duration(l.big.p99)))
	drawBarLine(r.row(2), s, s.lens.say(wReady), l.cols.ready, s.replicaScale().hi, inkReady,
		strconv.Itoa(int(v.Ready))+"/"+strconv.Itoa(int(v.Desired)))
}

// logged brings values onto a scale of 0 to 1.
func logged(v []float64, s scale) []float64 {
	out := make([]float64, len(v))
	for i, f := range v {
		out[i] = s.at(f)
	}
	return out
}

// barLabel and barValue are the cells beside a line of bars.
const (
	barLabel = 8
	barValue = 7
)

func barWidth(w int) int { return w - barLabel - barValue }

// drawBarLine is a label, bars over the whole axis, and the present value.
func drawBarLine(r region, s *screen, label string, v []float64, top float64, st style, value string) {
	w := barWidth(r.w)
	r.fit(0, 0, barLabel-1, label, dim)
	r.right(r.w, 0, value, bold)
	if len(v) > w {
		v = shrink(v, w)
	}
	spark(r, barLabel, 0, v, top, st)
}

// shrink brings v to n values and keeps the greatest of those that fall
// together.
func shrink(v []float64, n int) []float64 {
	n = max(n, 0)
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	for i, f := range v {
		if n > 0 && !math.IsNaN(f) {
			out[i*n/len(v)] = most(out[i*n/len(v)], f)
		}
	}
	return out
}
