package transfer

import (
	"bytes"
	"strconv"
	"strings"
)

// cardProperty is a property of a vCard, without its value.
type cardProperty struct {
	Name  string // in upper case, without its group
	colon int    // where its name and parameters end; -1: it has no value

	quoted, base64 bool // how the value is encoded
	charset        string

	cell, work, preferred, fax, pager bool
	preference                        int // of version 4.0: 1 is the best; 0: none
}

// parseCardProperty reads a property's name and parameters
// (docs/spec/import.md#properties).
func (c *cardReader) parseCardProperty(head []byte, colon int) {
	p := &c.property
	*p = cardProperty{colon: colon}
	name, params, _ := bytes.Cut(head, []byte{';'})
	if i := bytes.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	p.Name = c.upper(bytes.TrimSpace(name))
	for len(params) > 0 {
		var param []byte
		param, params = cutParameter(params)
		key, values, hasKey := bytes.Cut(param, []byte{'='})
		if !hasKey {
			p.parameter("", trimParameter(key))
			continue
		}
		kind := string(bytes.ToUpper(trimParameter(key)))
		for len(values) > 0 {
			var value []byte
			value, values, _ = bytes.Cut(values, []byte{','}) // quoted or not
			p.parameter(kind, trimParameter(value))
		}
	}
}

// maxHead is the most bytes of a property's name and parameters that are looked
// at.
const maxHead = 16 << 10

// upper returns the name in upper case. Names come again and again, so they are
// remembered.
func (c *cardReader) upper(name []byte) string {
	name = name[:min(len(name), maxIgnoredHeader)]
	if s, ok := c.names[string(name)]; ok {
		return s
	}
	s := strings.ToUpper(string(bytes.ToValidUTF8(name, []byte("\ufffd"))))
	if len(c.names) < maxIgnored {
		c.names[string(name)] = s
	}
	return s
}

// cutParameter cuts b at the first semicolon that is not within quotes.
func cutParameter(b []byte) (before, after []byte) {
	quoted := false
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

func trimParameter(b []byte) []byte { return bytes.Trim(b, `" `+"\t") }

// parameter takes a parameter. One without a name is a type or an encoding, as
// version 2.1 has it.
func (p *cardProperty) parameter(kind string, value []byte) {
	is := func(s string) bool { return len(value) == len(s) && strings.EqualFold(string(value), s) }
	switch kind {
	case "", "ENCODING", "TYPE":
		switch {
		case is("QUOTED-PRINTABLE") && kind != "TYPE":
			p.quoted = true
		case (is("BASE64") || is("B")) && kind != "TYPE":
			p.base64 = true
		case kind == "ENCODING":
		case is("CELL"):
			p.cell = true
		case is("WORK"):
			p.work = true
		case is("PREF"):
			p.preferred = true
		case is("FAX"):
			p.fax = true
		case is("PAGER"):
			p.pager = true
		}
	case "CHARSET":
		p.charset = string(value[:min(len(value), maxIgnoredHeader)])
	case "PREF":
		p.preferred = true
		p.preference, _ = strconv.Atoi(string(value[:min(len(value), 4)]))
	}
}

// rank is the preference among values of one property. It is smaller the better
// and below 1000.
func (p *cardProperty) rank() int {
	switch {
	case p.preference > 0:
		return min(p.preference, 100)
	case p.preferred:
		return 1
	}
	return 999
}

// unescape takes the backslashes away. In version 2.1 they make no line breaks
// (docs/spec/import.md#properties).
func (c *cardReader) unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch next := s[i+1]; {
		case next == ';', next == ',', next == '\\':
			b.WriteByte(next)
			i++
		case (next == 'n' || next == 'N') && !c.version21:
			b.WriteByte('\n')
			i++
		default:
			b.WriteByte('\\')
		}
	}
	return b.String()
}

// cutEscaped cuts s at the first separator that no backslash stands before.
func cutEscaped(s string, separator byte) (before, after string, found bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case separator:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// trimText takes the blanks from both ends.
func trimText(s string) string { return strings.Trim(s, " \t\r\n") }
