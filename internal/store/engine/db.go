package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

var (
	// ErrBusy means that nothing was written and that the call may be repeated:
	// too many conflicts, a lock held for too long, no space, or a store that
	// has stopped writing.
	ErrBusy = errors.New("store: busy")
	// ErrUnknownOutcome means that the connection was lost during the commit:
	// it is unknown whether the writes were committed.
	ErrUnknownOutcome = errors.New("store: outcome unknown")
	// ErrClosed is returned by every call after Close.
	ErrClosed = errors.New("store: closed")
	// ErrLocked is returned by Open when another process uses the folder.
	ErrLocked = errors.New("store: folder is in use")
	// ErrNewerSchema is returned by Open when the data was made by a newer
	// version of the program.
	ErrNewerSchema = errors.New("store: data is newer than this program")
	// ErrWrongKey is returned by Open when the data was made under another
	// master key.
	ErrWrongKey = errors.New("store: wrong master key")
	// ErrWrongKind is returned by Open when data made by "dev" is opened by
	// "serve" or the reverse.
	ErrWrongKind = errors.New("store: wrong kind of data")

	// errRetry asks for another run of the function, because another process
	// has changed the state that it read.
	errRetry = errors.New("store: serialization conflict")
)

// Kind tells which command created the data: development data must never
// become real.
type Kind string

// The kinds of data.
const (
	Dev   Kind = "dev"
	Serve Kind = "serve"
)

// Options says where the data is and how it is opened. One of Dir, Ephemeral
// and Database is set.
type Options struct {
	Dir       string // folder of the SQLite files; created if absent
	Ephemeral bool   // SQLite files in a temporary folder, removed by Close, never fsynced
	Database  string // PostgreSQL URL

	// Existing makes absent data an error (ErrNoData). Otherwise Open creates
	// it.
	Existing bool

	Key  *keyring.Master // required
	Kind Kind            // Serve if empty
	Now  func() time.Time
	Log  *slog.Logger

	// Strict makes a read after a write in one function an error. For tests.
	Strict bool

	// CacheKiB is the page cache of SQLite's writer, for bulk loads: with the
	// default of 16 MiB, pages would be written out and read again all the
	// time.
	CacheKiB int

	tuning tuning
}

func (o *Options) logger() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}

// tuning is set by tests and benchmarks only.
type tuning struct {
	maxGroup int          // calls in one commit; 0 is maxGroup
	fault    func() error // called before COMMIT on SQLite; its error replaces COMMIT's
}

// DB is the data of one installation. It is safe for concurrent use.
type DB struct {
	engine   engine
	nonces   *nonces
	schema   *Schema
	master   *keyring.Master
	now      func() time.Time
	log      *slog.Logger
	strict   bool
	kind     Kind
	restored time.Time // when the data was restored from a backup
	tenants  tenants
	failed   chan error
	failOnce sync.Once

	closeOnce sync.Once
	closeErr  error

	broken atomic.Pointer[error]
}

// engine is the part that differs between SQLite and PostgreSQL.
type engine interface {
	view(ctx context.Context, t *Tx, fn func(*Tx) error) error
	update(ctx context.Context, c *call) error
	close() error
}

func newDB(o Options, schema *Schema) (*DB, error) {
	if o.Key == nil {
		return nil, errors.New("store: no master key")
	}
	db := &DB{schema: schema, master: o.Key, now: o.Now, log: o.logger(), strict: o.Strict, failed: make(chan error, 1)}
	if db.now == nil {
		db.now = time.Now
	}
	return db, nil
}

// Open opens the data, migrates its schema and checks that the master key and
// the kind match.
func Open(ctx context.Context, o Options, schema *Schema) (*DB, error) {
	db, err := newDB(o, schema)
	if err != nil {
		return nil, err
	}
	if o.Kind == "" {
		o.Kind = Serve
	}
	if err := CheckExisting(o); err != nil {
		return nil, err
	}
	open := db.openSQLite
	if o.Database != "" {
		open = db.openPostgres
	}
	if err := open(ctx, o); err != nil {
		return nil, err
	}
	if err := db.checkMeta(ctx, o.Kind); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Now is the time by the clock in [Options].
func (db *DB) Now() time.Time { return db.now() }

// Log is the log in [Options]; it discards if there was none.
func (db *DB) Log() *slog.Logger { return db.log }

// Master is the master key of the data.
func (db *DB) Master() *keyring.Master { return db.master }

// Schema is the schema that was passed to Open.
func (db *DB) Schema() *Schema { return db.schema }

// Kind tells which command created the data.
func (db *DB) Kind() Kind { return db.kind }

// Engine is "sqlite" or "postgres".
func (db *DB) Engine() string {
	if _, ok := db.engine.(*postgresEngine); ok {
		return "postgres"
	}
	return "sqlite"
}

// Close finishes the calls under way and closes the files or connections.
// Further calls get ErrClosed.
func (db *DB) Close() error {
	db.closeOnce.Do(func() {
		if db.nonces != nil {
			db.closeErr = db.nonces.close()
		}
		db.closeErr = errors.Join(db.closeErr, db.engine.close())
	})
	return db.closeErr
}

// Failed delivers an error when the store has stopped writing for good, because
// an fsync failed. The program must exit with a non-zero status: the pages that
// the system holds in memory for those files cannot be trusted.
func (db *DB) Failed() <-chan error { return db.failed }

// fail stops all writing; the first reason is kept.
func (db *DB) fail(err error) {
	db.failOnce.Do(func() {
		err = fmt.Errorf("store: writing stopped for good: %w", err)
		db.broken.Store(&err)
		db.failed <- err
		db.log.Error("store stopped writing", "error", err)
	})
}

func (db *DB) brokenError() error {
	if err := db.broken.Load(); err != nil {
		return fmt.Errorf("%w: %w", ErrBusy, *err)
	}
	return nil
}

// View runs fn on one consistent snapshot of the data, for one organisation or
// for none ("").
func (db *DB) View(ctx context.Context, org string, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	keys, err := db.tenantKeys(ctx, org)
	if err != nil {
		return err
	}
	t := &Tx{Org: org, ctx: ctx, keys: keys, master: db.master, strict: db.strict}
	if keys != nil || org == "" {
		return db.engine.view(ctx, t, fn)
	}
	return db.engine.view(ctx, t, func(t *Tx) error {
		// The first call of the organisation may have created the key
		// meanwhile: read it again from the state that fn sees.
		if t.keys, err = t.KeysOf(org); err != nil && !errors.Is(err, ErrNoKey) {
			return err
		}
		return fn(t)
	})
}

// isolation of a call on PostgreSQL. SQLite has one writer and is always
// serial.
type isolation string

const (
	serializable  isolation = "serializable" // of calls that ask for no other
	readCommitted isolation = "read committed"
)

// Update runs fn in a transaction and returns nil when its writes are on disk.
// On any error except ErrUnknownOutcome nothing was written. fn may run more
// than once, and on another goroutine. If ctx is done before fn starts, the
// call is cancelled; after that ctx has no effect.
func (db *DB) Update(ctx context.Context, org string, fn func(*Tx) error, opts ...Option) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.brokenError(); err != nil {
		return err
	}
	c := db.newCall(ctx, org, fn, opts)
	if !c.keyless {
		var err error
		if c.keys, err = db.MakeKeys(ctx, org); err != nil {
			return err
		}
	}
	return db.submit(c)
}

func (db *DB) newCall(ctx context.Context, org string, fn func(*Tx) error, opts []Option) *call {
	c := &call{ctx: ctx, org: org, master: db.master, fn: fn, strict: db.strict}
	for _, o := range opts {
		o(c)
	}
	return c
}

func (db *DB) submit(c *call) error {
	err := db.engine.update(c.ctx, c)
	if err == nil && c.erases {
		db.tenants.forget(c.org)
	}
	return err
}

// Option changes how one update runs.
type Option func(*call)

// AtReadCommitted runs a call on PostgreSQL at READ COMMITTED: for a function
// whose correctness rests on row locks and unique indexes alone.
func AtReadCommitted(c *call) { c.isolation = readCommitted }

// Keyless runs a call that seals nothing, so no organisation key is created.
func Keyless(c *call) { c.keyless = true }

// EvenDeleted lets a call write for a deleted organisation.
func EvenDeleted(c *call) { c.evenDeleted = true }

// call is one update in progress.
type call struct {
	ctx       context.Context
	org       string
	keys      *keyring.Tenant
	master    *keyring.Master
	fn        func(*Tx) error
	strict    bool
	isolation isolation

	evenDeleted bool
	keyless     bool
	erases      bool // the last run called EraseKeys

	state atomic.Int32 // SQLite: who owns the call
	done  chan error
}

// livingOrg is the organisation that must not be deleted while the call runs,
// or "" if that does not matter.
func (c *call) livingOrg() string {
	if c.evenDeleted {
		return ""
	}
	return c.org
}

func (c *call) newTx(ctx context.Context, r reader) *Tx {
	return &Tx{Org: c.org, ctx: ctx, reads: r, keys: c.keys, master: c.master, writable: true, strict: c.strict}
}

// run calls the function; a panic becomes an error, as the goroutine serves
// other calls too.
func (c *call) run(t *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = newPanicError(p)
		}
	}()
	if err = c.fn(t); err == nil {
		err = t.finish()
	}
	if t.err != nil {
		return t.err
	}
	c.erases = t.erases
	return err
}
