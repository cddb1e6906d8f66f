package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// openCSV opens a table of text (docs/spec/import.md#csv).
func openCSV(src Source, o ReadOptions) (Reader, error) {
	text := func() (*decoder, error) {
		return newDecoder(io.NewSectionReader(src, 0, src.Size()), o.Encoding)
	}
	d, err := text()
	if err != nil {
		return nil, err
	}
	announced, err := announcedDelimiter(d)
	if err != nil {
		return nil, err
	}
	delimiter := announced
	switch o.Delimiter {
	case "", "auto":
		if delimiter != "" {
			break
		}
		if d, err = text(); err != nil {
			return nil, err
		}
		if delimiter, err = findDelimiter(d); err != nil {
			return nil, err
		}
	case "tab":
		delimiter = "\t"
	default:
		delimiter = o.Delimiter
		if !isDelimiter(delimiter) {
			return nil, fmt.Errorf("%q cannot separate cells", delimiter)
		}
	}
	if d, err = text(); err != nil {
		return nil, err
	}
	rows := newCSVRows(d, delimiter)
	if announced != "" {
		if _, err := rows.next(); err != nil {
			return nil, err
		}
	}
	t, err := newTable(rows, o)
	if e := (*FileError)(nil); errors.As(err, &e) && e.Code == "headerNotFound" {
		if d, err := text(); err == nil && isMarkup(d) {
			return nil, &FileError{Code: "formatUnsupported"}
		}
	}
	if err != nil {
		return nil, err
	}
	t.info.Format, t.info.Delimiter, t.decoder = CSV, delimiter, d
	return t, nil
}

// isMarkup reports whether a text without a header is a page or XML, which many
// programs call an Excel file, or one list of JSON.
func isMarkup(r io.Reader) bool {
	begin := make([]byte, 512)
	n, _ := io.ReadFull(r, begin) // what cannot be read is no markup
	text := strings.ToLower(strings.TrimLeftFunc(string(begin[:n]), func(r rune) bool { return isBlank(r) || r == '\r' || r == '\n' }))
	for _, start := range []string{"<!doctype", "<html", "<?xml", "<table", "<meta", "<workbook", "[{", "[\n", "[\r\n", "[ {"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// isDelimiter reports whether s is one character that can separate cells.
func isDelimiter(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size > 0 && size == len(s) && r != utf8.RuneError && !strings.ContainsRune("\"\r\n", r)
}

// announcedDelimiter returns the delimiter that a first line sep=X names, or "".
func announcedDelimiter(r io.Reader) (string, error) {
	line, err := newTextReader(r).Next()
	if err == io.EOF {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	text := strings.Trim(string(line.Text[:min(len(line.Text), 16)]), `"`)
	if len(text) < len("sep=") || !strings.EqualFold(text[:len("sep=")], "sep=") || !isDelimiter(text[len("sep="):]) {
		return "", nil
	}
	return text[len("sep="):], nil
}

// delimiters are the characters among which a delimiter is looked for; of two
// that are equally frequent the first counts.
const delimiters = ",;\t|"

// findDelimiter returns the most frequent delimiter outside quotes in the first
// line with text and any of them, among those that may be the header
// (docs/spec/import.md#csv).
func findDelimiter(r io.Reader) (string, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var counts [len(delimiters)]int
	lines, text, quoted, begins := 0, false, false, true
	for lines < headerLines {
		b, err := in.ReadByte()
		end := err == io.EOF
		if err != nil && !end {
			return "", err
		}
		switch i := strings.IndexByte(delimiters, b); {
		case end, !quoted && (b == '\n' || b == '\r'):
			if most := mostFrequent(counts); text && counts[most] > 0 {
				return delimiters[most : most+1], nil
			}
			if end {
				return ",", nil
			}
			if text {
				lines++
			}
			counts, text, begins = [len(delimiters)]int{}, false, true
		case b == '"' && (quoted || begins):
			quoted, begins = !quoted, false
		case !quoted && i >= 0:
			counts[i]++
			begins = true
		default:
			text = text || b != ' ' && b != '\t'
			begins = false
		}
	}
	return ",", nil
}

func mostFrequent(counts [len(delimiters)]int) (most int) {
	for i, n := range counts {
		if n > counts[most] {
			most = i
		}
	}
	return most
}

// endOfFile is what DOS, and programs that are as old, write at the end of a text.
const endOfFile = 0x1a

// csvRows reads the rows of a CSV. It holds one row, and of a row that is too
// long only the beginning.
type csvRows struct {
	in        io.Reader
	delimiter []byte
	special   [256]bool // bytes that may end a run of text outside quotes

	buf    []byte // [start:pos] is the row so far, [pos:end] is not looked at
	start  int
	pos    int
	end    int
	err    error // of in, once all before it is used up
	line   int64 // of pos, from 1
	skip   bool  // the row is too long: its rest is passed over
	marked bool  // something in the row could not be decoded

	row   tableRow
	spans []csvSpan
	span  csvSpan // the cell at pos
}

// csvSpan is where a cell stands in its row.
type csvSpan struct {
	from, to int // within the row
	line     int64
	quoted   bool // begins with a quote
	dirty    bool // holds doubled quotes, or text after the closing one
}

func newCSVRows(r io.Reader, delimiter string) *csvRows {
	c := &csvRows{in: r, delimiter: []byte(delimiter), buf: make([]byte, 64<<10), line: 1}
	for _, b := range []byte{'\r', '\n', invalidMark, mixedMark, delimiter[0]} {
		c.special[b] = true
	}
	return c
}

// reset begins to read something else.
func (c *csvRows) reset(r io.Reader) {
	c.in, c.start, c.pos, c.end, c.err, c.line = r, 0, 0, 0, nil, 1
}

// more makes sure that n bytes from pos on are in the buffer, as far as there
// are so many.
func (c *csvRows) more(n int) bool {
	for c.end-c.pos < n && c.err == nil {
		if c.skip {
			c.start = c.pos
		}
		if c.start > 0 {
			c.end = copy(c.buf, c.buf[c.start:c.end])
			c.pos -= c.start
			c.start = 0
		}
		if c.end == len(c.buf) && !c.tooLong() {
			c.buf = append(c.buf, make([]byte, min(len(c.buf), maxRow+64<<10-len(c.buf)))...)
		}
		if c.end == len(c.buf) {
			continue // tooLong made skip true: what is passed over makes room
		}
		var got int
		got, c.err = c.in.Read(c.buf[c.end:])
		c.end += got
	}
	return c.end-c.pos >= n
}

// tooLong reports whether the row is longer than it may be, and has it passed
// over then.
func (c *csvRows) tooLong() bool {
	return c.longerThanAllowed(c.pos - c.start)
}

func (c *csvRows) longerThanAllowed(length int) bool {
	if !c.skip && length > maxRow {
		c.skip = true
		c.row.code = "rowTooLong"
		c.row.codeCell = tableCell{column: len(c.spans) + 1, line: c.span.line}
	}
	return c.skip
}

// next returns the next row, also a blank one, or io.EOF.
func (c *csvRows) next() (*tableRow, error) {
	if !c.more(1) {
		return nil, c.err
	}
	c.start, c.skip, c.marked, c.spans = c.pos, false, false, c.spans[:0]
	c.row = tableRow{line: c.line, cells: c.row.cells[:0]}
	for {
		c.span = csvSpan{from: c.pos - c.start, line: c.line}
		more := c.cell()
		if c.err != nil && c.err != io.EOF && c.pos == c.end {
			return nil, c.err
		}
		if !c.longerThanAllowed(c.span.to) {
			c.addSpan()
		}
		if !more {
			break
		}
	}
	c.finish()
	return &c.row, nil
}

// addSpan keeps the cell that ended. Of those beyond the most columns it keeps
// the first one with text.
func (c *csvRows) addSpan() {
	if len(c.spans) < mostColumns {
		c.spans = append(c.spans, c.span)
		return
	}
	c.row.width++
	if c.row.extra.text == "" {
		if text := c.text(c.span); !isBlankText(text) {
			c.row.extra = tableCell{text: text, line: c.span.line, column: mostColumns + c.row.width}
		}
	}
}

// cell reads to the end of a cell and the delimiter or line end behind it. It
// reports whether another cell follows.
func (c *csvRows) cell() (more bool) {
	if c.more(1) && c.buf[c.pos] == '"' {
		c.span.quoted = true
		c.pos++
		if !c.quoted() {
			c.row.open = true
			c.span.to = c.pos - c.start
			return false
		}
	}
	for c.more(1) {
		from := c.pos
		for c.pos < c.end && !c.special[c.buf[c.pos]] {
			c.pos++
		}
		c.span.dirty = c.span.dirty || c.pos > from
		if c.pos == c.end {
			continue
		}
		switch b := c.buf[c.pos]; {
		case b == '\n' || b == '\r':
			c.span.to = c.pos - c.start
			c.lineEnd()
			return false
		case b == c.delimiter[0] && c.more(len(c.delimiter)) && bytes.HasPrefix(c.buf[c.pos:c.end], c.delimiter):
			c.span.to = c.pos - c.start
			c.pos += len(c.delimiter)
			return true
		case b >= mixedMark:
			c.marked = true
		}
		c.pos++
		c.span.dirty = true
	}
	c.span.to = c.pos - c.start
	c.row.unended = true
	return false
}

// quoted reads to behind the closing quote. It is false if there is none.
func (c *csvRows) quoted() bool {
	for c.more(1) {
		switch b := c.buf[c.pos]; b {
		case '"':
			c.pos++
			if !c.more(1) || c.buf[c.pos] != '"' {
				return true
			}
			c.span.dirty = true
			c.pos++
		case '\n', '\r':
			c.lineEnd()
		case invalidMark, mixedMark:
			c.marked = true
			c.pos++
		default:
			for c.pos++; c.pos < c.end && c.buf[c.pos] > '"' && c.buf[c.pos] < mixedMark; {
				c.pos++
			}
		}
	}
	return false
}

// lineEnd passes a line end: LF, CR or both.
func (c *csvRows) lineEnd() {
	c.line++
	if c.buf[c.pos] == '\r' && c.more(2) && c.buf[c.pos+1] == '\n' {
		c.pos++
	}
	c.pos++
}

// finish makes a row of the cells.
func (c *csvRows) finish() {
	r := &c.row
	r.width += len(c.spans)
	if c.skip {
		return
	}
	raw := c.buf[c.start:c.pos]
	if last := len(c.spans) - 1; r.unended && bytes.HasSuffix(raw, []byte{endOfFile}) && c.spans[last].to == len(raw) {
		raw = raw[:len(raw)-1]
		c.spans[last].to--
	}
	r.raw, r.spans = raw, c.spans
	all := string(raw)
	for i, s := range c.spans {
		text := unquote(all[s.from:s.to], s, r.open && i == len(c.spans)-1)
		if c.marked {
			if code := encodingProblem(raw[s.from:s.to]); code != "" {
				text = strings.ToValidUTF8(text, "\ufffd")
				if r.code == "" {
					r.code, r.codeCell = code, tableCell{text: text, line: s.line, column: i + 1}
				}
			}
		}
		r.cells = append(r.cells, tableCell{text: text, line: s.line, column: i + 1})
	}
	if c.marked && r.code == "" { // beyond the most columns
		r.code, r.codeCell = encodingProblem(raw), tableCell{line: r.line}
	}
}

// text returns the text of a cell while its row is being read.
func (c *csvRows) text(s csvSpan) string {
	return unquote(string(c.buf[c.start+s.from:c.start+s.to]), s, false)
}

// unquote returns what a cell says: without its quotes, the doubled ones single.
// open says that the closing one is missing.
func unquote(raw string, s csvSpan, open bool) string {
	switch {
	case !s.quoted:
		return raw
	case !s.dirty && !open:
		return raw[1 : len(raw)-1]
	}
	var b strings.Builder
	rest := raw[1:]
	for {
		i := strings.IndexByte(rest, '"')
		if i < 0 {
			b.WriteString(rest) // there is no closing quote
			return b.String()
		}
		b.WriteString(rest[:i])
		if rest = rest[i+1:]; rest == "" || rest[0] != '"' {
			b.WriteString(rest) // text after the closing quote
			return b.String()
		}
		b.WriteByte('"')
		rest = rest[1:]
	}
}
