package directory

import (
	"context"
	"fmt"
	"strconv"
)

// binDepartment is what the bin keeps of a department: its row, and what its
// deletion removes elsewhere.
type binDepartment struct {
	Department
	Scopes []RoleMember // members of roles who managed it; their scopes are not filled
}

// DeleteDepartment deletes a department without members and without departments
// below it into the bin. It returns ErrDepartmentNotFound,
// ErrDepartmentOutOfRange, ErrDepartmentRoot, ErrDepartmentMembers (also of a
// department below it) or ErrDepartmentChildren.
func (s *Session) DeleteDepartment(ctx context.Context, id int64) error {
	err := s.update(ctx, func(tx Tx) error {
		d, err := tx.Departments().Department(id)
		if err != nil {
			return err
		}
		if _, err := s.departmentInRange(tx, id); err != nil {
			return err
		}
		reasons, err := keepsDepartment(tx, id)
		if err != nil {
			return err
		}
		if len(reasons) > 0 {
			return reasons[0]
		}
		return s.removeDepartment(tx, d)
	})
	if err != nil {
		return fmt.Errorf("delete department %d: %w", id, err)
	}
	return nil
}

// keepsDepartment returns why a department cannot be deleted: ErrDepartmentRoot,
// or else ErrDepartmentMembers and ErrDepartmentChildren.
func keepsDepartment(tx Tx, id int64) (reasons []error, err error) {
	if id == RootDepartment {
		return []error{ErrDepartmentRoot}, nil
	}
	_, members, err := tx.Employees().CountMembers(id)
	if err != nil {
		return nil, err
	}
	if members > 0 {
		reasons = append(reasons, ErrDepartmentMembers)
	}
	below, err := tx.Departments().SubDepartmentIDs(id)
	if len(below) > 0 {
		reasons = append(reasons, ErrDepartmentChildren)
	}
	return reasons, err
}

// removeDepartment deletes a department into the bin. It reads first.
func (s *Session) removeDepartment(tx Tx, d Department) error {
	scopes, err := tx.Roles().ManagersOf(d.ID)
	if err != nil {
		return err
	}
	object, version := strconv.FormatInt(d.ID, 10), d.Version+1
	tx.Departments().DeleteDepartment(d)
	s.discard(tx, BinItem{Kind: DepartmentKind, ID: object, Name: d.Name, Version: version}, binDepartment{d, scopes})
	s.audit(tx, Change{Noun: departmentNoun, Object: object, Action: "delete", Version: version, Before: d.record(), After: Record{}})
	s.organisationEvent(tx, DepartmentRemoved, object, OrganisationEvent{DeptIDs: []int64{d.ID}})
	return nil
}
