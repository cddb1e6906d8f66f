package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Errors of policies. Methods wrap them with context; compare with errors.Is.
var (
	ErrPolicyNotFound = errors.New("policy not found")
	ErrPolicyName     = errors.New("the name of a policy has 1 to 128 letters, digits and hyphens, and is not that of a built-in policy")
	ErrPolicyInUse    = errors.New("policy is attached to an access key or a role")
)

// Policy is a named policy document of an organisation, which can be attached
// to access keys.
type Policy struct {
	Name      string
	Document  string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// PolicyTx reads and writes stored policies.
type PolicyTx interface {
	// Policy returns the policy, or ErrPolicyNotFound.
	Policy(name string) (Policy, error)
	// Policies returns all policies in the order of their names.
	Policies() ([]Policy, error)
	PutPolicy(p Policy)
	DeletePolicy(name string)
}

// isPolicyName reports whether the vendor's RAM accepts a policy name.
func isPolicyName(name string) bool {
	return len(name) >= 1 && len(name) <= 128 && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}

// PutPolicy stores a policy or replaces the one with its name; it applies to
// keys with that policy within a second. It returns ErrPolicyName. The caller
// must have checked that the document parses.
func (s *Session) PutPolicy(ctx context.Context, name, document string) error {
	if !isPolicyName(name) || isBuiltIn(name) {
		return ErrPolicyName
	}
	err := s.update(ctx, func(tx Tx) error {
		if _, err := tx.Orgs().OrgByID(s.org); err != nil {
			return err
		}
		before, err := tx.Policies().Policy(name)
		p := Policy{Name: name, Document: document, CreatedAt: s.now, UpdatedAt: s.now}
		c := Change{Noun: "policy", Object: name, Action: "create", After: Record{"document": document}}
		if err == nil {
			p.CreatedAt = before.CreatedAt
			c.Action, c.Before = "update", Record{"document": before.Document}
		}
		tx.Policies().PutPolicy(p)
		s.audit(tx, c)
		return nil
	})
	if err != nil {
		return fmt.Errorf("put policy %s: %w", name, err)
	}
	s.dir.access.clear()
	return nil
}

// Policies returns the stored policies by name.
func (s *Session) Policies(ctx context.Context) (ps []Policy, err error) {
	err = s.view(ctx, func(tx Tx) error {
		ps, err = tx.Policies().Policies()
		return err
	})
	return ps, err
}

// DeletePolicy deletes a policy that is not attached to any access key or role. It
// returns ErrPolicyNotFound or ErrPolicyInUse.
func (s *Session) DeletePolicy(ctx context.Context, name string) error {
	err := s.update(ctx, func(tx Tx) error {
		p, err := tx.Policies().Policy(name)
		if err != nil {
			return err
		}
		keys, err := tx.AccessKeys().AccessKeys()
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.Policy == name {
				return fmt.Errorf("access key %s: %w", k.ID, ErrPolicyInUse)
			}
		}
		roles, err := tx.RAMRoles().RAMRoles()
		if err != nil {
			return err
		}
		for _, r := range roles {
			if r.Policy == name {
				return fmt.Errorf("role %s: %w", r.Name, ErrPolicyInUse)
			}
		}
		tx.Policies().DeletePolicy(name)
		s.audit(tx, Change{Noun: "policy", Object: name, Action: "delete", Before: Record{"document": p.Document}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete policy %s: %w", name, err)
	}
	return nil
}
