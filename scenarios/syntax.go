package scenarios

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// syntax reports an error of the YAML parser, which knows the line at best.
func (b *builder) syntax(err error) {
	line, msg := 1, err.Error()
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		msg = m[2]
		if n, e := strconv.Atoi(m[1]); e == nil {
			line = n
		}
		if strings.HasPrefix(msg, "did not find expected") && m[1] != "" {
			line++ // the parser counts lines from 0 where its scanner counts from 1
		}
	}
	line = min(line, len(b.src.lines))
	if m := unknownAnchor.FindStringSubmatch(msg); m != nil {
		if b.findAlias(m[1]) {
			return
		}
	}
	switch {
	case strings.Contains(msg, "unexpected end of stream") && line == len(b.src.lines):
		line = 1 // where the parser has no line of the beginning, that is the first
	case strings.HasPrefix(msg, "did not find expected key"):
		line = b.misindented(line)
	}
	for i := line; i >= max(1, line-1); i-- { // a tab is reported up to a line late
		text := b.src.lines[i-1]
		if trimmed := strings.TrimLeft(text, " "); strings.HasPrefix(trimmed, "\t") {
			b.fail(i, len(text)-len(trimmed)+1, 1, "indent with spaces", "a tab: YAML indents with spaces")
			return
		}
	}
	text := b.src.lines[line-1]
	indent := indentOf(text)
	b.fail(line, indent+1, utf8.RuneCountInString(strings.TrimSpace(text)), syntaxHelp(msg), "not YAML: %s", visible(msg))
}

var unknownAnchor = regexp.MustCompile(`^unknown anchor '(.+)' referenced$`)

// findAlias finds the alias whose anchor is missing: the parser gives no line.
func (b *builder) findAlias(name string) bool {
	for i, line := range b.src.lines {
		before, after, found := strings.Cut(line, "*"+name)
		if found && (after == "" || strings.ContainsRune(" ,]}", rune(after[0]))) {
			b.fail(i+1, utf8.RuneCountInString(before)+1, 1+utf8.RuneCountInString(name), "define it before, with &"+visible(name), "there is no anchor %s", quoted(name))
			return true
		}
	}
	return false
}

func syntaxHelp(msg string) string {
	switch {
	case strings.Contains(msg, "mapping values are not allowed"):
		return `text with ": " in it stands in quotes; keys of one map stand in one column`
	case strings.Contains(msg, "unexpected end of stream"):
		return "a quote is not closed"
	case strings.Contains(msg, "did not find expected ',' or"):
		return "a bracket or brace is not closed, or a comma is missing"
	case strings.Contains(msg, "unknown anchor"):
		return "define it before, with &name"
	case strings.Contains(msg, "did not find expected"):
		return "look at the indentation here and above: what belongs together stands in one column"
	}
	return "look at the quotes, brackets and indentation here and above"
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

var blockScalar = regexp.MustCompile(`[|>][+-]?[0-9]?[+-]?( +#.*)?$`)

// misindented finds the line that stands in no column of those before it, from
// the start of the map that the parser complains of; else that start.
func (b *builder) misindented(from int) int {
	var columns []int
	text := -1 // the column of a key whose text is being skipped
	for i := from; i <= len(b.src.lines); i++ {
		line := b.src.lines[i-1]
		indent := indentOf(line)
		body := strings.TrimLeft(line, " ")
		if body == "" || body[0] == '#' || text >= 0 && indent > text {
			continue
		}
		text = -1
		if blockScalar.MatchString(line) {
			text = indent
		}
		for len(columns) > 0 && columns[len(columns)-1] > indent {
			columns = columns[:len(columns)-1]
			if len(columns) == 0 || columns[len(columns)-1] < indent {
				return i
			}
		}
		for dash := body; ; {
			if len(columns) == 0 || columns[len(columns)-1] < indent {
				columns = append(columns, indent)
			}
			rest, isItem := strings.CutPrefix(dash, "- ")
			if !isItem {
				break
			}
			indent += 2 + indentOf(rest)
			dash = strings.TrimLeft(rest, " ")
		}
	}
	return from
}
