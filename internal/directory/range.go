package directory

import (
	"errors"
	"fmt"
	"slices"
)

// ErrOutOfScope: the app may not see the employee.
var ErrOutOfScope = errors.New("employee is outside the app's range")

// covers reports whether the range includes a department, given the
// department's path up to the root.
func (r Scope) covers(path []int64) bool {
	return r.All || slices.ContainsFunc(path, func(id int64) bool { return slices.Contains(r.DeptIDs, id) })
}

// limited reports whether the caller is an app whose range is only a part of
// the organisation (docs/spec/org-accounts.md#range-of-an-app).
func (s *Session) limited() bool { return s.caller.Kind == AppCaller && !s.caller.Scope.All }

// departmentInRange returns the department's path, or ErrDepartmentNotFound or
// ErrDepartmentOutOfRange.
func (s *Session) departmentInRange(tx Tx, id int64) ([]int64, error) {
	path, err := tx.Departments().DepartmentPath(id)
	if err != nil {
		return nil, err
	}
	if s.limited() && !s.caller.Scope.covers(path) {
		return nil, fmt.Errorf("department %d: %w", id, ErrDepartmentOutOfRange)
	}
	return path, nil
}

// departmentsInRange returns ErrDepartmentNotFound or ErrDepartmentOutOfRange
// for the first department that does not exist or is outside the caller's
// range.
func (s *Session) departmentsInRange(tx Tx, ids []int64) error {
	errs, err := s.rangeErrors(tx, ids)
	for _, id := range ids {
		if errs[id] != nil {
			return errs[id]
		}
	}
	return err
}

// rangeErrors returns the errors of departmentsInRange for each of the
// departments that has one.
func (s *Session) rangeErrors(tx Tx, ids []int64) (map[int64]error, error) {
	paths, err := tx.Departments().DepartmentPaths(ids)
	if err != nil {
		return nil, err
	}
	var errs map[int64]error
	for _, id := range ids {
		var refused error
		switch path, ok := paths[id]; {
		case !ok:
			refused = ErrDepartmentNotFound
		case s.limited() && !s.caller.Scope.covers(path):
			refused = ErrDepartmentOutOfRange
		default:
			continue
		}
		if errs == nil {
			errs = map[int64]error{}
		}
		errs[id] = fmt.Errorf("department %d: %w", id, refused)
	}
	return errs, nil
}

// employeeInRange returns ErrOutOfScope if the caller's range includes neither
// the employee nor one of its departments.
func (s *Session) employeeInRange(tx Tx, e Employee) error {
	if !s.limited() || slices.Contains(s.caller.Scope.UserIDs, e.UserID) {
		return nil
	}
	paths, err := tx.Departments().DepartmentPaths(e.DeptIDs)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if s.caller.Scope.covers(path) {
			return nil
		}
	}
	return fmt.Errorf("employee %s: %w", e.UserID, ErrOutOfScope)
}
