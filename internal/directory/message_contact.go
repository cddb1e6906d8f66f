package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of message contacts. Methods wrap them with context; compare with errors.Is.
var (
	ErrMessageContactNotFound = errors.New("message contact not found")
	ErrMessageContactName     = errors.New("another message contact has this name")
	ErrMessageContactStatus   = errors.New("status of the message contact does not allow this")
	ErrMessageContactQuota    = errors.New("too many message contacts")
	ErrMessageType            = errors.New("not a type of messages")
)

// MessageContact receives the messages of a resource directory's accounts.
type MessageContact struct {
	ID           string
	Name         string // unique in the resource directory, case-sensitive
	Title        string
	MessageTypes []string // in the order given
	Status       string
	Email, Phone Channel
	Members      []string // ids bound directly
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time // of the last version
	// AssociatedAt is the time of the latest binding, or of the one
	// MessageContacts was asked for. Only MessageContacts fills it.
	AssociatedAt time.Time
}

// Channel is one way to reach a message contact. Messages go to an address only
// after it was verified.
type Channel struct {
	Address  string // "" if there is none yet
	Verified bool
	Pending  string // an address that replaces Address once it is verified
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

// Reached returns the verified address that messages go to, or "".
func (c Channel) Reached() string {
	if c.Verified {
		return c.Address
	}
	return ""
}

// messageContactNoun names message contacts in the history.
const messageContactNoun = string(MessageContactKind)

// Statuses of a message contact
// (docs/spec/resource-directory.md#status-of-a-contact).
const (
	Verifying = "Verifying"
	Active    = "Active"
	Deleting  = "Deleting"
)

// Titles and MessageTypes are the values message contacts may have
// (docs/spec/resource-directory.md#job-titles,
// docs/spec/resource-directory.md#message-types).
var (
	Titles       = []string{"FinanceDirector", "TechnicalDirector", "MaintenanceDirector", "CEO", "ProjectDirector", "Other"}
	MessageTypes = []string{"ServiceMessage", "FaultMessage", "AccountExpenses", "SecurityMessage", "ActivityMessage", "ProductMessage"}
)

// Decision: docs/spec/resource-directory.md#number-of-contacts.
const DefaultMaxMessageContacts = 200

// lockWait is how long a change waits for other changes of the same contact
// (docs/spec/resource-directory.md#concurrent-changes-of-a-contact).
const (
	lockWait     = 5 * time.Second
	lockPause    = 5 * time.Millisecond
	lockMaxPause = 250 * time.Millisecond
)

// MessageContactTx reads and writes message contacts.
type MessageContactTx interface {
	// MessageContact returns the contact, or ErrMessageContactNotFound.
	MessageContact(id string) (MessageContact, error)
	// MessageContactForUpdate is MessageContact that also reads, in the same
	// round trip, the id of the contact with that name ("" if there is none).
	MessageContactForUpdate(id, name string) (c MessageContact, nameHolder string, err error)
	// MessageContacts returns a page of contacts, newest first, then by id, and
	// how many there are on all pages.
	MessageContacts(f MessageContactFilter) ([]MessageContact, int64, error)
	// CountMessageContacts returns how many there are.
	CountMessageContacts() (int64, error)
	// InsertMessageContact and UpdateMessageContact make Update return
	// ErrMessageContactName when the name is taken. UpdateMessageContact writes
	// members, too, and counts a version.
	InsertMessageContact(c MessageContact)
	UpdateMessageContact(before, c MessageContact)
}

// MessageContactFilter selects message contacts; an empty ID or Member selects all.
type MessageContactFilter struct {
	ID            string
	Member        string // contacts bound directly to this resource directory, folder or account
	Offset, Limit int64
}

// MessageContactUpdate says what to change: nil leaves the value as it is. A
// PhoneNumber of "" removes the number at once
// (docs/spec/resource-directory.md#removal-of-a-phone-number).
type MessageContactUpdate struct {
	Name, EmailAddress, PhoneNumber, Title *string
	MessageTypes                           []string
}

// MessageContact returns the contact, or ErrMessageContactNotFound.
func (s *Session) MessageContact(ctx context.Context, id string) (c MessageContact, err error) {
	err = s.view(ctx, func(tx Tx) error {
		c, err = tx.MessageContacts().MessageContact(id)
		return err
	})
	return c, err
}

// MessageContacts returns a page of contacts, newest first, and how many there
// are on all pages.
func (s *Session) MessageContacts(ctx context.Context, f MessageContactFilter) (cs []MessageContact, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		cs, total, err = tx.MessageContacts().MessageContacts(f)
		return err
	})
	return cs, total, err
}

// ShownAddress returns the address of a channel as the API answers it: the one
// in effect, or, if the deployment shows updates at once, the one that waits to
// be verified (setting contacts.update_visibility).
func (s *Session) ShownAddress(c Channel) string {
	if s.dir.settings.UpdateVisibleAtOnce && c.Pending != "" {
		return c.Pending
	}
	return c.Address
}

// MobileCountryCodes returns the country codes that message contacts' numbers
// may have: 86, or what the deployment allows.
func (s *Session) MobileCountryCodes() []string {
	if cs := s.dir.settings.MobileCountryCodes; len(cs) > 0 {
		return cs
	}
	return []string{"86"}
}

// AddMessageContact adds a contact in status Verifying, with one verification
// pending per address; nothing is sent. It returns an error of its form,
// ErrDirectoryNotEnabled, ErrMessageContactName or ErrMessageContactQuota.
func (s *Session) AddMessageContact(ctx context.Context, c MessageContact) (MessageContact, error) {
	c.ID = "c-" + s.dir.ids.Base62(16)
	c.Status, c.Version, c.CreatedAt, c.UpdatedAt = Verifying, 1, s.now, s.now
	c.MessageTypes = distinct(c.MessageTypes)
	if err := s.checkMessageContact(MessageContact{}, c); err != nil {
		return MessageContact{}, fmt.Errorf("add message contact: %w", err)
	}
	err := s.updateWaiting(ctx, func(tx Tx) error { return s.addMessageContact(tx, c) })
	if err != nil {
		return MessageContact{}, fmt.Errorf("add message contact: %w", err)
	}
	return c, nil
}

func (s *Session) addMessageContact(tx Tx, c MessageContact) error {
	if _, err := tx.ResourceDirectory().ResourceDirectory(); err != nil {
		return err
	}
	_, holder, err := tx.MessageContacts().MessageContactForUpdate("", c.Name)
	if err != nil && !errors.Is(err, ErrMessageContactNotFound) {
		return err
	}
	if holder != "" {
		return ErrMessageContactName
	}
	if err := s.checkMessageContactQuota(tx); err != nil {
		return err
	}
	s.putMessageContact(tx, c, "create")
	return nil
}

// checkMessageContactQuota returns ErrMessageContactQuota if there are as many as
// allowed.
func (s *Session) checkMessageContactQuota(tx Tx) error {
	n, err := tx.MessageContacts().CountMessageContacts()
	if err == nil && n >= orDefault(s.dir.settings.MaxMessageContacts, DefaultMaxMessageContacts) {
		return ErrMessageContactQuota
	}
	return err
}

// putMessageContact writes a new or restored contact, with history.
func (s *Session) putMessageContact(tx Tx, c MessageContact, action string) {
	tx.MessageContacts().InsertMessageContact(c)
	after := c.record()
	if len(c.Members) > 0 {
		after["Members"] = c.Members
	}
	s.audit(tx, Change{Noun: messageContactNoun, Object: c.ID, Action: action, Version: c.Version, After: after})
}

// UpdateMessageContact changes a contact. Name, title and message types take
// effect at once. An address of a contact that was never verified is replaced
// at once; a verified one stays in effect until its successor is verified. It
// returns ErrMessageContactNotFound, ErrMessageContactStatus,
// ErrMessageContactName or an error of its form, in this order.
func (s *Session) UpdateMessageContact(ctx context.Context, id string, u MessageContactUpdate) error {
	err := s.updateWaiting(ctx, func(tx Tx) error { return s.updateMessageContact(tx, id, u) })
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
	before, holder, err := tx.MessageContacts().MessageContactForUpdate(id, name)
	if err != nil {
		return err
	}
	if before.Status == Deleting {
		return ErrMessageContactStatus
	}
	if holder != "" && holder != id {
		return ErrMessageContactName
	}
	after := applyMessageContact(before, u)
	if err := s.checkMessageContact(before, after); err != nil {
		return err
	}
	s.changeMessageContact(tx, "update", before, after)
	return nil
}

// changeMessageContact writes what differs, supersedes the verifications of
// addresses that no longer have to be verified, and returns the contact as it is
// then.
func (s *Session) changeMessageContact(tx Tx, action string, before, after MessageContact) MessageContact {
	if !sameMail(before.Email.Target(), after.Email.Target()) {
		tx.Verifications().CloseVerifications(before.ID, EmailChannel)
	}
	if !sameMail(before.Phone.Target(), after.Phone.Target()) {
		tx.Verifications().CloseVerifications(before.ID, SMSChannel)
	}
	return s.writeMessageContact(tx, action, before, after)
}

// writeMessageContact writes what differs between two states of a contact, with
// history, and returns the contact as it is then. Without a difference it keeps
// its version.
func (s *Session) writeMessageContact(tx Tx, action string, before, after MessageContact) MessageContact {
	old, changed := before.changes(after)
	if len(changed) > 0 {
		after.Version, after.UpdatedAt = before.Version+1, s.now
		tx.MessageContacts().UpdateMessageContact(before, after)
	}
	s.audit(tx, Change{Noun: messageContactNoun, Object: before.ID, Action: action, Version: after.Version, Before: old, After: changed})
	return after
}

func applyMessageContact(c MessageContact, u MessageContactUpdate) MessageContact {
	if u.Name != nil {
		c.Name = *u.Name
	}
	if u.Title != nil {
		c.Title = *u.Title
	}
	if len(u.MessageTypes) > 0 {
		c.MessageTypes = distinct(u.MessageTypes)
	}
	active := c.Status == Active
	if u.EmailAddress != nil && *u.EmailAddress != "" {
		c.Email = c.Email.replace(*u.EmailAddress, active)
	}
	if u.PhoneNumber != nil {
		if *u.PhoneNumber == "" {
			c.Phone = Channel{}
		} else {
			c.Phone = c.Phone.replace(*u.PhoneNumber, active)
		}
	}
	return c
}

// replace sets a new address. One equal to the address in effect only drops a
// pending successor, because Terraform sends every address with every update.
// The new address of an active contact stays pending until it is verified,
// unless it replaces an unverified one
// (docs/spec/resource-directory.md#change-of-an-address).
func (c Channel) replace(address string, active bool) Channel {
	switch {
	case sameMail(address, c.Address): // correct for phone numbers too: they have no letters
		c.Address, c.Pending = address, ""
	case sameMail(address, c.Pending):
		c.Pending = address
	case active && (c.Verified || c.Address == ""):
		c.Pending = address
	default:
		c = Channel{Address: address}
	}
	return c
}

// CancelMessageContactUpdate drops pending addresses: the ones given, or all if
// neither is. It returns ErrMessageContactNotFound, ErrMessageContactStatus or,
// for an address that is not pending, ErrVerificationNotOpen, in this order.
func (s *Session) CancelMessageContactUpdate(ctx context.Context, id, email, phone string) error {
	err := s.updateWaiting(ctx, func(tx Tx) error {
		before, err := tx.MessageContacts().MessageContact(id)
		if err != nil {
			return err
		}
		if before.Status != Active {
			return ErrMessageContactStatus
		}
		if email != "" && !sameMail(email, before.Email.Pending) || phone != "" && phone != before.Phone.Pending {
			return ErrVerificationNotOpen
		}
		after := before
		if email != "" || phone == "" {
			after.Email.Pending = ""
		}
		if phone != "" || email == "" {
			after.Phone.Pending = ""
		}
		s.changeMessageContact(tx, "cancel-update", before, after)
		return nil
	})
	if err != nil {
		return fmt.Errorf("cancel update of message contact %s: %w", id, err)
	}
	return nil
}

// updateWaiting is update, but waits up to five seconds for other calls that
// change the same rows before it returns ErrBusy: Terraform does not repeat a
// refused change of a message contact.
func (s *Session) updateWaiting(ctx context.Context, fn func(Tx) error) error {
	end := time.NewTimer(lockWait)
	defer end.Stop()
	last := false
	for pause := lockPause; ; pause = min(2*pause, lockMaxPause) {
		err := s.update(ctx, fn)
		if last || !errors.Is(err, ErrBusy) || errors.Is(err, ErrMessageContactDeleting) {
			return err
		}
		select {
		case <-end.C: // the store itself waited that long for a row lock
			return err
		default:
		}
		select {
		case <-time.After(pause):
		case <-end.C:
			last = true
		case <-ctx.Done():
			return err
		}
	}
}

// changes returns the old and new values that differ between two states of a
// contact. With an address that begins or ends to wait for its verification goes
// the one in effect, so that an entry tells what it waits to replace.
func (c MessageContact) changes(after MessageContact) (old, changed Record) {
	was, is := c.record(), after.record()
	old, changed = diff(was, is)
	for name, differs := range map[string]bool{"EmailAddress": c.Email.Pending != after.Email.Pending, "PhoneNumber": c.Phone.Pending != after.Phone.Pending} {
		for _, name := range [...]string{name, name + "Verified"} {
			if differs {
				old[name], changed[name] = was[name], is[name]
			}
		}
	}
	if !slices.Equal(c.Members, after.Members) {
		old["Members"], changed["Members"] = orNone(c.Members), orNone(after.Members)
	}
	return old, changed
}

// orNone is an empty list for nil, as entries show it.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// record is the contact as audit entries show it.
func (c MessageContact) record() Record {
	r := Record{"Name": c.Name, "Title": c.Title, "MessageTypes": slices.Clone(c.MessageTypes), "Status": c.Status}
	for name, ch := range map[string]Channel{"EmailAddress": c.Email, "PhoneNumber": c.Phone} {
		if ch.Address != "" {
			r[name], r[name+"Verified"] = ch.Address, ch.Verified
		}
		if ch.Pending != "" {
			r["Pending"+name] = ch.Pending
			if ch.Address == "" {
				r[name] = nil
			}
		}
	}
	return r
}
