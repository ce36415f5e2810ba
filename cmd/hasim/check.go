package main

import (
	"errors"
	"fmt"
	"strings"

	"example.com/hasim/scenarios"
)

func checkCommand() command {
	return command{
		name: "check", args: "FILE…",
		short: "say what is wrong with scenario files, without running them",
		long: `Reads each file and prints errors and warnings with their places. With
-o github they are annotations of a GitHub workflow, with -o json one object.

Exit codes: 0 all valid, 2 a file is invalid, 3 a file cannot be read,
4 warnings with --strict.`,
		setup: func(f *flagSet) action {
			o := &checkOptions{format: "text"}
			f.oneOf("output", "o", "what to print", []string{"text", "json", "github"}, &o.format)
			f.boolean("strict", "", "warnings are errors (exit 4)", &o.strict)
			return o.check
		},
	}
}

type checkOptions struct {
	format string
	strict bool
}

// finding is what became of one file.
type finding struct {
	file  string
	diags scenarios.Diagnostics
	code  int
	about string // of a valid file: what is in it
}

func (o *checkOptions) check(c *console, words []string) error {
	if len(words) == 0 {
		return usage("check what? hasim check FILE…")
	}
	var all []finding
	code := exitOK
	for _, file := range words {
		f, err := o.read(c, file)
		if err != nil {
			return err
		}
		all = append(all, f)
		if code == exitOK || f.code == exitIO || f.code == exitUsage && code == exitWarned {
			code = f.code
		}
	}
	switch o.format {
	case "json":
		c.out.Write(appendFindings(nil, all))
	case "github":
		for i := range all {
			all[i].annotate(c)
		}
	default:
		for i := range all {
			all[i].print(c)
		}
	}
	return outcome(code)
}

func (o *checkOptions) read(c *console, file string) (finding, error) {
	s, err := scenarios.Load(file, scenarios.Options{Stdin: c.in})
	f := finding{file: file}
	var read *scenarios.ReadError
	switch {
	case errors.As(err, &f.diags):
		f.code = exitUsage
	case errors.As(err, &read):
		f.code = exitIO
		f.diags = scenarios.Diagnostics{{File: file, Line: 1, Col: 1, Msg: read.Msg, Help: read.Help}}
	case err != nil:
		return f, err
	default:
		f.diags = s.Warnings
		f.about = fmt.Sprintf("%s, %s", plural(len(s.Variants), "variant"), plural(len(s.Variants[0].Spec.Services), "service"))
		if o.strict && len(s.Warnings) > 0 {
			f.code = exitWarned
		}
	}
	return f, nil
}

func (f *finding) print(c *console) {
	if f.code == exitIO {
		c.out.printf("%s: error: %s\n", f.file, f.diags[0].Msg)
		if f.diags[0].Help != "" {
			c.out.printf("help: %s\n", f.diags[0].Help)
		}
		return
	}
	f.diags.Render(c.out)
	switch {
	case f.code == exitUsage:
		c.out.printf("%s: %s\n", f.file, plural(len(f.diags), "error"))
	case len(f.diags) > 0:
		c.out.printf("%s: valid, with %s (%s)\n", f.file, plural(len(f.diags), "warning"), f.about)
	default:
		c.out.printf("%s: valid (%s)\n", f.file, f.about)
	}
}

// annotate prints the commands of a GitHub workflow.
func (f *finding) annotate(c *console) {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for i := range f.diags {
		g := &f.diags[i]
		kind, msg := "error", g.Msg
		if g.Warning {
			kind = "warning"
		}
		if g.Path != "" {
			msg = g.Path + ": " + msg
		}
		if g.Help != "" {
			msg += "\nhelp: " + g.Help
		}
		c.out.printf("::%s file=%s,line=%d,col=%d::%s\n", kind, property.Replace(g.File), g.Line, g.Col, data.Replace(msg))
	}
}

func appendFindings(b []byte, all []finding) []byte {
	j := &jsonWriter{b}
	j.open("", '{')
	j.str("schema", "hasim/check/v1")
	j.open("files", '[')
	for i := range all {
		f := &all[i]
		j.open("", '{')
		j.str("file", f.file)
		j.bool("valid", f.code == exitOK || f.code == exitWarned)
		j.open("diagnostics", '[')
		for k := range f.diags {
			j.diagnostic(&f.diags[k])
		}
		j.shut(']')
		j.shut('}')
	}
	j.shut(']')
	j.shut('}')
	return append(j.b, '\n')
}

func (j *jsonWriter) diagnostic(g *scenarios.Diagnostic) {
	severity := "error"
	if g.Warning {
		severity = "warning"
	}
	j.open("", '{')
	j.str("severity", severity)
	j.str("file", g.File)
	j.int("line", int64(g.Line))
	j.int("col", int64(g.Col))
	j.str("path", g.Path)
	j.str("message", g.Msg)
	j.str("help", g.Help)
	j.str("rule", g.Rule)
	j.shut('}')
}
