package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of imports. Methods wrap them with context; compare with errors.Is.
var (
	ErrImportNotFound = errors.New("import not found")
	// ErrImportTaken: another process works on the import.
	ErrImportTaken = errors.New("another process works on the import")
	// ErrImportRunning: the same file is being imported with the same options.
	ErrImportRunning = errors.New("the same import is running")
	// ErrImportEnded: the import is in a state that does not allow this.
	ErrImportEnded = errors.New("state of the import does not allow this")
	// ErrImportPurged: the copies of the file and of what became of its rows are deleted.
	ErrImportPurged = errors.New("copies of the import are deleted")
	// ErrPreviewOutdated: what a preview has told is no longer true.
	ErrPreviewOutdated = errors.New("something has changed since the preview")
	// ErrImportBusy: another import of the organisation is being written.
	ErrImportBusy = errors.New("another import of the organisation is running")
)

// ImportState is a state of an import (docs/spec/import.md#states-of-an-import).
type ImportState string

// The states.
const (
	ImportQueued      ImportState = "queued"
	ImportRunning     ImportState = "running"
	ImportDone        ImportState = "done"
	ImportPreviewed   ImportState = "previewed"
	ImportFailed      ImportState = "failed"
	ImportInterrupted ImportState = "interrupted"
	ImportStopped     ImportState = "stopped"
	ImportUndone      ImportState = "undone"
)

// Import is the import of a file into an organisation. What the core does not
// need to know is in JSON that package transfer reads and writes.
type Import struct {
	ID      string
	Kind    string
	State   ImportState
	Phase   string
	Preview bool
	Digest  string // of the file; "" until it is copied
	Options string // equal for equal options
	Info    json.RawMessage
	Counts  json.RawMessage

	Actor              string
	RequestID          string
	CreatedAt, EndedAt time.Time // EndedAt is zero while there is something left to do

	Written int64 // rows that are written and committed
	// Owner is the process that works on it, and Beat when it last said so.
	Owner string
	Beat  time.Time
	// PurgeAt is when the parts of one that has ended are deleted; zero: they are.
	PurgeAt time.Time
}

// ImportPart is a chunk of a stream that belongs to an import, in the order of
// N. Data is sealed at rest.
type ImportPart struct {
	Name string
	N    int64
	Data []byte
}

// ImportQuery selects imports, newest first.
type ImportQuery struct {
	Digest  string
	Options string // with a digest: those with these options, without previews
	Request string
	After   Import // the last one of the page before: CreatedAt and ID
	Limit   int64
}

// OrgImport names an import of any organisation.
type OrgImport struct{ Org, ID string }

// ImportTx reads and writes imports.
type ImportTx interface {
	// Import returns an import, or ErrImportNotFound. An update locks it.
	Import(id string) (Import, error)
	Imports(q ImportQuery) ([]Import, error)
	// WritingImports returns the imports, without previews, that are running or
	// queued and whose file is copied.
	WritingImports() ([]Import, error)
	// PutImport writes a new or changed import.
	PutImport(i Import)
	DeleteImport(id string)
	// ImportPart returns the last part of that name whose number is at most n,
	// or ErrImportNotFound.
	ImportPart(id, name string, n int64) (ImportPart, error)
	// NextImportPart returns the first whose number is at least n, or
	// ErrImportNotFound.
	NextImportPart(id, name string, n int64) (ImportPart, error)
	PutImportPart(id string, p ImportPart)
	// ImportParts returns names and numbers of parts, without their data; name
	// "" is any.
	ImportParts(id, name string, limit int64) ([]ImportPart, error)
	DeleteImportPart(id string, p ImportPart)
	// OpenImports returns the imports of all organisations that have not ended.
	OpenImports() ([]OrgImport, error)
	// ImportsToPurge returns imports of all organisations whose parts are due.
	ImportsToPurge(now time.Time, limit int64) ([]OrgImport, error)
}

// Import returns an import of the organisation, or ErrImportNotFound.
func (s *Session) Import(ctx context.Context, id string) (i Import, err error) {
	err = s.view(ctx, func(tx Tx) error {
		i, err = tx.Imports().Import(id)
		return err
	})
	return i, err
}

// Imports returns imports of the organisation, newest first.
func (s *Session) Imports(ctx context.Context, q ImportQuery) (is []Import, err error) {
	err = s.view(ctx, func(tx Tx) error {
		is, err = tx.Imports().Imports(q)
		return err
	})
	return is, err
}

// DeleteImport removes an import that has done nothing.
func (s *Session) DeleteImport(ctx context.Context, id string) error {
	if err := s.DropImportParts(ctx, id, ""); err != nil {
		return err
	}
	return s.update(ctx, func(tx Tx) error {
		tx.Imports().DeleteImport(id)
		return nil
	})
}

// NewImport stores a new import, which gets an id, the caller as its actor and
// the session's request id.
func (s *Session) NewImport(ctx context.Context, i Import) (Import, error) {
	i.ID, i.Actor, i.RequestID, i.CreatedAt, i.Beat = "im-"+s.dir.ids.Base62(16), s.caller.actor(), s.requestID, s.now, s.now
	err := s.update(ctx, func(tx Tx) error {
		if _, err := tx.Orgs().OrgByID(s.org); err != nil {
			return err
		}
		tx.Imports().PutImport(i)
		return nil
	})
	if err != nil {
		return Import{}, fmt.Errorf("new import: %w", err)
	}
	return i, nil
}

// Purged reports whether its parts are deleted.
func (i Import) Purged() bool { return !i.EndedAt.IsZero() && i.PurgeAt.IsZero() }

// before reports whether it was begun before another import.
func (i Import) before(o Import) bool {
	return i.CreatedAt.Before(o.CreatedAt) || i.CreatedAt.Equal(o.CreatedAt) && i.ID < o.ID
}

// ImportSilence is how long a process may say nothing before another one takes
// its import over.
const ImportSilence = 10 * time.Second

// Alive reports whether the owner of a running import has been heard of lately.
func (i Import) Alive(now time.Time) bool {
	return i.Owner != "" && now.Sub(i.Beat) < ImportSilence && i.Beat.Sub(now) < ImportSilence
}

// ClaimImport makes the process the owner of an import that has not ended, and
// sets its state to running. It returns ErrImportTaken if its owner lives, and
// ErrImportBusy if it would write and another import of the organisation does, or
// has waited for longer (docs/spec/import.md#one-import-at-a-time). alone says that
// no other process can have the data open.
func (s *Session) ClaimImport(ctx context.Context, id, owner string, alone bool) (i Import, err error) {
	now := s.dir.now() // not of the session, which may be as old as a long upload
	dead := func(o Import) bool { return o.Owner != owner && (alone || !o.Alive(now)) }
	err = s.update(ctx, func(tx Tx) error {
		if _, err := tx.Orgs().OrgToChange(); err != nil { // claims take turns
			return err
		}
		if i, err = tx.Imports().Import(id); err != nil {
			return err
		}
		if i.Owner != "" && i.Owner != owner && !dead(i) {
			return ErrImportTaken
		}
		if i.Purged() { // there is nothing left to go on with
			return ErrImportEnded
		}
		if !i.Preview {
			others, err := tx.Imports().WritingImports()
			if err != nil {
				return err
			}
			for _, o := range others {
				if o.ID != id && o.Owner != "" && !dead(o) && (o.State == ImportRunning || o.before(i)) {
					return ErrImportBusy
				}
			}
		}
		i.State, i.Owner, i.Beat, i.EndedAt, i.PurgeAt = ImportRunning, owner, now, time.Time{}, time.Time{}
		tx.Imports().PutImport(i)
		return nil
	})
	return i, err
}

// AdmitImport stores an import whose file is copied, if admit says so, which is told of the
// other imports of that file with those options and may write in the same transaction. It may
// run more than once, and of all processes one does so at a time.
func (s *Session) AdmitImport(ctx context.Context, i Import, owner string, admit func(tx Tx, same []Import) (bool, error)) error {
	if !i.Preview {
		i.State = ImportQueued // until it is claimed
	}
	return s.update(ctx, func(tx Tx) error {
		if _, err := tx.Orgs().OrgToChange(); err != nil { // as claims do
			return err
		}
		same, err := tx.Imports().Imports(ImportQuery{Digest: i.Digest, Options: i.Options, Limit: 100})
		if err != nil {
			return err
		}
		if ok, err := admit(tx, slices.DeleteFunc(same, func(o Import) bool { return o.ID == i.ID })); err != nil || !ok {
			return err
		}
		i.Beat = s.dir.now() // the call may have begun long ago, when the file began to come
		return PutOwnedImport(tx, i, owner)
	})
}

// SaveImport writes the import, with parts, if the owner is still its owner, and
// else returns ErrImportTaken.
func (s *Session) SaveImport(ctx context.Context, i Import, owner string, parts ...ImportPart) error {
	i.Beat = s.dir.now()
	return s.update(ctx, func(tx Tx) error { return PutOwnedImport(tx, i, owner, parts...) })
}

// PutOwnedImport is [Session.SaveImport] in a transaction that others share.
func PutOwnedImport(tx Tx, i Import, owner string, parts ...ImportPart) error {
	stored, err := tx.Imports().Import(i.ID)
	if err != nil {
		return err
	}
	if stored.Owner != owner {
		return ErrImportTaken
	}
	if err := putImport(tx, i); err != nil {
		return err
	}
	for _, p := range parts {
		tx.Imports().PutImportPart(i.ID, p)
	}
	return nil
}

// putImport writes an import. The parts of one that has ended are due at once if somebody was
// erased while it ran, whom they may hold.
func putImport(tx Tx, i Import) error {
	if !i.EndedAt.IsZero() && !i.PurgeAt.IsZero() {
		switch n, err := lastErased(tx, i.ID); {
		case err != nil:
			return err
		case n > 0:
			i.PurgeAt = i.EndedAt
		}
	}
	tx.Imports().PutImport(i)
	return nil
}

// ChangeImport changes an import whoever owns it. change, and then, which writes what belongs to
// the same transaction, may run more than once.
func (s *Session) ChangeImport(ctx context.Context, id string, change func(*Import) error, then ...func(Tx, Import) error) (i Import, err error) {
	err = s.update(ctx, func(tx Tx) error {
		if i, err = tx.Imports().Import(id); err != nil {
			return err
		}
		if err := change(&i); err != nil {
			return err
		}
		if err := putImport(tx, i); err != nil {
			return err
		}
		for _, do := range then {
			if err := do(tx, i); err != nil {
				return err
			}
		}
		return nil
	})
	return i, err
}

// BeginImport is SaveImport with the entry of the import in the history. It comes
// before those of the objects, so that they lead to it.
func (s *Session) BeginImport(ctx context.Context, i Import, owner string, what Record) error {
	return s.update(ctx, func(tx Tx) error {
		if err := PutOwnedImport(tx, i, owner); err != nil {
			return err
		}
		s.audit(tx, Change{Noun: importNoun, Object: i.ID, Action: "import", After: what})
		return nil
	})
}

// ImportPart returns the last part of that name whose number is at most n, or
// ErrImportNotFound.
func (s *Session) ImportPart(ctx context.Context, id, name string, n int64) (p ImportPart, err error) {
	err = s.view(ctx, func(tx Tx) error {
		p, err = tx.Imports().ImportPart(id, name, n)
		return err
	})
	return p, err
}

// NextImportPart returns the first part of that name whose number is at least n,
// or ErrImportNotFound.
func (s *Session) NextImportPart(ctx context.Context, id, name string, n int64) (p ImportPart, err error) {
	err = s.view(ctx, func(tx Tx) error {
		p, err = tx.Imports().NextImportPart(id, name, n)
		return err
	})
	return p, err
}

// partsAtOnce is how many parts one transaction deletes: a part is up to 64
// pages.
const partsAtOnce = 8

// DropImportParts deletes the parts of an import that have the name, or all if it
// is "", in short transactions.
func (s *Session) DropImportParts(ctx context.Context, id, name string) error {
	for {
		n := 0
		err := s.update(ctx, func(tx Tx) error {
			parts, err := tx.Imports().ImportParts(id, name, partsAtOnce)
			if err != nil {
				return err
			}
			n = len(parts)
			for _, p := range parts {
				tx.Imports().DeleteImportPart(id, p)
			}
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// OpenImports returns the imports of all organisations that have not ended.
func (d *Directory) OpenImports(ctx context.Context) (open []OrgImport, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		open, err = tx.Imports().OpenImports()
		return err
	})
	return open, err
}

// PurgeImports deletes the parts that are due
// (docs/spec/import.md#copies-of-the-file).
func (d *Directory) PurgeImports(ctx context.Context) error {
	const atOnce = 20
	var due []OrgImport
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		due, err = tx.Imports().ImportsToPurge(d.now(), atOnce)
		return err
	})
	for _, o := range due {
		if err != nil {
			break
		}
		s := d.Session(CommandLine(o.Org), "import", "")
		if err = s.DropImportParts(ctx, o.ID, ""); err == nil {
			_, err = s.ChangeImport(ctx, o.ID, func(i *Import) error {
				i.PurgeAt = time.Time{}
				return nil
			})
		}
	}
	return err
}
