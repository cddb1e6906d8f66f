package transfer

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/directory"
)

// Versions of vCard that are written.
const (
	VCard3 = "3.0"
	VCard4 = "4.0"
)

// cardEncoder writes vCards (docs/spec/export.md#vcard).
type cardEncoder struct {
	w       io.Writer
	fields  []directory.ObjectField
	names   *Names
	version string

	corpID, corpName string

	card []byte
	line []byte // the property, not folded
}

func newCardEncoder(w io.Writer, o WriteOptions) (*cardEncoder, error) {
	if o.Kind != directory.ContactKind && o.Kind != directory.EmployeeKind {
		return nil, usagef("format", "vCards are of contacts and employees; export %ss as csv, xlsx or jsonl", "vCard 只适用于联系人和员工；%s 请导出为 csv、xlsx 或 jsonl", o.Kind)
	}
	fields, err := writtenFields(o)
	if err != nil {
		return nil, err
	}
	version, err := oneOf("vcardVersion", o.VCardVersion, VCard3, VCard4)
	if err != nil {
		return nil, err
	}
	return &cardEncoder{w: w, fields: fields, names: o.Names, version: version, corpID: o.CorpID, corpName: o.CorpName}, nil
}

func (e *cardEncoder) begin() error { return nil }

func (e *cardEncoder) end(*total) error { return nil }

func (e *cardEncoder) object(o *directory.Object) error {
	name := textOf(o, e.fields, "name")
	if name == "" {
		name = o.ID // no card without a name
	}
	e.card = e.card[:0]
	e.raw("BEGIN:VCARD").endLine()
	e.raw("VERSION:").raw(e.version).endLine()
	e.raw("PRODID:-//Mingce//Mingce//EN").endLine()
	e.raw("UID:mingce:").text(e.corpID).raw(":").text(o.ID).endLine()
	e.raw("FN:").text(name).endLine()
	e.raw("N:;").text(name).raw(";;;").endLine() // the directory has names whole
	for i := range e.fields {
		e.field(o, &e.fields[i])
	}
	if o.Kind == directory.EmployeeKind && e.corpName != "" {
		e.raw("ORG:").text(e.corpName).endLine()
	}
	e.raw("X-MINGCE-USERID:").text(o.ID).endLine()
	e.revision(o.UpdatedAt)
	e.raw("END:VCARD").endLine()
	_, err := e.w.Write(e.card)
	return err
}

// field adds the property of a field, if it has one and a value.
func (e *cardEncoder) field(o *directory.Object, f *directory.ObjectField) {
	if f.Name == "labelIds" {
		ids, _ := o.Values[f.Name].([]int64)
		e.categories(ids)
		return
	}
	value, _ := o.Values[f.Name].(string)
	if value == "" {
		return
	}
	switch f.Name {
	case "mobile":
		e.mobile(value)
	case "telephone":
		e.raw("TEL;TYPE=WORK:").text(value).endLine()
	case "email":
		e.raw("EMAIL:").text(value).endLine()
	case "orgEmail":
		e.raw("EMAIL;TYPE=WORK:").text(value).endLine()
	case "title":
		e.raw("TITLE:").text(value).endLine()
	case "companyName":
		e.raw("ORG:").text(value).endLine()
	case "address": // whole in the street: no other part adds anything to it
		e.raw("ADR;TYPE=WORK:;;").text(value).raw(";;;;").endLine()
	case "remark":
		e.raw("NOTE:").text(value).endLine()
	}
}

// mobile adds a number, in version 4.0 as a URI.
func (e *cardEncoder) mobile(value string) {
	number, ok := dialled(value)
	if ok && e.version == VCard4 {
		e.raw("TEL;VALUE=uri;TYPE=cell:tel:").text(number).endLine()
		return
	}
	e.raw("TEL;TYPE=CELL:").text(number).endLine()
}

func (e *cardEncoder) categories(ids []int64) {
	for i, id := range ids {
		if i == 0 {
			e.raw("CATEGORIES:")
		} else {
			e.raw(",")
		}
		e.text(e.names.category(id))
	}
	if len(ids) > 0 {
		e.endLine()
	}
}

func (e *cardEncoder) revision(t time.Time) {
	switch {
	case t.IsZero():
	case e.version == VCard4:
		e.raw("REV:").raw(t.UTC().Format("20060102T150405Z")).endLine()
	default:
		e.raw("REV:").raw(t.UTC().Format("2006-01-02T15:04:05Z")).endLine()
	}
}

// raw adds a text to the property as it is.
func (e *cardEncoder) raw(s string) *cardEncoder {
	e.line = append(e.line, s...)
	return e
}

// text adds a text to the property. Every kind of line break becomes \n; other
// control characters, which no card can hold, become U+FFFD.
func (e *cardEncoder) text(s string) *cardEncoder {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\', c == ',', c == ';':
			e.line = append(e.line, '\\', c)
		case c == '\n', c == '\r':
			if c == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			e.line = append(e.line, '\\', 'n')
		case c < ' ' && c != '\t', c == 0x7F:
			e.line = utf8.AppendRune(e.line, utf8.RuneError)
		default:
			e.line = append(e.line, c)
		}
	}
	return e
}

// endLine completes the property.
func (e *cardEncoder) endLine() {
	e.card = appendFolded(e.card, e.line, 75, "\r\n")
	e.line = e.line[:0]
}

// appendFolded appends a line in parts of at most so many bytes, each but the
// first after a blank, which counts. It splits no character.
func appendFolded(b, line []byte, most int, end string) []byte {
	for room := most; len(line) > room; room = most - 1 {
		cut := room
		for cut > room-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
			cut--
		}
		b = append(append(append(b, line[:cut]...), end...), ' ')
		line = line[cut:]
	}
	return append(append(b, line...), end...)
}

// dialled returns a number as it is dialled from everywhere: +8613900001234. A
// number that would be read back as another country's keeps its form, as does
// one that is masked; ok is then false.
func dialled(mobile string) (number string, ok bool) {
	country, national, found := strings.Cut(mobile, "-")
	number = country + national
	if !found || strings.Trim(number, "0123456789") != "" {
		return mobile, false
	}
	for n := min(4, len(number)); n > 0; n-- {
		if directory.IsCountryCode(number[:n]) {
			if n != len(country) {
				return mobile, false
			}
			return "+" + number, true
		}
	}
	return mobile, false
}

// textOf returns the text of a field, or "" if it is none of the given fields.
func textOf(o *directory.Object, fields []directory.ObjectField, name string) string {
	if _, ok := fieldNamed(fields, name); !ok {
		return ""
	}
	text, _ := o.Values[name].(string)
	return text
}
