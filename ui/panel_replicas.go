package ui

import (
	"strconv"
	"time"

	"example.com/hasim/model"
)

// form is how much room one replica gets.
type form uint8

const (
	wideForm  form = 10 // ●▪▪▪▪▪▪▫▫, ✗OOM 9s
	shortForm form = 5  // ●▪▪▫, ◌ 9s
)

// replicaForm picks the wide form where the most replicas that there can be
// have room, so that the form does not change during a run.
func replicaForm(most, w, rows int) form {
	if per := (w + 1) / int(wideForm); per*rows >= most {
		return wideForm
	}
	return shortForm
}

// drawReplicas fills r with the replicas of a service, one cell each, wrapped
// into lines. When there are more than fit, the last line sums up the rest.
func drawReplicas(r region, s *screen, v *model.ServiceView, f form) {
	per := (r.w + 1) / int(f)
	if per < 1 || r.h < 1 {
		return
	}
	n := len(v.Replicas)
	fit := per * r.h
	if n > fit {
		fit = per * (r.h - 1)
	}
	queues := false
	for i := range v.Replicas {
		queues = queues || v.Replicas[i].Waiting > 0
	}
	for i := 0; i < min(n, fit); i++ {
		x, y := i%per*int(f), i/per
		drawReplica(r.sub(x, y, int(f)-1, 1), &v.Replicas[i], f, queues)
	}
	if n > fit {
		drawRest(r.row(r.h-1), s, v.Replicas[fit:])
	}
}

// drawReplica is one replica: a glyph, then its busy slots and how many wait
// there if anybody waits at any, or what it waits for itself.
func drawReplica(r region, v *model.ReplicaView, f form, queues bool) {
	g, st := phaseGlyph(v)
	r.set(0, 0, g, st)
	switch v.Phase {
	case model.Running:
		if v.Hung {
			r.text(1, 0, short("hung", f), bad)
			return
		}
		room := r.w - 1
		if queues {
			var buf [8]byte
			b := appendQueue(buf[:0], v.Waiting)
			room -= len(b)
			r.bytes(1+min(room, max(1, slotsOf(v, room))), 0, b, inkQueue)
		}
		drawSlots(r.sub(1, 0, room, 1), v)
	case model.Starting, model.Terminating:
		drawLeft(r, 1, v.Left, st)
	case model.BackOff, model.Exited:
		word := exitWord(v)
		if long := "exit" + word; f == wideForm && v.Reason != "OOMKilled" && (len(long)+5 <= r.w || v.Left <= 0) {
			word = long
		}
		r.text(1, 0, word, st)
		if f == wideForm {
			drawLeft(r, len(word)+1, v.Left, st)
		} else if v.Left > 0 && v.Left < 100*time.Second && int(v.Left/time.Second)%4 < 2 {
			r.text(1, 0, "   ", plain)
			drawLeft(r, 1, v.Left, st)
		}
	case model.Pending:
		r.text(1, 0, short("pending", f), st)
	case model.Lost:
		r.text(1, 0, short("lost", f), st)
	}
}

// short is a word in the room of a form.
func short(s string, f form) string {
	if abbreviated, ok := abbreviations[s]; ok && f == shortForm {
		return abbreviated
	}
	return s
}

// abbreviations have the three cells beside the glyph of the short form.
var abbreviations = map[string]string{"pending": "pnd", "hung": "hng", "lost": "lst"}

// exitWord says why a replica is down: OOM, or its exit code.
func exitWord(v *model.ReplicaView) string {
	if v.Reason == "OOMKilled" {
		return "OOM"
	}
	return strconv.Itoa(int(v.Exit))
}

// drawLeft writes a countdown from x on, in the cells that are left.
func drawLeft(r region, x int, d time.Duration, st style) {
	if d <= 0 {
		return
	}
	var buf [16]byte
	d = (d + time.Second - 1).Truncate(time.Second)
	b := appendSpan(buf[:0], d)
	if len(b) > r.w-x { // 12m30s in three cells: 12m
		b = strconv.AppendInt(buf[:0], int64(d/time.Minute), 10)
		b = append(b, 'm')
	}
	if len(b) < 3 {
		x++
	}
	r.bytes(min(x, r.w-len(b)), 0, b, st)
}

// slotsOf is how many of w cells show slots.
func slotsOf(v *model.ReplicaView, w int) int {
	if v.Concurrency > 0 {
		return min(w, int(v.Concurrency))
	}
	return w
}

// appendQueue renders a queue in three cells: 7, 500, 2k.
func appendQueue(b []byte, n int32) []byte {
	if n < 1000 {
		return strconv.AppendInt(b, int64(n), 10)
	}
	return append(strconv.AppendInt(b, int64(min(n/1000, 99)), 10), 'k')
}

// drawSlots shows the share of a replica's slots that are busy.
func drawSlots(r region, v *model.ReplicaView) {
	slots := slotsOf(v, r.w)
	limit := int(v.Concurrency)
	if limit <= 0 {
		limit = max(8, int(v.Busy))
	}
	busy := (int(v.Busy)*slots + limit - 1) / limit
	for i := 0; i < slots; i++ {
		if i < busy {
			r.set(i, 0, '▪', busySlot)
		} else {
			r.set(i, 0, '▫', freeSlot)
		}
	}
}

// phaseGlyph is the glyph of a replica's state.
func phaseGlyph(v *model.ReplicaView) (rune, style) {
	switch v.Phase {
	case model.Pending:
		return '○', warn
	case model.Starting:
		return '◌', starting
	case model.Running:
		switch {
		case v.Hung:
			return '◉', bad
		case v.Slow:
			return '◉', warn
		case !v.Ready:
			return '○', warn
		}
		return '●', good
	case model.BackOff, model.Exited, model.Lost:
		return '✗', bad
	case model.Terminating:
		return '◦', dim
	}
	return ' ', plain
}

// phaseWord is the word of a replica's state.
func phaseWord(l lens, v *model.ReplicaView) string {
	switch v.Phase {
	case model.Pending:
		return l.say(wPending)
	case model.Starting:
		return l.say(wStarting)
	case model.Running:
		switch {
		case v.Hung:
			return l.say(wHung)
		case !v.Ready:
			return l.say(wUnready)
		case v.Slow:
			return l.say(wSlow)
		}
		return l.say(wReady)
	case model.BackOff:
		return l.say(wCrashed)
	case model.Exited:
		return l.say(wGaveUp)
	case model.Terminating:
		return l.say(wDraining)
	case model.Lost:
		return l.say(wLost)
	}
	return l.say(wGone)
}

// drawRest sums up the replicas that have no room: +83 more: 80 ready, 3 starting.
func drawRest(r region, s *screen, rest []model.ReplicaView) {
	p := r.pen(0, 0)
	p.s("+", bold).s(strconv.Itoa(len(rest)), bold).s(" more:", plain)
	type group struct {
		word string
		n    int
		st   style
	}
	var groups []group
next:
	for i := range rest {
		word := phaseWord(s.lens, &rest[i])
		for j := range groups {
			if groups[j].word == word {
				groups[j].n++
				continue next
			}
		}
		_, st := phaseGlyph(&rest[i])
		groups = append(groups, group{word, 1, st})
	}
	for i, g := range groups {
		if i > 0 {
			p.s(",", plain)
		}
		p.s(" ", plain).s(strconv.Itoa(g.n), g.st).s(" ", plain).s(g.word, g.st)
	}
}
