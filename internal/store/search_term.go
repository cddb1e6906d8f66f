package store

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// termTable is a table of search terms: what some kind of object is found by,
// in byte order. Contacts, employees and departments have one each, alike but
// for the column that says whose term it is.
type termTable struct {
	name, id string

	insert, inserts, remove string
}

// newTermTable is for terms of objects whose id is what at says of a value.
func newTermTable(name, id, at string) termTable {
	into, row := "INSERT INTO "+name+" (org, term, "+id+") VALUES ", "(?, ?, "+at+")"
	return termTable{
		name: name, id: id,
		insert:  into + row + keepTerm,
		inserts: into + row + strings.Repeat(", "+row, termRows-1) + keepTerm,
		remove:  "DELETE FROM " + name + " WHERE org = ? AND term = ? AND " + id + " = ?",
	}
}

var (
	contactTerms    = newTermTable("contact_term", "ordinal", "?")
	newContactTerms = newTermTable("contact_term", "ordinal", "(SELECT last FROM contact_sequence WHERE org = ?)")
	employeeTerms   = newTermTable("employee_term", "user_id", "?")
	departmentTerms = newTermTable("department_term", "dept_id", "?")
)

const (
	// termRows is how many terms one statement writes. Two sizes make do with two
	// prepared statements.
	termRows = 8
	keepTerm = " ON CONFLICT DO NOTHING"

	// behindPrefix is behind every text with the prefix in byte order.
	behindPrefix = "\U0010FFFF"
)

// insertTerms writes terms of an object.
func (t *tx) insertTerms(of termTable, terms []string, id any) {
	for len(terms) > 0 {
		sql, n := of.insert, 1
		if len(terms) >= termRows {
			sql, n = of.inserts, termRows
		}
		a := make(args, 0, 3*n)
		for _, term := range terms[:n] {
			a = append(a, t.Org, term, id)
		}
		t.Write(sql, a...)
		t.Knows(of.name, nil)
		terms = terms[n:]
	}
}

func (t *tx) deleteTerms(of termTable, terms []string, id any) {
	for _, term := range terms {
		t.Write(of.remove, t.Org, term, id)
		t.Knows(of.name, nil)
	}
}

// changeTerms writes what differs between two sorted lists of terms.
func (t *tx) changeTerms(of termTable, before, terms []string, id any) {
	t.deleteTerms(of, without(before, terms), id)
	t.insertTerms(of, without(terms, before), id)
}

// without returns the terms of a sorted list that another has not.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(term string) bool { _, is := slices.BinarySearch(others, term); return is })
}

// changeName writes what differs between the terms of two names.
func (t *tx) changeName(of termTable, before, name string, id any) {
	if before != name {
		t.changeTerms(of, directory.NameTerms(before), directory.NameTerms(name), id)
	}
}

// seekTerms reads objects at places of terms with the prefix, behind a place. sql
// selects them from the terms t and ends in a condition, a are its values. It
// seeks what is left of the term that the page before ended in, then the terms
// behind it: SQLite takes only one end of a range from a comparison of pairs,
// and would read on to the last term of all.
func (t *tx) seekTerms(of termTable, sql string, a args, prefix, term string, id any, limit int64, scan func(*row) error) error {
	n := int64(0)
	collect := func(r *row) error { n++; return scan(r) }
	from, begin := " AND t.term >= ?", prefix
	if term >= prefix {
		from, begin = " AND t.term > ?", term
		err := t.Each(sql+" AND t.term = ? AND t."+of.id+" > ? ORDER BY t."+of.id+" LIMIT ?", append(a[:len(a):len(a)], term, id, limit), collect)
		if err != nil || n == limit {
			return err
		}
	}
	return t.Each(sql+from+" AND t.term < ? ORDER BY t.term, t."+of.id+" LIMIT ?", append(a[:len(a):len(a)], begin, prefix+behindPrefix, limit-n), collect)
}
