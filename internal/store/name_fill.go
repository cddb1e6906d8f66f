package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

// migrationFills run after the SQL of some migrations, to write what only the
// program can compute.
var migrationFills = map[int64]func(engine.Statements, *keyring.Master) error{
	70:  fillNameTerms,
	76:  foldAccents,
	141: fillContactEmails,
	155: fillEmployeeMails,
}

// fillNameTerms writes the terms of existing employees and departments.
func fillNameTerms(x engine.Statements, _ *keyring.Master) error {
	err := fillTerms(x, employeeTerms, "SELECT org, user_id, name FROM employee WHERE (org, user_id) > (?, ?) ORDER BY org, user_id LIMIT ?", "", (*row).Text)
	if err != nil {
		return err
	}
	return fillTerms(x, departmentTerms, "SELECT org, id, name FROM department WHERE (org, id) > (?, ?) ORDER BY org, id LIMIT ?", -1, (*row).Int)
}

const (
	fillNames = 10_000 // names whose terms are sorted and written together
	fillRows  = 64     // terms in one statement
)

type termRow[ID any] struct {
	org, term string
	id        ID
}

// fillTerms reads names page by page, starting after an id that is smaller than
// all. Terms are written in the order of the index, so that each of its pages
// changes few times.
func fillTerms[ID any](x engine.Statements, of termTable, sql string, first ID, id func(*row, int) ID) error {
	last := termRow[ID]{id: first}
	for {
		var rows []termRow[ID]
		n := 0
		err := x.Query(engine.Each(sql, args{last.org, last.id, fillNames}, func(r *row) error {
			n++
			last.org, last.id = r.Text(0), id(r, 1)
			for _, term := range directory.NameTerms(r.Text(2)) {
				rows = append(rows, termRow[ID]{last.org, term, last.id})
			}
			return nil
		}))
		if err != nil {
			return err
		}
		slices.SortStableFunc(rows, func(a, b termRow[ID]) int { return cmp.Or(cmp.Compare(a.org, b.org), cmp.Compare(a.term, b.term)) })
		if err := writeTerms(x, of, rows); err != nil || n < fillNames {
			return err
		}
	}
}

func writeTerms[ID any](x engine.Statements, of termTable, rows []termRow[ID]) error {
	for len(rows) > 0 {
		n := 1
		if len(rows) >= fillRows {
			n = fillRows
		}
		a := make(args, 0, 3*n)
		for _, r := range rows[:n] {
			a = append(a, r.org, r.term, r.id)
		}
		if err := x.Exec(of.insert[:len(of.insert)-len(ignoreDuplicate)]+strings.Repeat(", (?, ?, ?)", n-1), a...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// foldAccents replaces the terms of names with accents by the current ones.
func foldAccents(x engine.Statements, _ *keyring.Master) error {
	contact := func(r *row) (before, after []string) {
		name, company := r.Text(2), r.NullText(3)
		return directory.AccentedTerms(name, text(company)), directory.Contact{Name: name, CompanyName: company}.SearchTerms()
	}
	other := func(r *row) (before, after []string) {
		return directory.AccentedTerms(r.Text(2), ""), directory.NameTerms(r.Text(2))
	}
	err := foldTerms(x, contactTerms, "SELECT org, ordinal, name, company_name FROM contact WHERE (org, ordinal) > (?, ?) ORDER BY org, ordinal LIMIT ?", -1, (*row).Int, contact)
	if err != nil {
		return err
	}
	err = foldTerms(x, employeeTerms, "SELECT org, user_id, name FROM employee WHERE (org, user_id) > (?, ?) ORDER BY org, user_id LIMIT ?", "", (*row).Text, other)
	if err != nil {
		return err
	}
	return foldTerms(x, departmentTerms, "SELECT org, id, name FROM department WHERE (org, id) > (?, ?) ORDER BY org, id LIMIT ?", -1, (*row).Int, other)
}

// foldTerms reads names page by page and writes the differences between their
// old and new terms. Few names have accents, so it does not sort them.
func foldTerms[ID any](x engine.Statements, of termTable, sql string, first ID, id func(*row, int) ID, terms func(*row) (before, after []string)) error {
	last := termRow[ID]{id: first}
	for {
		var removed, added []termRow[ID]
		n := 0
		err := x.Query(engine.Each(sql, args{last.org, last.id, fillNames}, func(r *row) error {
			n++
			last.org, last.id = r.Text(0), id(r, 1)
			before, after := terms(r)
			for _, t := range without(before, after) {
				removed = append(removed, termRow[ID]{last.org, t, last.id})
			}
			for _, t := range without(after, before) {
				added = append(added, termRow[ID]{last.org, t, last.id})
			}
			return nil
		}))
		if err != nil {
			return err
		}
		if err := writeEach(x, of.remove, removed); err != nil {
			return err
		}
		if err := writeEach(x, of.insert, added); err != nil || n < fillNames {
			return err
		}
	}
}

func writeEach[ID any](x engine.Statements, sql string, rows []termRow[ID]) error {
	for _, r := range rows {
		if err := x.Exec(sql, r.org, r.term, r.id); err != nil {
			return err
		}
	}
	return nil
}
