package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// MessageContact receives the messages of a resource directory's accounts
// (resource-directory-message-contacts, section B).
type MessageContact struct {
	ID           string
	Name         string // unique in the resource directory, case-sensitive
	Title        string
	MessageTypes []string // in the order given
	Status       string
	Email, Phone Channel
	Members      []string // ids bound directly
	CreatedAt    time.Time
}

// Channel is one way to reach a message contact. An address is reached only
// after it was verified.
type Channel struct {
	Address  string // what Get shows; "" if there is none
	Verified bool
	Pending  string // an address that takes the other's place once it is verified
}

// Target returns the address still to be verified, or "".
func (c Channel) Target() string {
	if c.Pending != "" {
		return c.Pending
	}
	if !c.Verified {
		return c.Address
	}
	return ""
}

// Statuses of a message contact.
const (
	Verifying = "Verifying"
	Active    = "Active"
	Deleting  = "Deleting"
)

// Enumerations of message contacts (B.1).
var (
	Titles       = []string{"FinanceDirector", "TechnicalDirector", "MaintenanceDirector", "CEO", "ProjectDirector", "Other"}
	MessageTypes = []string{"ServiceMessage", "FaultMessage", "AccountExpenses", "SecurityMessage", "ActivityMessage", "ProductMessage"}
)

const defaultMaxMessageContacts = 200

// MessageContactTx reads and writes message contacts.
type MessageContactTx interface {
	// MessageContact returns the contact, or ErrMessageContactNotFound.
	MessageContact(id string) (MessageContact, error)
	// MessageContactForUpdate is MessageContact that also reads, in the same
	// round trip, the id of the contact with that name ("" if there is none).
	MessageContactForUpdate(id, name string) (c MessageContact, nameHolder string, err error)
	// CountMessageContacts returns how many there are.
	CountMessageContacts() (int64, error)
	// InsertMessageContact and UpdateMessageContact make Update return
	// ErrMessageContactName when the name is taken.
	InsertMessageContact(c MessageContact)
	UpdateMessageContact(before, c MessageContact)
}

// MessageContactUpdate says what to change: nil leaves the value as it is. A
// PhoneNumber of "" removes the number at once.
type MessageContactUpdate struct {
	Name, EmailAddress, PhoneNumber, Title *string
	MessageTypes                           []string
}

// MessageContact returns the contact, or ErrMessageContactNotFound.
func (s *Session) MessageContact(ctx context.Context, id string) (c MessageContact, err error) {
	err = s.view(ctx, func(tx Tx) error {
		c, err = tx.MessageContact(id)
		return err
	})
	return c, err
}

// AddMessageContact adds a contact in status Verifying, with one verification
// to be made per address given; nothing is sent. It returns
// ErrDirectoryNotEnabled, ErrMessageContactName or ErrMessageContactQuota.
func (s *Session) AddMessageContact(ctx context.Context, c MessageContact) (MessageContact, error) {
	c.ID = "c-" + s.dir.ids.Base62(16)
	c.Status, c.CreatedAt = Verifying, s.now
	c.MessageTypes = distinct(c.MessageTypes)
	err := s.update(ctx, func(tx Tx) error { return s.addMessageContact(tx, c) })
	if err != nil {
		return MessageContact{}, fmt.Errorf("add message contact: %w", err)
	}
	return c, nil
}

func (s *Session) addMessageContact(tx Tx, c MessageContact) error {
	if _, err := tx.ResourceDirectory(); err != nil {
		return err
	}
	_, holder, err := tx.MessageContactForUpdate("", c.Name)
	if err != nil && !errors.Is(err, ErrMessageContactNotFound) {
		return err
	}
	if holder != "" {
		return ErrMessageContactName
	}
	most := s.dir.settings.MaxMessageContacts
	if most == 0 {
		most = defaultMaxMessageContacts
	}
	if n, err := tx.CountMessageContacts(); err != nil {
		return err
	} else if n >= most {
		return ErrMessageContactQuota
	}
	tx.InsertMessageContact(c)
	s.audit(tx, Change{Noun: "message-contact", Object: c.ID, Action: "create", After: c.record()})
	return nil
}

// UpdateMessageContact changes a contact. Name, title and message types hold at
// once. An address of a contact that was never verified is replaced at once; a
// verified one stays in effect until its successor is verified (B.4). It
// returns ErrMessageContactNotFound, ErrMessageContactStatus or
// ErrMessageContactName, in this order.
func (s *Session) UpdateMessageContact(ctx context.Context, id string, u MessageContactUpdate) error {
	err := s.update(ctx, func(tx Tx) error { return s.updateMessageContact(tx, id, u) })
	if err != nil {
		return fmt.Errorf("update message contact %s: %w", id, err)
	}
	return nil
}

func (s *Session) updateMessageContact(tx Tx, id string, u MessageContactUpdate) error {
	name := ""
	if u.Name != nil {
		name = *u.Name
	}
	before, holder, err := tx.MessageContactForUpdate(id, name)
	if err != nil {
		return err
	}
	if before.Status == Deleting {
		return ErrMessageContactStatus
	}
	if holder != "" && holder != id {
		return ErrMessageContactName
	}
	after := s.applyMessageContact(before, u)
	old, changed := diff(before.record(), after.record())
	if len(changed) > 0 {
		tx.UpdateMessageContact(before, after)
	}
	s.audit(tx, Change{Noun: "message-contact", Object: id, Action: "update", Before: old, After: changed})
	return nil
}

func (s *Session) applyMessageContact(c MessageContact, u MessageContactUpdate) MessageContact {
	if u.Name != nil {
		c.Name = *u.Name
	}
	if u.Title != nil {
		c.Title = *u.Title
	}
	if len(u.MessageTypes) > 0 {
		c.MessageTypes = distinct(u.MessageTypes)
	}
	pending := c.Status == Active && !s.dir.settings.UpdateVisibleAtOnce
	if u.EmailAddress != nil && *u.EmailAddress != "" {
		c.Email = c.Email.replace(*u.EmailAddress, pending)
	}
	if u.PhoneNumber != nil {
		if *u.PhoneNumber == "" {
			c.Phone = Channel{}
		} else {
			c.Phone = c.Phone.replace(*u.PhoneNumber, pending)
		}
	}
	return c
}

// replace sets a new address. One equal to the address in effect changes
// nothing but drops a pending successor; Terraform sends every address with
// every update (B.4).
func (c Channel) replace(address string, pending bool) Channel {
	switch {
	case address == c.Address:
		c.Pending = ""
	case address == c.Pending:
	case pending && c.Verified:
		c.Pending = address
	default:
		c = Channel{Address: address}
	}
	return c
}

// record is the contact as audit entries show it.
func (c MessageContact) record() Record {
	r := Record{"Name": c.Name, "Title": c.Title, "MessageTypes": slices.Clone(c.MessageTypes), "Status": c.Status}
	for name, v := range map[string]string{
		"EmailAddress": c.Email.Address, "PhoneNumber": c.Phone.Address,
		"PendingEmailAddress": c.Email.Pending, "PendingPhoneNumber": c.Phone.Pending,
	} {
		if v != "" {
			r[name] = v
		}
	}
	return r
}
