package directory

import (
	"context"
	"slices"
)

// Administrators returns the user ids of the organisation's administrators,
// also of those outside the caller's range.
func (s *Session) Administrators(ctx context.Context) (userIDs []string, err error) {
	err = s.view(ctx, func(tx Tx) error {
		userIDs, err = tx.Employees().Administrators()
		return err
	})
	return userIDs, err
}

// AdministratorScope returns the departments that an employee administers: an
// administrator the root, everybody else none. It returns ErrEmployeeNotFound
// or ErrOutOfScope.
func (s *Session) AdministratorScope(ctx context.Context, userID string) (deptIDs []int64, err error) {
	e, err := s.Employee(ctx, userID)
	if err != nil || !e.Admin {
		return nil, err
	}
	return []int64{RootDepartment}, nil
}

// AdministersApp reports whether the employee may administer the organisation's
// app with an agent id: administrators may. It returns ErrEmployeeNotFound or
// ErrOutOfScope.
func (s *Session) AdministersApp(ctx context.Context, userID string, agentID int64) (may bool, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(userID)
		if err != nil {
			return err
		}
		if err := s.employeeInRange(tx, e); err != nil {
			return err
		}
		apps, err := tx.Apps().AppsOf(s.org)
		may = e.Admin && slices.ContainsFunc(apps, func(a App) bool { return !a.SigningOnly && a.AgentID == agentID })
		return err
	})
	return may, err
}

// CountEmployees returns how many people the organisation has, also outside the
// caller's range.
func (s *Session) CountEmployees(ctx context.Context) (n int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		_, n, err = tx.Employees().CountMembers(RootDepartment)
		return err
	})
	return n, err
}
