package transfer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/directory"
)

// nameFromParts puts a name together if the record has none
// (docs/spec/import.md#names-from-parts).
func (d *drafter) nameFromParts() {
	f, ok := d.Kind.Field("name")
	if !ok || d.has("name") || d.Kind != directory.ContactKind && d.Kind != directory.EmployeeKind {
		return
	}
	var first *Cell
	part := func(name string) string {
		c, text := d.firstPart(d.cells[name], "name")
		if first == nil {
			first = c
		}
		return text
	}
	family, middle, given := part(familyPart), part(middlePart), part(givenPart)
	if d.failed["name"] || first == nil {
		return
	}
	name := family + middle + given
	if !hasHan(name) {
		name = joinFilled(" ", given, middle, family)
	}
	d.derive(&f, first, name)
}

// firstPart returns the first text among cells of one part that is not empty,
// and tells the others.
func (d *drafter) firstPart(cells []*Cell, field string) (chosen *Cell, text string) {
	for _, c := range cells {
		switch line := trimBlanks(oneLine(c.Text, false)); {
		case line == "" && isClean(c.Text):
		case chosen == nil:
			chosen, text = c, line
			if !isClean(c.Text) {
				d.fail(c, field, reading{code: "characterInvalid", text: c.Text})
			}
		case line != text:
			d.drop(c, field, c.Text)
		}
	}
	return chosen, text
}

// has reports whether a field has a value, or one that was refused.
func (d *drafter) has(field string) bool {
	return d.failed[field] || !directory.Equal(d.Values[field], nil)
}

// derive takes a value that was put together. Problems stand at the cell.
func (d *drafter) derive(f *directory.ObjectField, c *Cell, text string) {
	r := checkText(d.Kind, f, reading{value: text, text: text})
	if r.code != "" {
		d.fail(c, f.Name, r)
		return
	}
	d.Values[f.Name] = text
	d.Empty = slices.DeleteFunc(d.Empty, func(name string) bool { return name == f.Name })
}

// nameFromCompany takes a contact's company for its name if there is no other
// (docs/spec/import.md#names-from-parts).
func (d *drafter) nameFromCompany() {
	if d.Kind != directory.ContactKind || d.has("name") {
		return
	}
	company := d.Values.Text("companyName")
	if company == "" {
		if d.failed["companyName"] {
			d.failed["name"] = true // it was told that the company is wrong
		}
		return
	}
	_, d.nameCleared = d.Values["name"]
	f, _ := d.Kind.Field("name")
	at := &Cell{Field: "companyName", Line: d.record.Line}
	if cells := d.cells["companyName"]; len(cells) > 0 {
		at = cells[0]
	}
	d.derive(&f, at, company)
	if !d.failed["name"] {
		d.Warnings = append(d.Warnings, Problem{Code: codeNameFromCompany, Line: d.record.Line, Field: "name", Value: company})
	}
}

// address is one address in parts.
type address struct {
	cells map[string][]*Cell // by part
	first *Cell
	text  string
}

// addressFromParts puts addresses together, of which one counts
// (docs/spec/import.md#addresses-from-parts).
func (d *drafter) addressFromParts() {
	f, ok := d.Kind.Field("address")
	if !ok {
		return
	}
	whole := d.Values.Text("address")
	for _, a := range d.addresses() {
		for _, part := range chineseOrder {
			_, text := d.firstPart(a.cells[part], "address")
			if text != "" {
				a.cells[part] = append(a.cells[part][:0], &Cell{Text: text})
			}
		}
		if a.put(); a.text == "" || d.failed["address"] {
			continue
		}
		switch {
		case !d.has("address"):
			d.derive(&f, a.first, a.text)
			whole = a.text
		case a.text != whole && !a.within(whole):
			d.drop(a.first, "address", a.text)
		}
	}
}

const addressPrefix = addressParts + "."

// chineseOrder has the parts of an address as Chinese ones are written.
var chineseOrder = []string{"country", "state", "city", "street", "extended", "poBox", "postalCode"}

// addresses returns the addresses of the record, the preferred first.
func (d *drafter) addresses() []*address {
	var list []*address
	byPrefix := map[string]*address{}
	var cells []*Cell
	for i := range d.record.Cells {
		if c := &d.record.Cells[i]; strings.HasPrefix(c.Field, addressPrefix) && (trimBlanks(c.Text) != "" || !isClean(c.Text)) {
			cells = append(cells, c)
		}
	}
	slices.SortStableFunc(cells, func(a, b *Cell) int { return a.Ranked - b.Ranked })
	for _, c := range cells {
		a := byPrefix[c.Part]
		if a == nil {
			a = &address{cells: map[string][]*Cell{}, first: c}
			byPrefix[c.Part] = a
			list = append(list, a)
		}
		part := strings.TrimPrefix(c.Field, addressPrefix)
		a.cells[part] = append(a.cells[part], c)
		if a.first.Column > c.Column {
			a.first = c
		}
	}
	return list
}

func (a *address) part(name string) string {
	if cells := a.cells[name]; len(cells) > 0 {
		return cells[0].Text
	}
	return ""
}

// put puts the parts into one text.
func (a *address) put() {
	var chinese strings.Builder
	for _, part := range chineseOrder[:6] {
		chinese.WriteString(a.part(part))
	}
	code := a.part("postalCode")
	if a.text = chinese.String(); hasHan(a.text + code) {
		a.text = joinFilled(" ", a.text, code)
		return
	}
	a.text = joinFilled(", ", a.part("poBox"), a.part("extended"), a.part("street"), a.part("city"), a.part("state"), code, a.part("country"))
}

// within reports whether a text has all parts of the address, so that nothing is
// lost.
func (a *address) within(text string) bool {
	for _, part := range chineseOrder {
		if !strings.Contains(text, a.part(part)) {
			return false
		}
	}
	return true
}

func joinFilled(separator string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), separator)
}

func hasHan(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Han, r) }) >= 0
}
