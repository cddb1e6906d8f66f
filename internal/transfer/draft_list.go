package transfer

import (
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// takeList takes a field of several values
// (docs/spec/import.md#several-values-of-a-field). Of several columns, one
// counts, as for other fields.
func (d *drafter) takeList(f *directory.ObjectField) {
	var chosen []string
	for _, c := range d.cells[f.Name] {
		parts := d.parts(f, c)
		switch {
		case len(parts) == 0:
		case chosen == nil:
			chosen = parts
			d.putList(f, c, parts)
		case !slices.Equal(parts, chosen):
			d.drop(c, f.Name, c.text())
		}
	}
	if chosen == nil && len(d.cells[f.Name]) > 0 {
		d.Empty = append(d.Empty, f.Name)
	}
}

// parts returns the entries of a cell, each once.
func (d *drafter) parts(f *directory.ObjectField, c *Cell) []string {
	var parts []string
	switch {
	case c.List != nil:
		for _, text := range c.List {
			if text = trimBlanks(text); text != "" {
				parts = append(parts, text)
			}
		}
	case c.Column > 0:
		parts = splitList(c.Text)
	case trimBlanks(c.Text) != "":
		parts = []string{trimBlanks(c.Text)}
	}
	if f.Reference == directory.LabelKind {
		parts = slices.DeleteFunc(parts, isSystemLabel)
	}
	if !hasPaths(f) {
		for i := range parts {
			parts[i] = UnescapeName(parts[i])
		}
	}
	return withoutRepeats(parts)
}

// hasPaths reports whether the entries of a field may be paths, in which the
// escaped characters mean something else than the bare ones.
func hasPaths(f *directory.ObjectField) bool {
	return f.Reference == directory.DepartmentKind || f.Reference == directory.LabelKind
}

func withoutRepeats(parts []string) []string {
	seen := make(map[string]bool, len(parts))
	return slices.DeleteFunc(parts, func(p string) bool {
		again := seen[p]
		seen[p] = true
		return again
	})
}

func (d *drafter) putList(f *directory.ObjectField, c *Cell, parts []string) {
	if r := checkList(f, parts); r.code != "" {
		d.fail(c, f.Name, r)
		return
	}
	if c.Number && digitsLost(c.Text) {
		d.fail(c, f.Name, reading{code: "numberMangled", text: c.Text})
		return
	}
	if f.Reference == "" {
		d.Values[f.Name] = parts
		return
	}
	for _, text := range parts {
		d.refer(f.Name, c, text)
	}
}

// checkList tells what is wrong with the entries of a list.
func checkList(f *directory.ObjectField, parts []string) reading {
	if f.Most > 0 && len(parts) > f.Most {
		return reading{code: directory.RuleTooMany, most: f.Most}
	}
	for _, text := range parts {
		switch {
		case !isClean(text):
			return reading{code: "characterInvalid", text: text}
		case f.Name == "messageTypes" && !slices.Contains(directory.MessageTypes, text):
			return reading{code: directory.RuleValueInvalid, text: text}
		}
	}
	return reading{}
}
