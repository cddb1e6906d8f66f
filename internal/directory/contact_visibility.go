package directory

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Visibility is why a reader sees a contact.
type Visibility string

// Reasons of visibility (docs/spec/external-contacts.md#readers-of-a-contact).
const (
	NotVisible             Visibility = ""
	VisibleToAdministrator Visibility = "administrator"
	VisibleToApp           Visibility = "app"               // an app whose range is everything
	VisibleAsOwner         Visibility = "owner"             // the reader is the owner, or the app's range covers them
	VisibleByName          Visibility = "shared-user"       // shared with the reader by name
	VisibleByDepartment    Visibility = "shared-department" // shared with a department the reader is in, at any depth
	VisibleToAll           Visibility = "everybody"         // shared with the root department
)

// VisibilityTx reads what visibility depends on.
type VisibilityTx interface {
	// DepartmentParents returns the tree of departments: id to parent, 0 for the root.
	DepartmentParents() (map[int64]int64, error)
	// DepartmentsOf returns the departments of those users who are employees.
	DepartmentsOf(userIDs []string) (map[string][]int64, error)
	// Present returns those of the users who are employees, with the time they
	// were added, and those of the departments that exist. It locks none of
	// them.
	Present(userIDs []string, deptIDs []int64) (added map[string]time.Time, depts map[int64]bool, err error)
}

// Reader is a person, or an app with its range, that reads contacts.
type Reader struct {
	all      Visibility         // not NotVisible: sees everything, for this reason
	users    map[string]bool    // the person, or the people an app's range names
	scope    map[int64]bool     // the departments of an app's range, with those below
	sharing  map[int64]bool     // departments: what is shared with one of them reaches the reader
	memberOf map[string][]int64 // departments of owners and of people shared with, as far as learn has read them
}

func (r *Reader) seesAll() bool { return r.all != NotVisible }

// Sees says why the reader sees the contact, or NotVisible: owner, employees it
// is shared with, members of departments it is shared with and of departments
// below them, and administrators; department 1 is everybody. An app sees what
// anybody in its range would see
// (docs/spec/external-contacts.md#contacts-that-an-app-sees). Decision: the
// vendor's pages are silent.
func (r *Reader) Sees(c Contact) Visibility {
	switch {
	case r.all != NotVisible:
		return r.all
	case r.reaches(c.FollowerID):
		return VisibleAsOwner
	case slices.ContainsFunc(c.ShareUserIDs, r.reaches):
		return VisibleByName
	case slices.Contains(c.ShareDeptIDs, RootDepartment) && (len(r.users) > 0 || len(r.scope) > 0):
		return VisibleToAll
	case slices.ContainsFunc(c.ShareDeptIDs, func(id int64) bool { return r.sharing[id] }):
		return VisibleByDepartment
	}
	return NotVisible
}

// reaches reports whether the employee is the reader or in the app's range.
func (r *Reader) reaches(userID string) bool {
	return r.users[userID] || slices.ContainsFunc(r.memberOf[userID], func(id int64) bool { return r.scope[id] })
}

// learn reads the departments of the people that the contacts name, if the
// reader is an app whose range is limited by departments.
func (r *Reader) learn(tx VisibilityTx, cs []Contact) error {
	if len(r.scope) == 0 {
		return nil
	}
	asked := map[string]bool{}
	var unknown []string
	for _, c := range cs {
		for _, id := range append([]string{c.FollowerID}, c.ShareUserIDs...) {
			if _, known := r.memberOf[id]; !known && !asked[id] {
				asked[id] = true
				unknown = append(unknown, id)
			}
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	found, err := tx.DepartmentsOf(unknown)
	for _, id := range unknown {
		r.memberOf[id] = found[id]
	}
	return err
}

// reader returns the caller as a reader of contacts.
func (s *Session) reader(tx Tx) (*Reader, error) {
	r := &Reader{users: map[string]bool{}, scope: map[int64]bool{}, sharing: map[int64]bool{}, memberOf: map[string][]int64{}}
	switch s.caller.Kind {
	case AdminCaller, KeyCaller:
		r.all = VisibleToAdministrator
		return r, nil
	case AppCaller:
		if s.caller.Scope.All {
			r.all = VisibleToApp
			return r, nil
		}
		return r, r.asApp(tx, s.caller.Scope)
	case UserCaller:
		return r, r.asPerson(tx, s.caller.ID)
	}
	return r, nil
}

// asPerson makes the reader an employee. A user id that is not an employee's
// sees nothing.
func (r *Reader) asPerson(tx Tx, userID string) error {
	e, err := tx.Employees().Employee(userID)
	if errors.Is(err, ErrEmployeeNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if e.Admin {
		r.all = VisibleToAdministrator
		return nil
	}
	parents, err := tx.Visibility().DepartmentParents()
	if err != nil {
		return err
	}
	r.users[userID] = true
	r.shareUpwards(parents, e.DeptIDs)
	return nil
}

// asApp makes the reader the range of an app.
func (r *Reader) asApp(tx Tx, s Scope) error {
	parents, err := tx.Visibility().DepartmentParents()
	if err != nil {
		return err
	}
	members, err := tx.Visibility().DepartmentsOf(s.UserIDs)
	if err != nil {
		return err
	}
	for _, id := range s.UserIDs {
		r.users[id] = true
		r.shareUpwards(parents, members[id])
	}
	r.shareUpwards(parents, s.DeptIDs)
	for id := range parents {
		if slices.ContainsFunc(ancestry(parents, id), func(above int64) bool { return slices.Contains(s.DeptIDs, above) }) {
			r.scope[id], r.sharing[id] = true, true
		}
	}
	return nil
}

// shareUpwards adds departments and all above them: what is shared with a
// department is shared with the members of those below it.
func (r *Reader) shareUpwards(parents map[int64]int64, ids []int64) {
	for _, id := range ids {
		for _, above := range ancestry(parents, id) {
			r.sharing[above] = true
		}
	}
}

// ancestry returns a department and all above it. In a damaged tree with a
// cycle it stops where the cycle closes.
func ancestry(parents map[int64]int64, id int64) (path []int64) {
	for id != 0 && !slices.Contains(path, id) {
		path = append(path, id)
		id = parents[id]
	}
	return path
}

// ContactVisibility says why the caller sees the contact, or NotVisible.
func (s *Session) ContactVisibility(ctx context.Context, c Contact) (v Visibility, err error) {
	err = s.view(ctx, func(tx Tx) error {
		v, err = s.visibility(tx, c)
		return err
	})
	return v, err
}

func (s *Session) visibility(tx Tx, c Contact) (Visibility, error) {
	r, err := s.reader(tx)
	if err != nil {
		return NotVisible, err
	}
	if err := r.learn(tx.Visibility(), []Contact{c}); err != nil {
		return NotVisible, err
	}
	return r.Sees(c), nil
}

// seen returns a contact, as it was read, as the caller sees it, or
// ErrContactNotFound. It reads, so it comes before any write.
func (s *Session) seen(tx Tx, c Contact) (Contact, error) {
	shown := []Contact{c}
	if err := dropDeletedShares(tx.Visibility(), shown); err != nil {
		return Contact{}, err
	}
	v, err := s.visibility(tx, shown[0])
	if err == nil && v == NotVisible {
		err = ErrContactNotFound
	}
	return shown[0], err
}

// mayOwn returns ErrOutOfScope when the caller is an app whose range does not
// cover the employee who is to own a contact
// (docs/spec/external-contacts.md#owner-outside-the-range).
func (s *Session) mayOwn(tx Tx, userID string) error {
	if s.caller.Kind != AppCaller || s.caller.Scope.All {
		return nil
	}
	r, err := s.reader(tx)
	if err != nil {
		return err
	}
	if err := r.learn(tx.Visibility(), []Contact{{FollowerID: userID}}); err != nil {
		return err
	}
	if !r.reaches(userID) {
		return ErrOutOfScope
	}
	return nil
}
