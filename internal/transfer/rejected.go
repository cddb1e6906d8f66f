package transfer

import (
	"bytes"
	"io"
	"strings"
)

// RejectedWriter writes the records of a file that were rejected, in the format
// of the file and as they were, so that people can correct them and import the
// rest (docs/spec/import.md#rejected-records).
type RejectedWriter struct {
	format rejectedFormat
}

type rejectedFormat interface {
	write(rec *Record, codes string) error
	close() error
}

// NewRejectedWriter begins the file. info is that of the file which was read,
// whose header is known.
func NewRejectedWriter(w io.Writer, info *Info) (*RejectedWriter, error) {
	var format rejectedFormat
	var err error
	switch info.Format {
	case CSV:
		format, err = newRejectedCSV(w, info)
	case Excel:
		format, err = newRejectedSheet(w, info)
	case LDIF:
		format = &rejectedText{w: w, between: "\n"}
		_, err = io.WriteString(w, "version: 1\n\n")
	default:
		format = &rejectedText{w: w}
	}
	return &RejectedWriter{format}, err
}

// Write adds a record with the codes of its errors.
func (w *RejectedWriter) Write(rec *Record, codes []string) error {
	return w.format.write(rec, strings.Join(codes, ";"))
}

// Close completes the file. It does not close the io.Writer below.
func (w *RejectedWriter) Close() error { return w.format.close() }

// rejectedText writes records that are texts of their own. Those that were too
// long to be read are left out.
type rejectedText struct {
	w       io.Writer
	between string // behind each record
	buf     []byte
}

func (t *rejectedText) write(rec *Record, _ string) error {
	if len(rec.Raw) == 0 {
		return nil
	}
	t.buf = append(t.buf[:0], rec.Raw...)
	if last := t.buf[len(t.buf)-1]; last != '\n' && last != '\r' {
		t.buf = append(t.buf, '\n')
	}
	t.buf = append(t.buf, t.between...)
	_, err := t.w.Write(t.buf)
	return err
}

func (t *rejectedText) close() error { return nil }

// rejectedCSV writes rows with one cell more.
type rejectedCSV struct {
	w         io.Writer
	delimiter string
	end       []byte // of lines
	width     int    // cells of the header
	rows      *csvRows
	buf       []byte
}

func newRejectedCSV(w io.Writer, info *Info) (*rejectedCSV, error) {
	c := &rejectedCSV{w: w, delimiter: info.Delimiter, rows: newCSVRows(nil, info.Delimiter)}
	if c.end = lineEnd(info.RawHeader); len(c.end) == 0 {
		c.end = []byte("\r\n")
	}
	c.buf = append(c.buf, "\ufeff"...)
	var err error
	if c.width, err = c.put(info.RawHeader, errorsColumn); err != nil {
		return nil, err
	}
	_, err = w.Write(c.buf)
	return c, err
}

func (c *rejectedCSV) write(rec *Record, codes string) error {
	c.buf = c.buf[:0]
	if _, err := c.put(rec.Raw, codes); err != nil {
		return err
	}
	_, err := c.w.Write(c.buf)
	return err
}

// put appends a row with one more cell, which stands in the last column: cells
// that the row lacks come before it. Of a row that was too long to be read only
// the last cell is told. It returns the number of cells that the row had.
func (c *rejectedCSV) put(raw []byte, last string) (width int, err error) {
	width = 1
	if len(raw) > 0 {
		c.rows.reset(bytes.NewReader(raw))
		row, err := c.rows.next()
		if err != nil {
			return 0, err
		}
		width = row.width
		if row.open {
			c.buf = append(append(c.buf, raw...), '"')
		} else {
			c.buf = append(c.buf, raw[:len(raw)-len(lineEnd(raw))]...)
		}
	}
	for range max(c.width-width, 0) + 1 {
		c.buf = append(c.buf, c.delimiter...)
	}
	if strings.Contains(last, c.delimiter) {
		last = `"` + last + `"`
	}
	c.buf = append(append(c.buf, last...), c.end...)
	return width, nil
}

func (c *rejectedCSV) close() error { return nil }

// lineEnd returns the line end with which the text ends, if it does.
func lineEnd(text []byte) []byte {
	for _, end := range []string{"\r\n", "\n", "\r"} {
		if bytes.HasSuffix(text, []byte(end)) {
			return []byte(end)
		}
	}
	return nil
}
