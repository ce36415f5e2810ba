package ui

import (
	"strings"
	"time"

	"example.com/hasim/model"
)

// logView walks the Events of all lanes from the newest to the oldest, and
// joins those that happened to several lanes alike. Its buffers are reused.
type logView struct {
	heads []int
	rows  []logRow
}

// logRow is one line of the log: an Event and the lanes that it happened to.
type logRow struct {
	e     *model.Event
	lanes uint64
}

// collect returns up to n rows after skipping skip, of Events that weigh at
// least w and that hold filter.
func (v *logView) collect(lanes []*lane, l lens, n, skip int, w weight, filter string) []logRow {
	v.heads, v.rows = v.heads[:0], v.rows[:0]
	for _, l := range lanes {
		v.heads = append(v.heads, len(l.hist.events)-1)
	}
	for len(v.rows) < n {
		row, ok := v.next(lanes)
		if !ok {
			break
		}
		if kind, k := l.kindOf(row.e.Reason); k < w || filter != "" && !matches(row.e, kind, filter) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		v.rows = append(v.rows, row)
	}
	return v.rows
}

// next takes the newest Event, from every lane that has an equal one there.
func (v *logView) next(lanes []*lane) (logRow, bool) {
	best := -1
	for i, at := range v.heads {
		if at < 0 {
			continue
		}
		e := &lanes[i].hist.events[at]
		if best < 0 {
			best = i
			continue
		}
		switch old := &lanes[best].hist.events[v.heads[best]]; {
		case e.At > old.At:
			best = i
		case e.At == old.At && v.hidden(lanes, old) && !v.hidden(lanes, e):
			best = i
		}
	}
	if best < 0 {
		return logRow{}, false
	}
	row := logRow{e: &lanes[best].hist.events[v.heads[best]]}
	for i, at := range v.heads {
		if at >= 0 && same(&lanes[i].hist.events[at], row.e) {
			row.lanes |= 1 << (i % 64)
			v.heads[i]--
		}
	}
	return row, true
}

// hidden says that some lane has an equal Event, but behind others of the same
// moment: those come first, so that equal ones meet.
func (v *logView) hidden(lanes []*lane, e *model.Event) bool {
	for i, at := range v.heads {
		events := lanes[i].hist.events
		if at < 0 || same(&events[at], e) {
			continue
		}
		for at--; at >= 0 && events[at].At == e.At; at-- {
			if same(&events[at], e) {
				return true
			}
		}
	}
	return false
}

func same(a, b *model.Event) bool {
	return a.At == b.At && a.Reason == b.Reason && a.N == b.N && a.Object == b.Object && a.Word == b.Word
}

// matches says whether an Event holds the filter's text, in any case.
func matches(e *model.Event, kind, filter string) bool {
	text := kind + " " + e.Object + " " + string(e.Reason) + " " + e.Message()
	return strings.Contains(strings.ToLower(text), strings.ToLower(filter))
}

// drawLog shows the newest Events on top: time, lanes, kind, what happened.
func drawLog(r region, s *screen, lanes []*lane, w weight) {
	rows := s.log.collect(lanes, s.lens, r.h, s.scroll, w, s.filter)
	if len(rows) == 0 && r.h > 0 {
		text := "nothing happened yet"
		if s.filter != "" {
			text = "nothing matches /" + s.filter + "  (esc clears)"
		}
		r.text(1, 0, text, dim)
	}
	letters := min(max(2, len(lanes)), 6)
	if s.focus >= len(lanes) && !s.expand {
		r.set(0, 0, '▸', focused)
	}
	var buf [16]byte
	y := -1
	for _, row := range rows {
		if y++; y >= r.h {
			break
		}
		b := appendClock(buf[:0], row.e.At, s.total)
		b = append(b, '.', byte('0'+row.e.At%time.Second/(100*time.Millisecond)))
		x := r.bytes(1, y, b, dim) + 1
		end := x + letters + 1
		for i := range lanes {
			if row.lanes>>(i%64)&1 == 1 && x < end-1 {
				x = r.text(x, y, letter(i), laneStyle(i))
			}
		}
		kind, k := s.lens.kindOf(row.e.Reason)
		r.fit(end, y, 10, kind, kindStyle(row.e.Reason, k))
		x = end + 11
		text := row.e.Message()
		if row.e.Object != "" {
			x = r.fit(x, y, r.w-x, row.e.Object, bold) + 1
		}
		if y == 0 && r.h > 2 && textWidth(text) > r.w-x-1 { // the news is told to its end
			if parts := wrap(text, r.w-x-1); len(parts) > 1 {
				r.text(x, 0, parts[0], plain)
				r.fit(end+11, 1, r.w-end-12, strings.Join(parts[1:], " "), plain)
				y++
				continue
			}
		}
		r.fit(x, y, r.w-x-1, text, plain)
	}
}

// kindStyle colours what is bad and what is good news.
func kindStyle(r model.Reason, w weight) style {
	switch r {
	case model.Died, model.OOMKilled, model.GaveUp, model.Hung, model.HostDown, model.NodeNotReady,
		model.NoEndpoints, model.ExpectationBroken, model.QueueFullStarted, model.FailedScheduling:
		return bad
	case model.Ready, model.EndpointsBack, model.ExpectationMet, model.HostUp, model.NodeReady, model.QueueFullEnded:
		return good
	case model.SuccessfulRescale, model.ScalingReplicaSet, model.StageStarted, model.TrafficChanged, model.Reloaded:
		return inkMark
	}
	if w == minor {
		return dim
	}
	return warn
}
