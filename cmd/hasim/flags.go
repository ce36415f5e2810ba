package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// flagSet is the flags of one verb, in the order in which help lists them.
// They may stand before, between and after the other words.
type flagSet struct {
	command string
	defs    []flagDef
	help    bool
}

type flagDef struct {
	name, short string
	arg         string // what stands for its value in the help; "" for a flag without one
	doc         string
	set         func(value string) error
}

func (f *flagSet) add(name, short, arg, doc string, set func(string) error) {
	f.defs = append(f.defs, flagDef{name, short, arg, doc, set})
}

func (f *flagSet) boolean(name, short, doc string, to *bool) {
	f.add(name, short, "", doc, func(v string) (err error) {
		if *to, err = strconv.ParseBool(v); err != nil {
			return fmt.Errorf("write true or false")
		}
		return nil
	})
}

func (f *flagSet) text(name, short, arg, doc string, to *string) {
	f.add(name, short, arg, doc, func(v string) error { *to = v; return nil })
}

func (f *flagSet) texts(name, short, arg, doc string, to *[]string) {
	f.add(name, short, arg, doc, func(v string) error { *to = append(*to, v); return nil })
}

// oneOf takes one of a few words.
func (f *flagSet) oneOf(name, short, doc string, words []string, to *string) {
	f.add(name, short, strings.Join(words, "|"), doc, func(v string) error {
		for _, w := range words {
			if v == w {
				*to = v
				return nil
			}
		}
		return fmt.Errorf("write one of %s", strings.Join(words, ", "))
	})
}

func (f *flagSet) number(name, short, arg, doc string, least, most uint64, set func(uint64)) {
	f.add(name, short, arg, doc, func(v string) error {
		n, err := strconv.ParseUint(strings.ReplaceAll(v, "_", ""), 10, 64)
		if err != nil || n < least || n > most {
			return fmt.Errorf("write a whole number from %d to %d", least, most)
		}
		set(n)
		return nil
	})
}

// moment takes a time since the run began: 2m30s, or 02:30 as the screen
// writes it.
func (f *flagSet) moment(name, doc string, to *time.Duration) {
	f.add(name, "", "TIME", doc, func(v string) (err error) {
		*to, err = parseMoment(v)
		return err
	})
}

// end is a moment after the beginning.
func (f *flagSet) end(name, doc string, to *time.Duration) {
	f.add(name, "", "TIME", doc, func(v string) error {
		d, err := parseMoment(v)
		if err == nil && d == 0 {
			err = fmt.Errorf("write a time above 0, such as 2m30s")
		}
		if err == nil {
			*to = d
		}
		return err
	})
}

func parseMoment(v string) (time.Duration, error) {
	text := strings.TrimPrefix(v, "T+")
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	parts := strings.Split(text, ":")
	if len(parts) == 2 || len(parts) == 3 {
		d, ok := time.Duration(0), true
		for i, p := range parts {
			n, err := strconv.ParseFloat(p, 64)
			last := i == len(parts)-1
			ok = ok && err == nil && n >= 0 && n < 1e6 && (last || !strings.Contains(p, "."))
			d = d*60 + time.Duration(n*1e9)
		}
		if ok {
			return d, nil
		}
	}
	return 0, fmt.Errorf("write a time with its unit, such as 2m30s, or as the screen does, 02:30")
}

// parse sets the flags and returns the other words. "--" ends the flags; a
// single "-" is a word: standard input.
func (f *flagSet) parse(args []string) (words []string, err error) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			return append(words, args[i+1:]...), nil
		}
		if len(a) < 2 || a[0] != '-' {
			words = append(words, a)
			continue
		}
		name, value, has := strings.Cut(strings.TrimLeft(a, "-"), "=")
		def := f.find(name)
		if def == nil && !strings.HasPrefix(a, "--") && len(name) > 1 { // -ojson, -n3
			if def = f.find(name[:1]); def != nil && def.arg != "" {
				value, has = strings.TrimPrefix(a[2:], "="), true
			} else {
				def = nil
			}
		}
		switch {
		case def == nil:
			return nil, f.unknown(a)
		case has:
		case def.arg == "":
			value = "true"
		case i+1 == len(args):
			return nil, usage("--%s needs a value: --%s %s", def.name, def.name, def.arg)
		default:
			i++
			value = args[i]
		}
		if err := def.set(value); err != nil {
			return nil, usage("--%s %s: %v", def.name, quote(value), err)
		}
	}
	return words, nil
}

func (f *flagSet) find(name string) *flagDef {
	for i := range f.defs {
		if d := &f.defs[i]; name != "" && (d.name == name || d.short == name) {
			return d
		}
	}
	return nil
}

func (f *flagSet) unknown(arg string) *failure {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	var known []string
	for _, d := range f.defs {
		known = append(known, d.name)
	}
	cmd := strings.TrimSpace("hasim " + f.command)
	e := usage("%s has no flag %s", cmd, quote(arg))
	if near := nearest(name, known); near != "" {
		e.msg += "; did you mean --" + near + "?"
	} else {
		e.help = strings.TrimSpace("hasim help "+f.command) + " lists them"
	}
	return e
}

// usageLines are the flags as help prints them.
func (f *flagSet) usageLines() []string {
	var heads []string
	width := 0
	for _, d := range f.defs {
		h := "    --" + d.name
		if d.short != "" {
			h = "-" + d.short + ", --" + d.name
		}
		if d.arg != "" {
			h += " " + d.arg
		}
		heads = append(heads, h)
		if n := len([]rune(h)); n <= 30 {
			width = max(width, n)
		}
	}
	var lines []string
	for i, d := range f.defs {
		if len([]rune(heads[i])) > width {
			lines = append(lines, "  "+heads[i])
			heads[i] = ""
		}
		lines = append(lines, fmt.Sprintf("  %-*s  %s", width, heads[i], d.doc))
	}
	return lines
}
