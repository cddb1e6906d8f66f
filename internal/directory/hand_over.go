package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrHandOverToSelf: the old and the new owner are the same.
var ErrHandOverToSelf = errors.New("contacts cannot be handed over to their present owner")

// HandOver moves all external contacts that the employee from owns to the
// employee to, and returns their ids in list order. The change is atomic. The
// history gets one entry for it and one for each contact, and each contact has
// its event. With dryRun nothing changes.
//
// from may have left the organisation already. It returns ErrHandOverToSelf, or
// ErrEmployeeNotFound for to.
func (s *Session) HandOver(ctx context.Context, from, to string, dryRun bool) (ids []string, err error) {
	run := s.update
	if dryRun {
		run = s.view
	}
	err = run(ctx, func(tx Tx) error {
		plan, err := s.planHandOver(tx, from, to)
		if err != nil {
			return err
		}
		ids = contactIDs(plan)
		if dryRun || len(plan) == 0 {
			return nil
		}
		version, err := s.lastVersion(tx, from)
		if err == nil {
			s.handOver(tx, plan, from, to, version)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hand over external contacts of %s to %s: %w", from, to, err)
	}
	return ids, nil
}

// contactChange is a contact before and after a change.
type contactChange struct{ before, after Contact }

// planHandOver reads what a hand-over moves. It only reads.
func (s *Session) planHandOver(tx Tx, from, to string) ([]contactChange, error) {
	if from == to {
		return nil, ErrHandOverToSelf
	}
	missing, err := tx.Employees().MissingEmployees([]string{to})
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, ErrEmployeeNotFound
	}
	cs, err := tx.ContactList().ContactsFollowedBy(from)
	if err != nil {
		return nil, err
	}
	return planContacts(tx, cs, func(c *Contact) { c.FollowerID = to })
}

// planContacts applies a change to contacts and drops shares with deleted
// people and departments. It only reads.
func planContacts(tx Tx, cs []Contact, change func(*Contact)) ([]contactChange, error) {
	after := slices.Clone(cs)
	if err := dropDeletedShares(tx.Visibility(), after); err != nil {
		return nil, err
	}
	plan := make([]contactChange, len(cs))
	for i := range cs {
		change(&after[i])
		plan[i] = contactChange{cs[i], after[i]}
	}
	return plan, nil
}

// lastVersion is the version of an employee who may have left: then that of its
// deletion, or 0 if nothing tells it.
func (s *Session) lastVersion(tx Tx, userID string) (int64, error) {
	e, err := tx.Employees().Employee(userID)
	if !errors.Is(err, ErrEmployeeNotFound) {
		return e.Version, err
	}
	x, err := tx.Bin().BinItem(EmployeeKind, userID)
	if errors.Is(err, ErrNotInBin) {
		err = nil
	}
	return x.Version, err
}

// handOver carries out a plan of planHandOver. version is that of the old owner.
// It only writes.
func (s *Session) handOver(tx Tx, plan []contactChange, from, to string, version int64) {
	for _, c := range plan {
		s.changeContact(tx, c.before, c.after)
	}
	s.audit(tx, Change{Noun: employeeNoun, Object: from, Action: "hand-over", Version: version,
		Before: Record{"follower_user_id": from}, After: Record{"follower_user_id": to, "contacts": contactIDs(plan)}})
}

// ownedContacts returns the contacts that handOver must give to heir before the
// employee is deleted, or ErrEmployeeFollows if there are some and heir is "".
// It only reads; until the update ends nobody can give the employee another
// contact.
func (s *Session) ownedContacts(tx Tx, userID, heir string) ([]contactChange, error) {
	if heir != "" {
		return s.planHandOver(tx, userID, heir)
	}
	cs, err := tx.ContactList().ContactsFollowedBy(userID)
	if err == nil && len(cs) > 0 {
		err = fmt.Errorf("%d external contacts: %w", len(cs), ErrEmployeeFollows)
	}
	return nil, err
}

func contactIDs(plan []contactChange) []string {
	ids := make([]string, len(plan))
	for i, c := range plan {
		ids[i] = c.before.ID
	}
	return ids
}
