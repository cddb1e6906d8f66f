package transfer

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// maxRaw is the most of a record that is kept as the file has it. A line that
// makes it longer, such as that of a photo, is left out.
const maxRaw = 4 << 20

// unfolder cuts a file into the lines that its folded lines make. It works on
// bytes, because a fold may stand inside a character
// (docs/spec/import.md#folded-lines).
type unfolder struct {
	lines    *textReader
	encoding string // in force from the start; "" if the values tell it
	marked   bool   // the text is decoded already, with the marks of a decoder

	number int64  // of the line in which it begins
	text   []byte // the first MiB
	length int64  // of all
	end    string // of its last part
	part   int    // where the last part begins in text
	raw    []byte // with its folds; nil if it is too long

	again bool // the next call returns the same line
}

// newUnfolder returns an unfolder of r. name is the encoding asked for, "" to
// choose by what r holds. It returns a *FileError if there is no such encoding.
func newUnfolder(r io.Reader, name string) (*unfolder, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(sniffLength)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if name == "auto" {
		name = ""
	}
	u := &unfolder{encoding: name}
	if name == "" {
		if sniffed, certain := sniffEncoding(head); certain {
			u.encoding = sniffed
		}
	}
	switch u.encoding {
	case "", encodingUTF8:
		if bytes.HasPrefix(head, []byte("\ufeff")) {
			_, _ = in.Discard(len("\ufeff"))
		}
	case encodingWindows1252:
	default:
		if tableEncoding(u.encoding) != nil {
			break
		}
		d, err := newDecoder(in, u.encoding)
		if err != nil {
			return nil, err
		}
		u.lines, u.marked = newTextReader(bufio.NewReaderSize(d, 64<<10)), true
		return u, nil
	}
	u.lines = newTextReader(in)
	return u, nil
}

// next reads the next line, or returns io.EOF after the last one. After each
// part goesOn tells whether the next one continues it, and how many bytes of
// that are not part of the text. Nothing continues a line of blanks.
func (u *unfolder) next(goesOn func() (skip int, ok bool)) error {
	if u.again {
		u.again = false
		return nil
	}
	l, err := u.lines.Next()
	if err != nil {
		return err
	}
	u.number, u.length, u.text, u.raw = l.Number, 0, u.text[:0], u.raw[:0]
	if u.raw == nil {
		u.raw = []byte{}
	}
	u.add(l, 0)
	for {
		skip, ok := goesOn()
		if !ok || len(bytes.TrimLeft(u.text, " \t")) == 0 { // a blank line is none that could go on
			break
		}
		if l, err = u.lines.Next(); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		u.add(l, skip)
	}
	return nil
}

// add adds a line of the file without its first bytes.
func (u *unfolder) add(l *textLine, skip int) {
	skip = min(skip, len(l.Text))
	u.part = len(u.text)
	u.text = append(u.text, l.Text[skip:min(len(l.Text), skip+maxRow-len(u.text))]...)
	u.length += l.Length - int64(skip)
	u.end = l.End
	switch {
	case u.raw == nil:
	case l.Length > int64(len(l.Text)), len(u.raw)+len(l.Text) > maxRaw:
		u.raw = nil
	default:
		u.raw = append(append(u.raw, l.Text...), l.End...)
	}
}

// cut takes bytes from the end of the text.
func (u *unfolder) cut(n int) {
	u.text = u.text[:len(u.text)-n]
	u.length -= int64(n)
}

// joinEnd makes CR CR LF one line end: a program that writes CRLF for LF made it
// from CRLF.
func (u *unfolder) joinEnd() {
	if u.end != "\r" || !bytes.Equal(u.peek(2), []byte("\r\n")) {
		return
	}
	if l, err := u.lines.Next(); err == nil {
		u.end += l.End
		if u.raw != nil {
			u.raw = append(u.raw, l.End...)
		}
	}
}

// peek returns up to n of the bytes that follow the line.
func (u *unfolder) peek(n int) []byte {
	b, _ := u.lines.in.Peek(n)
	return b
}

// unread makes the next call of next return the same line.
func (u *unfolder) unread() { u.again = true }

// tooLong reports whether the line is longer than a line may be.
func (u *unfolder) tooLong() bool { return u.length > maxRow }

// appendRaw appends the line to raw in UTF-8, as the file has it if that is
// UTF-8, else in one piece: text is then the whole line decoded.
func (u *unfolder) appendRaw(raw []byte, text func() string) []byte {
	switch {
	case u.raw == nil, len(raw)+len(u.raw) > maxRaw:
		return raw
	case text == nil && utf8.Valid(u.raw):
		return append(raw, u.raw...)
	case u.length > int64(len(u.text)):
		return raw
	case text == nil:
		raw = append(raw, bytes.ToValidUTF8(u.text, []byte("\ufffd"))...)
	default:
		raw = append(raw, text()...)
	}
	return append(raw, u.end...)
}
