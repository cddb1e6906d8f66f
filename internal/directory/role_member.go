package directory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// AddRoles gives each of the employees each of the roles. Who has one already
// keeps it as it is. It returns ErrRoleNotFound, ErrRoleDefault,
// ErrEmployeeNotFound, ErrOutOfScope or ErrOrgNotFound, and then changes
// nothing.
func (s *Session) AddRoles(ctx context.Context, roleIDs []int64, userIDs []string) error {
	err := s.changeMembers(ctx, roleIDs, userIDs, true)
	if err != nil {
		return fmt.Errorf("add roles: %w", err)
	}
	return nil
}

// RemoveRoles takes each of the roles from each of the employees. Who does not
// have one stays as it is. Errors are those of AddRoles.
func (s *Session) RemoveRoles(ctx context.Context, roleIDs []int64, userIDs []string) error {
	err := s.changeMembers(ctx, roleIDs, userIDs, false)
	if err != nil {
		return fmt.Errorf("remove roles: %w", err)
	}
	return nil
}

func (s *Session) changeMembers(ctx context.Context, roleIDs []int64, userIDs []string, add bool) error {
	roleIDs, userIDs = distinct(roleIDs), distinct(userIDs)
	return s.changeRoles(ctx, func(tx Tx) error {
		if err := s.ownRoles(tx, roleIDs); err != nil {
			return err
		}
		versions, err := s.employeesInRange(tx, userIDs)
		if err != nil {
			return err
		}
		held, err := tx.Roles().Holders(roleIDs, userIDs)
		if err != nil {
			return err
		}
		has := func(role int64, user string) bool {
			return slices.ContainsFunc(held, func(m RoleMember) bool { return m.RoleID == role && m.UserID == user })
		}
		for _, role := range roleIDs {
			changed := slices.DeleteFunc(slices.Clone(userIDs), func(user string) bool { return has(role, user) == add })
			s.changeMembersOf(tx, role, changed, versions, add)
		}
		return nil
	})
}

// ownRoles returns ErrRoleNotFound or ErrRoleDefault for the first role that
// cannot be given.
func (s *Session) ownRoles(tx Tx, ids []int64) error {
	roles, err := tx.Roles().Roles(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := defaultRole(s.org, id); ok {
			return fmt.Errorf("role %d: %w", id, ErrRoleDefault)
		}
		if !slices.ContainsFunc(roles, func(r Role) bool { return r.ID == id }) {
			return fmt.Errorf("role %d: %w", id, ErrRoleNotFound)
		}
	}
	return nil
}

// employeesInRange returns the versions of employees, or ErrEmployeeNotFound or
// ErrOutOfScope for one that does not exist or is outside the caller's range.
func (s *Session) employeesInRange(tx Tx, userIDs []string) (versions map[string]int64, err error) {
	missing, err := tx.Employees().MissingEmployees(userIDs)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("employee %s: %w", missing[0], ErrEmployeeNotFound)
	}
	es, err := tx.Employees().Employees(userIDs)
	versions = make(map[string]int64, len(es))
	for _, e := range es {
		if err := s.employeeInRange(tx, e); err != nil {
			return nil, err
		}
		versions[e.UserID] = e.Version
	}
	return versions, err
}

// changeMembersOf adds or removes members of one role, with history and event.
// It only writes.
func (s *Session) changeMembersOf(tx Tx, role int64, userIDs []string, versions map[string]int64, add bool) {
	if len(userIDs) == 0 {
		return
	}
	action := "remove"
	if add {
		action = "add"
	}
	object := strconv.FormatInt(role, 10)
	for _, user := range userIDs {
		// The entry is of the employee: whoever erases a person erases it too.
		c := Change{Noun: employeeNoun, Object: user, Action: action + "-role", Version: versions[user]}
		if add {
			c.After = Record{"role": role}
			tx.Roles().PutRoleMember(RoleMember{RoleID: role, UserID: user})
		} else {
			c.Before = Record{"role": role}
			tx.Roles().DeleteRoleMember(role, user)
		}
		s.audit(tx, c)
	}
	s.organisationEvent(tx, RoleMembersChanged, object,
		OrganisationEvent{RoleEvent: RoleEvent{LabelIDs: []int64{role}, UserIDs: userIDs, Action: action}})
}

// SetRoleScope sets which departments an employee manages in a role: only
// those, or all if deptIDs is nil. It returns ErrRoleNotFound, ErrRoleDefault,
// ErrEmployeeNotFound, ErrOutOfScope, ErrRoleNotHeld, ErrDepartmentNotFound,
// ErrDepartmentOutOfRange or ErrOrgNotFound.
func (s *Session) SetRoleScope(ctx context.Context, userID string, roleID int64, deptIDs []int64) error {
	deptIDs = distinct(deptIDs)
	err := s.changeRoles(ctx, func(tx Tx) error {
		if _, err := s.roleToChange(tx, roleID); err != nil {
			return err
		}
		versions, err := s.employeesInRange(tx, []string{userID})
		if err != nil {
			return err
		}
		held, err := tx.Roles().Holders([]int64{roleID}, []string{userID})
		if err != nil {
			return err
		}
		if len(held) == 0 {
			return ErrRoleNotHeld
		}
		return s.putScope(tx, RoleMember{RoleID: roleID, UserID: userID}, versions[userID], deptIDs)
	})
	if err != nil {
		return fmt.Errorf("scope of employee %s in role %d: %w", userID, roleID, err)
	}
	return nil
}

// putScope writes a member who manages only those departments, or all if
// deptIDs is nil. version is that of the employee.
func (s *Session) putScope(tx Tx, m RoleMember, version int64, deptIDs []int64) error {
	if len(deptIDs) > 0 {
		if err := s.departmentsInRange(tx, deptIDs); err != nil {
			return err
		}
	}
	m.Limited = deptIDs != nil
	after := Record{"role": m.RoleID}
	if m.Limited {
		after["departments"] = deptIDs
	}
	for _, id := range deptIDs {
		m.Scope = append(m.Scope, RoleScope{DeptID: id})
	}
	tx.Roles().PutRoleMember(m)
	s.audit(tx, Change{Noun: employeeNoun, Object: m.UserID, Action: "set-role-scope", Version: version, After: after})
	return nil
}
