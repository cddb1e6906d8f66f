package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// migrationFiles are the migrations of the schema.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// Schema describes the tables of this package to the engine.
func Schema() *engine.Schema { return schema }

var schema = &engine.Schema{
	Migrations: migrationFiles,
	Fills:      migrationFills,
	Tables: map[string]engine.Table{
		"audit":              {Sequence: true, Sealed: true}, // audit_seal covers the numbers
		"audit_seal":         {Sealed: true},
		"bin":                {Sealed: true}, // with the keys of the history
		"event_delivery":     {SealedBy: []string{"app_key", "channel", "event_id"}},
		"leave_record":       {SealedBy: []string{"id"}},
		"outbox":             {SealedBy: []string{"id"}}, // the primary key on SQLite is the number
		"contact_walk":       {Unsummed: true, Sealed: true},
		"import_part":        {Unsummed: true}, // copies of files for a day, each sealed to its place
		contactTerms.name:    {Unsummed: true}, // checked by TermCheck instead
		employeeTerms.name:   {Unsummed: true},
		departmentTerms.name: {Unsummed: true},
	},
	Deleted: engine.Deleted{
		Err:      errOrgDeleted,
		Query:    "SELECT id FROM ended_org WHERE id = ?",
		Lock:     "SELECT FROM org_hold WHERE org = ? AND slot = ? FOR KEY SHARE",
		LockRows: orgLockRows,
	},
}

var (
	_ directory.Store = (*Store)(nil)
	_ directory.Tx    = nounTx{}
)

// Types of the engine that callers of this package need.
type (
	// Options says where the data is and how it is opened.
	Options = engine.Options
	// Kind tells which command created the data.
	Kind = engine.Kind
)

// The kinds of data.
const (
	Dev   = engine.Dev
	Serve = engine.Serve
)

// Errors of the engine, which Open returns.
var (
	ErrClosed      = engine.ErrClosed
	ErrLocked      = engine.ErrLocked
	ErrNewerSchema = engine.ErrNewerSchema
	ErrNoData      = engine.ErrNoData
	ErrWrongKey    = engine.ErrWrongKey
	ErrWrongKind   = engine.ErrWrongKind
)

// Store is the directory of one installation. It is safe for concurrent use.
type Store struct {
	*engine.DB
	pageEnds pageEnds
	chain    chain // of the history, see audit_chain.go
}

// Open opens the data, migrates its schema and checks that the master key and
// the kind match.
func Open(ctx context.Context, o Options) (*Store, error) {
	db, err := engine.Open(ctx, o, schema)
	if err != nil {
		return nil, openError(o, err)
	}
	s := &Store{DB: db, pageEnds: &pageEndMemory{}}
	if o.Database != "" {
		s.pageEnds = &pageEndTable{db: db}
	}
	return s, nil
}

// OpenReading is [engine.OpenReading] for data of this package.
func OpenReading(ctx context.Context, o Options) (*Store, error) {
	db, err := engine.OpenReading(ctx, o, schema)
	if err != nil {
		return nil, openError(o, err)
	}
	return &Store{DB: db, pageEnds: &pageEndMemory{}}, nil
}

// openError says what helps if the data cannot be opened for want of space:
// SQLite calls that an I/O error.
func openError(o Options, err error) error {
	switch {
	case !engine.NoSpace(err):
		return err
	case o.Database != "":
		return fmt.Errorf("the disk of the database is full; make room and try again: %w", err)
	}
	return fmt.Errorf("the disk of %s is full; make room and try again: %w", o.Dir, err)
}

// tx is one call's view of the data. Its methods are the SQL of the nouns, each
// in the file of its name.
type tx struct {
	*engine.Tx
	now func() time.Time

	contact contactRead // see contact.go
}

func (s *Store) tx(t *engine.Tx) *tx { return &tx{Tx: t, now: s.Now} }

func (s *Store) view(ctx context.Context, org string, fn func(*tx) error) error {
	return coreError(s.DB.View(ctx, org, func(t *engine.Tx) error { return fn(s.tx(t)) }))
}

func (s *Store) update(ctx context.Context, org string, fn func(*tx) error, opts ...engine.Option) error {
	return coreError(s.DB.Update(ctx, org, func(t *engine.Tx) error { return fn(s.tx(t)) }, opts...))
}

// View implements [directory.Store].
func (s *Store) View(ctx context.Context, org string, fn func(directory.Tx) error) error {
	return s.view(ctx, org, func(t *tx) error { return fn(nounTx{t}) })
}

// Update implements [directory.Store].
//
// On PostgreSQL it runs at READ COMMITTED. A function that reads a row in order
// to write it locks the row with the read, so the next caller waits and then
// sees the result; a stricter level would make it fail and retry. Uniqueness is
// enforced by indexes, counts are taken under a lock
// ([tx.CountMessageContacts], [tx.Grants]), and rows that a change refers to
// are locked against deletion ([lookup]).
//
// Every update locks its organisation against deletion; writes to a deleted one
// are refused with [directory.ErrOrgDeleted].
//
// Locks are taken from the top of the tree down, so that calls which need
// several do not deadlock: the organisation, the root department, other
// departments, employees, labels, external contacts; an app before its logins;
// a message contact before its verifications, and both before the resource
// directory, whose one row stands for its whole tree. Where an order cannot be
// kept (two contacts handed over crosswise), the server aborts one of the calls
// and it runs again.
func (s *Store) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	return s.update(ctx, org, func(t *tx) error { return fn(nounTx{t}) }, engine.AtReadCommitted)
}

// UpdateBoth implements [directory.Store]. Only the first organisation is locked
// against deletion; the function locks the row of the other one if it must.
func (s *Store) UpdateBoth(ctx context.Context, org, other string, fn func(tx, of directory.Tx) error) error {
	keys, err := s.MakeKeys(ctx, other)
	if err != nil {
		return coreError(err)
	}
	return s.update(ctx, org, func(t *tx) error {
		var failed error
		err := t.For(other, keys, func(of *engine.Tx) { failed = fn(nounTx{t}, nounTx{s.tx(of)}) })
		if failed != nil {
			return failed
		}
		return err
	}, engine.AtReadCommitted)
}

// coreError adds [directory.ErrBusy] to [engine.ErrBusy], and what it means that
// there is no space.
func coreError(err error) error {
	if errors.Is(err, engine.ErrBusy) && engine.NoSpace(err) {
		return fmt.Errorf("%w: %w: %w", directory.ErrDiskFull, directory.ErrBusy, err)
	}
	if errors.Is(err, engine.ErrBusy) {
		return fmt.Errorf("%w: %w", directory.ErrBusy, err)
	}
	return err
}

// UseNonce is [engine.DB.UseNonce] with the errors of the core.
func (s *Store) UseNonce(ctx context.Context, key, nonce string, expires time.Time) (fresh bool, err error) {
	fresh, err = s.DB.UseNonce(ctx, key, nonce, expires)
	return fresh, coreError(err)
}
