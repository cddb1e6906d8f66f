package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlScanner reads the elements of an XML document in bounded memory. That of
// encoding/xml holds any text or comment whole, however long, and is slower by
// far. It knows no entities but those of XML itself and no document types, so
// that nothing can be defined, repeated or fetched.
type xmlScanner struct {
	in *bufio.Reader

	// name is the element's that begins or ended, without its prefix.
	name []byte
	// text is the character data since the last beginning or end: the first MiB
	// and one byte.
	text []byte

	tag     []byte // what is between < and >
	attrs   []byte // the rest of tag behind the name
	open    []byte // names of the open elements, one after the other
	depths  []int  // where in open each begins
	empty   bool   // the tag was <name/>: its end comes next
	entity  bool   // text has entities
	started bool   // there was a root
}

// errXML is the error of whatever is not the XML that we read.
var errXML = errors.New("malformed XML")

const (
	mostXMLDepth = 256
	mostXMLTag   = 1 << 20
)

func newXMLScanner(r io.Reader) (*xmlScanner, error) {
	in := bufio.NewReader(r)
	encoding := encodingUTF8
	switch head, _ := in.Peek(2); string(head) {
	case "\xff\xfe":
		encoding = encodingUTF16LE
	case "\xfe\xff":
		encoding = encodingUTF16BE
	}
	d, err := newDecoder(in, encoding)
	if err != nil {
		return nil, err
	}
	return &xmlScanner{in: bufio.NewReaderSize(validReader{d}, 64<<10)}, nil
}

// validReader fails where a decoder found something invalid.
type validReader struct{ *decoder }

func (v validReader) Read(p []byte) (int, error) {
	n, err := v.decoder.Read(p)
	if bytes.IndexByte(p[:n], invalidMark) >= 0 {
		return 0, errXML
	}
	return n, err
}

// next goes to the next beginning or end of an element. It returns io.EOF behind
// the root.
func (x *xmlScanner) next() (begins bool, err error) {
	if x.empty {
		x.empty = false
		return false, x.close(x.open[x.depths[len(x.depths)-1]:])
	}
	x.text, x.entity = x.text[:0], false
	for {
		if err := x.readText(); err != nil {
			if err == io.EOF && (len(x.depths) > 0 || !x.started) {
				err = errXML
			}
			return false, err
		}
		switch b, err := x.in.Peek(1); {
		case err != nil:
			return false, noEOF(err)
		case b[0] == '?':
			err = x.pass("?>")
			if err != nil {
				return false, err
			}
		case b[0] == '!':
			if err := x.declaration(); err != nil {
				return false, err
			}
		default:
			return x.readTag()
		}
	}
}

// noEOF makes an end of a document within something an error of its own.
func noEOF(err error) error {
	if err == io.EOF {
		return errXML
	}
	return err
}

// readText reads to behind the next <.
func (x *xmlScanner) readText() error {
	for {
		part, err := x.in.ReadSlice('<')
		if err == nil {
			x.addText(part[:len(part)-1])
			return nil
		}
		x.addText(part)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func (x *xmlScanner) addText(b []byte) {
	x.text = append(x.text, b[:min(len(b), maxRow+1-len(x.text))]...)
	x.entity = x.entity || bytes.IndexByte(b, '&') >= 0
}

// declaration passes a comment or adds a CDATA section; all others are refused.
func (x *xmlScanner) declaration() error {
	if b, _ := x.in.Peek(3); string(b) == "!--" {
		_, _ = x.in.Discard(3)
		return x.pass("-->")
	}
	if b, _ := x.in.Peek(8); string(b) != "![CDATA[" {
		return errXML
	}
	_, _ = x.in.Discard(8)
	for matched := 0; matched < len("]]>"); {
		c, err := x.in.ReadByte()
		if err != nil {
			return noEOF(err)
		}
		switch {
		case c == "]]>"[matched]:
			matched++
			continue
		case c == ']' && matched == 2: // ]]]
			x.addText([]byte("]"))
			continue
		}
		x.addText([]byte("]]")[:matched])
		if matched = 0; c == ']' {
			matched = 1
			continue
		}
		if x.addText([]byte{c}); c == '&' {
			x.addText([]byte("amp;"))
		}
	}
	return nil
}

// pass reads to behind the mark, which has two or three characters.
func (x *xmlScanner) pass(mark string) error {
	var last [3]byte
	n := len(mark)
	for {
		c, err := x.in.ReadByte()
		if err != nil {
			return noEOF(err)
		}
		last[0], last[1], last[2] = last[1], last[2], c
		if string(last[3-n:]) == mark {
			return nil
		}
	}
}

// readTag reads a tag to behind its >, which may also stand in values.
func (x *xmlScanner) readTag() (begins bool, err error) {
	x.tag = x.tag[:0]
	var quote byte // of the value that the tag so far ends in
	for {
		part, err := x.in.ReadSlice('>')
		x.tag = append(x.tag, part...)
		switch {
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return false, noEOF(err)
		case len(x.tag) > mostXMLTag:
			return false, errXML
		}
		quote = quoteAfter(part, quote)
		if err == nil && quote == 0 {
			break
		}
	}
	tag := x.tag[:len(x.tag)-1]
	if len(tag) > 0 && tag[0] == '/' {
		return false, x.close(bytes.TrimRight(tag[1:], " \t\r\n"))
	}
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		x.empty = true
		tag = tag[:n-1]
	}
	end := bytes.IndexAny(tag, " \t\r\n")
	if end < 0 {
		end = len(tag)
	}
	full := tag[:end]
	x.attrs = tag[end:]
	if len(full) == 0 || len(x.depths) == mostXMLDepth || len(x.depths) == 0 && x.started {
		return false, errXML
	}
	x.started = true
	x.depths = append(x.depths, len(x.open))
	x.open = append(x.open, full...)
	x.name = localName(full)
	x.text, x.entity = x.text[:0], false
	return true, nil
}

// quoteAfter returns the quote within which a part of a tag ends, or 0.
func quoteAfter(part []byte, quote byte) byte {
	for _, c := range part {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote
}

// close ends the innermost element, which must have that full name.
func (x *xmlScanner) close(full []byte) error {
	n := len(x.depths) - 1
	if n < 0 || !bytes.Equal(x.open[x.depths[n]:], full) {
		return errXML
	}
	x.open = x.open[:x.depths[n]]
	x.depths = x.depths[:n]
	x.name = localName(full)
	return x.unescapeText()
}

func localName(full []byte) []byte { return full[bytes.IndexByte(full, ':')+1:] }

// unescapeText puts characters for the entities of text.
func (x *xmlScanner) unescapeText() error {
	if bytes.IndexByte(x.text, '\r') >= 0 {
		x.text = bytes.ReplaceAll(x.text, []byte("\r\n"), []byte("\n"))
		x.text = bytes.ReplaceAll(x.text, []byte("\r"), []byte("\n"))
	}
	if !x.entity || len(x.text) > maxRow {
		return nil
	}
	text, err := unescapeXML(x.text)
	x.text, x.entity = text, false
	return err
}

// attr returns the value of an attribute of the element that begins, by its name
// without prefix; it is not ok if there is none.
func (x *xmlScanner) attr(name string) (value string, ok bool, err error) {
	for rest := x.attrs; ; {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if len(rest) == 0 {
			return "", false, nil
		}
		i := bytes.IndexByte(rest, '=')
		if i <= 0 {
			return "", false, errXML
		}
		full := bytes.TrimRight(rest[:i], " \t\r\n")
		rest = bytes.TrimLeft(rest[i+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return "", false, errXML
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return "", false, errXML
		}
		raw := rest[1 : 1+end]
		rest = rest[2+end:]
		if string(localName(full)) != name {
			continue
		}
		if bytes.IndexByte(raw, '&') >= 0 {
			raw, err = unescapeXML(raw)
		}
		return string(raw), true, err
	}
}

// unescapeXML replaces the entities of XML and references to characters.
func unescapeXML(b []byte) ([]byte, error) {
	out := make([]byte, 0, len(b))
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			return append(out, b...), nil
		}
		out = append(out, b[:i]...)
		b = b[i+1:]
		end := bytes.IndexByte(b[:min(len(b), 16)], ';')
		if end < 0 {
			return nil, errXML
		}
		r, ok := entity(string(b[:end]))
		if !ok {
			return nil, errXML
		}
		out = utf8.AppendRune(out, r)
		b = b[end+1:]
	}
}

// entity returns the character that &name; stands for.
func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if hex, is := strings.CutPrefix(digits, "x"); is {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if !ok || err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) || n < ' ' && n != '\t' && n != '\n' && n != '\r' {
		return 0, false
	}
	return rune(n), true
}
