package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"example.com/hasim/model"
)

// jsonWriter writes JSON with its keys in the order in which they are
// written. Commas are put where they belong.
type jsonWriter struct{ b []byte }

func (j *jsonWriter) comma() {
	if n := len(j.b); n > 0 && j.b[n-1] != '{' && j.b[n-1] != '[' && j.b[n-1] != '\n' {
		j.b = append(j.b, ',')
	}
}

// key begins a member of an object; "" is for an element of a list.
func (j *jsonWriter) key(k string) {
	j.comma()
	if k != "" {
		j.quote(k)
		j.b = append(j.b, ':')
	}
}

func (j *jsonWriter) open(k string, bracket byte) {
	j.key(k)
	j.b = append(j.b, bracket)
}

func (j *jsonWriter) shut(bracket byte) { j.b = append(j.b, bracket) }

func (j *jsonWriter) quote(s string) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string cannot fail
	j.b = append(j.b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

func (j *jsonWriter) str(k, v string) {
	j.key(k)
	j.quote(v)
}

func (j *jsonWriter) bool(k string, v bool) {
	j.key(k)
	j.b = strconv.AppendBool(j.b, v)
}

func (j *jsonWriter) uint(k string, v uint64) {
	j.key(k)
	j.b = strconv.AppendUint(j.b, v, 10)
}

func (j *jsonWriter) int(k string, v int64) {
	j.key(k)
	j.b = strconv.AppendInt(j.b, v, 10)
}

func (j *jsonWriter) null(k string) {
	j.key(k)
	j.b = append(j.b, "null"...)
}

// millis writes milliseconds with at most 3 decimals.
func (j *jsonWriter) millis(k string, d time.Duration) {
	j.key(k)
	j.b = model.AppendMillis(j.b, d)
}

// float writes a number with at most that many decimals, or all that it has
// (-1). What is no number is null.
func (j *jsonWriter) float(k string, v float64, decimals int) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		j.null(k)
		return
	}
	j.key(k)
	text := strconv.AppendFloat(nil, v, 'f', decimals, 64)
	if bytes.IndexByte(text, '.') >= 0 {
		text = bytes.TrimRight(bytes.TrimRight(text, "0"), ".")
	}
	if bytes.Equal(text, []byte("-0")) {
		text = text[1:]
	}
	j.b = append(j.b, text...)
}

// meanDecimals is how precise time-weighted means are written.
const meanDecimals = 6

// reportSchema names the shape of the report.
const reportSchema = "hasim/report/v1"

// appendReport appends the report of hasim run -o json, one line. early says
// that the runs did not come to their end.
func appendReport(b []byte, rs *runs, reports []model.Report, early bool) []byte {
	j := &jsonWriter{b}
	j.open("", '{')
	j.str("schema", reportSchema)
	j.str("scenario", rs.p.name)
	j.uint("seed", rs.p.seed)
	duration := time.Duration(0)
	for i := range reports {
		duration = max(duration, reports[i].Duration)
	}
	j.millis("duration_ms", duration)
	j.open("variants", '[')
	for i, r := range rs.all {
		j.open("", '{')
		j.variant(r, &reports[i])
		if early && r.world.Now() < duration {
			j.millis("stopped_ms", r.world.Now())
		}
		j.shut('}')
	}
	j.shut(']')
	j.shut('}')
	return append(j.b, '\n')
}

func (j *jsonWriter) variant(r *worldRun, rep *model.Report) {
	j.str("name", r.name)
	j.str("trace_sha256", r.traceSum())
	j.uint("events", rep.Events)
	t := &rep.Totals
	j.counts(t.Arrived, t.Served, t.Failed, t.InFlight, &t.Failures)
	j.float("availability", rep.Availability, -1)
	j.latency(&rep.Latency)
	j.queue(&rep.Queue)
	j.replicas(rep.Services)
	j.float("lost_revenue", t.LostRevenue, 2)
	j.expectations(rep.Expectations)
	j.services(r.spec, rep)
	if !r.paired {
		j.bool("paired", false)
	}
}

// counts are requests and what became of them: arrived = served + failed +
// in_flight, failed = the sum of failures.
func (j *jsonWriter) counts(arrived, served, failed, inFlight uint64, failures *[model.NumCauses]uint64) {
	j.uint("arrived", arrived)
	j.uint("served", served)
	j.uint("failed", failed)
	j.uint("in_flight", inFlight)
	j.open("failures", '{')
	for c := model.Served + 1; c < model.NumCauses; c++ {
		j.uint(c.String(), failures[c])
	}
	j.shut('}')
}

func (j *jsonWriter) latency(l *model.Latency) {
	j.open("latency_ms", '{')
	for _, v := range []struct {
		key string
		d   time.Duration
	}{{"mean", l.Mean}, {"p50", l.P50}, {"p90", l.P90}, {"p95", l.P95}, {"p99", l.P99}, {"max", l.Max}} {
		if l.Count == 0 {
			j.null(v.key)
			continue
		}
		j.millis(v.key, v.d)
	}
	j.shut('}')
}

func (j *jsonWriter) queue(q *model.QueueReport) {
	j.open("queue", '{')
	j.float("mean", q.Mean, meanDecimals)
	j.int("max", q.Max)
	j.shut('}')
}

// replicas are two objects, by the services' names in the file's order.
func (j *jsonWriter) replicas(services []model.ServiceReport) {
	j.open("replicas", '{')
	for i := range services {
		s := &services[i]
		j.open(s.Name, '{')
		j.int("min", s.Min)
		j.int("max", s.Max)
		j.float("mean", s.Mean, meanDecimals)
		if s.ReadyMin < 0 {
			j.null("ready_min")
		} else {
			j.int("ready_min", s.ReadyMin)
		}
		j.shut('}')
	}
	j.shut('}')
	j.open("replica_seconds", '{')
	for i := range services {
		j.float(services[i].Name, services[i].ReplicaSeconds, meanDecimals)
	}
	j.shut('}')
}

func (j *jsonWriter) expectations(list []model.Expectation) {
	j.open("expectations", '[')
	for i := range list {
		e := &list[i]
		j.open("", '{')
		j.str("text", e.Text)
		j.bool("ok", e.OK)
		j.str("value", e.Value)
		if e.FirstBroken < 0 {
			j.null("first_broken_ms")
		} else {
			j.millis("first_broken_ms", e.FirstBroken)
		}
		j.shut('}')
	}
	j.shut(']')
}

// services are those that others call, in the shape of a variant. What they
// count are visits.
func (j *jsonWriter) services(spec *model.Spec, rep *model.Report) {
	j.open("services", '{')
	for i := range rep.Services {
		s := &rep.Services[i]
		if !called(spec, s.Name) {
			continue
		}
		v := &s.Visits
		j.open(s.Name, '{')
		j.counts(v.Arrived, v.Served, v.Failed, v.InFlight, &v.Failures)
		availability := 1.0
		if ended := v.Served + v.Failed; ended > 0 {
			availability = float64(v.Served) / float64(ended)
		}
		j.float("availability", availability, -1)
		j.latency(&v.Latency)
		j.queue(&s.Queue)
		j.replicas(rep.Services[i : i+1])
		j.shut('}')
	}
	j.shut('}')
}

// called says that another service calls this one.
func called(spec *model.Spec, name string) bool {
	for i := range spec.Services {
		for _, c := range spec.Services[i].Calls {
			if spec.Services[c].Name == name {
				return true
			}
		}
	}
	return false
}
