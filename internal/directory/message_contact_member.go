package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of bindings. Methods wrap them with context; compare with errors.Is.
var (
	ErrMemberNotFound = errors.New("no such member, or not bound to it")
	ErrMemberQuota    = errors.New("too many members bound to the message contact")
)

// Decision: docs/spec/resource-directory.md#number-of-bindings.
const DefaultMaxMembersPerContact = 100

// MemberTx reads and writes what message contacts are bound to: the resource
// directory, a folder or an account. A binding is in effect for every account
// below (docs/spec/resource-directory.md#inheritance-of-bindings).
type MemberTx interface {
	// MissingMembers returns those of the ids that are neither the resource
	// directory nor a folder nor an account of the organisation. An update
	// locks the others against deletion.
	MissingMembers(ids []string) ([]string, error)
	// MemberTree returns the place of every folder and account.
	MemberTree() (MemberTree, error)
	// PutBinding binds the contact, or updates the time of an existing binding.
	PutBinding(contactID, memberID string, at time.Time)
}

// MemberTree is the tree of a resource directory, by ids.
type MemberTree struct {
	DirectoryID string
	Parents     map[string]string // folder to its parent; the root's is ""
	Accounts    map[string]string // account to its folder
}

// Covers reports whether a binding to one of members is in effect for the
// account.
func (t MemberTree) Covers(members []string, account string) bool {
	if slices.Contains(members, account) {
		return true
	}
	folder, known := t.Accounts[account]
	if !known {
		return false
	}
	if slices.Contains(members, t.DirectoryID) {
		return true
	}
	// The number of steps is bounded in case a damaged tree has a cycle.
	for range len(t.Parents) + 1 {
		if folder == "" {
			return false
		}
		if slices.Contains(members, folder) {
			return true
		}
		folder = t.Parents[folder]
	}
	return false
}

// Covered returns the accounts that bindings to members are in effect for,
// sorted by id.
func (t MemberTree) Covered(members []string) []string {
	found := map[string]bool{}
	for account := range t.Accounts {
		if t.Covers(members, account) {
			found[account] = true
		}
	}
	accounts := make([]string, 0, len(found))
	for account := range found {
		accounts = append(accounts, account)
	}
	slices.Sort(accounts)
	return accounts
}

// AssociateMembers binds the contact to all of members or, on an error, to
// none. An existing binding gets the new time. It returns
// ErrMessageContactNotFound, ErrMessageContactStatus, ErrMemberNotFound or
// ErrMemberQuota, in this order
// (docs/spec/resource-directory.md#order-of-checks-in-an-operation).
func (s *Session) AssociateMembers(ctx context.Context, contactID string, members []string) error {
	err := s.updateWaiting(ctx, func(tx Tx) error {
		c, err := tx.MessageContacts().MessageContact(contactID)
		if err != nil {
			return err
		}
		if c.Status != Active && (c.Status != Verifying || !s.dir.settings.BindUnverified) {
			return ErrMessageContactStatus
		}
		if missing, err := tx.Members().MissingMembers(members); err != nil {
			return err
		} else if len(missing) > 0 {
			return fmt.Errorf("member %s: %w", missing[0], ErrMemberNotFound)
		}
		after := distinct(slices.Concat(c.Members, members))
		most := orDefault(s.dir.settings.MaxMembersPerContact, DefaultMaxMembersPerContact)
		if int64(len(after)) > most && len(after) > len(c.Members) {
			return ErrMemberQuota
		}
		for _, id := range members {
			tx.Members().PutBinding(contactID, id, s.now)
		}
		bound := c
		bound.Members = after
		s.writeMessageContact(tx, "associate", c, bound)
		return nil
	})
	if err != nil {
		return fmt.Errorf("associate members with message contact %s: %w", contactID, err)
	}
	return nil
}

// DisassociateMembers unbinds the contact from all of members or, on an error,
// from none. It returns ErrMessageContactNotFound, ErrMessageContactStatus or,
// for a member the contact is not bound to, ErrMemberNotFound, in this order.
func (s *Session) DisassociateMembers(ctx context.Context, contactID string, members []string) error {
	err := s.updateWaiting(ctx, func(tx Tx) error {
		c, err := tx.MessageContacts().MessageContact(contactID)
		if err != nil {
			return err
		}
		if c.Status == Deleting {
			return ErrMessageContactStatus
		}
		for _, id := range members {
			if !slices.Contains(c.Members, id) {
				return fmt.Errorf("member %s: %w", id, ErrMemberNotFound)
			}
		}
		after := c
		after.Members = slices.DeleteFunc(slices.Clone(c.Members), func(id string) bool { return slices.Contains(members, id) })
		s.writeMessageContact(tx, "disassociate", c, after)
		return nil
	})
	if err != nil {
		return fmt.Errorf("disassociate members from message contact %s: %w", contactID, err)
	}
	return nil
}

// unbinding reads the contacts that are bound to one of the members, which are
// about to go, and returns what ends these bindings: each is a change of its
// contact, with history and version
// (docs/spec/history.md#changes-that-follow-from-others). Without members it ends
// all bindings.
func (s *Session) unbinding(tx Tx, members ...string) (end func(), err error) {
	var ids []string
	if len(members) > 0 {
		bound, err := tx.EffectiveContacts().ContactsBoundTo(members)
		if err != nil {
			return nil, err
		}
		for _, b := range bound {
			ids = append(ids, b.Contact.ID)
		}
	} else {
		all, _, err := tx.MessageContacts().MessageContacts(MessageContactFilter{})
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			if len(c.Members) > 0 {
				ids = append(ids, c.ID)
			}
		}
	}
	slices.Sort(ids) // so that calls which lock several do it in one order
	ids = slices.Compact(ids)
	before := make([]MessageContact, len(ids))
	for i, id := range ids {
		if before[i], err = tx.MessageContacts().MessageContact(id); err != nil {
			return nil, err
		}
	}
	return func() {
		for _, c := range before {
			after := c
			after.Members = slices.DeleteFunc(slices.Clone(c.Members), func(id string) bool { return len(members) == 0 || slices.Contains(members, id) })
			s.writeMessageContact(tx, "disassociate", c, after)
		}
	}, nil
}
