package store

import (
	"math"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// putMemberships writes the employee's departments. Existing rows keep their
// time of entry and leader.
func (t *tx) putMemberships(e directory.Employee) {
	at := e.UpdatedAt
	if at.IsZero() {
		at = e.CreatedAt
	}
	letters := directory.Letters(e.Name)
	for _, id := range e.DeptIDs {
		t.Write(`INSERT INTO employee_dept (org, user_id, dept_id, rank, letters, entered_at, modified_at, leader) VALUES (?, ?, ?, ?, ?, ?, ?, FALSE)
			ON CONFLICT (org, user_id, dept_id) DO UPDATE SET rank = excluded.rank, letters = excluded.letters, modified_at = excluded.modified_at`,
			t.Org, e.UserID, id, rank(e.OrderIn(id)), letters, millis(at), millis(at))
	}
}

// rank is the negated order: a larger order comes first.
func rank(order int64) int64 {
	if order == math.MinInt64 {
		return math.MaxInt64
	}
	return -order
}

// memberOrder describes the sorting of members.
type memberOrder struct {
	columns string
	letters bool
	down    bool
}

var memberOrders = map[directory.MemberOrder]memberOrder{
	directory.ByCustom:     {"m.rank, m.letters, m.user_id", true, false},
	directory.ByEntry:      {"m.entered_at, m.user_id", false, false},
	directory.ByEntryDesc:  {"m.entered_at, m.user_id", false, true},
	directory.ByChange:     {"m.modified_at, m.user_id", false, false},
	directory.ByChangeDesc: {"m.modified_at, m.user_id", false, true},
}

// Members implements [directory.DeptMemberTx]. The page is chosen from the
// index alone, and only its employees are read.
func (t *tx) Members(p directory.MemberPage) (ms []directory.DeptMember, err error) {
	sql, a := membersQuery(p, t.Org)
	err = t.Each(sql, a, func(r *row) error {
		m := directory.DeptMember{Leader: r.Bool(0), Key: directory.MemberKey{At: r.Int(1), Text: r.Text(2), UserID: r.Text(3)}}
		if p.Names {
			m.Employee = directory.Employee{UserID: r.Text(3), Name: r.Text(4)}
		} else if m.Employee, err = t.scanEmployee(r, 4); err != nil {
			return err
		}
		ms = append(ms, m)
		return nil
	})
	return ms, err
}

func membersQuery(p directory.MemberPage, org string) (string, args) {
	o, ok := memberOrders[p.Order]
	if !ok {
		o = memberOrders[directory.ByCustom]
	}
	at, _, _ := strings.Cut(o.columns, ",")
	key, direction, compare := at+" AS at, '' AS letters, m.user_id", "", ">"
	if o.letters {
		key = at + " AS at, m.letters, m.user_id"
	}
	if o.down {
		direction, compare = " DESC", "<"
	}
	sql, a := "SELECT "+key+" FROM employee_dept m WHERE m.org = ? AND m.dept_id = ?", args{org, p.DeptID}
	if p.After != nil {
		if o.letters {
			sql, a = sql+" AND (m.rank, m.letters, m.user_id) "+compare+" (?, ?, ?)", append(a, p.After.At, p.After.Text, p.After.UserID)
		} else {
			sql, a = sql+" AND ("+o.columns+") "+compare+" (?, ?)", append(a, p.After.At, p.After.UserID)
		}
	}
	sql, a = sql+" ORDER BY "+strings.ReplaceAll(o.columns, ",", direction+",")+direction+" LIMIT ?", append(a, p.Size)
	if p.After == nil && p.Skip > 0 {
		sql, a = sql+" OFFSET ?", append(a, p.Skip)
	}
	sorted := " ORDER BY k.at" + direction + ", k.letters" + direction + ", k.user_id" + direction
	if p.Names { // who leads the department is not wanted
		return "SELECT FALSE, k.at, k.letters, k.user_id, e.name FROM (" + sql + ") k CROSS JOIN employee e /*sqlite: INDEXED BY employee_name*/ WHERE e.org = ? AND e.user_id = k.user_id" + sorted,
			append(a, org)
	}
	return "SELECT m.leader, k.at, k.letters, k.user_id, " + employeeColumns + " FROM (" + sql + `) k
			CROSS JOIN employee_dept m CROSS JOIN employee e
			WHERE m.org = ? AND m.user_id = k.user_id AND m.dept_id = ? AND e.org = ? AND e.user_id = k.user_id` + sorted,
		append(a, org, p.DeptID, org)
}

// MemberIDs implements [directory.DeptMemberTx].
func (t *tx) MemberIDs(deptID int64) (ids []string, err error) {
	ids = []string{}
	err = t.Each("SELECT user_id FROM employee_dept WHERE org = ? AND dept_id = ? ORDER BY user_id", args{t.Org, deptID}, func(r *row) error {
		ids = append(ids, r.Text(0))
		return nil
	})
	return ids, err
}

// LedBy implements [directory.DeptMemberTx].
func (t *tx) LedBy(userID string) (ids []int64, err error) {
	err = t.Each("SELECT dept_id FROM employee_dept WHERE org = ? AND user_id = ? AND leader ORDER BY dept_id", args{t.Org, userID}, func(r *row) error {
		ids = append(ids, r.Int(0))
		return nil
	})
	return ids, err
}

// LeadersOf implements [directory.DepartmentTreeTx].
func (t *tx) LeadersOf(deptID int64) (ids []string, err error) {
	ids = []string{}
	err = t.Each("SELECT user_id FROM employee_dept /*sqlite: INDEXED BY employee_dept_leader*/ WHERE org = ? AND dept_id = ? AND leader ORDER BY user_id", args{t.Org, deptID}, func(r *row) error {
		ids = append(ids, r.Text(0))
		return nil
	})
	return ids, err
}

// LeadersOfAll implements [directory.DepartmentTreeTx].
func (t *tx) LeadersOfAll(deptIDs []int64) (map[int64][]string, error) {
	leaders := map[int64][]string{}
	if len(deptIDs) == 0 {
		return leaders, nil
	}
	places, values := in(deptIDs)
	err := t.Each("SELECT dept_id, user_id FROM employee_dept /*sqlite: INDEXED BY employee_dept_leader*/ WHERE org = ? AND dept_id IN ("+places+") AND leader ORDER BY dept_id, user_id",
		append(args{t.Org}, values...), func(r *row) error {
			leaders[r.Int(0)] = append(leaders[r.Int(0)], r.Text(1))
			return nil
		})
	return leaders, err
}

// SetLeaders implements [directory.DeptMemberTx].
func (t *tx) SetLeaders(deptID int64, userIDs []string) {
	t.Write("UPDATE employee_dept /*sqlite: INDEXED BY employee_dept_leader*/ SET leader = FALSE WHERE org = ? AND dept_id = ? AND leader", t.Org, deptID)
	if len(userIDs) > 0 {
		places, values := in(userIDs)
		t.Write("UPDATE employee_dept SET leader = TRUE WHERE org = ? AND dept_id = ? AND user_id IN ("+places+")", append(args{t.Org, deptID}, values...)...)
	}
}
