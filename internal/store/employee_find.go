package store

import (
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// employeeOrders are the columns by which employees are listed, before the user
// id. The time of the last change has no index, which every change would have to
// write: such a list reads all that the other criteria leave.
var employeeOrders = map[directory.ObjectSort]string{
	directory.ByCreation: "e.created_at", directory.ByName: "e.name",
	directory.ByUpdate: "(" + lastChange + ")",
}

// lastChange is the time of creation of who was never changed.
const lastChange = "CASE WHEN e.updated_at = 0 THEN e.created_at ELSE e.updated_at END"

// employeeSet reads user ids: those that one criterion of a list leaves.
type employeeSet struct {
	sql string
	a   args
}

// fewEmployees is the size up to which a list reads all employees of a set and
// sorts them, instead of looking for them in the order of the list.
const fewEmployees = 20_000

// employeeCriteria is the WHERE of a list of employees, and the sets in it.
func (t *tx) employeeCriteria(f directory.EmployeeFind) (where string, a args, sets []employeeSet, err error) {
	var b strings.Builder
	b.WriteString("e.org = ?")
	a = args{t.Org}
	and := func(sql string, values ...any) {
		b.WriteString(" AND " + sql)
		a = append(a, values...)
	}
	among := func(sql string, values args) {
		sets = append(sets, employeeSet{sql, values})
		and("e.user_id IN ("+sql+")", values...)
	}
	switch {
	case f.Dept == 0, f.Recursive && f.Dept == directory.RootDepartment: // everybody is below the root
	case f.Recursive:
		path, err := t.path(f.Dept)
		if err != nil {
			return "", nil, nil, err
		}
		from, to := below(path)
		among("SELECT m.user_id FROM department d CROSS JOIN employee_dept m WHERE d.org = ? AND d.path >= ? AND d.path < ? AND m.org = d.org AND m.dept_id = d.id",
			args{t.Org, from, to})
	default:
		among("SELECT m.user_id FROM employee_dept m WHERE m.org = ? AND m.dept_id = ?", args{t.Org, f.Dept})
	}
	if f.Phone != "" {
		and("e.mobile_index = ?", t.Blind(mobilePurpose, f.Phone))
	}
	if f.Email != "" {
		among(t.employeesByMail(f.Email))
	}
	if !f.UpdatedSince.IsZero() {
		and(lastChange+" >= ?", millis(f.UpdatedSince))
	}
	if f.Scope != nil {
		among(t.employeesInside(*f.Scope))
	}
	if f.AnyOf != nil {
		among(t.employeeText(*f.AnyOf))
	}
	return b.String(), a, sets, nil
}

// few reports whether one of the sets is small.
func (t *tx) few(sets []employeeSet) (bool, error) {
	for _, s := range sets {
		n := int64(0)
		_, err := t.One("SELECT count(*) FROM (SELECT 1 FROM ("+s.sql+") found LIMIT ?) probe", append(s.a[:len(s.a):len(s.a)], fewEmployees+1), func(r *row) error {
			n = r.Int(0)
			return nil
		})
		if err != nil || n <= fewEmployees {
			return true, err
		}
	}
	return false, nil
}

// employeesByMail reads the user ids of who has the address as contact, business
// or login address. Each has an index of its own, which an OR would not use.
func (t *tx) employeesByMail(address string) (string, args) {
	index := t.Blind(emailPurpose, normalAddress(address))
	const of = "SELECT user_id FROM employee WHERE org = ? AND "
	return of + "email_index = ? UNION ALL " + of + "org_email_index = ? UNION ALL " + of + "login_email_index = ?",
		args{t.Org, index, t.Org, index, t.Org, index}
}

// employeesInside reads the user ids that a range includes.
func (t *tx) employeesInside(s directory.Scope) (string, args) {
	parts, a := []string{"SELECT user_id FROM employee WHERE FALSE"}, args{}
	if len(s.UserIDs) > 0 {
		places, ids := in(s.UserIDs)
		parts, a = append(parts, "SELECT user_id FROM employee WHERE org = ? AND user_id IN ("+places+")"), append(append(a, t.Org), ids...)
	}
	for _, id := range s.DeptIDs {
		parts = append(parts, "SELECT m.user_id FROM department d CROSS JOIN employee_dept m WHERE d.org = ? AND d.path LIKE ? AND m.org = d.org AND m.dept_id = d.id")
		a = append(a, t.Org, under(id))
	}
	return strings.Join(parts, " UNION ALL "), a
}

// employeeText reads the user ids of what a text may find.
func (t *tx) employeeText(text directory.EmployeeText) (string, args) {
	var parts []string
	var a args
	for _, term := range text.Terms {
		parts = append(parts, "SELECT user_id FROM employee_term WHERE org = ? AND term >= ? AND term < ?")
		a = append(a, t.Org, term, term+afterPrefix)
	}
	for _, phone := range text.Phones {
		parts = append(parts, "SELECT user_id FROM employee WHERE org = ? AND mobile_index = ?")
		a = append(a, t.Org, t.Blind(mobilePurpose, phone))
	}
	return strings.Join(parts, " UNION ALL "), a
}

// FindEmployees implements [directory.EmployeeReadTx].
func (t *tx) FindEmployees(f directory.EmployeeFind) ([]directory.Employee, error) {
	where, a, sets, err := t.employeeCriteria(f)
	if err != nil {
		return nil, err
	}
	few := f.Phone != "" || f.Email != ""
	if !few {
		if few, err = t.few(sets); err != nil {
			return nil, err
		}
	}
	column, ok := employeeOrders[f.Sort]
	if !ok {
		column = employeeOrders[directory.ByCreation]
	}
	if few { // SQLite, which keeps no statistics here, would read all in the order of the list
		column = "/*sqlite: +*/" + column
	}
	than, direction := ">", ""
	if f.Reverse {
		than, direction = "<", " DESC"
	}
	if p := f.After; p != nil {
		var at any = p.Name
		switch f.Sort {
		case directory.ByName:
		case directory.ByUpdate:
			at = millis(p.UpdatedAt)
		default:
			at = millis(p.CreatedAt)
		}
		where, a = where+" AND ("+column+", e.user_id) "+than+" (?, ?)", append(a, at, p.UserID)
	}
	return t.eachEmployee("SELECT "+employeeColumns+" FROM employee e WHERE "+where+" ORDER BY "+column+direction+", e.user_id"+direction+" LIMIT ?", append(a, f.Limit))
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
	where, a, _, err := t.employeeCriteria(f)
	if err != nil {
		return 0, err
	}
	_, err = t.One("SELECT count(*) FROM employee e WHERE "+where, a, func(r *row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}
