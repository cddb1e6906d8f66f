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
	return spreadsheetBare(s)
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
