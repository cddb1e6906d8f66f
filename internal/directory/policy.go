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
	ErrPolicyName     = errors.New("name of a policy is 1 to 128 letters, digits and hyphens, and not that of a built-in one")
	ErrPolicyInUse    = errors.New("policy is carried by an access key")
)

// Policy is a policy document of an organisation under a name that access keys
// can carry.
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
	// Policies returns all by name.
	Policies() ([]Policy, error)
	PutPolicy(p Policy)
	DeletePolicy(name string)
}

// isPolicyName reports whether the vendor's RAM takes a name.
func isPolicyName(name string) bool {
	return len(name) >= 1 && len(name) <= 128 && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}

// PutPolicy stores a policy or replaces the one of its name; keys that carry the
// name follow within a second. It returns ErrPolicyName. That the document can
// be read is the caller's business.
func (s *Session) PutPolicy(ctx context.Context, name, document string) error {
	if !isPolicyName(name) || isBuiltIn(name) {
		return ErrPolicyName
	}
	err := s.update(ctx, func(tx Tx) error {
		if _, err := tx.OrgByID(s.org); err != nil {
			return err
		}
		before, err := tx.Policy(name)
		p := Policy{Name: name, Document: document, CreatedAt: s.now, UpdatedAt: s.now}
		c := Change{Noun: "policy", Object: name, Action: "create", After: Record{"document": document}}
		if err == nil {
			p.CreatedAt = before.CreatedAt
			c.Action, c.Before = "update", Record{"document": before.Document}
		}
		tx.PutPolicy(p)
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
		ps, err = tx.Policies()
		return err
	})
	return ps, err
}

// DeletePolicy removes a policy that no access key carries. It returns
// ErrPolicyNotFound or ErrPolicyInUse.
func (s *Session) DeletePolicy(ctx context.Context, name string) error {
	err := s.update(ctx, func(tx Tx) error {
		p, err := tx.Policy(name)
		if err != nil {
			return err
		}
		keys, err := tx.AccessKeys()
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.Policy == name {
				return fmt.Errorf("access key %s: %w", k.ID, ErrPolicyInUse)
			}
		}
		tx.DeletePolicy(name)
		s.audit(tx, Change{Noun: "policy", Object: name, Action: "delete", Before: Record{"document": p.Document}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete policy %s: %w", name, err)
	}
	return nil
}
