package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrHandOverToSelf: the old and the new owner are one.
var ErrHandOverToSelf = errors.New("contacts cannot be handed over to the employee who has them")

// HandOver moves all external contacts that the employee from owns to the
// employee to, and returns their ids in list order. It is one change: all of
// it happens or nothing, the history has one entry for it and one for each
// contact, and each contact has its event. With dryRun nothing changes.
//
// from may have left the organisation already; then to takes over what was
// left behind. It returns ErrHandOverToSelf, or ErrEmployeeNotFound for to.
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
		if !dryRun && len(plan) > 0 {
			s.handOver(tx, plan, from, to)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("hand over external contacts of %s to %s: %w", from, to, err)
	}
	return ids, nil
}

// contactChange is a contact as it is stored and as it is to be.
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

// planContacts applies a change to contacts that were read, and drops whom they
// are shared with no more. It only reads.
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

// handOver carries out what planHandOver has read. It only writes.
func (s *Session) handOver(tx Tx, plan []contactChange, from, to string) {
	for _, c := range plan {
		s.changeContact(tx, c.before, c.after)
	}
	s.audit(tx, Change{Noun: "employee", Object: from, Action: "hand-over",
		Before: Record{"follower_user_id": from}, After: Record{"follower_user_id": to, "contacts": contactIDs(plan)}})
}

// ownedContacts is for an employee who is to be deleted: it returns the
// contacts to give to heir with handOver, none if the employee owns none, and
// ErrEmployeeFollows if there are some and heir is "". It only reads, and in
// an update nobody can give the employee another contact until it ends.
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
