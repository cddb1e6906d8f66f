package transfer

import (
	"encoding/base64"
	"io"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// ldifEncoder writes LDIF, as RFC 2849 describes it
// (docs/spec/export.md#ldif).
type ldifEncoder struct {
	w      io.Writer
	fields []directory.ObjectField
	names  *Names
	corpID string
	unit   string

	entry []byte
	line  []byte
	value []byte
}

func newLDIFEncoder(w io.Writer, o WriteOptions) (*ldifEncoder, error) {
	unit := map[directory.Kind]string{directory.ContactKind: "contacts", directory.EmployeeKind: "people"}[o.Kind]
	if unit == "" {
		return nil, usagef("format", "LDIF is of contacts and employees; export %ss as csv, xlsx or jsonl", "LDIF 只适用于联系人和员工；%s 请导出为 csv、xlsx 或 jsonl", o.Kind)
	}
	fields, err := writtenFields(o)
	if err != nil {
		return nil, err
	}
	return &ldifEncoder{w: w, fields: fields, names: o.Names, corpID: o.CorpID, unit: unit}, nil
}

func (e *ldifEncoder) begin() error {
	_, err := io.WriteString(e.w, "version: 1\n")
	return err
}

func (e *ldifEncoder) end(*total) error { return nil }

func (e *ldifEncoder) object(o *directory.Object) error {
	e.entry = append(e.entry[:0], '\n')
	e.value = appendDNValue(append(e.value[:0], "uid="...), o.ID)
	e.value = append(append(append(e.value, ",ou="...), e.unit...), ",o="...)
	e.value = appendDNValue(e.value, e.corpID)
	e.attribute("dn", e.value)
	for _, class := range []string{"top", "person", "organizationalPerson", "inetOrgPerson"} {
		e.text("objectClass", class)
	}
	e.text("uid", o.ID)
	name := textOf(o, e.fields, "name")
	if name == "" {
		name = o.ID // the class asks for a name
	}
	e.text("cn", name)
	e.text("sn", name)
	for i := range e.fields {
		e.field(o, &e.fields[i])
	}
	_, err := e.w.Write(e.entry)
	return err
}

// field adds the attributes of a field, if it has one and a value.
func (e *ldifEncoder) field(o *directory.Object, f *directory.ObjectField) {
	if ids, ok := o.Values[f.Name].([]int64); ok && f.Name == "deptIds" {
		for _, id := range ids {
			e.value = appendReference(e.value[:0], id, f.Reference, e.names)
			e.attribute("ou", e.value)
		}
		return
	}
	value, _ := o.Values[f.Name].(string)
	if value == "" {
		return
	}
	switch f.Name {
	case "mobile":
		value, _ = dialled(value)
		e.text("mobile", value)
	case "telephone":
		e.text("telephoneNumber", value)
	case "email", "orgEmail":
		e.text("mail", value)
	case "title":
		e.text("title", value)
	case "jobNumber":
		e.text("employeeNumber", value)
	case "companyName":
		e.text("o", value)
	case "address":
		if strings.ContainsAny(value, `$\`) { // they mean line breaks and escapes in a postalAddress
			e.text("street", value)
		} else {
			e.text("postalAddress", value)
		}
	case "remark":
		e.text("description", value)
	}
}

func (e *ldifEncoder) text(attribute, value string) {
	e.value = append(e.value[:0], value...)
	e.attribute(attribute, e.value)
}

// attribute adds a line, folded, in base64 if the value could not be read back
// otherwise.
func (e *ldifEncoder) attribute(name string, value []byte) {
	e.line = append(append(e.line[:0], name...), ':')
	if isSafeLDIF(value) {
		e.line = append(append(e.line, ' '), value...)
	} else {
		e.line = base64.StdEncoding.AppendEncode(append(e.line, ':', ' '), value)
	}
	e.entry = appendFolded(e.entry, e.line, 76, "\n")
}

// isSafeLDIF reports whether a value is a SAFE-STRING of RFC 2849 that does not
// end with a blank. Control characters that it allows are not taken for safe:
// editors change them.
func isSafeLDIF(value []byte) bool {
	for i, c := range value {
		switch {
		case c < ' ' || c >= 0x7F:
			return false
		case i == 0 && (c == ' ' || c == ':' || c == '<'):
			return false
		case i == len(value)-1 && c == ' ':
			return false
		}
	}
	return true
}

// appendDNValue appends the value of an attribute in a name, escaped as RFC 4514
// asks.
func appendDNValue(b []byte, value string) []byte {
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c < ' ', c == 0x7F:
			b = append(b, '\\', hexDigits[c>>4], hexDigits[c&15])
			continue
		case strings.IndexByte(`,+"\<>;=`, c) >= 0,
			c == '#' && i == 0,
			c == ' ' && (i == 0 || i == len(value)-1):
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return b
}
