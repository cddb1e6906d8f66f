package store

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// The joins look up the terms first: the CROSS JOIN forces SQLite to;
// PostgreSQL plans it like any join.
const (
	employeesByTerm = `SELECT t.term, t.user_id, e.name FROM employee_term t CROSS JOIN employee e
		WHERE t.org = ? AND e.org = t.org AND e.user_id = t.user_id`
	departmentsByTerm = `SELECT t.term, t.dept_id, d.name FROM department_term t CROSS JOIN department d
		WHERE t.org = ? AND d.org = t.org AND d.id = t.dept_id`
)

// EmployeesByTerm implements [directory.NameSearchTx].
func (t *tx) EmployeesByTerm(prefix string, after directory.NameHit[string], s *directory.Scope, limit int64) ([]directory.NameHit[string], error) {
	return namesByTerm(t, employeeTerms, employeesByTerm, prefix, after, employeesInScope, s, limit, (*row).Text)
}

// DepartmentsByTerm implements [directory.NameSearchTx].
func (t *tx) DepartmentsByTerm(prefix string, after directory.NameHit[int64], s *directory.Scope, limit int64) ([]directory.NameHit[int64], error) {
	return namesByTerm(t, departmentTerms, departmentsByTerm, prefix, after, departmentsInScope, s, limit, (*row).Int)
}

func namesByTerm[ID cmp.Ordered](t *tx, of termTable, sql, prefix string, after directory.NameHit[ID],
	inScope func(*directory.Scope) (string, args), s *directory.Scope, limit int64, id func(*row, int) ID,
) (hits []directory.NameHit[ID], err error) {
	where, a := inScope(s)
	err = t.seekTerms(of, sql+where, append(args{t.Org}, a...), prefix, after.Term, after.ID, limit, func(r *row) error {
		hits = append(hits, directory.NameHit[ID]{Term: r.Text(0), ID: id(r, 1), Name: r.Text(2)})
		return nil
	})
	return hits, err
}

// CountEmployeesByTerms implements [directory.NameSearchTx].
func (t *tx) CountEmployeesByTerms(prefixes []string, s *directory.Scope, limit int64) (int64, error) {
	return countByTerms(t, employeeTerms, prefixes, employeesInScope, s, limit, (*row).Text)
}

// CountDepartmentsByTerms implements [directory.NameSearchTx].
func (t *tx) CountDepartmentsByTerms(prefixes []string, s *directory.Scope, limit int64) (int64, error) {
	return countByTerms(t, departmentTerms, prefixes, departmentsInScope, s, limit, (*row).Int)
}

// countByTerms reads only the index. A person with several of the terms appears
// several times, so it reads more rows than the limit, and retries with more if
// that was not enough.
func countByTerms[ID cmp.Ordered](t *tx, of termTable, prefixes []string,
	inScope func(*directory.Scope) (string, args), s *directory.Scope, limit int64, id func(*row, int) ID,
) (int64, error) {
	where, a := inScope(s)
	sql := "SELECT t." + of.id + " FROM " + of.name + " t WHERE t.org = ? AND t.term >= ? AND t.term < ?" + where + " LIMIT ?"
	for maxRows := 2 * limit; ; maxRows *= 4 {
		ids, all := map[ID]struct{}{}, true
		reads := make([]*read, len(prefixes))
		for i, prefix := range prefixes {
			n := int64(0)
			reads[i] = engine.Each(sql, append(append(args{t.Org, prefix, prefix + afterPrefix}, a...), maxRows), func(r *row) error {
				ids[id(r, 0)] = struct{}{}
				if n++; n == maxRows {
					all = false
				}
				return nil
			})
		}
		if err := t.Batch(reads...); err != nil {
			return 0, err
		}
		if n := int64(len(ids)); all || n >= limit {
			return min(n, limit), nil
		}
	}
}

// employeesInScope is the condition that the scope covers the employee of a
// term.
func employeesInScope(s *directory.Scope) (string, args) {
	if s == nil {
		return "", nil
	}
	conditions, a := []string{"FALSE"}, args{}
	for _, id := range s.UserIDs {
		conditions, a = append(conditions, "m.user_id = ?"), append(a, id)
	}
	for _, id := range s.DeptIDs {
		conditions, a = append(conditions, "p.path LIKE ?"), append(a, under(id))
	}
	return ` AND EXISTS (SELECT 1 FROM employee_dept m JOIN department p ON p.org = m.org AND p.id = m.dept_id
		WHERE m.org = t.org AND m.user_id = t.user_id AND (` + strings.Join(conditions, " OR ") + "))", a
}

// departmentsInScope is the same for the department of a term.
func departmentsInScope(s *directory.Scope) (string, args) {
	if s == nil {
		return "", nil
	}
	conditions, a := []string{"FALSE"}, args{}
	for _, id := range s.DeptIDs {
		conditions, a = append(conditions, "p.path LIKE ?"), append(a, under(id))
	}
	return " AND EXISTS (SELECT 1 FROM department p WHERE p.org = t.org AND p.id = t.dept_id AND (" + strings.Join(conditions, " OR ") + "))", a
}

// under is the LIKE pattern for the paths of a department and all departments
// below it.
func under(id int64) string { return "%/" + strconv.FormatInt(id, 10) + "/%" }
