package transfer

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// DraftOptions say how texts are understood.
type DraftOptions struct {
	Kind    directory.Kind // of records that do not tell their own
	Country string         // of numbers that name none; "" is 86
}

// Draft is a record whose texts have become values. References of texts are
// still texts: only the directory knows whom they name. A draft that has no
// Errors holds nothing that the core refuses for its form.
type Draft struct {
	Kind directory.Kind
	// Values are by field. Of JSON Lines they include references, which are ids
	// there, and the empty values of fields that are to be cleared.
	Values     directory.Values
	References []Reference
	// Empty are the fields that the record has, but without a value.
	Empty     []string
	CreatedAt int64 // Unix milliseconds of a record that brings its own; 0: none

	// Errors and Warnings are in order (docs/spec/import.md#order-of-problems).
	// If there are errors, the warnings are not told.
	Errors, Warnings []Problem
	// Missing are errors only if the record makes a new object: fields that it
	// must then have, but for references, which options and directory may fill.
	// A field with an error is not missing.
	Missing []Problem

	// Unread is that the record could not be read: Errors has the reason, and
	// nothing else is to be told.
	Unread bool

	nameCleared bool // the record empties the name, and does not only lack one
}

// Reference is one text that names another object: an id, a name or a path. In
// texts that name labels and departments, \/ and \; stand for the characters
// themselves (see SplitPath).
type Reference struct {
	Field string  // of the kind, or "path" of a department
	Text  string  // one part of a list
	At    Problem // where it stands; Code is ""
}

// Codes that a draft decides on, and that others ask about.
const (
	codeMissing         = directory.RuleMissing
	codeValueDropped    = "valueDropped"
	codeNameFromCompany = "nameFromCompany"
)

// Draft turns the texts of a record into values (docs/spec/import.md#values).
// Nothing of r is kept.
func (o *DraftOptions) Draft(r *Record) Draft {
	kind := r.Kind
	if kind == "" {
		kind = o.Kind
	}
	d := &drafter{options: o, record: r, Draft: Draft{Kind: kind, Values: directory.Values{}}, failed: map[string]bool{}}
	if r.Problem != nil {
		d.Errors, d.Unread = []Problem{*r.Problem}, true
		return d.Draft
	}
	d.Errors = slices.Clone(r.CellErrors)
	d.Warnings = slices.Clone(r.Warnings)
	for _, p := range d.Errors {
		d.failed[p.Field] = true
	}
	if r.Given != nil {
		d.takeGiven()
	} else {
		d.takeCells()
	}
	d.takeCreatedAt()
	d.nameFromCompany()
	d.tellMissing()
	SortProblems(d.Errors)
	SortProblems(d.Warnings)
	return d.Draft
}

// ForChange returns the draft as it changes an object that exists: a name that
// was only inferred does not replace the object's own.
func (d Draft) ForChange() Draft {
	inferred := func(p Problem) bool { return p.Code == codeNameFromCompany }
	if !slices.ContainsFunc(d.Warnings, inferred) {
		return d
	}
	d.Warnings = slices.DeleteFunc(slices.Clone(d.Warnings), inferred)
	d.Values = maps.Clone(d.Values)
	delete(d.Values, "name")
	if d.nameCleared {
		d.Values["name"] = ""
	}
	return d
}

// SortProblems puts problems into the order in which they are told: by line,
// then by column, those without a column first
// (docs/spec/import.md#order-of-problems).
func SortProblems(list []Problem) {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// drafter makes one draft.
type drafter struct {
	Draft
	options *DraftOptions
	record  *Record
	cells   map[string][]*Cell // by field, the preferred first
	failed  map[string]bool    // fields whose value is wrong
}

func (d *drafter) takeCells() {
	d.cells = map[string][]*Cell{}
	for i := range d.record.Cells {
		c := &d.record.Cells[i]
		d.cells[c.Field] = append(d.cells[c.Field], c)
	}
	for _, cells := range d.cells {
		slices.SortStableFunc(cells, func(a, b *Cell) int { return cmp.Compare(a.Ranked, b.Ranked) })
	}
	for _, f := range d.Kind.Fields() {
		switch {
		case f.ReadOnly:
		case f.Type == directory.TextsField, f.Type == directory.NumbersField:
			d.takeList(&f)
		default:
			d.takeOne(&f)
		}
	}
	if d.Kind == directory.DepartmentKind {
		d.takePath()
	}
	d.nameFromParts()
	d.addressFromParts()
}

// takePath takes what a department may have instead of a name and a parent.
func (d *drafter) takePath() {
	d.takeOne(&directory.ObjectField{Name: pathField, Type: directory.TextField, Reference: directory.DepartmentKind})
}

// takeOne takes a field of one value (docs/spec/import.md#several-values-of-a-field).
func (d *drafter) takeOne(f *directory.ObjectField) {
	var chosen reading
	found := false
	for _, c := range d.cells[f.Name] {
		for _, text := range d.texts(f, c) {
			if found && (text == chosen.text || d.toldEnough()) {
				continue
			}
			r := d.read(f, c, text)
			switch {
			case r.empty():
			case !found:
				chosen, found = r, true
				d.put(f, c, r)
			case !r.same(chosen):
				d.drop(c, f.Name, text)
			}
		}
	}
	if !found && len(d.cells[f.Name]) > 0 {
		d.Empty = append(d.Empty, f.Name)
	}
}

// texts returns the texts of a cell: of a table's numbers and addresses, one
// cell may have several.
func (d *drafter) texts(f *directory.ObjectField, c *Cell) []string {
	if c.Column == 0 || !isPhone(d.Kind, f.Name) && !isMail(f) {
		return []string{c.Text}
	}
	parts := splitList(c.Text)
	if isPhone(d.Kind, f.Name) {
		parts = joinExtensions(parts)
	}
	for i := range parts {
		parts[i] = UnescapeName(parts[i])
	}
	return parts
}

// put takes the value that was chosen for a field, or tells what is wrong.
func (d *drafter) put(f *directory.ObjectField, c *Cell, r reading) {
	switch {
	case r.code != "":
		d.fail(c, f.Name, r)
	case f.Reference != "":
		d.refer(f.Name, c, r.value.(string))
	default:
		d.Values[f.Name] = r.value
	}
	if r.dropped {
		d.drop(c, f.Name, r.text)
	}
}

func (d *drafter) refer(field string, c *Cell, text string) {
	text = trimBlanks(text)
	at := c.problem("", field)
	at.Value = text
	d.References = append(d.References, Reference{Field: field, Text: text, At: at})
}

func (d *drafter) fail(c *Cell, field string, r reading) {
	p := c.problem(r.code, field)
	p.Value, p.Most = r.text, r.most
	d.Errors = append(d.Errors, p)
	d.failed[field] = true
}

func (d *drafter) drop(c *Cell, field, text string) {
	if d.toldEnough() {
		return
	}
	p := c.problem(codeValueDropped, field)
	p.Value = text
	d.Warnings = append(d.Warnings, p)
}

// mostWarnings are told about one record, whose 1 MiB could make a hundred
// thousand (docs/spec/import.md#several-values-of-a-field).
const mostWarnings = 1000

func (d *drafter) toldEnough() bool { return len(d.Warnings) >= mostWarnings }

// takeCreatedAt reads the time at which the object was created, which only our
// own exports tell.
func (d *drafter) takeCreatedAt() {
	if d.record.CreatedAt == "" {
		return
	}
	t, err := time.Parse(time.RFC3339, d.record.CreatedAt)
	if err != nil || t.UnixMilli() <= 0 || t.UnixMilli() > directory.MaxHiredDate {
		d.Errors = append(d.Errors, Problem{Code: "dateInvalid", Line: d.record.Line, Header: "createdAt", Field: "createdAt", Value: d.record.CreatedAt})
		return
	}
	d.CreatedAt = t.UnixMilli()
}

// tellMissing tells which fields a new object would lack.
func (d *drafter) tellMissing() {
	for _, f := range d.Kind.Fields() {
		if !f.Required || f.Reference != "" || d.failed[f.Name] || !directory.Equal(d.Values[f.Name], nil) || d.standsIn(f.Name) {
			continue
		}
		d.Missing = append(d.Missing, Problem{Code: codeMissing, Line: d.record.Line, Field: f.Name})
	}
}

// standsIn reports whether something else makes a required field unnecessary.
func (d *drafter) standsIn(field string) bool {
	refers := func(name string) bool {
		return d.failed[name] || !directory.Equal(d.Values[name], nil) || slices.ContainsFunc(d.References, func(r Reference) bool { return r.Field == name })
	}
	switch {
	case d.Kind == directory.DepartmentKind && field == "name":
		return refers(pathField)
	case d.Kind == directory.LabelKind && field == "group":
		return refers("groupId")
	case d.Kind == directory.EmployeeKind && field == "mobile":
		of := d.Values.Text("accountType")
		return d.record.Whole || of != "" && of != directory.AccountNormal
	}
	return false
}
