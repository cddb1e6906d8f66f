package directory

import (
	"context"
	"fmt"
)

// Administrator is an employee who manages the organisation.
type Administrator struct {
	UserID string
	Main   bool // else a sub-administrator
}

// Administrators returns the main administrators and then the
// sub-administrators, each by user id, also outside the caller's range.
func (s *Session) Administrators(ctx context.Context) (list []Administrator, err error) {
	const all = 1 << 40
	err = s.view(ctx, func(tx Tx) error {
		list = []Administrator{}
		main, err := tx.Roles().EmployeesWith(MainAdministratorRole, 0, all)
		if err != nil {
			return err
		}
		sub, err := tx.Roles().RoleMembers(subAdministratorID(s.org), 0, all)
		isMain := map[string]bool{}
		for _, m := range main {
			isMain[m.UserID] = true
			list = append(list, Administrator{m.UserID, true})
		}
		for _, m := range sub {
			if !isMain[m.UserID] {
				list = append(list, Administrator{m.UserID, false})
			}
		}
		return err
	})
	return list, err
}

// ManagedDepartments returns the departments that the employee manages as an
// administrator: the root for all, none for who is no administrator. It returns
// ErrEmployeeNotFound or ErrOutOfScope.
func (s *Session) ManagedDepartments(ctx context.Context, userID string) (ids []int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		ids = []int64{}
		e, err := tx.Employees().Employee(userID)
		if err != nil {
			return err
		}
		if err := s.employeeInRange(tx, e); err != nil {
			return err
		}
		if e.Admin {
			ids = append(ids, RootDepartment)
			return nil
		}
		m, err := tx.Roles().ScopeOf(subAdministratorID(s.org), userID)
		for _, d := range m.Scope {
			ids = append(ids, d.DeptID)
		}
		if m.UserID != "" && !m.Limited {
			ids = append(ids, RootDepartment)
		}
		return err
	})
	return ids, err
}

// SetAdministrator appoints an employee as main administrator of the
// organisation, or revokes that. It returns ErrEmployeeNotFound.
func (s *Session) SetAdministrator(ctx context.Context, userID string, admin bool) error {
	return s.setStanding(ctx, userID, "admin", admin, func(e *Employee) *bool { return &e.Admin })
}

// SetBoss says whether an employee is in charge of the organisation. It returns
// ErrEmployeeNotFound.
func (s *Session) SetBoss(ctx context.Context, userID string, boss bool) error {
	return s.setStanding(ctx, userID, "boss", boss, func(e *Employee) *bool { return &e.Boss })
}

func (s *Session) setStanding(ctx context.Context, userID, name string, set bool, field func(*Employee) *bool) error {
	return s.update(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(userID)
		if err != nil || *field(&e) == set {
			return err
		}
		after := e
		*field(&after), after.UpdatedAt = set, s.now
		tx.Employees().UpdateEmployee(e, after)
		s.audit(tx, Change{Noun: employeeNoun, Object: userID, Action: "update", Before: Record{name: !set}, After: Record{name: set}})
		if name == "admin" {
			s.administratorEvent(tx, userID, set)
		}
		return nil
	})
}

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
	err := s.changeSubAdministrator(ctx, userID, func(tx Tx, m RoleMember, is bool) error {
		err := s.putScope(tx, m, deptIDs)
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
	err := s.changeSubAdministrator(ctx, userID, func(tx Tx, m RoleMember, is bool) error {
		if is {
			tx.Roles().DeleteRoleMember(m.RoleID, userID)
			s.audit(tx, Change{Noun: employeeNoun, Object: userID, Action: "remove-role", Before: Record{"role": m.RoleID}})
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
// of sub-administrators, and whether it is one now.
func (s *Session) changeSubAdministrator(ctx context.Context, userID string, change func(Tx, RoleMember, bool) error) error {
	m := RoleMember{RoleID: subAdministratorID(s.org), UserID: userID}
	return s.changeRoles(ctx, func(tx Tx) error {
		if err := s.employeesInRange(tx, []string{userID}); err != nil {
			return err
		}
		held, err := tx.Roles().Holders([]int64{m.RoleID}, []string{userID})
		if err != nil {
			return err
		}
		return change(tx, m, len(held) > 0)
	})
}
