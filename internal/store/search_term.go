package store

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// termTable is a table of search terms in byte order. Contacts, employees and
// departments have one each, which differ only in the column of the id.
type termTable struct {
	name, id string

	insert, inserts, remove string
}

// newTermTable describes a table; idValue is the SQL of an id.
func newTermTable(name, id, idValue string) termTable {
	into, row := "INSERT INTO "+name+" (org, term, "+id+") VALUES ", "(?, ?, "+idValue+")"
	return termTable{
		name: name, id: id,
		insert:  into + row + ignoreDuplicate,
		inserts: into + row + strings.Repeat(", "+row, termRows-1) + ignoreDuplicate,
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
	// termRows is the number of terms of a multi-row statement. With single
	// rows that makes two prepared statements.
	termRows        = 8
	ignoreDuplicate = " ON CONFLICT DO NOTHING"

	// afterPrefix, appended to a prefix, sorts after every text with the
	// prefix.
	afterPrefix = "\U0010FFFF"
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
		t.DeclareChange(of.name, nil)
		terms = terms[n:]
	}
}

func (t *tx) deleteTerms(of termTable, terms []string, id any) {
	for _, term := range terms {
		t.Write(of.remove, t.Org, term, id)
		t.DeclareChange(of.name, nil)
	}
}

// changeTerms writes the differences between two sorted lists of terms.
func (t *tx) changeTerms(of termTable, before, terms []string, id any) {
	t.deleteTerms(of, without(before, terms), id)
	t.insertTerms(of, without(terms, before), id)
}

// without returns the terms of a sorted list that are not in the other.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(term string) bool { _, is := slices.BinarySearch(others, term); return is })
}

// changeName writes the differences between the terms of two names.
func (t *tx) changeName(of termTable, before, name string, id any) {
	if before != name {
		t.changeTerms(of, directory.NameTerms(before), directory.NameTerms(name), id)
	}
}

// seekTerms reads objects by terms with the prefix, after a position (term and
// id). sql selects them from the terms t and ends in a condition; a are its
// arguments. It reads the rest of the position's term, then the terms after it,
// in two queries: SQLite uses only one end of a range from a comparison of
// pairs, and would read on to the last term of the table.
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
	return t.Each(sql+from+" AND t.term < ? ORDER BY t.term, t."+of.id+" LIMIT ?", append(a[:len(a):len(a)], begin, prefix+afterPrefix, limit-n), collect)
}
