package expect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Error is why a line cannot be read.
type Error struct {
	Offset int    // byte in the text where it goes wrong
	Msg    string // what is wrong
	Help   string // what to write instead
}

// Error implements error.
func (e *Error) Error() string { return e.Msg + "; " + e.Help }

// maxText bounds a line; a longer one is no expectation.
const maxText = 1000

const shape = `write it as "latency.p99 < 500ms" or "replicas.desired reaches 10 within 3m of 2m"`

// Parse reads one line: METRIC OP VALUE, or METRIC reaches N within DURATION
// [of TIME]. The error is an *Error.
func Parse(s string) (Line, error) {
	p := parser{text: s}
	l, err := p.line()
	if err != nil {
		return Line{}, err
	}
	return l, nil
}

type parser struct {
	text string
	pos  int
}

// word is a piece of the text and where it stands.
type word struct {
	text string
	at   int
}

func (p *parser) fail(at int, help, format string, args ...any) *Error {
	return &Error{Offset: at, Msg: fmt.Sprintf(format, args...), Help: help}
}

func (p *parser) line() (Line, *Error) {
	l := Line{Text: strings.TrimSpace(p.text)}
	if l.Text == "" || len(l.Text) > maxText {
		return l, p.fail(0, shape, "not an expectation: %d bytes", len(l.Text))
	}
	var err *Error
	if l.Metric, err = p.metric(p.word()); err != nil {
		return l, err
	}
	if l.Op, err = p.op(); err != nil {
		return l, err
	}
	if l.Value, err = p.value(l.Metric, p.word()); err != nil {
		return l, err
	}
	if l.Op == Reaches {
		if err = p.window(&l); err != nil {
			return l, err
		}
	}
	if w := p.word(); w.text != "" {
		return l, p.fail(w.at, "one expectation a line", "%q is left over", w.text)
	}
	return l, nil
}

// word takes the next run of characters that are neither space nor part of an
// operator.
func (p *parser) word() word {
	p.space()
	start := p.pos
	for p.pos < len(p.text) && !isSpace(p.text[p.pos]) && !strings.ContainsRune("<>=!", rune(p.text[p.pos])) {
		p.pos++
	}
	if p.pos == start && p.pos < len(p.text) {
		p.pos++ // an operator where none belongs
	}
	return word{p.text[start:p.pos], start}
}

func (p *parser) space() {
	for p.pos < len(p.text) && isSpace(p.text[p.pos]) {
		p.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *parser) op() (Op, *Error) {
	p.space()
	rest, at := p.text[p.pos:], p.pos
	for _, o := range []Op{AtMost, AtLeast, Equal, NotEqual, Less, More} {
		if strings.HasPrefix(rest, o.String()) {
			p.pos += len(o.String())
			return o, nil
		}
	}
	w := p.word()
	if w.text == "reaches" {
		return Reaches, nil
	}
	const help = "write one of < <= > >= == != reaches"
	switch w.text {
	case "":
		return 0, p.fail(at, help, "the comparison is missing")
	case "=":
		if next := p.word().text; next == ">" || next == "<" {
			return 0, p.fail(at, "write "+next+"=", "%q does not compare", "="+next)
		}
		return 0, p.fail(at, "write ==", "%q does not compare", "=")
	}
	return 0, p.fail(at, help, "%q does not compare", w.text)
}

// window reads "within D [of T]".
func (p *parser) window(l *Line) *Error {
	w := p.word()
	if w.text != "within" {
		return p.fail(w.at, `write "within 3m", from the start of the run, or "within 3m of 2m"`, "reaches needs a time")
	}
	var err *Error
	if l.Within, err = p.duration(p.word()); err != nil {
		return err
	}
	p.space()
	if p.pos == len(p.text) {
		return nil
	}
	if w = p.word(); w.text != "of" {
		return p.fail(w.at, `write "of 2m"`, "%q is left over", w.text)
	}
	l.Of, err = p.duration(p.word())
	return err
}

// metric reads FAMILY[.SERVICE][.PART].
func (p *parser) metric(w word) (Metric, *Error) {
	family, rest, dotted := strings.Cut(w.text, ".")
	parts := partsOf(family)
	if parts == nil {
		return Metric{}, p.fail(w.at, didYouMean(w.text, Names()), "no metric is called %q", w.text)
	}
	if parts[0] == "" {
		if dotted && !isName(rest) {
			return Metric{}, p.fail(w.at+len(family)+1, "write "+family+" or "+family+".app", "%q is no service", rest)
		}
		return Metric{Kind: find(family, ""), Service: rest}, nil
	}
	at := w.at + len(family)
	if !dotted {
		return Metric{}, p.fail(at, "write "+oneOf(family, parts), "which of %s?", family)
	}
	service, part := "", rest
	if dot := strings.LastIndexByte(rest, '.'); dot >= 0 {
		service, part = rest[:dot], rest[dot+1:]
		if !isName(service) {
			return Metric{}, p.fail(at+1, "write "+oneOf(family, parts), "%q is no service", service)
		}
	}
	for _, known := range parts {
		if part == known {
			m := Metric{Kind: find(family, part), Service: service}
			if family == "failures" {
				m.Cause = part
			}
			return m, nil
		}
	}
	return Metric{}, p.fail(at+1+len(rest)-len(part), didYouMean(part, parts), "%s has no %q", family, part)
}

// partsOf returns what may follow a family, {""} if nothing, nil if there is
// no such family.
func partsOf(family string) []string {
	if family == "failures" {
		return Causes
	}
	var parts []string
	for _, k := range kinds {
		if k.family == family {
			parts = append(parts, k.part)
		}
	}
	return parts
}

func find(family, part string) Kind {
	for k := range kinds {
		if kinds[k].family == family && (kinds[k].part == part || family == "failures") {
			return Kind(k)
		}
	}
	panic("expect: " + family + "." + part)
}

// isName reports whether s can be the name of a service.
func isName(s string) bool {
	alnum := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	for i := range len(s) {
		if c := s[i]; !alnum(c) && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 63 && alnum(s[0]) && alnum(s[len(s)-1])
}

func oneOf(family string, parts []string) string {
	full := make([]string, len(parts))
	for i, part := range parts {
		full[i] = family + "." + part
	}
	return strings.Join(full, ", ")
}

// value reads a number in the metric's unit.
func (p *parser) value(m Metric, w word) (float64, *Error) {
	switch {
	case w.text == "":
		return 0, p.fail(w.at, "write a value, such as "+sample(m.Unit()), "the value is missing")
	case m.Unit() == Time:
		d, err := p.duration(w)
		return float64(d), err
	}
	digits, percent := strings.CutSuffix(w.text, "%")
	if !percent && p.percentFollows() {
		percent = true
	}
	if percent && m.Unit() != Share {
		return 0, p.fail(w.at, "write a plain number; errors.rate and availability are shares", "%s is not a share", m)
	}
	if !isDecimal(digits) {
		return 0, p.fail(w.at, "write a number, such as "+sample(m.Unit()), "%q is no number", w.text)
	}
	if percent {
		digits += "e-2" // the decimal point moves before rounding: 99.9% is the same float as 999/1000
	}
	x, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(x, 0) {
		return 0, p.fail(w.at, "write a smaller number", "%q is out of range", w.text)
	}
	if m.Unit() == Share && x > 1 {
		return 0, p.fail(w.at, "write "+sample(Share)+" or 0.999", "%s is never above 100%%", m)
	}
	return x, nil
}

// percentFollows takes a percent sign that stands apart: "99.9 %".
func (p *parser) percentFollows() bool {
	save := p.pos
	if p.word().text == "%" {
		return true
	}
	p.pos = save
	return false
}

func sample(u Unit) string {
	return [...]string{Number: "10", Time: "500ms", Share: "99.9%"}[u]
}

// isDecimal accepts digits with at most one point among them.
func isDecimal(s string) bool {
	digits, points := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

func (p *parser) duration(w word) (time.Duration, *Error) {
	const help = "write a time with its unit, such as 500ms, 90s or 3m25s"
	if w.text == "" {
		return 0, p.fail(w.at, help, "the time is missing")
	}
	d, err := time.ParseDuration(w.text)
	switch {
	case err != nil && isDecimal(w.text):
		return 0, p.fail(w.at, help, "%q has no unit", w.text)
	case err != nil || w.text[0] == '+':
		return 0, p.fail(w.at, help, "%q is no time", w.text)
	case d < 0 || w.text[0] == '-':
		return 0, p.fail(w.at, help, "%q is negative", w.text)
	case isDecimal(w.text): // time.ParseDuration lets a bare 0 pass
		return 0, p.fail(w.at, help, "%q has no unit", w.text)
	}
	return d, nil
}

// didYouMean names the nearest of the known words, or all of a few.
func didYouMean(word string, known []string) string {
	for _, k := range known {
		if strings.HasSuffix(k, "."+word) {
			return fmt.Sprintf("did you mean %s?", k)
		}
	}
	best, distance := "", len(word)/2+1
	for _, k := range known {
		if d := editDistance(word, k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "write one of " + strings.Join(known, ", ")
}

// editDistance counts the insertions, deletions and replacements of bytes that
// turn a into b.
func editDistance(a, b string) int {
	if len(a) > 64 {
		a = a[:64]
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
