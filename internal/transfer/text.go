package transfer

import (
	"bufio"
	"io"
)

// maxRow is the most bytes of a row, a property or a line
// (docs/spec/import.md#limits-of-files).
const maxRow = 1 << 20

// textReader cuts a text into lines, which end in CRLF, LF or CR.
type textReader struct {
	in      *bufio.Reader
	decoded bool // in holds the marks of a decoder
	line    textLine
	text    []byte
}

// textLine is a line of a text. Its bytes are valid until the next call.
type textLine struct {
	Number int64  // from 1
	Text   []byte // without its end; the first MiB
	End    string // "\r\n", "\n", "\r", or "" at the end of the file
	Length int64  // of the whole line, which may be longer than Text

	// Code is why the line cannot be used: "rowTooLong", "encodingInvalid" or
	// "encodingMixed"; else "".
	Code string
}

// newTextReader returns a reader of lines of r: of a [decoder], or of bytes as
// they are, whose encoding is then not looked at.
func newTextReader(r io.Reader) *textReader {
	_, decoded := r.(*decoder)
	return &textReader{in: bufio.NewReaderSize(r, 64<<10), decoded: decoded}
}

// Next returns the next line, or io.EOF after the last one. The rest of a line
// of more than 1 MiB is passed over.
func (t *textReader) Next() (*textLine, error) {
	t.text = t.text[:0]
	t.line = textLine{Number: t.line.Number + 1}
	for {
		if _, err := t.in.Peek(1); err != nil {
			if err != io.EOF || t.line.Length == 0 {
				return nil, err
			}
			break
		}
		chunk, _ := t.in.Peek(t.in.Buffered())
		n := lineLength(chunk)
		t.line.Length += int64(n)
		t.text = append(t.text, chunk[:min(n, maxRow-len(t.text))]...)
		if n == len(chunk) {
			_, _ = t.in.Discard(n)
			continue
		}
		t.line.End = string(chunk[n : n+1])
		_, _ = t.in.Discard(n + 1)
		if next, _ := t.in.Peek(1); t.line.End == "\r" && len(next) > 0 && next[0] == '\n' {
			t.line.End = "\r\n"
			_, _ = t.in.Discard(1)
		}
		break
	}
	t.line.Text = t.text
	if t.decoded {
		t.line.Code = encodingProblem(t.text)
		t.line.Text = withoutMarks(t.text)
	}
	if t.line.Length > maxRow {
		t.line.Code = "rowTooLong"
	}
	return &t.line, nil
}

// lineLength returns how many bytes come before the end of a line in b, or all.
func lineLength(b []byte) int {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			return i
		}
	}
	return len(b)
}
