package store

import (
	"cmp"

	"github.com/mingce/mingce/internal/directory"
)

// fewEmployees is the size up to which a list reads all employees of a set and
// sorts them, instead of looking for them in the order of the list.
const fewEmployees = 20_000

// employeeListing has the criteria of a list of employees.
func (t *tx) employeeListing(f directory.EmployeeFind) (*listing, error) {
	l := &listing{where: "e.org = ?", a: args{t.Org}}
	switch {
	case f.Dept == 0, f.Recursive && f.Dept == directory.RootDepartment: // everybody is below the root
	case f.Recursive:
		path, err := t.path(f.Dept)
		if err != nil {
			return nil, err
		}
		from, to := below(path)
		l.among("e.user_id", keySet{"SELECT m.user_id FROM department d CROSS JOIN employee_dept m WHERE d.org = ? AND d.path >= ? AND d.path < ? AND m.org = d.org AND m.dept_id = d.id",
			args{t.Org, from, to}})
	default:
		l.among("e.user_id", keySet{"SELECT m.user_id FROM employee_dept m WHERE m.org = ? AND m.dept_id = ?", args{t.Org, f.Dept}})
	}
	if f.Phone != "" {
		l.and("e.mobile_index = ?", t.Blind(mobilePurpose, f.Phone))
	}
	if f.Email != "" { // each address has an index of its own, which an OR would not use
		var found keySet
		for _, column := range [...]string{"email_index", "org_email_index", "login_email_index"} {
			t.orBlind(&found, "SELECT user_id FROM employee", column, emailPurpose, []string{normalAddress(f.Email)})
		}
		l.among("e.user_id", found)
	}
	if !f.UpdatedSince.IsZero() {
		l.and(sinceIn(f.Sort, "e.updated_at")+" >= ?", millis(f.UpdatedSince))
	}
	if f.Scope != nil {
		l.among("e.user_id", t.employeesInside(*f.Scope))
	}
	if text := f.AnyOf; text != nil {
		var found keySet
		found.orTerms("SELECT user_id FROM employee_term", t.Org, text.Terms)
		t.orBlind(&found, "SELECT user_id FROM employee", "mobile_index", mobilePurpose, text.Phones)
		l.among("e.user_id", found)
	}
	return l, nil
}

// employeesInside reads the user ids that a range includes.
func (t *tx) employeesInside(s directory.Scope) (inside keySet) {
	inside.or("SELECT user_id FROM employee WHERE FALSE")
	if len(s.UserIDs) > 0 {
		places, ids := in(s.UserIDs)
		inside.or("SELECT user_id FROM employee WHERE org = ? AND user_id IN ("+places+")", append(args{t.Org}, ids...)...)
	}
	for _, id := range s.DeptIDs {
		inside.or("SELECT m.user_id FROM department d CROSS JOIN employee_dept m WHERE d.org = ? AND d.path LIKE ? AND m.org = d.org AND m.dept_id = d.id", t.Org, under(id))
	}
	return inside
}

// few reports whether one of the sets has at most so many keys.
func (t *tx) few(sets []keySet, most int64) (bool, error) {
	for _, s := range sets {
		n := int64(0)
		_, err := t.One("SELECT count(*) FROM (SELECT 1 FROM ("+s.sql+") found LIMIT ?) probe", append(s.a[:len(s.a):len(s.a)], most+1), func(r *row) error {
			n = r.Int(0)
			return nil
		})
		if err != nil || n <= most {
			return true, err
		}
	}
	return false, nil
}

// employeeOrder is the order of a list, and the place after which it goes on.
func employeeOrder(f directory.EmployeeFind) (column string, after args) {
	switch p := cmp.Or(f.After, new(directory.EmployeePlace)); f.Sort {
	case directory.ByName:
		column, after = "e.name", args{p.Name, p.UserID}
	case directory.ByUpdate:
		column, after = "e.updated_at", args{millis(p.UpdatedAt), p.UserID}
	default:
		column, after = "e.created_at", args{millis(p.CreatedAt), p.UserID}
	}
	if f.After == nil {
		after = nil
	}
	return column, after
}

// FindEmployees implements [directory.EmployeeReadTx].
func (t *tx) FindEmployees(f directory.EmployeeFind) ([]directory.Employee, error) {
	sql, a, err := t.employeePage(f)
	if err != nil {
		return nil, err
	}
	return t.eachEmployee(sql, a)
}

func (t *tx) employeePage(f directory.EmployeeFind) (string, args, error) {
	l, err := t.employeeListing(f)
	if err != nil {
		return "", nil, err
	}
	few := f.Phone != "" || f.Email != ""
	if !few {
		if few, err = t.few(l.sets, fewEmployees); err != nil {
			return "", nil, err
		}
	}
	column, after := employeeOrder(f)
	if few { // SQLite, which keeps no statistics here, would read all in the order of the list
		column = "/*sqlite: +*/" + column
	}
	page := l.page([]string{column, "e.user_id"}, after, f.Reverse, f.Limit)
	return "SELECT " + employeeColumns + " FROM employee e" + page, l.a, nil
}

// CountFoundEmployees implements [directory.EmployeeReadTx]. The members of a
// department are counted already.
func (t *tx) CountFoundEmployees(f directory.EmployeeFind) (n int64, err error) {
	if f.Phone == "" && f.Email == "" && f.UpdatedSince.IsZero() && f.Scope == nil && f.AnyOf == nil && f.Dept != 0 {
		direct, all, err := t.CountMembers(f.Dept)
		if f.Recursive {
			return all, err
		}
		return direct, err
	}
	f.Sort = directory.ByUpdate // the index of a criterion serves, whatever the list's order
	l, err := t.employeeListing(f)
	if err != nil {
		return 0, err
	}
	return t.countListed("employee e", l)
}
