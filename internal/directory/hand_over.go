package directory

import (
	"context"
	"fmt"
)

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
		cs, err := s.planHandOver(tx, from, to)
		if err != nil {
			return err
		}
		ids = contactIDs(cs)
		if !dryRun && len(cs) > 0 {
			s.handOver(tx, cs, from, to)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("hand over external contacts of %s to %s: %w", from, to, err)
	}
	return ids, nil
}

// planHandOver reads what a hand-over moves. It only reads.
func (s *Session) planHandOver(tx Tx, from, to string) ([]Contact, error) {
	if from == to {
		return nil, ErrHandOverToSelf
	}
	missing, err := tx.MissingEmployees([]string{to})
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, ErrEmployeeNotFound
	}
	return tx.ContactsFollowedBy(from)
}

// handOver carries out what planHandOver has read. It only writes.
func (s *Session) handOver(tx Tx, cs []Contact, from, to string) {
	for _, c := range cs {
		after := c
		after.FollowerID = to
		s.changeContact(tx, c, after)
	}
	s.audit(tx, Change{Noun: "employee", Object: from, Action: "hand-over",
		Before: Record{"follower_user_id": from}, After: Record{"follower_user_id": to, "contacts": contactIDs(cs)}})
}

// ownedContacts is for an employee who is to be deleted: it returns the
// contacts to give to heir with handOver, none if the employee owns none, and
// ErrEmployeeFollows if there are some and heir is "". It only reads, and in
// an update nobody can give the employee another contact until it ends.
func (s *Session) ownedContacts(tx Tx, userID, heir string) ([]Contact, error) {
	if heir != "" {
		return s.planHandOver(tx, userID, heir)
	}
	cs, err := tx.ContactsFollowedBy(userID)
	if err == nil && len(cs) > 0 {
		err = fmt.Errorf("%d external contacts: %w", len(cs), ErrEmployeeFollows)
	}
	return nil, err
}

func contactIDs(cs []Contact) []string {
	ids := make([]string, 0, len(cs))
	for _, c := range cs {
		ids = append(ids, c.ID)
	}
	return ids
}
