package directory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// Nouns of roles in the history.
const (
	roleNoun      = "role"
	roleGroupNoun = "role-group"
)

// changeRoles is update for changes of roles, their groups and members, which
// take turns, so that what they read stays true until they commit.
func (s *Session) changeRoles(ctx context.Context, change func(Tx) error) error {
	return s.update(ctx, func(tx Tx) error {
		if _, err := tx.Orgs().OrgToChange(); err != nil {
			return err
		}
		return change(tx)
	})
}

// newRoleID generates an id for a role or a group. Random ids do not reuse
// those of deleted ones.
func (s *Session) newRoleID() int64 { return s.newLabelID() }

func checkRoleName(name string) error {
	if !isName(name, MaxRoleName) {
		return &FieldError{Field: NameField, Value: name, Err: ErrRoleName}
	}
	return nil
}

// CreateRoleGroup adds a group of roles and returns its id. It returns
// ErrRoleName, ErrRoleExists or ErrOrgNotFound.
func (s *Session) CreateRoleGroup(ctx context.Context, name string) (int64, error) {
	g := RoleGroup{ID: s.newRoleID(), Name: name}
	err := s.changeRoles(ctx, func(tx Tx) error {
		if err := checkRoleName(name); err != nil {
			return err
		}
		if slices.ContainsFunc(DefaultRoleGroups(s.org), func(o RoleGroup) bool { return NameKey(o.Name) == NameKey(name) }) {
			return ErrRoleExists
		}
		tx.Roles().InsertRoleGroup(g)
		s.audit(tx, Change{Noun: roleGroupNoun, Object: strconv.FormatInt(g.ID, 10), Action: "create", After: Record{"name": name}})
		s.roleEvent(tx, RoleCreated, g.ID, nil, nil)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("create role group: %w", err)
	}
	return g.ID, nil
}

// CreateRole adds a role to a group and returns its id. It returns ErrRoleName,
// ErrRoleGroupNotFound, ErrRoleDefault, ErrRoleExists or ErrOrgNotFound.
func (s *Session) CreateRole(ctx context.Context, groupID int64, name string) (int64, error) {
	r := Role{ID: s.newRoleID(), GroupID: groupID, Name: name}
	err := s.changeRoles(ctx, func(tx Tx) error {
		if err := checkRoleName(name); err != nil {
			return err
		}
		if groupID == DefaultRoleGroups(s.org)[0].ID {
			return ErrRoleDefault
		}
		g, err := s.roleGroup(tx, groupID)
		if err != nil {
			return err
		}
		tx.Roles().InsertRole(r)
		s.audit(tx, Change{Noun: roleNoun, Object: strconv.FormatInt(r.ID, 10), Action: "create", After: Record{"name": name, "group": g.Name}})
		s.roleEvent(tx, RoleCreated, r.ID, nil, nil)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("create role: %w", err)
	}
	return r.ID, nil
}

// roleToChange returns the role, or ErrRoleNotFound or ErrRoleDefault.
func (s *Session) roleToChange(tx Tx, id int64) (Role, error) {
	r, err := s.role(tx, id)
	if err == nil && r.Kind != OwnRole {
		err = ErrRoleDefault
	}
	return r.Role, err
}

// RenameRole renames a role. It returns ErrRoleName, ErrRoleNotFound,
// ErrRoleDefault, ErrRoleExists or ErrOrgNotFound.
func (s *Session) RenameRole(ctx context.Context, id int64, name string) error {
	err := s.changeRoles(ctx, func(tx Tx) error {
		before, err := s.roleToChange(tx, id)
		if err != nil {
			return err
		}
		if err := checkRoleName(name); err != nil {
			return err
		}
		after := before
		after.Name = name
		old, changed := diff(Record{"name": before.Name}, Record{"name": name})
		if len(changed) > 0 {
			tx.Roles().RenameRole(after)
			s.roleEvent(tx, RoleRenamed, id, before.label(), after.label())
		}
		s.audit(tx, Change{Noun: roleNoun, Object: strconv.FormatInt(id, 10), Action: "update", Before: old, After: changed})
		return nil
	})
	if err != nil {
		return fmt.Errorf("rename role %d: %w", id, err)
	}
	return nil
}

// DeleteRole deletes a role that nobody has. It returns ErrRoleNotFound,
// ErrRoleDefault, ErrRoleMembers or ErrOrgNotFound.
func (s *Session) DeleteRole(ctx context.Context, id int64) error {
	err := s.changeRoles(ctx, func(tx Tx) error {
		r, err := s.roleToChange(tx, id)
		if err != nil {
			return err
		}
		members, err := tx.Roles().RoleMembers(id, 0, 1)
		if err != nil {
			return err
		}
		if len(members) > 0 {
			return ErrRoleMembers
		}
		tx.Roles().DeleteRole(id)
		s.audit(tx, Change{Noun: roleNoun, Object: strconv.FormatInt(id, 10), Action: "delete", Before: Record{"name": r.Name}})
		s.roleEvent(tx, RoleDeleted, id, nil, nil)
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete role %d: %w", id, err)
	}
	return nil
}
