package directory

import (
	"cmp"
	"context"
	"slices"
)

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

// DepartmentsBelow returns the departments below a department by id: all of
// them if deep, else those directly below. It returns ErrDepartmentNotFound or
// ErrDepartmentOutOfRange.
func (s *Session) DepartmentsBelow(ctx context.Context, id int64, deep bool) (ds []Department, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := s.departmentInRange(tx, id); err != nil {
			return err
		}
		ds, err = departmentTree(tx, id, deep)
		ds = slices.DeleteFunc(ds, func(d Department) bool { return d.ID == id })
		return err
	})
	return ds, err
}

// DepartmentTree returns the root and the departments below it by id, as far as
// they are in the caller's range: all of them if deep, else those directly
// below.
func (s *Session) DepartmentTree(ctx context.Context, deep bool) (ds []Department, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if !s.limited() {
			ds, err = departmentTree(tx, RootDepartment, deep)
			return err
		}
		ds = nil
		for _, id := range distinct(s.caller.Scope.DeptIDs) {
			tree, err := departmentTree(tx, id, true)
			if err != nil {
				return err
			}
			ds = append(ds, tree...)
		}
		if !deep {
			ds = slices.DeleteFunc(ds, func(d Department) bool { return d.ID != RootDepartment && d.ParentID != RootDepartment })
		}
		slices.SortFunc(ds, byDepartmentID)
		ds = slices.CompactFunc(ds, func(a, b Department) bool { return a.ID == b.ID }) // of departments one below the other
		return nil
	})
	return ds, err
}

func byDepartmentID(a, b Department) int { return cmp.Compare(a.ID, b.ID) }

// departmentTree returns a department and those below it by id.
func departmentTree(tx Tx, id int64, deep bool) ([]Department, error) {
	if deep {
		return tx.Departments().DepartmentTree(id)
	}
	d, err := tx.Departments().Department(id)
	if err != nil {
		return nil, err
	}
	ds, err := tx.Departments().SubDepartments(id)
	slices.SortFunc(ds, byDepartmentID)
	return append([]Department{d}, ds...), err
}
