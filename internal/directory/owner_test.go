package directory

import (
	"errors"
	"slices"
	"testing"
)

// owners is a transaction in which some employees own contacts.
type owners struct {
	Tx
	contacts map[string][]Contact
}

type ownersList struct {
	ContactListTx
	of owners
}

type ownersStaff struct {
	EmployeeTx
	of owners
}

func (o owners) ContactList() ContactListTx { return ownersList{of: o} }
func (o owners) Employees() EmployeeTx      { return ownersStaff{of: o} }
func (o owners) Visibility() VisibilityTx   { return nil }

func (o ownersList) ContactsFollowedBy(userID string) ([]Contact, error) {
	return o.of.contacts[userID], nil
}

func (o ownersStaff) MissingEmployees(userIDs []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(userIDs), func(id string) bool { return id == "heir" }), nil
}

func TestOwnedContactsBeforeADeletion(t *testing.T) {
	t.Parallel()
	tx := owners{contacts: map[string][]Contact{"owner": {{ID: "1"}, {ID: "2"}}}}
	for name, c := range map[string]struct {
		user, heir string
		move       int
		want       error
	}{
		"owns nothing":           {"free", "", 0, nil},
		"owns some, no heir":     {"owner", "", 0, ErrEmployeeFollows},
		"owns some, with heir":   {"owner", "heir", 2, nil},
		"heir is nobody":         {"owner", "nobody", 0, ErrEmployeeNotFound},
		"heir is the one to go":  {"owner", "owner", 0, ErrHandOverToSelf},
		"owns nothing, has heir": {"free", "heir", 0, nil},
	} {
		cs, err := (&Session{}).ownedContacts(tx, c.user, c.heir)
		if !errors.Is(err, c.want) || len(cs) != c.move {
			t.Errorf("%s: got %d contacts and %v, want %d and %v", name, len(cs), err, c.move, c.want)
		}
	}
}
