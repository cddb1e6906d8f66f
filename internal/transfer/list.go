package transfer

import (
	"strings"
	"unicode/utf8"
)

// splitList splits a cell that holds several values
// (docs/spec/import.md#lists-in-cells). Escapes are left in the parts, for
// SplitPath and UnescapeName.
func splitList(cell string) []string {
	var parts []string
	from := 0
	cut := func(end, next int) {
		if part := trimBlanks(cell[from:end]); part != "" {
			parts = append(parts, part)
		}
		from = next
	}
	for i := 0; i < len(cell); {
		r, size := utf8.DecodeRuneInString(cell[i:])
		switch {
		case isEscape(cell[i:]):
			size++
		case strings.HasPrefix(cell[i:], googleSeparator):
			size = len(googleSeparator)
			cut(i, i+size)
		case strings.ContainsRune(";；,，、|\r\n", r):
			cut(i, i+size)
		}
		i += size
	}
	cut(len(cell), len(cell))
	return parts
}

// googleSeparator separates the values of one field in Google's files.
const googleSeparator = " ::: "

// isEscape reports whether a text begins with an escaped separator.
func isEscape(text string) bool {
	return strings.HasPrefix(text, `\;`) || strings.HasPrefix(text, `\/`)
}

// isSystemLabel reports labels that mean something to Google alone.
func isSystemLabel(text string) bool { return strings.HasPrefix(text, "* ") }

var unescaper = strings.NewReplacer(`\;`, ";", `\/`, "/")

// UnescapeName undoes EscapeName.
func UnescapeName(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	return unescaper.Replace(text)
}

// SplitPath splits a path at a separator and unescapes its names. Blanks around
// a name do not count. A separator of "/" splits where it is not escaped.
func SplitPath(path, separator string) []string {
	var names []string
	from := 0
	for i := 0; i < len(path); {
		switch {
		case isEscape(path[i:]):
			i += 2
		case strings.HasPrefix(path[i:], separator):
			names = append(names, UnescapeName(trimBlanks(path[from:i])))
			i += len(separator)
			from = i
		default:
			i++
		}
	}
	return append(names, UnescapeName(trimBlanks(path[from:])))
}
