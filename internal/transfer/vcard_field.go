package transfer

import (
	"strconv"
	"strings"
)

// cardFields tell which field a property of vCards belongs to
// (docs/spec/import.md#fields-of-cards).
type cardFields struct {
	known  map[string]string // fields by the property
	mapped mappedHeaders
}

// newCardFields returns the fields of the kind.
func newCardFields(o ReadOptions) (*cardFields, error) {
	mapped, err := newMappedHeaders(o)
	if err != nil {
		return nil, err
	}
	f := &cardFields{known: map[string]string{}, mapped: mapped}
	add := func(property string, names ...string) {
		for _, name := range names {
			if _, ok := o.Kind.Field(name); ok && !mapped.has(name) {
				f.known[property] = name
				return
			}
		}
	}
	add("FN", "name")
	add("N", "name")
	add("TEL", "mobile", "phone")
	add("EMAIL", "email")
	add("TITLE", "title")
	add("ORG", "companyName")
	add("ADR", "address")
	add("NOTE", "remark")
	add("CATEGORIES", "labelIds")
	add("X-MINGCE-USERID", "userId", "contactId")
	return f, nil
}

// of returns the field of a property, or "".
func (f *cardFields) of(property string) string {
	if field := f.mapped.field(property); field != "" {
		return field
	}
	return f.known[property]
}

// untold are the properties that describe the card and not whom it is of.
var untold = map[string]bool{"": true, "BEGIN": true, "END": true, "VERSION": true, "PRODID": true, "REV": true, "UID": true}

// unread are the properties that are passed over without looking at them.
var unread = map[string]bool{"PHOTO": true, "LOGO": true, "SOUND": true, "KEY": true}

// take takes a property of the card.
func (c *cardReader) take() {
	p := &c.property
	field := c.fields.of(p.Name)
	switch {
	case p.colon < 0:
		if c.tooLong() {
			c.fail(Problem{Code: "rowTooLong", Line: c.number, Value: clipped(c.text)})
		} else if trimText(string(c.text)) != "" {
			c.fail(Problem{Code: "malformed", Line: c.number, Value: clipped(c.text)})
		}
		return
	case unread[p.Name]:
		if c.length > maxPhoto {
			c.fail(c.problem("rowTooLong", field, ""))
		} else if len(c.value()) > 0 {
			c.ignored.add([]byte(p.Name))
		}
		return
	case c.tooLong():
		c.fail(c.problem("rowTooLong", field, clipped(c.value())))
		return
	}
	text, ok := c.decoded()
	if field == "" && p.base64 {
		ok = true // it may be no text
	}
	if !ok {
		c.fail(c.problem("encodingInvalid", field, text))
		return
	}
	switch {
	case p.Name == "VERSION":
		c.version21 = trimText(text) == "2.1"
	case p.Name == "AGENT" && c.takeAgent(text):
	case field != "" && c.fits(c.length):
		c.takeField(field, text)
	case field != "":
		c.fail(c.problem("rowTooLong", field, text))
	case !untold[p.Name] && trimText(text) != "":
		c.ignored.add([]byte(p.Name))
	}
}

// problem returns a problem of the property.
func (c *cardReader) problem(code, field, value string) Problem {
	return Problem{Code: code, Line: c.number, Header: c.property.Name, Field: field, Value: clipped(value)}
}

// takeAgent takes a card within the card, or what announces one
// (docs/spec/import.md#nested-cards).
func (c *cardReader) takeAgent(text string) bool {
	text = strings.ToUpper(trimText(text))
	warning := c.problem("nestedCardIgnored", "", text)
	if text != "" && !strings.HasPrefix(text, "BEGIN:VCARD") {
		return false
	}
	if !c.fits(c.length) { // each is a warning
		c.fail(c.problem("rowTooLong", "", ""))
	}
	if text == "" {
		c.agent = &warning
		return true
	}
	c.warn(warning)
	if !strings.Contains(text, "END:VCARD") {
		c.nested = 1
	}
	return true
}

// takeField adds the property's cells.
func (c *cardReader) takeField(field, text string) {
	p := &c.property
	name := p.Name
	if c.fields.known[name] != field {
		name = "" // it is a text, whatever the property is else
	}
	switch name {
	case "N":
		c.takeParts("", text, "parts.family", "parts.given", "parts.middle")
	case "ADR":
		c.takeAddress(text)
	case "CATEGORIES":
		c.takeCategories(field, text)
	case "TEL":
		if !p.fax && !p.pager {
			c.add(Cell{Field: field, Text: trimText(c.unescape(text)), Ranked: p.telephoneRank()})
		}
	case "EMAIL":
		c.add(Cell{Field: field, Text: trimText(c.unescape(text)), Ranked: p.rank()})
	case "ORG":
		first, _, _ := cutEscaped(text, ';')
		c.add(Cell{Field: field, Text: trimText(c.unescape(first))})
	case "NOTE":
		c.add(Cell{Field: field, Text: c.unescape(text)})
	default:
		c.add(Cell{Field: field, Text: trimText(c.unescape(text))})
	}
}

// telephoneRank: mobile numbers first, the preferred one before others.
func (p *cardProperty) telephoneRank() int {
	class := 3
	switch {
	case p.cell && p.preferred:
		class = 0
	case p.cell:
		class = 1
	case p.preferred:
		class = 2
	}
	return class*1000 + p.rank()
}

// add adds a cell of the property.
func (c *cardReader) add(cell Cell) {
	cell.Line, cell.Header = c.number, c.property.Name
	c.addCell(cell)
}

// takeParts adds the parts of the value, which stand in the order of the fields,
// and reports whether there was one.
func (c *cardReader) takeParts(part, text string, fields ...string) (any bool) {
	rank := 0
	if c.property.Name == "ADR" && !c.property.work {
		rank = 1
	}
	for _, field := range fields {
		var one string
		one, text, _ = cutEscaped(text, ';')
		if one = trimText(c.unescape(one)); one != "" {
			c.add(Cell{Field: field, Part: part, Text: one, Ranked: rank})
			any = true
		}
	}
	return any
}

func (c *cardReader) takeAddress(text string) {
	c.addresses++
	found := c.takeParts("ADR"+strconv.Itoa(c.addresses), text, "parts.address.poBox", "parts.address.extended", "parts.address.street",
		"parts.address.city", "parts.address.state", "parts.address.postalCode", "parts.address.country")
	if !found {
		c.add(Cell{Field: "address"})
	}
}

// takeCategories adds labels. Several properties make one list.
func (c *cardReader) takeCategories(field, text string) {
	list := []string{}
	for found := true; found; {
		var one string
		one, text, found = cutEscaped(text, ',')
		if one = trimText(c.unescape(one)); one != "" {
			list = append(list, one)
		}
	}
	if c.labels > 0 && c.rec.Problem == nil {
		cell := &c.rec.Cells[c.labels-1]
		cell.List = append(cell.List, list...)
		return
	}
	c.add(Cell{Field: field, List: list})
	c.labels = len(c.rec.Cells)
}
