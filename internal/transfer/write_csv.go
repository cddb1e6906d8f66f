package transfer

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"github.com/mingce/mingce/internal/directory"
)

// csvEncoder writes CSV as RFC 4180 describes it
// (docs/spec/export.md#columns).
type csvEncoder struct {
	w       io.Writer
	close   func() error // completes the conversion of the encoding
	kind    directory.Kind
	header  string
	columns []directory.ObjectField
	names   *Names

	bom       bool
	delimiter []byte
	line      []byte
	cell      []byte
}

func newCSVEncoder(w io.Writer, o WriteOptions) (*csvEncoder, error) {
	columns, err := tableColumns(o.Kind, o.Fields)
	if err != nil {
		return nil, err
	}
	e := &csvEncoder{w: w, kind: o.Kind, columns: columns, names: o.Names}
	if e.header, err = oneOf("header", o.Header, EnglishTitles, ChineseTitles, FieldTitles); err != nil {
		return nil, err
	}
	if e.delimiter, err = readDelimiter(o.Delimiter); err != nil {
		return nil, err
	}
	encoding, err := oneOf("encoding", o.Encoding, UTF8BOM, UTF8, GB18030)
	if err != nil {
		return nil, err
	}
	e.bom = encoding == UTF8BOM
	if encoding == GB18030 {
		converted := transform.NewWriter(w, newGB18030Encoder())
		e.w, e.close = converted, converted.Close
	}
	return e, nil
}

// readDelimiter reads a delimiter: one character that cannot be mistaken for
// another part of the file.
func readDelimiter(text string) ([]byte, error) {
	switch text {
	case "":
		return []byte{','}, nil
	case "tab":
		return []byte{'\t'}, nil
	}
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) || r == utf8.RuneError || r == '\uFEFF' || r == '"' || r < ' ' && r != '\t' {
		return nil, usagef("delimiter", "%q cannot be a delimiter; give one character, or tab", "%q 不能作分隔符；请给一个字符，或 tab", text)
	}
	return []byte(text), nil
}

func (e *csvEncoder) begin() error {
	e.line = e.line[:0]
	if e.bom {
		e.line = append(e.line, "\uFEFF"...)
	}
	for i := range e.columns {
		e.cell = append(e.cell[:0], titleOf(e.kind, e.columns[i].Name, e.header)...)
		e.put(i)
	}
	return e.writeLine()
}

func (e *csvEncoder) object(o *directory.Object) error {
	e.line = e.line[:0]
	for i := range e.columns {
		e.cell = appendCell(e.cell[:0], o, &e.columns[i], e.names)
		if mayBeFormula(e.cell) {
			e.cell = append(e.cell[:0], safeCell(string(e.cell))...)
		}
		e.put(i)
	}
	return e.writeLine()
}

func (e *csvEncoder) end(*total) error {
	if e.close != nil {
		return e.close()
	}
	return nil
}

// put adds the cell to the line, in quotes where they are needed.
func (e *csvEncoder) put(column int) {
	if column > 0 {
		e.line = append(e.line, e.delimiter...)
	}
	if !e.needsQuotes() {
		e.line = append(e.line, e.cell...)
		return
	}
	e.line = append(e.line, '"')
	for rest := e.cell; ; {
		i := bytes.IndexByte(rest, '"')
		if i < 0 {
			e.line = append(append(e.line, rest...), '"')
			return
		}
		e.line = append(append(e.line, rest[:i+1]...), '"')
		rest = rest[i+1:]
	}
}

// needsQuotes reports whether the cell would otherwise be read as something
// else: also the only cell of a line that would be blank, and so left out.
func (e *csvEncoder) needsQuotes() bool {
	if len(e.cell) == 0 {
		return len(e.columns) == 1
	}
	if bytes.ContainsAny(e.cell, "\"\r\n") || bytes.Contains(e.cell, e.delimiter) {
		return true
	}
	first, last := e.cell[0], e.cell[len(e.cell)-1]
	return first == ' ' || first == '\t' || last == ' ' || last == '\t'
}

func (e *csvEncoder) writeLine() error {
	e.line = append(e.line, '\r', '\n')
	_, err := e.w.Write(e.line)
	return err
}

// safeCell is spreadsheetSafe without blanks that end a cell on a line of their
// own: import drops them, and would take the apostrophe before a tab among them
// for the text.
func safeCell(text string) string {
	bare := strings.TrimRightFunc(text, isEdge)
	if bare == "" || strings.HasSuffix(bare, "\n") || strings.HasSuffix(bare, "\r") {
		text = bare
	}
	return spreadsheetSafe(text)
}

// mayBeFormula reports quickly whether spreadsheetSafe may change the cell: one
// of its lines begins with one of the characters that a spreadsheet takes for a
// formula, with an apostrophe, or with a character that only a closer look can
// tell from them.
func mayBeFormula(cell []byte) bool {
	begins := true
	for _, c := range cell {
		switch {
		case c == '\n', c == '\r':
			if begins { // a blank line, or a blank beginning
				return true
			}
			begins = true
		case !begins, c == ' ':
		case c == '=', c == '+', c == '-', c == '@', c == '\'', c < ' ', c >= 0x7F && c < 0xE4, c > 0xEE:
			return true
		default:
			begins = false
		}
	}
	return false
}
