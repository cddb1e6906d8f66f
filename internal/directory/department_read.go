package directory

import "context"

// DepartmentView is a department with its counts.
type DepartmentView struct {
	Department
	Leaders       []string
	Members       int64 // people in it and below it
	DirectMembers int64
}

// Department returns the department. It returns ErrDepartmentNotFound or
// ErrDepartmentOutOfRange.
func (s *Session) Department(ctx context.Context, id int64) (v DepartmentView, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := s.departmentInRange(tx, id); err != nil {
			return err
		}
		if v.Department, err = tx.Departments().Department(id); err != nil {
			return err
		}
		if v.Leaders, err = tx.Departments().LeadersOf(id); err != nil {
			return err
		}
		v.DirectMembers, v.Members, err = tx.Employees().CountMembers(id)
		return err
	})
	return v, err
}

// SubDepartments returns the departments directly below, by order. It returns
// ErrDepartmentNotFound or ErrDepartmentOutOfRange.
func (s *Session) SubDepartments(ctx context.Context, id int64) (ds []Department, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := s.departmentInRange(tx, id); err != nil {
			return err
		}
		ds, err = tx.Departments().SubDepartments(id)
		return err
	})
	return ds, err
}

// SubDepartmentIDs returns the ids of the departments directly below, also
// outside the caller's range. It returns ErrDepartmentNotFound.
func (s *Session) SubDepartmentIDs(ctx context.Context, id int64) (ids []int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := tx.Departments().DepartmentPath(id); err != nil {
			return err
		}
		ids, err = tx.Departments().SubDepartmentIDs(id)
		return err
	})
	return ids, err
}

// DepartmentPath returns the department and those above it, the root last, also
// outside the caller's range. It returns ErrDepartmentNotFound.
func (s *Session) DepartmentPath(ctx context.Context, id int64) (path []int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		path, err = tx.Departments().DepartmentPath(id)
		return err
	})
	return path, err
}

// PathsOf returns DepartmentPath for every department of an employee, also
// outside the caller's range. It returns ErrEmployeeNotFound.
func (s *Session) PathsOf(ctx context.Context, userID string) (list [][]int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(userID)
		if err != nil {
			return err
		}
		paths, err := tx.Departments().DepartmentPaths(e.DeptIDs)
		if err != nil {
			return err
		}
		list = make([][]int64, 0, len(e.DeptIDs))
		for _, id := range e.DeptIDs {
			if path, ok := paths[id]; ok {
				list = append(list, path)
			}
		}
		return nil
	})
	return list, err
}
