package model

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"example.com/hasim/model/autoscale"
)

// Event is one thing that happened: a decision, a change of state, the start
// or end of a fault. Events are sparse; the life of each request is not among
// them. Its words are rendered only when somebody reads them.
type Event struct {
	At       time.Duration
	Object   string // a service, a replica (app-2), a host, or traffic
	Reason   Reason
	N        [5]int64 // the numbers, named by the reason's keys
	Word     string   // one word more, named by the reason's word key
	Decision *autoscale.Decision
}

// Field is one named number or word of an Event.
type Field struct {
	Key   string
	Value any // int64, float64 (with 3 decimals) or string
}

// Data returns the numbers and words that the message speaks of.
func (e *Event) Data() []Field {
	s := spec(e.Reason)
	fields := make([]Field, 0, len(s.keys)+1)
	for i, k := range s.keys {
		switch k.unit {
		case milliseconds, lasting:
			fields = append(fields, Field{k.name, float64(e.N[i]) / 1e6})
		case permille:
			fields = append(fields, Field{k.name, float64(e.N[i]) / 1e3})
		default:
			fields = append(fields, Field{k.name, e.N[i]})
		}
	}
	if s.word != "" && s.word != wholeMessage {
		fields = append(fields, Field{s.word, e.Word})
	}
	if e.Decision != nil {
		fields = appendDecision(fields, e.Decision)
	}
	return fields
}

// appendDecision adds the numbers of an autoscaler's arithmetic: those of the
// metric that won, and what became of its wish.
func appendDecision(fields []Field, d *autoscale.Decision) []Field {
	if d.Path != autoscale.PathMetrics || d.Winner < 0 || d.Winner >= len(d.Proposals) {
		return fields
	}
	p := &d.Proposals[d.Winner]
	fields = append(fields, Field{"metric", p.Subject})
	if p.Calc.Form == autoscale.FormUtilization {
		fields = append(fields, Field{"current_percent", int64(p.Calc.First.Utilization)}, Field{"target_percent", p.Calc.Target})
	} else {
		fields = append(fields, Field{"current_milli", p.Calc.First.Average}, Field{"target_milli", p.Calc.Target})
	}
	return append(fields, Field{"proposed", int64(d.Proposed)}, Field{"stabilized", int64(d.Norm.Stabilized)}, Field{"limited_by", d.Norm.LimitedBy})
}

// Message is the sentence for the log, with the numbers in it.
func (e *Event) Message() string {
	s := spec(e.Reason)
	b := make([]byte, 0, len(s.text)+32)
	for i := 0; i < len(s.text); i++ {
		if s.text[i] != '{' {
			b = append(b, s.text[i])
			continue
		}
		end := i + 1
		for s.text[end] != '}' {
			end++
		}
		b = e.appendValue(b, s, s.text[i+1:end])
		i = end
	}
	return string(b)
}

// appendValue renders the number or word of that key.
func (e *Event) appendValue(b []byte, s *reasonSpec, key string) []byte {
	if key == s.word {
		return append(b, e.Word...)
	}
	for i, k := range s.keys {
		if k.name != key {
			continue
		}
		switch k.unit {
		case milliseconds:
			return append(b, Short(time.Duration(e.N[i]))...)
		case lasting:
			if e.N[i] == 0 {
				return append(b, "for good"...)
			}
			return append(append(b, "for "...), Short(time.Duration(e.N[i]))...)
		case permille:
			return strconv.AppendFloat(b, float64(e.N[i])/1000, 'f', -1, 64)
		}
		return strconv.AppendInt(b, e.N[i], 10)
	}
	return append(b, "?"...)
}

// AppendJSON appends the Event as one line of a trace, without the line's
// end. An empty variant is left out: that is what the trace's hash covers.
func (e *Event) AppendJSON(b []byte, variant string) []byte {
	b = append(b, `{"t_ms":`...)
	b = AppendMillis(b, e.At)
	if variant != "" {
		b = appendPair(b, "variant", variant)
	}
	b = appendPair(b, "object", e.Object)
	b = appendPair(b, "reason", string(e.Reason))
	b = appendPair(b, "message", e.Message())
	b = append(b, `,"data":{`...)
	for i, f := range e.Data() {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, f.Key)
		b = append(b, ':')
		switch v := f.Value.(type) {
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case float64:
			b = AppendMillis(b, time.Duration(math.Round(v*1e6)))
		case string:
			b = appendString(b, v)
		}
	}
	return append(b, "}}"...)
}

func appendPair(b []byte, key, value string) []byte {
	b = append(b, ',', '"')
	b = append(b, key...)
	b = append(b, '"', ':')
	return appendString(b, value)
}

// appendString quotes as JSON does; HTML's characters stay as they are.
func appendString(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s)
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// AppendMillis appends a duration as milliseconds with at most 3 decimals.
func AppendMillis(b []byte, d time.Duration) []byte {
	us := (int64(d) + 500) / 1000
	b = strconv.AppendInt(b, us/1000, 10)
	if frac := us % 1000; frac != 0 {
		b = append(b, '.', byte('0'+frac/100), byte('0'+frac/10%10), byte('0'+frac%10))
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return b
}

// Short renders a duration for people: 3m25s, 9.8s, 687ms, 40µs.
func Short(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Short(-d)
	case d >= time.Hour:
		d = d.Round(time.Second)
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h" + pad2(int64(d/time.Minute%60)) + "m"
	case d >= time.Minute:
		d = d.Round(time.Second)
		m, s := int64(d/time.Minute), int64(d/time.Second%60)
		if s == 0 {
			return strconv.FormatInt(m, 10) + "m"
		}
		return strconv.FormatInt(m, 10) + "m" + pad2(s) + "s"
	case d >= 10*time.Second:
		return trimFloat(d, time.Second, 10) + "s"
	case d >= time.Second:
		return trimFloat(d, time.Second, 100) + "s"
	case d >= 10*time.Millisecond:
		return trimFloat(d, time.Millisecond, 1) + "ms"
	case d >= time.Millisecond:
		return trimFloat(d, time.Millisecond, 10) + "ms"
	case d == 0:
		return "0s"
	}
	return trimFloat(d, time.Microsecond, 1) + "µs"
}

func pad2(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// trimFloat renders d in units with a precision of 1/parts, half up, and no
// zeros behind.
func trimFloat(d, unit time.Duration, parts int64) string {
	n := (int64(d)*parts + int64(unit)/2) / int64(unit)
	if parts == 100 && n%10 == 0 {
		n, parts = n/10, 10
	}
	if parts == 10 && n%10 == 0 {
		n, parts = n/10, 1
	}
	s := strconv.FormatInt(n/parts, 10)
	switch parts {
	case 10:
		s += "." + strconv.FormatInt(n%10, 10)
	case 100:
		s += "." + pad2(n%100)
	}
	return s
}
