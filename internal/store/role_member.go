package store

import "github.com/mingce/mingce/internal/directory"

// RoleMembers implements [directory.RoleMemberTx]. The page is chosen from the
// index alone.
func (t *tx) RoleMembers(roleID, offset, size int64) ([]directory.RoleMember, error) {
	return t.roleMembers(roleID, `SELECT k.user_id, e.name, k.limited, s.dept_id, d.name
		FROM (SELECT user_id, limited FROM role_member WHERE org = ? AND role_id = ? ORDER BY user_id LIMIT ? OFFSET ?) k
		JOIN employee e ON e.org = ? AND e.user_id = k.user_id
		LEFT JOIN role_scope s ON s.org = ? AND s.role_id = ? AND s.user_id = k.user_id
		LEFT JOIN department d ON d.org = ? AND d.id = s.dept_id
		ORDER BY k.user_id, s.dept_id`, args{t.Org, roleID, size, offset, t.Org, t.Org, roleID, t.Org})
}

// employeesWith are the user ids of those who are what a kind of role says, in
// their order.
var employeesWith = map[directory.RoleKind]string{
	directory.BossRole:              "SELECT user_id FROM employee /*sqlite: INDEXED BY employee_boss*/ WHERE org = ? AND boss",
	directory.MainAdministratorRole: "SELECT user_id FROM employee /*sqlite: INDEXED BY employee_admin*/ WHERE org = ? AND admin",
	directory.LeaderRole:            "SELECT DISTINCT user_id FROM employee_dept /*sqlite: INDEXED BY employee_dept_leader*/ WHERE org = ? AND leader",
}

// EmployeesWith implements [directory.RoleMemberTx].
func (t *tx) EmployeesWith(kind directory.RoleKind, offset, size int64) ([]directory.RoleMember, error) {
	leads := kind == directory.LeaderRole
	return t.roleMembers(0, `SELECT k.user_id, e.name, CAST(? AS BOOLEAN), s.dept_id, d.name
		FROM (`+employeesWith[kind]+` ORDER BY user_id LIMIT ? OFFSET ?) k
		JOIN employee e ON e.org = ? AND e.user_id = k.user_id
		LEFT JOIN employee_dept s ON s.org = ? AND s.user_id = k.user_id AND s.leader AND CAST(? AS BOOLEAN)
		LEFT JOIN department d ON d.org = ? AND d.id = s.dept_id
		ORDER BY k.user_id, s.dept_id`, args{leads, t.Org, size, offset, t.Org, t.Org, leads, t.Org})
}

// roleMembers reads rows of user id, name, limited, and a department with its
// name: one for each department of a scope.
func (t *tx) roleMembers(roleID int64, sql string, a args) (ms []directory.RoleMember, err error) {
	err = t.Each(sql, a, func(r *row) error {
		if n := len(ms); n == 0 || ms[n-1].UserID != r.Text(0) {
			ms = append(ms, directory.RoleMember{RoleID: roleID, UserID: r.Text(0), Name: r.Text(1), Limited: r.Bool(2)})
		}
		m := &ms[len(ms)-1]
		if m.Limited && m.Scope == nil {
			m.Scope = []directory.RoleScope{}
		}
		if !r.Null(3) {
			m.Scope = append(m.Scope, directory.RoleScope{DeptID: r.Int(3), Name: text(r.NullText(4))})
		}
		return nil
	})
	return ms, err
}

// Holders implements [directory.RoleMemberTx].
func (t *tx) Holders(roleIDs []int64, userIDs []string) (ms []directory.RoleMember, err error) {
	if len(roleIDs) == 0 || len(userIDs) == 0 {
		return nil, nil
	}
	roles, roleValues := in(roleIDs)
	users, userValues := in(userIDs)
	err = t.Each("SELECT role_id, user_id, limited FROM role_member WHERE org = ? AND role_id IN ("+roles+") AND user_id IN ("+users+")",
		append(append(args{t.Org}, roleValues...), userValues...), func(r *row) error {
			ms = append(ms, directory.RoleMember{RoleID: r.Int(0), UserID: r.Text(1), Limited: r.Bool(2)})
			return nil
		})
	return ms, err
}

// RolesHeld implements [directory.RoleMemberTx].
func (t *tx) RolesHeld(userID string) (list []directory.HeldRole, err error) {
	err = t.Each(`SELECT m.role_id, coalesce(r.group_id, 0), r.name, g.name FROM role_member m
		LEFT JOIN role r ON r.org = ? AND r.id = m.role_id
		LEFT JOIN role_group g ON g.org = ? AND g.id = r.group_id
		WHERE m.org = ? AND m.user_id = ? ORDER BY coalesce(g.position, 0), coalesce(r.group_id, 0), r.position, m.role_id`,
		args{t.Org, t.Org, t.Org, userID}, func(r *row) error {
			list = append(list, directory.HeldRole{Role: directory.Role{ID: r.Int(0), GroupID: r.Int(1), Name: text(r.NullText(2))}, GroupName: text(r.NullText(3))})
			return nil
		})
	return list, err
}

// ScopeOf implements [directory.RoleMemberTx].
func (t *tx) ScopeOf(roleID int64, userID string) (m directory.RoleMember, err error) {
	err = t.Each(`SELECT m.limited, s.dept_id FROM role_member m
		LEFT JOIN role_scope s ON s.org = m.org AND s.role_id = m.role_id AND s.user_id = m.user_id
		WHERE m.org = ? AND m.role_id = ? AND m.user_id = ? ORDER BY s.dept_id`, args{t.Org, roleID, userID}, func(r *row) error {
		m.RoleID, m.UserID, m.Limited = roleID, userID, r.Bool(0)
		if !r.Null(1) {
			m.Scope = append(m.Scope, directory.RoleScope{DeptID: r.Int(1)})
		}
		return nil
	})
	return m, err
}

// ManagersOf implements [directory.RoleMemberTx].
func (t *tx) ManagersOf(deptID int64) (ms []directory.RoleMember, err error) {
	err = t.Each("SELECT role_id, user_id FROM role_scope WHERE org = ? AND dept_id = ? ORDER BY role_id, user_id", args{t.Org, deptID}, func(r *row) error {
		ms = append(ms, directory.RoleMember{RoleID: r.Int(0), UserID: r.Text(1), Limited: true})
		return nil
	})
	return ms, err
}

// PutRoleMember implements [directory.RoleMemberTx].
func (t *tx) PutRoleMember(m directory.RoleMember) {
	t.Write(`INSERT INTO role_member (org, role_id, user_id, limited) VALUES (?, ?, ?, ?)
		ON CONFLICT (org, role_id, user_id) DO UPDATE SET limited = excluded.limited`, t.Org, m.RoleID, m.UserID, m.Limited)
	t.Write("DELETE FROM role_scope WHERE org = ? AND role_id = ? AND user_id = ?", t.Org, m.RoleID, m.UserID)
	for _, d := range m.Scope {
		t.Write("INSERT INTO role_scope (org, role_id, user_id, dept_id) VALUES (?, ?, ?, ?)", t.Org, m.RoleID, m.UserID, d.DeptID)
	}
}

// DeleteRoleMember implements [directory.RoleMemberTx].
func (t *tx) DeleteRoleMember(roleID int64, userID string) {
	for _, table := range []string{"role_scope", "role_member"} {
		t.Write("DELETE FROM "+table+" WHERE org = ? AND role_id = ? AND user_id = ?", t.Org, roleID, userID)
	}
}
