package directory

import (
	"context"
)

// ObjectKey is a value, or several together, by which objects are recognised in
// files (docs/spec/import.md#keys-of-duplicates).
type ObjectKey string

// The keys. KeyID is that of every kind.
const (
	KeyID          ObjectKey = "id"
	KeyMobile      ObjectKey = "mobile"    // contacts, employees
	KeyEmail       ObjectKey = "email"     // contacts, employees: in lower case
	KeyTelephone   ObjectKey = "telephone" // employees
	KeyName        ObjectKey = "name"      // employees, message contacts, label groups
	KeyNameCompany ObjectKey = "name+company"
	KeyLoginID     ObjectKey = "login id" // employees
	KeyAccount     ObjectKey = "account"  // employees who joined: [NameAndCompany] of the other organisation and its user id
)

// NameAndCompany is the value of [KeyNameCompany].
func NameAndCompany(name, company string) string { return name + "\x00" + company }

// IDState is what has become of an id.
type IDState uint8

// The states of ids.
const (
	IDFree  IDState = iota
	IDLive          // an object of the kind has it
	IDInBin         // a deleted object of the kind has it
	IDTaken         // something else has, or something had it
)

// ObjectKeyTx finds objects by values.
type ObjectKeyTx interface {
	// ObjectsByKey returns the ids of the live objects of the kind by those of
	// the values that they have.
	ObjectsByKey(kind Kind, key ObjectKey, values []string) (map[string][]string, error)
	// IDStates returns the states of those ids that are not free. Contacts and
	// employees share one space of ids, and so do labels and their groups.
	IDStates(kind Kind, ids []string) (map[string]IDState, error)
	// LastChange is the number of the organisation's last entry in the history.
	LastChange() (int64, error)
}

// Finder finds objects in one snapshot of the directory. It is valid inside the
// function that it was passed to.
type Finder struct {
	ObjectKeyTx
	s  *Session
	tx Tx
}

// Find calls fn with a finder of the objects that the caller may see.
func (s *Session) Find(ctx context.Context, fn func(*Finder) error) error {
	return s.view(ctx, func(tx Tx) error { return fn(&Finder{tx.ObjectKeys(), s, tx}) })
}

// Object returns one object, or the not-found error of its kind.
func (f *Finder) Object(kind Kind, id string) (Object, error) {
	return editors[kind].object(f.s, f.tx, id)
}

// Departments returns all departments by id.
func (f *Finder) Departments() ([]Department, error) {
	return f.tx.Departments().DepartmentTree(RootDepartment)
}

// LabelGroups returns all groups with their labels.
func (f *Finder) LabelGroups() ([]LabelGroup, error) { return allLabelGroups(f.tx) }

// ContactRoom returns how many contacts may be added; -1 is any number. It
// returns ErrContactsOff if the organisation has none.
func (f *Finder) ContactRoom() (int64, error) {
	org, err := f.tx.Orgs().OrgByID(f.s.org)
	if err != nil {
		return 0, err
	}
	most := f.s.dir.settings.MaxContacts
	switch {
	case !org.ContactsOn:
		return 0, ErrContactsOff
	case most <= 0:
		return -1, nil
	}
	n, err := f.tx.ContactList().CountContacts()
	return max(0, most-n), err
}

// Offered returns ErrAccountNotOffered if an account of another organisation may
// not join.
func (f *Finder) Offered(ref AccountRef) error {
	_, err := f.s.offeredAccount(f.tx, ref)
	return err
}

// MessageContactRoom returns how many message contacts may be added.
func (f *Finder) MessageContactRoom() (int64, error) {
	n, err := f.tx.MessageContacts().CountMessageContacts()
	return max(0, orDefault(f.s.dir.settings.MaxMessageContacts, DefaultMaxMessageContacts)-n), err
}
