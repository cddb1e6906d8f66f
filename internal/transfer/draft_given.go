package transfer

import (
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// takeGiven takes the values of a record of JSON Lines
// (docs/spec/import.md#values-of-json-lines).
func (d *drafter) takeGiven() {
	for _, f := range d.Kind.Fields() {
		value, given := d.record.Given[f.Name]
		if !given || d.failed[f.Name] {
			continue
		}
		if directory.Equal(value, nil) {
			d.Values[f.Name] = emptyOf(f.Type)
			continue
		}
		c := &Cell{Field: f.Name, Line: d.record.Line, Header: f.Name}
		if r := d.readGiven(&f, c, value); r.code != "" {
			d.fail(c, f.Name, r)
		} else {
			d.Values[f.Name] = r.value
			if r.dropped {
				d.drop(c, f.Name, r.text)
			}
		}
	}
	if path := d.record.Given.Text(pathField); path != "" && d.Kind == directory.DepartmentKind {
		c := &Cell{Field: pathField, Line: d.record.Line, Header: pathField, Text: path}
		d.cells = map[string][]*Cell{pathField: {c}}
		d.takePath()
	}
}

// readGiven reads a value of the field's type.
func (d *drafter) readGiven(f *directory.ObjectField, c *Cell, value any) reading {
	switch v := value.(type) {
	case string:
		return d.readText(f, c, v)
	case int64:
		return checkNumber(f, reading{value: v})
	case []string:
		r := checkList(f, v)
		r.value = slices.Clone(v)
		return r
	case []int64:
		r := reading{value: slices.Clone(v)}
		if f.Most > 0 && len(v) > f.Most {
			r = r.refuse(directory.RuleTooMany, f.Most)
		}
		return r
	}
	return reading{value: value} // there is no wrong bool, and extra is for the core
}

// readText reads a text that is given. Those of our own exports are stored
// texts, and stay as they are where the core takes them.
func (d *drafter) readText(f *directory.ObjectField, c *Cell, text string) reading {
	if d.record.Whole && !isPhone(d.Kind, f.Name) && !isMail(f) {
		return checkText(d.Kind, f, reading{value: text, text: text})
	}
	r := d.read(f, c, text)
	if r.empty() { // only blanks: the core knows where that is a value
		return checkText(d.Kind, f, reading{value: text, text: text})
	}
	return r
}

// emptyOf returns the empty value of a type.
func emptyOf(t directory.FieldType) any {
	switch t {
	case directory.TextField:
		return ""
	case directory.BoolField:
		return false
	case directory.TextsField:
		return []string{}
	case directory.NumbersField:
		return []int64{}
	case directory.ExtraField:
		return map[string]any{}
	}
	return int64(0)
}
