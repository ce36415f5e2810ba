package scenarios

import (
	"bytes"
	"unicode/utf8"
)

// readable refuses what is no text. Positions in binary data help nobody, so
// most stand at the start.
func (b *builder) readable(src []byte) bool {
	const write = "write the scenario as plain text in UTF-8"
	switch {
	case len(src) > maxFile:
		b.fail(1, 1, 1, "a scenario has some kilobytes: is this the right file?", "is larger than %d MiB", maxFile>>20)
	case bytes.HasPrefix(src, []byte{0x1f, 0x8b}):
		b.fail(1, 1, 1, "unpack it first: gunzip -c FILE | hasim -", "is compressed with gzip")
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}), bytes.HasPrefix(src, []byte{0xfe, 0xff}),
		len(src) >= 4 && (src[0] == 0) != (src[1] == 0) && (src[2] == 0) != (src[3] == 0):
		b.fail(1, 1, 1, "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE", "is UTF-16")
	case bytes.IndexByte(src, 0) >= 0:
		line, col := place(src, bytes.IndexByte(src, 0))
		b.fail(line, col, 1, write, "is not text: there is a NUL byte")
	default:
		b.characters(src)
	}
	return !b.failed
}

// characters finds the first byte or character that YAML does not allow.
func (b *builder) characters(src []byte) {
	for i := 0; i < len(src); {
		if c := src[i]; c >= 0x20 && c < 0x7f || c == '\n' || c == '\r' || c == '\t' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(src[i:])
		line, col := 0, 0
		if r == utf8.RuneError && size == 1 || r != 0x85 && r < 0xa0 || r == 0xfeff || r == 0xfffe || r == 0xffff {
			line, col = place(src, i)
			b.src = newSource(b.src.file, bytes.ToValidUTF8(src, []byte("\ufffd")))
		}
		switch {
		case line == 0:
		case r == utf8.RuneError:
			b.fail(line, col, 1, "save the file as UTF-8", "is not UTF-8: byte 0x%02x", src[i])
			return
		case r == 0xfeff:
			b.fail(line, col, 1, "remove it: a byte order mark stands at most once, at the start", "a byte order mark in the middle")
			return
		default:
			b.fail(line, col, 1, `remove it, or write it as an escape within "double quotes"`, "control character U+%04X", r)
			return
		}
		i += size
	}
}

// place is the line and column of a byte.
func place(src []byte, offset int) (line, col int) {
	before := splitLines(string(bytes.ToValidUTF8(src[:offset], []byte("\ufffd"))))
	return len(before), utf8.RuneCountInString(before[len(before)-1]) + 1
}

// Limits on the bytes, before anything is parsed. They are looser than the
// budgets of the tree, because brackets and dashes may stand in text.
const (
	looseBrackets = 1000
	looseDashes   = 200
)

// shallow refuses what would nest too deep or hold too many values for the
// parser, whose cost grows with both.
func (b *builder) shallow(src []byte) bool {
	line, col, open, values := 1, 0, 0, 0
	dashes, leading := 0, true
	for _, c := range src {
		col++
		switch c {
		case '\n':
			line, col, dashes, leading = line+1, 0, 0, true
			values += 2 // a key and its value
			continue
		case '[', '{':
			open++
			values++
		case ']', '}':
			open = max(open-1, 0)
		case ',':
			values++
		case '-', '?', ' ':
			if leading && c != ' ' {
				dashes++
			}
		default:
			leading = false
		}
		if open > looseBrackets || dashes > looseDashes {
			b.tooDeep(line, col)
			return false
		}
		if values > maxNodes {
			b.fail(line, col, 1, "", "holds more than %d values", maxNodes)
			return false
		}
	}
	return true
}

func (b *builder) tooDeep(line, col int) {
	b.fail(line, col, 1, "a scenario needs about ten levels", "nested more than %d deep", maxDepth)
}
