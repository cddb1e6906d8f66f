package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// RoleGroups returns size groups with their roles from the offset-th on, and
// whether there are more. Those that every organisation has come first.
func (s *Session) RoleGroups(ctx context.Context, offset, size int64) (gs []RoleGroup, more bool, err error) {
	err = s.view(ctx, func(tx Tx) error {
		gs = DefaultRoleGroups(s.org)
		known := int64(len(gs))
		gs = gs[min(offset, known):]
		if rest := size + 1 - int64(len(gs)); rest > 0 {
			created, err := tx.Roles().RoleGroups(max(0, offset-known), rest)
			if err != nil {
				return err
			}
			gs = append(gs, created...)
		}
		if more = int64(len(gs)) > size; more {
			gs = gs[:size]
		}
		return addRoles(tx, gs)
	})
	return gs, more, err
}

// addRoles fills in the roles of groups that are rows.
func addRoles(tx Tx, gs []RoleGroup) error {
	ids := make([]int64, len(gs))
	for i, g := range gs {
		ids[i] = g.ID
		if g.Roles == nil {
			gs[i].Roles = []Role{}
		}
	}
	roles, err := tx.Roles().RolesIn(ids)
	for _, r := range roles {
		g := &gs[slices.Index(ids, r.GroupID)]
		g.Roles = append(g.Roles, r)
	}
	return err
}

// RoleGroup returns the group with its roles, or ErrRoleGroupNotFound.
func (s *Session) RoleGroup(ctx context.Context, id int64) (RoleGroup, error) {
	gs := make([]RoleGroup, 1)
	err := s.view(ctx, func(tx Tx) (err error) {
		if gs[0], err = s.roleGroup(tx, id); err != nil {
			return err
		}
		return addRoles(tx, gs)
	})
	if err != nil {
		return RoleGroup{}, fmt.Errorf("role group %d: %w", id, err)
	}
	return gs[0], nil
}

func (s *Session) roleGroup(tx Tx, id int64) (RoleGroup, error) {
	if g, ok := defaultRoleGroup(s.org, id); ok {
		return g, nil
	}
	return tx.Roles().RoleGroup(id)
}

// Role returns the role, or ErrRoleNotFound.
func (s *Session) Role(ctx context.Context, id int64) (r HeldRole, err error) {
	err = s.view(ctx, func(tx Tx) error {
		r, err = s.role(tx, id)
		return err
	})
	if err != nil {
		return HeldRole{}, fmt.Errorf("role %d: %w", id, err)
	}
	return r, nil
}

// role returns the role without the name of its group, unless that is the
// default one.
func (s *Session) role(tx Tx, id int64) (HeldRole, error) {
	if r, ok := defaultRole(s.org, id); ok {
		return r, nil
	}
	roles, err := tx.Roles().Roles([]int64{id})
	if err == nil && len(roles) == 0 {
		err = ErrRoleNotFound
	}
	if err != nil {
		return HeldRole{}, err
	}
	return HeldRole{Role: roles[0]}, nil
}

// RoleMembers returns the members from the offset-th to before the
// offset+size-th, by user id, and whether there are more. Members outside the
// caller's range are left out of a page, which may so be shorter
// (docs/spec/dingtalk-roles.md#range-of-an-app-for-roles). It returns
// ErrRoleNotFound.
func (s *Session) RoleMembers(ctx context.Context, roleID, offset, size int64) (ms []RoleMember, more bool, err error) {
	err = s.view(ctx, func(tx Tx) error {
		r, err := s.role(tx, roleID)
		if err != nil {
			return err
		}
		if ms, err = membersOfRole(tx, r, offset, size+1); err != nil {
			return err
		}
		if more = int64(len(ms)) > size; more {
			ms = ms[:size]
		}
		return s.withinRange(tx, &ms)
	})
	if err != nil {
		return nil, false, fmt.Errorf("members of role %d: %w", roleID, err)
	}
	return ms, more, nil
}

// membersOfRole reads the members of a role of the default group from what the
// employees are.
func membersOfRole(tx Tx, r HeldRole, offset, size int64) ([]RoleMember, error) {
	if r.Kind == OwnRole || r.Kind == SubAdministratorRole {
		return tx.Roles().RoleMembers(r.ID, offset, size)
	}
	return tx.Roles().EmployeesWith(r.Kind, offset, size)
}

// withinRange removes the members outside the caller's range.
func (s *Session) withinRange(tx Tx, ms *[]RoleMember) error {
	if !s.limited() {
		return nil
	}
	ids := make([]string, len(*ms))
	for i, m := range *ms {
		ids[i] = m.UserID
	}
	es, err := tx.Employees().Employees(ids)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, e := range es {
		err := s.employeeInRange(tx, e)
		if err != nil && !errors.Is(err, ErrOutOfScope) {
			return err
		}
		seen[e.UserID] = err == nil
	}
	*ms = slices.DeleteFunc(*ms, func(m RoleMember) bool { return !seen[m.UserID] })
	return nil
}

// RolesOf returns the roles of an employee: first those of the default group,
// then the others in the order of their groups. It returns ErrEmployeeNotFound
// or ErrOutOfScope.
func (s *Session) RolesOf(ctx context.Context, userID string) (roles []HeldRole, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(userID)
		if err != nil {
			return err
		}
		if err := s.employeeInRange(tx, e); err != nil {
			return err
		}
		led, err := tx.Employees().LedBy(userID)
		if err != nil {
			return err
		}
		roles, err = s.rolesOf(tx, e, len(led) > 0)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("roles of employee %s: %w", userID, err)
	}
	return roles, nil
}

func (s *Session) rolesOf(tx Tx, e Employee, leads bool) (roles []HeldRole, err error) {
	held, err := tx.Roles().RolesHeld(e.UserID)
	if err != nil {
		return nil, err
	}
	sub := slices.ContainsFunc(held, func(r HeldRole) bool { return r.ID == subAdministratorID(s.org) })
	is := map[RoleKind]bool{BossRole: e.Boss, LeaderRole: leads, MainAdministratorRole: e.Admin, SubAdministratorRole: sub}
	for _, r := range DefaultRoleGroups(s.org)[0].Roles {
		if d, _ := defaultRole(s.org, r.ID); is[d.Kind] {
			roles = append(roles, d)
		}
	}
	for _, r := range held {
		if r.ID == subAdministratorID(s.org) {
			continue
		}
		if g, ok := defaultRoleGroup(s.org, r.GroupID); ok {
			r.GroupName = g.Name
		}
		roles = append(roles, r)
	}
	return roles, nil
}
