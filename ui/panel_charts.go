package ui

import (
	"math"
	"strconv"
	"time"
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
	p := r.pen(0, y)
	gap := ""
	if wide {
		gap = " "
	}
	p.s(s.lens.say(wLatency), dim).s(gap, plain)
	p.s(" ─", inkP50).s(gap+"p50", dim).s(" ━", inkP99).s(gap+"p99", dim)
	if s.slo > 0 {
		p.s(" ┄", inkSLO).s(gap+"SLO", dim)
		if wide {
			p.s(" "+latency(s.slo), dim)
		}
	}
	if sc.log && wide {
		p.s(" (log)", dim)
	}
	if value := latency(time.Duration(l.big.p99)); p.x+len(value) < r.w {
		r.right(r.w, y, value, bold)
	}
	labels(r, y+1, h, sc, appendTickRounded(sc))
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

// appendTickRounded labels half decades as 1 and 3.
func appendTickRounded(s scale) func([]byte, float64) []byte {
	return func(b []byte, ms float64) []byte {
		if s.log && ms > 0 {
			unit := math.Pow(10, math.Floor(math.Log10(ms)+1e-9))
			if half := math.Log10(ms/unit) * 2; math.Abs(half-math.Round(half)) > 0.1 {
				return b // a quarter of a decade
			}
			ms = math.Floor(ms/unit+1e-6) * unit
		}
		return appendTick(b, ms)
	}
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
