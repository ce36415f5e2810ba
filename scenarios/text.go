package scenarios

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden reports characters that a terminal obeys or does not show: C0 and C1
// controls, marks of direction, zero-width characters, tags.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == utf8.RuneError, r == 0xad, r == 0xfeff,
		r == 0x61c, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// visible writes hidden characters as escapes, for messages that quote what a
// file says.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError:
			b.WriteRune('\ufffd')
		case hidden(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// quoted shows a word of the file in a message: visible, and cut.
func quoted(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return `"` + visible(s) + `"`
}

// clean is free text as the model may have it: escape sequences and hidden
// characters are gone, newlines stay, tabs are spaces.
func clean(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\x1b' || r == '\u009b' || r == '\u009d' || r == '\u0090':
			i = skipEscape(runes, i)
		case r == '\n':
			b.WriteRune(r)
		case r == '\t':
			b.WriteByte(' ')
		case !hidden(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cleanLine is clean on one line.
func cleanLine(s string) string {
	return strings.Join(strings.Fields(clean(s)), " ")
}

// skipEscape returns the index of the last character of the escape sequence
// that begins at i (ECMA-48: CSI up to its final byte, OSC, DCS and the like
// up to BEL or ST, else one more character).
func skipEscape(s []rune, i int) int {
	kind := s[i]
	if kind == '\x1b' {
		if i++; i == len(s) {
			return i - 1
		}
		kind = s[i]
	}
	switch kind {
	case '[', '\u009b':
		for i++; i < len(s) && (s[i] < 0x40 || s[i] > 0x7e); i++ {
			if s[i] == '\n' {
				return i - 1
			}
		}
		return min(i, len(s)-1)
	case ']', 'P', 'X', '^', '_', '\u009d', '\u0090':
		for i++; i < len(s); i++ {
			switch {
			case s[i] == '\a' || s[i] == '\u009c':
				return i
			case s[i] == '\x1b' && i+1 < len(s) && s[i+1] == '\\':
				return i + 1
			}
		}
		return len(s) - 1
	}
	return i
}

// nearest returns the known word that word was probably meant to be, or "".
func nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, least := "", len(word)/3+2
	lower := strings.ToLower(word)
	for _, k := range known {
		d := editDistance(lower, strings.ToLower(k))
		if strings.HasPrefix(strings.ToLower(k), lower) && len(lower) >= 3 {
			d = min(d, 1)
		}
		if d < least && d < max(len(k), 2) {
			best, least = k, d
		}
	}
	return best
}

// didYouMean is the help for a word that is not among the known ones.
func didYouMean(word string, known []string) string {
	if best := nearest(word, known); best != "" {
		return "did you mean " + best + "?"
	}
	const most = 14
	switch {
	case len(known) == 0:
		return ""
	case len(known) > most:
		return "known are " + strings.Join(known[:most], ", ") + ", …"
	}
	return "known are " + strings.Join(known, ", ")
}

// editDistance counts insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment).
func editDistance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}
