package transfer

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// maxPhoto is the most bytes of a photo, which is passed over unread.
const maxPhoto = 16 << 20

// cardReader reads vCards of versions 2.1, 3.0 and 4.0
// (docs/spec/import.md#vcard).
type cardReader struct {
	*unfolder
	assembly
	fields *cardFields
	info   Info
	names  map[string]string // of properties, in upper case

	// Of the property that is read.
	property cardProperty
	scanned  int // bytes of it in which no colon was found
	inQuotes bool

	// Of the card that is read.
	open      bool
	stray     bool // what stands between cards was told
	version21 bool
	agent     *Problem // where an AGENT without a value was, which a card follows
	nested    int      // cards within the card that are open
	addresses int
	labels    int // the cell of the categories, from 1
}

func openVCard(r io.Reader, enc string, o ReadOptions) (Reader, error) {
	u, err := newUnfolder(r, enc)
	if err != nil {
		return nil, err
	}
	fields, err := newCardFields(o)
	if err != nil {
		return nil, err
	}
	c := &cardReader{unfolder: u, fields: fields, names: map[string]string{}}
	c.info = Info{Format: VCard, Encoding: u.encoding}
	if c.info.Encoding == "" {
		c.info.Encoding = encodingUTF8
	}
	c.rec.Kind = o.Kind
	return c, nil
}

// Info returns what is known about the file.
func (c *cardReader) Info() *Info {
	c.info.Ignored = c.ignored.counted()
	return &c.info
}

// Next returns the next card.
func (c *cardReader) Next() (*Record, error) {
	c.begin()
	for {
		if err := c.next(c.goesOn); err == io.EOF {
			return c.endOfFile()
		} else if err != nil {
			return nil, err
		}
		if c.property.colon < 0 {
			c.findColonAnyhow()
		}
		done := false
		if c.open {
			done = c.inCard()
		} else {
			done = c.betweenCards()
		}
		if done {
			return c.finish(), nil
		}
	}
}

// begin forgets the last card.
func (c *cardReader) begin() {
	c.reset()
	c.open, c.version21, c.agent, c.nested, c.addresses, c.labels = false, false, nil, 0, 0, 0
}

func (c *cardReader) endOfFile() (*Record, error) {
	switch {
	case c.open:
		c.rec.Problem = &Problem{Code: "truncated", Line: c.rec.Line}
		return c.finish(), nil
	case c.rows == 0:
		return nil, &FileError{Code: "empty"}
	}
	return nil, c.fields.mapped.end()
}

// betweenCards looks for the start of a card. Anything else but blanks is a
// record that cannot be read, once before each card.
func (c *cardReader) betweenCards() (done bool) {
	switch {
	case c.is("BEGIN"):
		c.open, c.stray = true, false
		c.rec.Line = c.number
		c.keepRaw()
	case len(bytes.Trim(c.text, " \t\x00\x1a")) == 0, c.is("END"), c.stray:
	default:
		c.stray = true
		c.rec.Line = c.number
		c.rec.Problem = &Problem{Code: "malformed", Line: c.number, Value: clipped(c.text)}
		c.keepRaw()
		return true
	}
	return false
}

// inCard takes a property of a card.
func (c *cardReader) inCard() (done bool) {
	agent := c.agent
	if len(bytes.Trim(c.text, " \t")) > 0 {
		c.agent = nil
	}
	switch {
	case c.is("BEGIN") && c.nested == 0 && agent == nil:
		// The card before has no end. It is lost, but not those after it.
		c.fail(Problem{Code: "malformed", Line: c.number, Header: "BEGIN", Value: clipped(c.text)})
		c.unread()
		return true
	case c.is("BEGIN"):
		if c.nested == 0 {
			c.warn(*agent)
		}
		c.nested++
	case c.is("END") && c.nested == 0:
		c.keepRaw()
		return true
	case c.is("END"):
		c.nested--
	case c.nested == 0:
		c.take()
	}
	c.keepRaw()
	return false
}

// is reports whether the property begins or ends a card.
func (c *cardReader) is(name string) bool {
	return c.property.Name == name && c.property.colon >= 0 && bytes.EqualFold(bytes.TrimSpace(c.value()), []byte("VCARD"))
}

// value returns the property's value as the file has it, the first MiB of the
// property.
func (c *cardReader) value() []byte { return c.text[min(c.property.colon+1, len(c.text)):] }

// goesOn tells whether the next line continues the property: it is folded, or
// the line ended in a soft break of quoted-printable, or it is more of a base64
// value (docs/spec/import.md#folded-lines).
func (c *cardReader) goesOn() (skip int, ok bool) {
	c.findColon()
	c.joinEnd()
	p := &c.property
	if p.quoted && p.colon >= 0 && c.length == int64(len(c.text)) {
		part := bytes.TrimRight(c.text[max(c.part, p.colon+1):], " \t")
		if bytes.HasSuffix(part, []byte("=")) && !c.endFollows() {
			c.cut(len(c.text) - max(c.part, p.colon+1) - len(part) + 1)
			return c.foldInQuoted()
		}
	}
	next := c.peek(1)
	if len(next) == 0 {
		return 0, false
	}
	if next[0] == ' ' || next[0] == '\t' {
		return 1, true
	}
	return 0, p.base64 && p.colon >= 0 && isBase64Line(c.peek(100))
}

// endFollows reports whether the card ends in the next line: a soft break at the
// end of its last value is one too many.
func (c *cardReader) endFollows() bool {
	next := c.peek(len("END:VCARD"))
	return len(next) == 0 || bytes.EqualFold(next, []byte("END:VCARD"))
}

// foldInQuoted handles a line that ended in "=". If it is folded within an escape
// or before one, the blank of the fold goes; else it is a blank of the text.
func (c *cardReader) foldInQuoted() (skip int, ok bool) {
	next := c.peek(4)
	if len(next) < 3 || next[0] != ' ' && next[0] != '\t' {
		return 0, true
	}
	if next[1] == '=' {
		return 1, true
	}
	upper := func(b byte) bool { return b >= '0' && b <= '9' || b >= 'A' && b <= 'F' }
	if upper(next[1]) && upper(next[2]) && (len(next) == 3 || strings.IndexByte("=;\r\n", next[3]) >= 0) {
		c.text = append(c.text, '=')
		c.length++
		return 1, true
	}
	return 0, true
}

// isBase64Line reports whether the line at the start of b can only be base64.
func isBase64Line(b []byte) bool {
	for i, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '+', c == '/', c == '=':
		default:
			return i > 0 && (c == '\r' || c == '\n')
		}
	}
	return len(b) > 0
}

// findColon looks for the end of the property's name and parameters in what was
// added to it, and reads them once it is found.
func (c *cardReader) findColon() {
	if c.part == 0 {
		c.property, c.scanned, c.inQuotes = cardProperty{colon: -1}, 0, false
	}
	for ; c.property.colon < 0 && c.scanned < min(len(c.text), maxHead); c.scanned++ {
		switch b := c.text[c.scanned]; {
		case b == '"':
			c.inQuotes = !c.inQuotes
		case b == ':' && !c.inQuotes:
			c.parseCardProperty(c.text[:c.scanned], c.scanned)
		}
	}
}

// findColonAnyhow takes a colon within quotes that never end.
func (c *cardReader) findColonAnyhow() {
	head := c.text[:min(len(c.text), maxHead)]
	if i := bytes.IndexByte(head, ':'); i >= 0 {
		c.parseCardProperty(head[:i], i)
	}
}

// charset returns the name of the encoding of the property's bytes, or "" to
// judge by them.
func (c *cardReader) charset() string {
	p := &c.property
	switch {
	case c.marked && !p.quoted && !p.base64:
		return encodingUTF8
	case p.charset != "":
		return p.charset
	case c.marked:
		return encodingUTF8
	}
	return c.encoding
}

// decoded returns the property's value as a text.
func (c *cardReader) decoded() (string, bool) {
	b := c.value()
	switch {
	case c.property.quoted:
		if bytes.IndexByte(b, '=') >= 0 {
			b = decodeQuoted(b)
		}
	case c.property.base64:
		var ok bool
		if b, ok = decodeBase64(b); !ok {
			return clipped(c.value()), false
		}
	}
	return decodeValue(b, c.charset())
}

// keepRaw keeps the property for the file of rejected records, which is UTF-8.
func (c *cardReader) keepRaw() {
	named := c.property.charset
	if named == "" || strings.EqualFold(named, encodingUTF8) || isASCII(c.text) {
		if c.marked || utf8.Valid(c.text) {
			c.rec.Raw = c.appendRaw(c.rec.Raw, nil)
			return
		}
	}
	c.rec.Raw = c.appendRaw(c.rec.Raw, func() string {
		text, ok := decodeValue(c.text, c.charset())
		if !ok {
			text = string(bytes.ToValidUTF8(c.text, []byte("\ufffd")))
		}
		colon := strings.IndexByte(text, ':')
		if at := afterCharset(text[:max(colon, 0)]); at > 0 && named != "" {
			rest := strings.TrimLeft(text[at:], `" `)
			end := strings.IndexAny(rest, `;:,"`) // the colon is there
			text = text[:at] + "UTF-8" + strings.TrimPrefix(rest[end:], `"`)
		}
		return text
	})
}

// afterCharset returns where the name of a charset begins, or 0.
func afterCharset(head string) int {
	const name = "CHARSET="
	for at := range len(head) - len(name) + 1 {
		if strings.EqualFold(head[at:at+len(name)], name) {
			return at + len(name)
		}
	}
	return 0
}
