package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of deletions. Methods wrap them with context; compare with errors.Is.
var (
	// ErrMessageContactDeleting is an ErrBusy that may last long.
	ErrMessageContactDeleting = fmt.Errorf("message contact is being deleted: %w", ErrBusy)
)

// ContactDeletion is a message contact's deletion that is in progress or has
// failed (docs/spec/resource-directory.md#deleting-a-contact).
type ContactDeletion struct {
	Org          string
	ContactID    string
	Status       string // Deleting or DeletionFailed
	Reasons      []DeletionFailure
	StatusBefore string // of the contact, restored if the deletion fails
	Actor        string // who asked for it, for the history
	RequestID    string
	RequestedAt  time.Time
}

// DeletionFailed is the status of a deletion that could not be carried out.
const DeletionFailed = "Failed"

// DeletionFailure names an account that would lose its last receiver of the
// message types.
type DeletionFailure struct {
	AccountID    string
	MessageTypes []string
}

// deletionBatch bounds the work of one call of FinishDeletions.
const deletionBatch = 100

// ContactDeletionTx reads and writes deletions of message contacts, and the
// contacts retained for accounts.
type ContactDeletionTx interface {
	// ContactDeletion returns the deletion of the contact, or ErrMessageContactNotFound.
	ContactDeletion(contactID string) (ContactDeletion, error)
	// DeletionsUnderWay returns pending deletions across tenants.
	DeletionsUnderWay(limit int64) ([]ContactDeletion, error)
	PutContactDeletion(x ContactDeletion)
	// DeleteMessageContact removes the contact with its bindings and deletion.
	DeleteMessageContact(id string)
	// KeepContact ends a deletion that is under way or has failed, and the
	// retention of a contact that was deleted.
	KeepContact(id string)
	// RetainContact keeps a deleted contact as a receiver of the accounts'
	// messages.
	RetainContact(c MessageContact, accounts []string, at time.Time)
	// RetainedContacts returns the deleted contacts retained for the account.
	RetainedContacts(accountID string) ([]MessageContact, error)
}

// DeleteMessageContact deletes the contact and returns Deleted or, if the
// deletion completes later, Deleting. With retain the contact leaves the
// directory but keeps receiving the messages of the accounts it was bound to.
// It returns ErrMessageContactNotFound or, if a deletion is in progress,
// ErrMessageContactDeleting.
func (s *Session) DeleteMessageContact(ctx context.Context, id string, retain bool) (status string, err error) {
	err = s.updateWaiting(ctx, func(tx Tx) error {
		c, err := tx.MessageContacts().MessageContact(id)
		if err != nil {
			return err
		}
		if c.Status == Deleting {
			return ErrMessageContactDeleting
		}
		status = Deleted
		switch {
		case len(c.Members) == 0:
		case retain:
			tree, err := tx.Members().MemberTree()
			if err != nil {
				return err
			}
			s.retain(tx, c, tree)
		default:
			status = Deleting
			s.beginDeletion(tx, c)
			return nil
		}
		s.removeMessageContact(tx, c)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("delete message contact %s: %w", id, err)
	}
	return status, nil
}

// Deleted is what DeleteMessageContact returns when the deletion is complete.
const Deleted = "Deleted"

func (s *Session) removeMessageContact(tx Tx, c MessageContact) {
	before := c.record()
	before["Members"] = c.Members
	tx.ContactDeletions().DeleteMessageContact(c.ID)
	tx.Verifications().CloseVerifications(c.ID, "")
	s.discard(tx, BinItem{
		Kind: MessageContactKind, ID: c.ID, Name: c.Name, Version: c.Version + 1,
		Phones: []string{c.Phone.Address, c.Phone.Pending}, Emails: []string{c.Email.Address, c.Email.Pending},
	}, c)
	s.audit(tx, Change{Noun: messageContactNoun, Object: c.ID, Action: "delete", Version: c.Version + 1, Before: before})
}

// retain stores the contact's verified channels for every account it is in
// effect for (docs/spec/resource-directory.md#contacts-retained-by-accounts).
func (s *Session) retain(tx Tx, c MessageContact, tree MemberTree) {
	accounts := tree.Covered(c.Members)
	c.Email = Channel{Address: c.Email.Reached(), Verified: true}
	c.Phone = Channel{Address: c.Phone.Reached(), Verified: true}
	if len(accounts) > 0 && c.Email.Address+c.Phone.Address != "" {
		tx.ContactDeletions().RetainContact(c, accounts, s.now)
	}
}

func (s *Session) beginDeletion(tx Tx, c MessageContact) MessageContact {
	after := c
	after.Status, after.Email.Pending, after.Phone.Pending = Deleting, "", ""
	tx.Verifications().CloseVerifications(c.ID, "")
	tx.ContactDeletions().PutContactDeletion(ContactDeletion{Org: s.org, ContactID: c.ID, Status: Deleting, StatusBefore: c.Status, Actor: s.caller.actor(), RequestID: s.requestID, RequestedAt: s.now})
	return s.writeMessageContact(tx, deleteBeginAction, c, after)
}

// MessageContactDeletion returns the deletion of a contact that is in progress
// or has failed. It returns ErrMessageContactNotFound if the contact is deleted
// or no deletion was requested.
func (s *Session) MessageContactDeletion(ctx context.Context, id string) (x ContactDeletion, err error) {
	err = s.view(ctx, func(tx Tx) error {
		x, err = tx.ContactDeletions().ContactDeletion(id)
		return err
	})
	return x, err
}

// RetainedMessageContacts returns the deleted contacts that still receive the
// messages of the account.
func (d *Directory) RetainedMessageContacts(ctx context.Context, org, accountID string) (cs []MessageContact, err error) {
	err = d.store.View(ctx, org, func(tx Tx) error {
		cs, err = tx.ContactDeletions().RetainedContacts(accountID)
		return err
	})
	return cs, err
}

// FinishDeletions carries out pending deletions, of all organisations, and
// returns how many it settled. The server calls it regularly; several processes
// may call it at once.
func (d *Directory) FinishDeletions(ctx context.Context) (settled int, err error) {
	var due []ContactDeletion
	err = d.store.View(ctx, "", func(tx Tx) error {
		due, err = tx.ContactDeletions().DeletionsUnderWay(deletionBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, x := range due {
		s := d.Session(Principal{Kind: AdminCaller, Org: x.Org, ID: x.Actor}, "DeleteMessageContact", x.RequestID)
		err := s.update(ctx, func(tx Tx) error { return s.finishDeletion(tx, x.ContactID) })
		if err != nil && !errors.Is(err, ErrMessageContactNotFound) {
			return settled, fmt.Errorf("finish deletion of message contact %s: %w", x.ContactID, err)
		}
		settled++
	}
	return settled, nil
}

func (s *Session) finishDeletion(tx Tx, id string) error {
	c, err := tx.MessageContacts().MessageContact(id)
	if err != nil {
		return err
	}
	x, err := tx.ContactDeletions().ContactDeletion(id)
	if err != nil || c.Status != Deleting {
		return err
	}
	if s.dir.settings.RequireReceiver {
		if x.Reasons, err = lastReceiverOf(tx, c); err != nil {
			return err
		}
	}
	after := c
	after.Status = x.StatusBefore
	if len(x.Reasons) == 0 {
		s.removeMessageContact(tx, after) // restored with the status that it had
		return nil
	}
	x.Status = DeletionFailed
	tx.ContactDeletions().PutContactDeletion(x)
	s.writeMessageContact(tx, "delete-failed", c, after)
	return nil
}

// lastReceiverOf returns the accounts, with the message types, for which the
// contact is the last active receiver
// (docs/spec/resource-directory.md#failed-deletion-of-a-contact).
func lastReceiverOf(tx Tx, c MessageContact) ([]DeletionFailure, error) {
	tree, err := tx.Members().MemberTree()
	if err != nil {
		return nil, err
	}
	all, _, err := tx.MessageContacts().MessageContacts(MessageContactFilter{})
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(all, func(o MessageContact) bool { return o.ID == c.ID || o.Status != Active })
	var failures []DeletionFailure
	for _, account := range tree.Covered(c.Members) {
		var lost []string
		for _, kind := range c.MessageTypes {
			if !slices.ContainsFunc(others, func(o MessageContact) bool {
				return slices.Contains(o.MessageTypes, kind) && tree.Covers(o.Members, account)
			}) {
				lost = append(lost, kind)
			}
		}
		if len(lost) > 0 {
			failures = append(failures, DeletionFailure{AccountID: account, MessageTypes: lost})
		}
	}
	return failures, nil
}
