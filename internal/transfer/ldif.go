package transfer

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/directory"
)

// ldifReader reads LDIF (docs/spec/import.md#ldif).
type ldifReader struct {
	*unfolder
	assembly
	info   Info
	turn   bool // all was ASCII so far: something else makes the file GB18030
	fields *ldifFields

	// Of the entry that is read.
	open    bool
	passed  bool // it is no entry but what ldapsearch adds, and is passed over
	dn      string
	dnLine  int64
	classes bool // it tells its classes
	wanted  bool // one of them is of the kind
	change  bool // it is a change other than an addition
}

func openLDIF(r io.Reader, enc string, o ReadOptions) (Reader, error) {
	u, err := newUnfolder(r, enc)
	if err != nil {
		return nil, err
	}
	fields, err := newLDIFFields(o)
	if err != nil {
		return nil, err
	}
	l := &ldifReader{unfolder: u, fields: fields, turn: u.encoding == ""}
	l.info = Info{Format: LDIF}
	l.rec.Kind = o.Kind
	return l, nil
}

// Info returns what is known about the file.
func (l *ldifReader) Info() *Info {
	l.info.Encoding = l.encoding
	if l.encoding == "" {
		l.info.Encoding = encodingUTF8
	}
	l.info.Ignored = l.ignored.counted()
	return &l.info
}

// Next returns the next entry of the kind, or change of any.
func (l *ldifReader) Next() (*Record, error) {
	for {
		err := l.readEntry()
		if err != nil && err != io.EOF {
			return nil, err
		}
		switch {
		case l.open && l.isRecord():
			l.deriveDepartments()
			return l.assembly.finish(), nil
		case l.open:
			l.ignored.end(false)
			l.info.IgnoredEntries++
		case err == nil:
		case l.rows+l.info.IgnoredEntries == 0:
			return nil, &FileError{Code: "empty"}
		default:
			return nil, l.fields.mapped.end()
		}
	}
}

// isRecord reports whether the entry is one of the kind, a change of something,
// or one whose lines do not say what it is.
func (l *ldifReader) isRecord() bool {
	return l.wanted || l.change || l.rec.Problem != nil && !l.classes
}

// readEntry reads lines to the end of an entry, and io.EOF at the end of the
// file.
func (l *ldifReader) readEntry() error {
	l.reset()
	l.open, l.passed, l.dn, l.dnLine = false, false, "", 0
	l.classes, l.wanted, l.change = false, false, false
	for {
		if err := l.next(l.goesOn); err != nil {
			return err
		}
		colon := bytes.IndexByte(l.text, ':')
		name := attributeName(l.text[:max(colon, 0)])
		switch {
		case len(bytes.TrimSpace(l.text)) == 0:
			l.keepRaw()
			if l.open {
				return nil
			}
			l.passed = false
			l.rec.Raw = l.rec.Raw[:0]
			continue
		case l.text[0] == '#':
			l.seen(l.text)
		case l.open && l.dn != "" && strings.EqualFold(name, "dn"):
			l.unread() // no blank line between them
			return nil
		case l.open:
			l.take(name, colon)
		default:
			l.begin(name, colon)
		}
		l.keepRaw()
	}
}

// goesOn tells whether the next line begins with a blank.
func (l *ldifReader) goesOn() (skip int, ok bool) {
	l.joinEnd()
	next := l.peek(1)
	return 1, len(next) > 0 && next[0] == ' '
}

// attributeName returns the name of an attribute as it is written, without
// options.
func attributeName(head []byte) string {
	name, _, _ := bytes.Cut(head[:min(len(head), maxIgnoredHeader)], []byte{';'})
	return string(bytes.ToValidUTF8(bytes.TrimSpace(name), []byte("\ufffd")))
}

// begin takes the first line of an entry, or of something else.
func (l *ldifReader) begin(name string, colon int) {
	switch strings.ToLower(name) {
	case "dn":
		l.passed = false
	case "version":
		return
	case "search", "result", "ref":
		l.passed = true
	}
	if l.passed {
		return
	}
	l.open = true
	l.rec.Line = l.number
	if !strings.EqualFold(name, "dn") {
		l.malformed()
	}
	l.take(name, colon)
}

func (l *ldifReader) malformed() {
	l.fail(Problem{Code: "malformed", Line: l.number, Value: clipped(l.text)})
}

// take takes a line of the entry.
func (l *ldifReader) take(name string, colon int) {
	if l.change {
		return // what else it has is not looked at
	}
	a := l.fields.attribute(name)
	p := Problem{Line: l.number, Header: name, Field: a.whole()}
	switch {
	case colon < 0 && l.tooLong():
		p.Code, p.Header, p.Field = "rowTooLong", "", ""
		l.fail(p)
		return
	case colon < 0:
		l.malformed()
		return
	case a.unread && l.length <= maxPhoto && !bytes.HasPrefix(l.text[colon+1:], []byte("<")):
		if colon+1 < len(l.text) {
			l.ignored.add([]byte(name))
		}
		return
	case l.tooLong(), a.field != "" && !l.fits(l.length):
		p.Code, p.Value = "rowTooLong", clipped(l.text[colon+1:])
		l.fail(p)
		return
	}
	text, code := l.value(l.text[colon+1:], a.field == "" && !a.told)
	p.Code, p.Value = code, clipped(text)
	switch {
	case code == "urlIgnored" && l.fits(l.length):
		l.warn(p)
		text = ""
	case code == "urlIgnored":
		p.Code = "rowTooLong"
		l.fail(p)
		return
	case code != "":
		l.fail(p)
		return
	}
	l.takeValue(a, p, text, bytes.IndexByte(l.text[:colon], ';') >= 0)
}

// takeValue takes a value that could be read.
func (l *ldifReader) takeValue(a ldifAttribute, p Problem, text string, option bool) {
	trimmed := trimText(text)
	switch a.lower {
	case "dn":
		l.dn, l.dnLine = trimmed, l.number
	case "objectclass":
		l.classes = true
		l.wanted = l.wanted || l.fields.isOfKind(trimmed)
	case "changetype":
		if !strings.EqualFold(trimmed, "add") {
			l.change = true
			p.Code = "changeRecord"
			l.rec.Problem = &p
		}
	case "control":
	default:
		switch {
		case a.field == "" && trimmed != "":
			l.ignored.add([]byte(p.Header))
		case a.field != "":
			if a.field != "remark" {
				text = trimmed
			}
			rank := 2 * a.rank
			if option {
				rank++ // another language's
			}
			l.addCell(Cell{Field: a.field, Part: a.part, Line: l.number, Header: p.Header, Text: l.fields.person(a.field, text), Ranked: rank})
		}
	}
}

// value returns the value behind the colon. binary says that it need not be
// text if it is base64.
func (l *ldifReader) value(b []byte, binary bool) (text, code string) {
	switch {
	case len(b) > 0 && b[0] == '<':
		l.seen(b)
		return trimText(string(bytes.ToValidUTF8(b[1:], []byte("\ufffd")))), "urlIgnored"
	case len(b) == 0 || b[0] != ':':
		return l.decode(bytes.TrimLeft(b, " "))
	}
	b = b[1:]
	value, ok := decodeBase64(b)
	switch {
	case !ok:
		return clipped(b), "encodingInvalid"
	case binary:
		return string(b), ""
	case utf8.Valid(value):
		return string(value), ""
	case l.encoding == "" || l.marked:
		return clipped(b), "encodingInvalid"
	}
	if text, ok = decodeValue(value, l.encoding); !ok {
		return clipped(b), "encodingInvalid"
	}
	return text, ""
}

// seen notes what a text tells about the encoding of the file.
func (l *ldifReader) seen(b []byte) {
	if l.turn && !l.marked && l.length == int64(len(l.text)) {
		_, _ = l.decode(b)
	}
}

// decode decodes a text of the file, which is UTF-8 until something else shows
// that it is GB18030 (docs/spec/import.md#encodings).
func (l *ldifReader) decode(b []byte) (text, code string) {
	switch {
	case l.marked:
		return string(withoutMarks(b)), encodingProblem(b)
	case l.encoding == "" && utf8.Valid(b):
		l.turn = l.turn && isASCII(b)
		return string(b), ""
	case l.encoding == "" && !l.turn:
		return string(bytes.ToValidUTF8(b, []byte("\ufffd"))), "encodingMixed"
	case l.encoding == "":
		l.encoding = encodingGB18030
	}
	text, ok := decodeValue(b, l.encoding)
	if !ok {
		return text, "encodingInvalid"
	}
	return text, ""
}

// keepRaw keeps the line for the file of rejected records, which is UTF-8.
func (l *ldifReader) keepRaw() {
	if l.marked || l.encoding == "" || isASCII(l.text) {
		l.rec.Raw = l.appendRaw(l.rec.Raw, nil)
		return
	}
	l.rec.Raw = l.appendRaw(l.rec.Raw, func() string {
		text, ok := decodeValue(l.text, l.encoding)
		if !ok {
			text = string(bytes.ToValidUTF8(l.text, []byte("\ufffd")))
		}
		return text
	})
}

// deriveDepartments takes the departments from the entry's name if it has none
// of its own: an employee's, or those above a department
// (docs/spec/import.md#departments-of-ldif).
func (l *ldifReader) deriveDepartments() {
	field := ""
	units := unitsOf(l.dn)
	switch l.rec.Kind {
	case directory.EmployeeKind:
		field = "deptIds"
	case directory.DepartmentKind:
		field = "parentId"
		units = units[:max(len(units)-1, 0)]
	}
	if field == "" || len(units) == 0 || l.fields.mapped.has(field) {
		return
	}
	last := 0
	for _, c := range l.rec.Cells {
		if c.Field == field && c.Text != "" || c.Field == pathField {
			return
		}
		last = max(last, c.Ranked)
	}
	l.addCell(Cell{Field: field, Line: l.dnLine, Header: "dn", Text: joinPath(units), Ranked: last + 1})
}
