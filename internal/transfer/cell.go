package transfer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanCell returns the text of a cell as a person would read it
// (docs/spec/import.md#cells).
func cleanCell(s string) string {
	s = trimBlanks(s)
	if inner, ok := cutEnvelope(s); ok {
		s = trimBlanks(inner)
	}
	if strings.IndexByte(s, '\'') < 0 {
		return s
	}
	return withoutApostrophes(s)
}

// isBlank reports whether a character at an end of a cell means nothing: blanks,
// tabs, and marks without width or of direction. Line ends are text.
func isBlank(r rune) bool {
	switch {
	case r == ' ', r == '\t', r == '\u00a0':
		return true
	case r < 0x061c:
		return false
	case r == 0x061c, r == 0x180e, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
		r >= 0x2060 && r <= 0x2064, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
		return true
	}
	return r <= 0x3000 && unicode.Is(unicode.Zs, r)
}

func trimBlanks(s string) string {
	if s == "" {
		return s
	}
	first, last := s[0], s[len(s)-1]
	if first > ' ' && first < utf8.RuneSelf && last > ' ' && last < utf8.RuneSelf {
		return s
	}
	return strings.TrimFunc(s, isBlank)
}

// cutEnvelope removes ="…", by which spreadsheets are told to keep a number as a
// text.
func cutEnvelope(s string) (inner string, ok bool) {
	if len(s) < len(`=""`) || s[0] != '=' || s[1] != '"' || s[len(s)-1] != '"' {
		return s, false
	}
	return strings.ReplaceAll(s[2:len(s)-1], `""`, `"`), true
}

// withoutApostrophes takes one apostrophe from the beginning of the cell and of
// each of its lines, if it protects what follows.
func withoutApostrophes(s string) string {
	if protects(s, true) {
		s = s[1:]
	}
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexAny(s, "\r\n")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i+1])
		if s = s[i+1:]; protects(s, false) {
			s = s[1:]
		}
	}
}

// protects reports whether s begins with an apostrophe that keeps a spreadsheet
// from taking the rest for a number or a formula. A line end does not begin a
// line, but may begin a cell.
func protects(s string, cell bool) bool {
	if s == "" || s[0] != '\'' {
		return false
	}
	for _, r := range s[1:] {
		switch r {
		case '\r', '\n':
			return cell
		case '\'', '=', '+', '-', '@', '＝', '＋', '－', '＠', '\t':
			return true
		}
		if !isBlank(r) {
			return unicode.IsDigit(r)
		}
	}
	return false
}
