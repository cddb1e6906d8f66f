package directory

import (
	"fmt"
	"slices"
	"strconv"
)

// restore puts an employee back under its id
// (docs/spec/history.md#restoration-of-an-employee).
func (employeeEditor) restore(s *Session, tx Tx, e Edit) (EditResult, error) {
	var b binEmployee
	x, err := s.fromBin(tx, EmployeeKind, e.ID, &b)
	if err != nil {
		return EditResult{}, fmt.Errorf("employee %s: %w", e.ID, err)
	}
	p := &problems{kind: EmployeeKind}
	b.Version, b.UpdatedAt = x.Version+1, s.now
	left, err := s.dropGone(tx, &b)
	if err != nil {
		return EditResult{}, err
	}
	if s.limited() {
		if err := p.refused(s.departmentsInRange(tx, b.DeptIDs), "deptIds"); err != nil {
			return EditResult{}, err
		}
	}
	if err := s.checkTaken(tx, Employee{}, b.Employee, p); err != nil {
		return EditResult{}, err
	}
	if b.AccountType == AccountJoined {
		// Its owner decides: the account may be gone, or no longer offered.
		offer, err := s.offeredAccount(tx, AccountRef{b.OuterOrg, b.OuterUserID})
		if err == nil && offer.Account != b.Account {
			err = ErrAccountNotOffered
		}
		if err := p.refused(err, extraName); err != nil {
			return EditResult{}, err
		}
	}
	led, err := readLed(tx, b.Leads)
	if err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	tx.Bin().DeleteBin(EmployeeKind, b.UserID)
	tx.Logins().EndLogins(LoginFilter{UserID: b.UserID}) // whoever was logged in logs in again
	s.loggedOut = true
	n := s.addEmployee(tx, b.Employee, "restore")
	for _, m := range b.Roles {
		tx.Roles().PutRoleMember(m)
	}
	for _, d := range led {
		leaders := slices.Sorted(slices.Values(append(slices.Clone(d.leaders), n.UserID)))
		tx.Employees().SetLeaders(d.ID, leaders)
		s.leadersChanged(tx, d, leaders)
	}
	return EditResult{After: s.employeeObject(n), Changed: true, Left: left}, nil
}

// dropGone removes what an employee named and what is gone meanwhile, and names
// the fields that lost something. Who has no department left is in the root.
func (s *Session) dropGone(tx Tx, b *binEmployee) ([]Problem, error) {
	left := &problems{kind: EmployeeKind}
	gone, err := tx.Departments().MissingDepartments(b.DeptIDs)
	if err != nil {
		return nil, err
	}
	isGone := func(id int64) bool { return slices.Contains(gone, id) }
	for _, id := range gone {
		left.add("deptIds", RuleDepartmentNotFound, strconv.FormatInt(id, 10))
	}
	b.DeptIDs = slices.DeleteFunc(b.DeptIDs, isGone)
	if len(b.DeptIDs) == 0 {
		b.DeptIDs = []int64{RootDepartment}
	}
	b.Leads = slices.DeleteFunc(b.Leads, isGone)
	b.Profile.Orders = slices.DeleteFunc(b.Profile.Orders, func(o DeptOrder) bool { return isGone(o.DeptID) })
	b.Profile.Positions = slices.DeleteFunc(b.Profile.Positions, func(o DeptPosition) bool { return isGone(o.DeptID) })
	if b.ManagerID != "" {
		missing, err := tx.Employees().MissingEmployees([]string{b.ManagerID})
		if err != nil {
			return nil, err
		}
		if len(missing) > 0 {
			left.add("managerUserId", RuleEmployeeNotFound, b.ManagerID)
			b.ManagerID = ""
		}
	}
	return left.list, s.dropGoneRoles(tx, b)
}

// dropGoneRoles removes the roles that are gone, and the departments that are
// gone from the scopes of the others.
func (s *Session) dropGoneRoles(tx Tx, b *binEmployee) error {
	var roles, depts []int64
	for _, m := range b.Roles {
		roles = append(roles, m.RoleID)
		for _, d := range m.Scope {
			depts = append(depts, d.DeptID)
		}
	}
	there, err := tx.Roles().Roles(roles)
	if err != nil {
		return err
	}
	gone, err := tx.Departments().MissingDepartments(distinct(depts))
	if err != nil {
		return err
	}
	b.Roles = slices.DeleteFunc(b.Roles, func(m RoleMember) bool {
		return m.RoleID != subAdministratorID(s.org) && !slices.ContainsFunc(there, func(r Role) bool { return r.ID == m.RoleID })
	})
	for i, m := range b.Roles {
		b.Roles[i].Scope = slices.DeleteFunc(m.Scope, func(d RoleScope) bool { return slices.Contains(gone, d.DeptID) })
	}
	return nil
}
