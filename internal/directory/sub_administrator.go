package directory

import (
	"context"
	"fmt"
	"slices"
)

// SubAdministrators returns the user ids of the organisation's
// sub-administrators, also of those outside the caller's range. Who is a main
// administrator as well is not among them
// (docs/spec/dingtalk-roles.md#administrators-and-who-is-in-charge).
func (s *Session) SubAdministrators(ctx context.Context) (userIDs []string, err error) {
	const all = 1 << 40
	err = s.view(ctx, func(tx Tx) error {
		userIDs = []string{}
		ms, err := tx.Roles().RoleMembers(subAdministratorID(s.org), 0, all)
		if err != nil {
			return err
		}
		ids := make([]string, len(ms))
		for i, m := range ms {
			ids[i] = m.UserID
		}
		es, err := tx.Employees().Employees(ids)
		for _, e := range es {
			if !e.Admin {
				userIDs = append(userIDs, e.UserID)
			}
		}
		slices.Sort(userIDs)
		return err
	})
	return userIDs, err
}

// administratorEvent enqueues the event of an administrator who was appointed
// or dismissed.
func (s *Session) administratorEvent(tx Tx, userID string, added bool) {
	topic := AdministratorRemoved
	if added {
		topic = AdministratorAdded
	}
	s.organisationEvent(tx, topic, userID, OrganisationEvent{UserIDs: []string{userID}})
}

// AppointSubAdministrator makes an employee a sub-administrator of the
// departments and those below them, of all if deptIDs is nil, or changes which
// they are. It returns ErrEmployeeNotFound, ErrDepartmentNotFound or
// ErrOrgNotFound.
func (s *Session) AppointSubAdministrator(ctx context.Context, userID string, deptIDs []int64) error {
	deptIDs = distinct(deptIDs)
	err := s.changeSubAdministrator(ctx, userID, func(tx Tx, m RoleMember, version int64, is bool) error {
		err := s.putScope(tx, m, version, deptIDs)
		if err == nil && !is {
			s.administratorEvent(tx, userID, true)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("appoint sub-administrator %s: %w", userID, err)
	}
	return nil
}

// DismissSubAdministrator revokes AppointSubAdministrator. It returns
// ErrEmployeeNotFound or ErrOrgNotFound.
func (s *Session) DismissSubAdministrator(ctx context.Context, userID string) error {
	err := s.changeSubAdministrator(ctx, userID, func(tx Tx, m RoleMember, version int64, is bool) error {
		if is {
			tx.Roles().DeleteRoleMember(m.RoleID, userID)
			s.audit(tx, Change{Noun: employeeNoun, Object: userID, Action: "remove-role", Version: version, Before: Record{"role": m.RoleID}})
			s.administratorEvent(tx, userID, false)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("dismiss sub-administrator %s: %w", userID, err)
	}
	return nil
}

// changeSubAdministrator calls change with the employee as a member of the role
// of sub-administrators, its version, and whether it is one now.
func (s *Session) changeSubAdministrator(ctx context.Context, userID string, change func(Tx, RoleMember, int64, bool) error) error {
	m := RoleMember{RoleID: subAdministratorID(s.org), UserID: userID}
	return s.changeRoles(ctx, func(tx Tx) error {
		versions, err := s.employeesInRange(tx, []string{userID})
		if err != nil {
			return err
		}
		held, err := tx.Roles().Holders([]int64{m.RoleID}, []string{userID})
		if err != nil {
			return err
		}
		return change(tx, m, versions[userID], len(held) > 0)
	})
}
