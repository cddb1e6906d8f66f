package directory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// EffectiveContact is a message contact that receives the messages of an
// account, with the reasons why, the nearest first.
type EffectiveContact struct {
	MessageContact
	Reasons []ContactReason
}

// ContactReason is why a contact is in effect for an account.
type ContactReason struct {
	Kind     string    // BoundToAccount, BoundToFolder, BoundToDirectory or Retained
	MemberID string    // the member the contact is bound to; the account for Retained
	Since    time.Time // of the binding; zero for Retained
}

// Reasons why a contact is in effect for an account, the nearest first
// (docs/spec/resource-directory.md#inheritance-of-bindings).
const (
	BoundToAccount   = "account"   // bound to the account itself
	BoundToFolder    = "folder"    // bound to a folder above it
	BoundToDirectory = "directory" // bound to the resource directory or its root folder
	Retained         = "retained"  // retained for the account when one of the two left the directory
)

// BoundContact is a contact and one of the things it is bound to.
type BoundContact struct {
	Contact  MessageContact // without Members
	MemberID string
	Since    time.Time
}

// EffectiveContactTx reads which contacts are in effect for an account.
// Inheritance is computed on reading, along the path from the account to the
// root, so that moving an account or binding a folder costs the same in any
// tree.
type EffectiveContactTx interface {
	// ContactsBoundTo returns the contacts bound to one of the members
	// directly, newest contact first.
	ContactsBoundTo(members []string) ([]BoundContact, error)
	// RetainContactFor stores the contact's verified channels for an account
	// that leaves the directory.
	RetainContactFor(accountID string, c MessageContact, at time.Time)
	// ContactsRetainedFor returns the contacts of an account that left.
	ContactsRetainedFor(accountID string) ([]MessageContact, error)
}

// EffectiveContacts returns the contacts in effect for the account, newest
// first. An account that left the directory has the contacts retained for it.
// It returns ErrAccountNotFound for an account that is unknown or has none
// retained.
func (s *Session) EffectiveContacts(ctx context.Context, accountID string) (cs []EffectiveContact, err error) {
	err = s.view(ctx, func(tx Tx) error {
		cs, err = effectiveContacts(tx, accountID)
		return err
	})
	return cs, err
}

func effectiveContacts(tx Tx, accountID string) ([]EffectiveContact, error) {
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if err != nil {
		return nil, err
	}
	kept, err := tx.EffectiveContacts().ContactsRetainedFor(accountID)
	if err != nil {
		return nil, err
	}
	retained, err := tx.ContactDeletions().RetainedContacts(accountID)
	if err != nil {
		return nil, err
	}
	all := contactSet{at: map[string]int{}}
	a, err := tx.Accounts().Account(accountID)
	if errors.Is(err, ErrAccountNotFound) && len(kept) > 0 {
		all.retain(accountID, kept, retained)
		return all.sorted(), nil
	}
	if err != nil {
		return nil, err
	}
	paths, err := tx.Folders().FolderPaths([]string{a.FolderID})
	if err != nil {
		return nil, err
	}
	folders := paths[a.FolderID]
	bound, err := tx.EffectiveContacts().ContactsBoundTo(append([]string{accountID, rd.ID}, folders...))
	if err != nil {
		return nil, err
	}
	for _, b := range bound {
		// A contact takes effect once it was verified
		// (docs/spec/resource-directory.md#states-of-a-contact).
		if b.Contact.Status == Verifying {
			continue
		}
		kind := BoundToFolder
		switch b.MemberID {
		case accountID:
			kind = BoundToAccount
		case rd.ID, rd.RootFolderID:
			kind = BoundToDirectory
		}
		all.add(b.Contact, ContactReason{kind, b.MemberID, b.Since})
	}
	all.retain(accountID, kept, retained)
	near := func(r ContactReason) int {
		if r.MemberID == accountID {
			return -len(folders)
		}
		return -slices.Index(folders, r.MemberID) // the directory itself: 1
	}
	for i := range all.contacts {
		slices.SortStableFunc(all.contacts[i].Reasons, func(x, y ContactReason) int { return cmp.Compare(near(x), near(y)) })
	}
	return all.sorted(), nil
}

// contactSet collects contacts and their reasons, each contact once.
type contactSet struct {
	contacts []EffectiveContact
	at       map[string]int
}

func (s *contactSet) add(c MessageContact, why ContactReason) {
	i, ok := s.at[c.ID]
	if !ok {
		i = len(s.contacts)
		s.at[c.ID] = i
		s.contacts = append(s.contacts, EffectiveContact{MessageContact: c})
	}
	s.contacts[i].Reasons = append(s.contacts[i].Reasons, why)
}

func (s *contactSet) retain(accountID string, lists ...[]MessageContact) {
	for _, c := range slices.Concat(lists...) {
		if _, known := s.at[c.ID]; !known {
			s.add(c, ContactReason{Kind: Retained, MemberID: accountID})
		}
	}
}

func (s *contactSet) sorted() []EffectiveContact {
	slices.SortStableFunc(s.contacts, func(x, y EffectiveContact) int {
		return cmp.Or(y.CreatedAt.Compare(x.CreatedAt), cmp.Compare(x.ID, y.ID))
	})
	return s.contacts
}
