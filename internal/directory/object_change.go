package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// EditAction is what an edit does.
type EditAction uint8

// The actions.
const (
	CreateObject  EditAction = iota + 1
	ChangeObject             // values that are absent stay, empty ones are cleared
	RemoveObject             // into the bin
	RestoreObject            // from the bin
)

// Edit is a change of one object, as people and their programs make it. It
// obeys the same rules, and leaves the same history and events, as the vendors'
// calls.
type Edit struct {
	Kind      Kind
	Do        EditAction
	ID        string // of a new object: the id it gets; "" generates one
	NewID     bool   // ID was made at random, as if it were generated: nobody has it
	Values    Values // for a new object and a change
	IfVersion int64  // the version that the caller has seen; 0: any
	CreatedAt time.Time
	// KeepExtra keeps the keys of "extra" that Values does not name; else they are
	// cleared as the rest of a value that is replaced.
	KeepExtra bool
	// NewOwner owns a restored contact whose owner is gone, or the contacts of
	// an employee who is removed. "": the edit is refused.
	NewOwner string
	// Verified: the values are of an export of our own. A new message contact is then
	// as its status says, others are created unverified; an employee has the account
	// that it had, also one that could not be made now, such as one without mobile.
	Verified bool

	atOnce  bool // a message contact with members is not removed in the background
	preview bool // it will be taken back
}

// EditResult is what an edit did.
type EditResult struct {
	Before, After Object // zero where there is no object
	Changed       bool
	Left          []Problem // values that a restored object lost, as what they named is gone
	Err           error     // in a partial run: why it was not done
}

// EditOptions say how several edits run.
type EditOptions struct {
	Preview bool // everything is done and taken back
	Partial bool // an edit that is refused does not keep the others from being done
	// Took, if not nil, is set to how long the edits kept others from writing.
	Took *Hold
	// Then writes what belongs to the same transaction, such as a checkpoint.
	// It may run more than once.
	Then func(Tx, []EditResult) error
}

// editor is what the ways of people need of a kind. Its methods read first and
// then write, so that the caller can flush between two of them.
type editor interface {
	// object reads an object that the caller may see, or returns the kind's
	// not-found error.
	object(s *Session, tx Tx, id string) (Object, error)
	// list returns a page of the objects that the caller may see.
	list(s *Session, tx Tx, q ObjectQuery) (ObjectPage, error)
	create(s *Session, tx Tx, e Edit) (EditResult, error)
	change(s *Session, tx Tx, e Edit) (EditResult, error)
	remove(s *Session, tx Tx, e Edit) (EditResult, error)
	restore(s *Session, tx Tx, e Edit) (EditResult, error)
	// own adds what is wrong with an edit in itself ([Session.CheckEdit]).
	own(s *Session, before Object, e Edit, p *problems) error
}

// editors are the kinds' editors.
var editors = map[Kind]editor{
	ContactKind:    contactEditor{},
	EmployeeKind:   employeeEditor{},
	DepartmentKind: departmentEditor{},
	LabelKind:      labelEditor{},
	LabelGroupKind: labelGroupEditor{},

	MessageContactKind: messageContactEditor{},
}

// Object returns one object, or the not-found error of its kind.
func (s *Session) Object(ctx context.Context, kind Kind, id string) (o Object, err error) {
	err = s.view(ctx, func(tx Tx) error {
		o, err = editors[kind].object(s, tx, id)
		return err
	})
	return o, err
}

// EditObject carries out one edit. It returns the not-found error of the kind,
// ErrVersion, ErrNotInBin, or an *ObjectError with every problem.
func (s *Session) EditObject(ctx context.Context, e Edit) (EditResult, error) {
	results, err := s.EditObjects(ctx, []Edit{e}, EditOptions{})
	if err != nil {
		return EditResult{}, err
	}
	return results[0], nil
}

// errPreview takes back what a preview did.
var errPreview = errors.New("preview")

// EditObjects carries out edits in one transaction, in order: each sees what the
// earlier ones did. Unless o.Partial, the first error stops and undoes all. The
// error names the edit (errors.As with *ObjectError).
func (s *Session) EditObjects(ctx context.Context, edits []Edit, o EditOptions) (results []EditResult, err error) {
	run := s.update
	for _, e := range edits {
		if e.Kind == MessageContactKind {
			run = s.updateWaiting
		}
	}
	if o.Preview {
		edits = slices.Clone(edits)
		for i := range edits {
			edits[i].preview = true
		}
	}
	var started time.Time
	var worked time.Duration
	change := func(tx Tx) error {
		started = time.Now()
		if results, err = s.editAll(tx, edits, o.Partial); err != nil {
			return err
		}
		if o.Then != nil || o.Took != nil {
			if err := tx.Flush(); err != nil {
				return lateError{err}
			}
		}
		worked = time.Since(started)
		if o.Then != nil {
			if err := o.Then(tx, results); err != nil {
				return err
			}
		}
		if o.Preview {
			return errPreview
		}
		return nil
	}
	err = s.updateEdits(ctx, run, change)
	for first := new(membersFirst); errors.As(err, &first); first = new(membersFirst) {
		if err = s.endMemberships(ctx, first.members); err == nil {
			err = s.updateEdits(ctx, run, change)
		}
	}
	if o.Took != nil {
		*o.Took = s.held(worked, started)
	}
	if s.loggedOut {
		s.dir.tokens.clear()
	}
	if errors.Is(err, errPreview) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("edit objects: %w", err)
	}
	return results, nil
}

// editAll carries out edits in a transaction that others share.
func (s *Session) editAll(tx Tx, edits []Edit, partial bool) ([]EditResult, error) {
	results := make([]EditResult, 0, len(edits))
	for len(results) < len(edits) {
		rest := edits[len(results):]
		some, errs := make([]EditResult, 1), make([]error, 1)
		var err error
		if n := s.newContacts(rest); n > 1 {
			some, errs, err = s.createContacts(tx, rest[:n])
		} else {
			some[0], errs[0] = s.edit(tx, rest[0])
		}
		for i := 0; i < len(some) && err == nil; i++ {
			switch {
			case errs[i] == nil:
			case partial && ofObject(errs[i]):
				some[i] = EditResult{Err: errs[i]}
			default:
				err = errs[i]
			}
		}
		results = append(results, some...)
		if err != nil {
			return nil, err
		}
		if len(results) < len(edits) {
			if err := tx.Flush(); err != nil {
				return nil, lateError{err}
			}
		}
	}
	return results, nil
}

func (s *Session) edit(tx Tx, e Edit) (EditResult, error) {
	ed := editors[e.Kind]
	switch e.Do {
	case CreateObject:
		return ed.create(s, tx, e)
	case ChangeObject:
		return ed.change(s, tx, e)
	case RemoveObject:
		return ed.remove(s, tx, e)
	case RestoreObject:
		return ed.restore(s, tx, e)
	}
	return EditResult{}, fmt.Errorf("edit of %s %s: no such action", e.Kind, e.ID)
}

// notFoundOf are the kinds' not-found errors.
var notFoundOf = map[Kind]error{
	ContactKind: ErrContactNotFound, EmployeeKind: ErrEmployeeNotFound, DepartmentKind: ErrDepartmentNotFound,
	LabelKind: ErrLabelNotFound, LabelGroupKind: ErrLabelNotFound, MessageContactKind: ErrMessageContactNotFound,
}

// NotFound returns the error of an object of the kind that does not exist.
func (k Kind) NotFound() error { return notFoundOf[k] }

// ofObject reports whether an error concerns one object, so that the others can
// go on.
func ofObject(err error) bool {
	refused := new(ObjectError)
	if errors.As(err, &refused) || errors.Is(err, ErrVersion) || errors.Is(err, ErrNotInBin) {
		return true
	}
	for _, notFound := range notFoundOf {
		if errors.Is(err, notFound) {
			return true
		}
	}
	return false
}

// checkVersion returns ErrVersion if the caller has seen another version.
func (e *Edit) checkVersion(has int64) error {
	if e.IfVersion != 0 && e.IfVersion != has {
		return fmt.Errorf("%s %s has version %d: %w", e.Kind, e.ID, has, ErrVersion)
	}
	return nil
}

// createdAt is the time of creation of a new object.
func (s *Session) createdAt(e Edit) time.Time {
	if e.CreatedAt.IsZero() {
		return s.now
	}
	return e.CreatedAt
}

// usedID reports whether an object of one of the nouns had the id and was
// deleted (docs/spec/history.md#ids-of-deleted-objects).
func usedID(tx Tx, id string, nouns ...string) (bool, error) {
	return tx.Audit().WasDeleted(id, nouns)
}
