package transfer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spreadsheetSafe returns a cell so that no spreadsheet takes it, or one of its
// lines, for a formula: an apostrophe precedes each line that could be one, and
// each that already begins with an apostrophe that import would take away
// (docs/spec/import.md#safety-of-spreadsheets). [spreadsheetBare] is its
// inverse, for all texts.
func spreadsheetSafe(cell string) string {
	return eachLine(cell, func(line string, rest bool) string {
		bare := line
		if !rest { // blanks at the ends of a cell are not read
			bare = strings.TrimLeftFunc(line, isIndent)
		}
		if startsFormula(line) || quotes(bare) {
			return "'"
		}
		return ""
	}, "")
}

// spreadsheetBare takes the apostrophes away that protect a cell and its lines,
// one each.
func spreadsheetBare(cell string) string {
	if strings.IndexByte(cell, '\'') < 0 {
		return cell
	}
	return eachLine(cell, func(line string, _ bool) string {
		if quotes(line) {
			return "'"
		}
		return ""
	}, "'")
}

// eachLine puts what mark returns before each line of a cell, or takes it away
// if it equals drop. For the first line, mark is given the whole cell: a cell
// may begin with a line break.
func eachLine(cell string, mark func(line string, rest bool) string, drop string) string {
	if strings.IndexFunc(cell, mayNeedMark) < 0 {
		return cell
	}
	var b strings.Builder
	for at, rest := 0, false; ; rest = true {
		end := len(cell)
		if n := strings.IndexAny(cell[at:], "\r\n"); n >= 0 {
			end = at + n
		}
		line := cell[at:end]
		if !rest {
			line = cell
		}
		m := mark(line, rest)
		if m != "" && m == drop {
			at++
		} else {
			b.WriteString(m)
		}
		next := min(end+1, len(cell))
		if strings.HasPrefix(cell[end:], "\r\n") {
			next++
		}
		b.WriteString(cell[at:next])
		if end == len(cell) {
			return b.String()
		}
		at = next
	}
}

// mayNeedMark keeps ordinary cells cheap.
func mayNeedMark(r rune) bool { return r == '\'' || isFormulaStart(r) }

// quotes reports whether a text begins with an apostrophe that protects it.
func quotes(text string) bool {
	rest, ok := strings.CutPrefix(text, "'")
	if !ok {
		return false
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(rest, isIndent))
	return r == '\'' || unicode.IsDigit(r) || isFormulaStart(r)
}

// startsFormula reports whether a text begins, after blanks, with a character
// that spreadsheets take for the start of a formula.
func startsFormula(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, isIndent))
	return isFormulaStart(r)
}

func isFormulaStart(r rune) bool { return strings.ContainsRune("=+-@＝＋－＠\t\r\n", r) }

// isIndent reports blanks that do not hide what follows them. A tab does:
// spreadsheets take it for the start of a formula.
func isIndent(r rune) bool { return r != '\t' && isBlank(r) }
