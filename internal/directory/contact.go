package directory

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Errors of external contacts. Methods wrap them with context; compare with errors.Is.
var (
	ErrContactNotFound   = errors.New("external contact not found")
	ErrContactExists     = errors.New("external contact with this mobile exists")
	ErrContactIsEmployee = errors.New("mobile belongs to an employee of the organisation")
	ErrContactQuota      = errors.New("too many external contacts")
	ErrContactsOff       = errors.New("external contacts are switched off for the organisation")
	ErrContactMobile     = errors.New("mobile of the external contact is not acceptable")
	ErrMobileTaken       = errors.New("another external contact has this mobile")
)

// Contact is an external contact of an organisation. The optional texts and
// lists are nil when they were never set, which differs from empty: an answer
// leaves the former out and shows the latter
// (docs/spec/external-contacts.md#unset-and-empty-values).
type Contact struct {
	ID         string
	Name       string
	FollowerID string // the employee who owns the contact
	LabelIDs   []int64
	StateCode  string // country code without plus
	Mobile     string // national number

	Title, CompanyName, Address, Remark, Email *string
	ShareDeptIDs                               []int64
	ShareUserIDs                               []string

	Ordinal              int64 // place in the organisation's list: creation order
	Version              int64
	CreatedAt, UpdatedAt time.Time
}

// Phone returns the number as it is compared and indexed: "86-13800000001".
func (c Contact) Phone() string { return c.StateCode + "-" + c.Mobile }

// ContactUpdate says what to change: nil leaves the value as it is, "" or an
// empty list clears it (docs/spec/external-contacts.md#fields-left-out-of-an-update).
type ContactUpdate struct {
	Name, FollowerID                    *string
	StateCode, Mobile                   *string // only with Settings.AllowMobileUpdate (docs/spec/external-contacts.md#change-of-the-number)
	Title, CompanyName, Address, Remark *string
	LabelIDs, ShareDeptIDs              []int64
	ShareUserIDs                        []string
}

// contactNoun names external contacts in the history.
const contactNoun = "contact"

// ContactTx reads and writes external contacts.
type ContactTx interface {
	// Contact returns the contact, or ErrContactNotFound.
	Contact(id string) (Contact, error)
	// ContactWithReferences reads the contact (when id is not "") and, in the
	// same round trip, which of the references do not exist.
	ContactWithReferences(id string, r References) (Contact, MissingReferences, error)
	// ContactByPhone returns the id of the contact with that number, or ErrContactNotFound.
	ContactByPhone(phone string) (string, error)
	// ContactsAfter returns up to size contacts whose ordinal is larger.
	ContactsAfter(ordinal, size int64) ([]Contact, error)
	// DeleteContact removes the contact, as it was read, and its relations.
	DeleteContact(c Contact)
	// InsertContact writes a new contact and gives it the next ordinal. A number
	// that is taken makes Update return ErrContactExists.
	InsertContact(c Contact)
	// UpdateContact writes the contact; before is what was read. Another number
	// is another person, so the stored union id is deleted.
	UpdateContact(before, c Contact)
}

// References are the rows of other nouns that a contact names.
type References struct {
	UserIDs  []string
	LabelIDs []int64
	DeptIDs  []int64
}

// MissingReferences are those that do not exist.
type MissingReferences = References

// Contact returns the external contact, or ErrContactNotFound, also when the
// caller may not see it.
func (s *Session) Contact(ctx context.Context, id string) (c Contact, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if c, err = tx.Contacts().Contact(id); err == nil {
			c, err = s.seen(tx, c)
		}
		return err
	})
	if err != nil {
		return Contact{}, err
	}
	return c, nil
}

// CreateContact adds an external contact and returns its id. It returns
// ErrContactsOff, ErrContactName, ErrContactText, ErrContactEntries, ErrContactMobile, ErrLabelNotFound,
// ErrEmployeeNotFound, ErrDepartmentNotFound, ErrOutOfScope,
// ErrContactIsEmployee, ErrContactExists or ErrContactQuota, in this order
// (docs/spec/external-contacts.md#order-of-checks-in-a-creation).
func (s *Session) CreateContact(ctx context.Context, c Contact) (string, error) {
	c.ID = s.dir.ids.Digits(18) // docs/spec/external-contacts.md#ids-of-contacts
	c.CreatedAt, c.UpdatedAt, c.Version = s.now, s.now, 1
	err := s.update(ctx, func(tx Tx) error { return s.createContact(tx, c) })
	if err != nil {
		return "", fmt.Errorf("create external contact: %w", err)
	}
	return c.ID, nil
}

func (s *Session) createContact(tx Tx, c Contact) error {
	read := tx.Orgs().OrgToChange
	if s.dir.settings.MaxContacts <= 0 { // nothing is counted, so no lock is needed
		read = func() (Org, error) { return tx.Orgs().OrgByID(s.org) }
	}
	org, err := read()
	if err != nil {
		return err
	}
	if !org.ContactsOn { // docs/spec/external-contacts.md#feature-of-an-organisation
		return ErrContactsOff
	}
	if err := checkContactForm(Contact{}, c); err != nil {
		return err
	}
	if err := c.readPhone(c.StateCode, c.Mobile); err != nil {
		return err
	}
	c.LabelIDs, c.ShareDeptIDs, c.ShareUserIDs = distinct(c.LabelIDs), distinct(c.ShareDeptIDs), distinct(c.ShareUserIDs)
	_, missing, err := tx.Contacts().ContactWithReferences("", c.references())
	if err != nil {
		return err
	}
	if err := missing.err(c.FollowerID); err != nil {
		return err
	}
	if err := s.mayOwn(tx, c.FollowerID); err != nil {
		return err
	}
	if err := phoneIsFree(tx, c, ErrContactExists); err != nil {
		return err
	}
	if err := s.checkContactQuota(tx); err != nil {
		return err
	}
	s.addContact(tx, c, "create")
	return nil
}

// addContact writes a new or restored contact, with history and event.
func (s *Session) addContact(tx Tx, c Contact, action string) {
	tx.Contacts().InsertContact(c)
	s.rememberContactUnionID(tx, c)
	s.audit(tx, Change{Noun: contactNoun, Object: c.ID, Action: action, Version: c.Version, After: c.record()})
	s.contactEvent(tx, ContactAdded, c)
}

// phoneIsFree returns ErrContactIsEmployee if an employee has the number, and
// taken if another external contact has it.
func phoneIsFree(tx Tx, c Contact, taken error) error {
	if _, err := tx.Employees().EmployeeByMobile(c.Phone()); err == nil {
		return ErrContactIsEmployee
	} else if !errors.Is(err, ErrEmployeeNotFound) {
		return err
	}
	other, err := tx.Contacts().ContactByPhone(c.Phone())
	switch {
	case err == nil && other != c.ID:
		return taken
	case err == nil, errors.Is(err, ErrContactNotFound):
		return nil
	}
	return err
}

// checkContactQuota returns ErrContactQuota if the organisation has as many
// contacts as allowed (docs/spec/external-contacts.md#quota-of-contacts).
func (s *Session) checkContactQuota(tx Tx) error {
	most := s.dir.settings.MaxContacts
	if most <= 0 {
		return nil
	}
	n, err := tx.ContactList().CountContacts()
	if err == nil && n >= most {
		return ErrContactQuota
	}
	return err
}

// UpdateContact changes an external contact. It returns ErrContactNotFound,
// ErrContactName, ErrContactText, ErrContactEntries, ErrContactMobile,
// ErrLabelNotFound, ErrEmployeeNotFound, ErrDepartmentNotFound, ErrOutOfScope,
// ErrContactIsEmployee or ErrMobileTaken, in this order; errors about numbers
// occur only with Settings.AllowMobileUpdate. An update that changes nothing
// succeeds, is audited as such and causes no event.
func (s *Session) UpdateContact(ctx context.Context, id string, u ContactUpdate) error {
	err := s.update(ctx, func(tx Tx) error { return s.updateContact(tx, id, u) })
	if err != nil {
		return fmt.Errorf("update external contact %s: %w", id, err)
	}
	return nil
}

func (s *Session) updateContact(tx Tx, id string, u ContactUpdate) error {
	refs := References{LabelIDs: u.LabelIDs, DeptIDs: u.ShareDeptIDs, UserIDs: u.ShareUserIDs}
	if u.FollowerID != nil {
		refs.UserIDs = append([]string{*u.FollowerID}, u.ShareUserIDs...)
	}
	before, missing, err := tx.Contacts().ContactWithReferences(id, refs)
	if err != nil {
		return err
	}
	shown, err := s.seen(tx, before)
	if err != nil {
		return err
	}
	after := u.apply(shown)
	if err := checkContactForm(shown, after); err != nil {
		return err
	}
	if s.dir.settings.AllowMobileUpdate {
		if err := u.applyPhone(&after); err != nil {
			return err
		}
	}
	if err := missing.err(after.FollowerID); err != nil {
		return err
	}
	if after.FollowerID != before.FollowerID {
		if err := s.mayOwn(tx, after.FollowerID); err != nil {
			return err
		}
	}
	if after.Phone() != before.Phone() {
		if err := phoneIsFree(tx, after, ErrMobileTaken); err != nil {
			return err
		}
	}
	s.changeContact(tx, before, after)
	return nil
}

// changeContact writes what differs between two states of a contact, with its
// history and its event. It only writes. Without a difference there is no event
// (docs/spec/external-contacts.md#updates-that-change-nothing).
func (s *Session) changeContact(tx Tx, before, after Contact) {
	old, changed := diff(before.record(), after.record())
	if before.Phone() != after.Phone() { // the history shows whole numbers
		old["state_code"], changed["state_code"] = before.StateCode, after.StateCode
		old["mobile"], changed["mobile"] = before.Mobile, after.Mobile
	}
	if len(changed) > 0 {
		after.UpdatedAt, after.Version = s.now, before.Version+1
		tx.Contacts().UpdateContact(before, after)
		if after.Phone() != before.Phone() {
			s.rememberContactUnionID(tx, after)
		}
		s.contactEvent(tx, ContactChanged, after)
	}
	s.audit(tx, Change{Noun: contactNoun, Object: after.ID, Action: "update", Version: after.Version, Before: old, After: changed})
}

// rememberContactUnionID stores the union id that apps know the contact's owner
// of the number by.
func (s *Session) rememberContactUnionID(tx Tx, c Contact) {
	tx.Employees().PutContactUnionID(s.dir.unionID(s.dir.personAccount(c.Phone()), s.org), c.ID)
}

// DeleteContact removes an external contact; it stays in the history. It
// returns ErrContactNotFound, so deleting twice fails the second time
// (docs/spec/external-contacts.md#answer-of-a-deletion).
func (s *Session) DeleteContact(ctx context.Context, id string) error {
	err := s.update(ctx, func(tx Tx) error {
		c, err := tx.Contacts().Contact(id)
		if err != nil {
			return err
		}
		if _, err := s.seen(tx, c); err != nil {
			return err
		}
		s.removeContact(tx, c)
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete external contact %s: %w", id, err)
	}
	return nil
}

// removeContact deletes a contact. It only writes.
func (s *Session) removeContact(tx Tx, c Contact) {
	tx.Contacts().DeleteContact(c)
	s.discard(tx, BinItem{Kind: ContactKind, ID: c.ID, Name: c.Name, Version: c.Version + 1, Phones: []string{c.Phone()}, Emails: []string{orBlank(c.Email)}}, c)
	s.audit(tx, Change{Noun: contactNoun, Object: c.ID, Action: "delete", Version: c.Version + 1, Before: c.record()})
	s.contactEvent(tx, ContactLeft, c)
}

// applyPhone changes the number, which apply does not.
func (u ContactUpdate) applyPhone(c *Contact) error {
	if u.StateCode == nil && u.Mobile == nil {
		return nil
	}
	state, mobile := c.StateCode, c.Mobile
	if u.StateCode != nil {
		state = *u.StateCode
	}
	if u.Mobile != nil {
		mobile = *u.Mobile
	}
	return c.readPhone(state, mobile)
}

// readPhone sets the number from its two parts, or returns ErrContactMobile.
// Landlines are accepted.
func (c *Contact) readPhone(state, mobile string) error {
	if _, ok := readCountry(state); !ok {
		return &FieldError{Field: CountryField, Value: state, Err: errors.Join(ErrContactMobile, ErrPhoneInvalid)}
	}
	p, err := readPhoneOf(state, mobile)
	if err != nil {
		return &FieldError{Field: MobileField, Value: mobile, Err: errors.Join(ErrContactMobile, err)}
	}
	c.StateCode, c.Mobile = p.Country, p.Number
	return nil
}

func (u ContactUpdate) apply(c Contact) Contact {
	set := func(p *string, v *string) {
		if v != nil {
			*p = *v
		}
	}
	opt := func(p **string, v *string) {
		if v != nil {
			*p = v
		}
	}
	set(&c.Name, u.Name)
	set(&c.FollowerID, u.FollowerID)
	opt(&c.Title, u.Title)
	opt(&c.CompanyName, u.CompanyName)
	opt(&c.Address, u.Address)
	opt(&c.Remark, u.Remark)
	if u.LabelIDs != nil {
		c.LabelIDs = distinct(u.LabelIDs)
	}
	if u.ShareDeptIDs != nil {
		c.ShareDeptIDs = distinct(u.ShareDeptIDs)
	}
	if u.ShareUserIDs != nil {
		c.ShareUserIDs = distinct(u.ShareUserIDs)
	}
	return c
}

func (c Contact) references() References {
	return References{LabelIDs: c.LabelIDs, DeptIDs: c.ShareDeptIDs, UserIDs: append([]string{c.FollowerID}, c.ShareUserIDs...)}
}

// err returns the error of the first kind of reference that is missing
// (docs/spec/external-contacts.md#references-of-a-contact). follower is the
// user id that is the owner, not a share.
func (m References) err(follower string) error {
	switch {
	case len(m.LabelIDs) > 0:
		return &FieldError{Field: LabelsField, Value: strconv.FormatInt(m.LabelIDs[0], 10), Err: ErrLabelNotFound}
	case len(m.UserIDs) > 0 && m.UserIDs[0] == follower:
		return &FieldError{Field: OwnerField, Value: follower, Err: ErrEmployeeNotFound}
	case len(m.UserIDs) > 0:
		return &FieldError{Field: SharedEmployeesField, Value: m.UserIDs[0], Err: ErrEmployeeNotFound}
	case len(m.DeptIDs) > 0:
		return &FieldError{Field: SharedDepartmentsField, Value: strconv.FormatInt(m.DeptIDs[0], 10), Err: ErrDepartmentNotFound}
	}
	return nil
}

// record is the contact as audit entries show it.
func (c Contact) record() Record {
	r := make(Record, 12)
	r["name"], r["follower_user_id"], r["label_ids"] = c.Name, c.FollowerID, c.LabelIDs
	r["state_code"], r["mobile"] = c.StateCode, c.Mobile
	for _, t := range [...]struct {
		name string
		text *string
	}{{"title", c.Title}, {"company_name", c.CompanyName}, {"address", c.Address}, {"remark", c.Remark}, {"email", c.Email}} {
		if t.text != nil {
			r[t.name] = *t.text
		}
	}
	if c.ShareDeptIDs != nil {
		r["share_dept_ids"] = c.ShareDeptIDs
	}
	if c.ShareUserIDs != nil {
		r["share_user_ids"] = c.ShareUserIDs
	}
	return r
}

// distinct drops repeated entries and keeps the order; nil stays nil.
func distinct[T comparable](list []T) []T {
	if len(list) < 2 {
		return list
	}
	out, seen := make([]T, 0, len(list)), make(map[T]bool, len(list))
	for _, v := range list {
		if !seen[v] {
			out, seen[v] = append(out, v), true
		}
	}
	return out
}

// ContactsOn returns ErrContactsOff when the organisation has no external contacts.
func (s *Session) ContactsOn(ctx context.Context) error {
	o, err := s.dir.Org(ctx, s.org)
	if err == nil && !o.ContactsOn {
		return ErrContactsOff
	}
	return err
}
