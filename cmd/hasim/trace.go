package main

import (
	"strconv"

	"example.com/hasim/model"
)

func traceCommand() command {
	return command{
		name: "trace", args: "FILE",
		short: "print the events as JSON Lines, in order of time",
		long: `Prints what happened as one JSON object a line: decisions, changes of state,
starts and ends of faults. The lines of several variants are merged by time.
With --requests there is a line for each client's request as well, at the
time when it ended; hasim explain reasons lists the words.`,
		setup: func(f *flagSet) action {
			o := &traceOptions{}
			f.boolean("requests", "", "a line for each request too", &o.requests)
			f.end("until", "stop there", &o.until)
			o.declare(f)
			return o.trace
		},
	}
}

type traceOptions struct {
	loadFlags
	runFlags
	requests bool
}

func (o *traceOptions) trace(c *console, words []string) error {
	if len(words) != 1 {
		return usage("trace takes one FILE: hasim trace FILE")
	}
	p, err := o.load(c, words)
	if err != nil {
		return err
	}
	p.warnings.Render(c.err)
	stop := listen()
	defer stop.close()
	rs, err := p.open(o.runFlags, stop, false, o.listeners)
	if err != nil {
		return err
	}
	return rs.stream(rs.end(o.until), func(line []byte) { c.out.Write(line) }, c.out.Flush)
}

func (o *traceOptions) listeners(r *worldRun) model.Observer {
	q := &r.records
	obs := model.Observer{Event: func(e *model.Event) {
		q.text = e.AppendJSON(q.text, r.name)
		q.end(e.At)
	}}
	if o.requests {
		name := (&jsonWriter{})
		name.quote(r.name)
		obs.Request = func(d *model.RequestDone) {
			q.text = appendRequest(q.text, name.b, r.spec, d)
			q.end(d.Done)
		}
	}
	return obs
}

// appendRequest is one request's line. Requests are numbered per stream.
func appendRequest(b, variant []byte, spec *model.Spec, d *model.RequestDone) []byte {
	b = append(b, `{"t_ms":`...)
	b = model.AppendMillis(b, d.Done)
	b = append(b, `,"variant":`...)
	b = append(b, variant...)
	b = append(b, `,"object":"request","reason":"`...)
	b = append(b, d.Cause.String()...)
	b = append(b, `","data":{"no":`...)
	b = strconv.AppendUint(b, d.No, 10)
	b = append(b, `,"latency_ms":`...)
	b = model.AppendMillis(b, d.Done-d.Arrived)
	b = append(b, `,"attempts":`...)
	b = strconv.AppendInt(b, int64(d.Attempts), 10)
	if len(spec.Traffic) > 1 {
		b = append(b, `,"stream":`...)
		b = strconv.AppendInt(b, int64(d.Stream), 10)
	}
	return append(b, "}}"...)
}
