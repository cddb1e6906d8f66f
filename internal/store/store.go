package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

var (
	// ErrBusy means that nothing was written and that the call may be repeated:
	// too many conflicts, a lock that was held too long, no space, or a store
	// that has stopped writing.
	ErrBusy = directory.ErrBusy
	// ErrUnknownOutcome means that the connection was lost while the commit was
	// under way: the call may or may not have been carried out.
	ErrUnknownOutcome = errors.New("store: outcome unknown")
	// ErrClosed is returned by every call after Close.
	ErrClosed = errors.New("store: closed")
	// ErrLocked is returned by Open when another process works on the folder.
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

	// errRetry asks for another run of the function: the state it read was
	// changed by another process.
	errRetry = errors.New("store: serialization conflict")
)

// Kind tells what made the data: stand-in data must never become real.
type Kind string

// The kinds of data.
const (
	Dev   Kind = "dev"
	Serve Kind = "serve"
)

// Options says where the data is and how it is opened. One of Dir, Ephemeral
// and Database is set.
type Options struct {
	Dir       string // folder of the SQLite files; made if absent
	Ephemeral bool   // SQLite files in a temporary folder, removed by Close, never fsynced
	Database  string // PostgreSQL URL

	// Existing makes it an error (ErrNoData) that there is no data yet. Otherwise
	// Open makes it.
	Existing bool

	Key  *keyring.Master // required
	Kind Kind            // Serve if empty
	Now  func() time.Time
	Log  *slog.Logger

	// Strict makes a read after a write in one function an error. For tests.
	Strict bool

	// CacheKiB is room for pages of SQLite's writer: for loads of much data at
	// once, where the usual 16 MiB would be written out and read again all the
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

// tuning is set by benchmarks only.
type tuning struct {
	maxGroup  int          // calls in one commit; 0 is maxGroup
	isolation isolation    // of PostgreSQL transactions
	fault     func() error // called before COMMIT on SQLite; its error stands for COMMIT's
}

// Store is the data of one installation. It is safe for concurrent use.
type Store struct {
	engine   engine
	nonces   *nonces
	walks    walks
	master   *keyring.Master
	now      func() time.Time
	log      *slog.Logger
	strict   bool
	kind     Kind
	restored time.Time // when the data came out of a backup
	tenants  tenants
	chain    chain // of the history, see audit_chain.go
	failed   chan error
	failOnce sync.Once

	closeOnce sync.Once
	closeErr  error

	broken atomic.Pointer[error]
}

// engine is what differs between SQLite and PostgreSQL.
type engine interface {
	view(ctx context.Context, t *tx, fn func(*tx) error) error
	update(ctx context.Context, c *call) error
	close() error
}

// Open opens the data, brings its schema up to date and checks that the
// master key and the kind fit.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Key == nil {
		return nil, errors.New("store: no master key")
	}
	s := &Store{walks: &walkMemory{}, master: o.Key, now: o.Now, log: o.logger(), strict: o.Strict, failed: make(chan error, 1)}
	if s.now == nil {
		s.now = time.Now
	}
	if o.Kind == "" {
		o.Kind = Serve
	}
	if err := Found(o); err != nil {
		return nil, err
	}
	open := s.openSQLite
	if o.Database != "" {
		open = s.openPostgres
	}
	if err := open(ctx, o); err != nil {
		return nil, err
	}
	if err := s.checkMeta(ctx, o.Kind); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close finishes the calls under way and closes the files or connections.
// Further calls get ErrClosed.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		if s.nonces != nil {
			s.closeErr = s.nonces.close()
		}
		s.closeErr = errors.Join(s.closeErr, s.engine.close())
	})
	return s.closeErr
}

// Failed delivers an error when the store has stopped writing for good (an
// fsync failed). The program must end with a non-zero status: what the system
// still holds in memory for those files cannot be trusted.
func (s *Store) Failed() <-chan error { return s.failed }

// fail stops all writing; the first reason is kept.
func (s *Store) fail(err error) {
	s.failOnce.Do(func() {
		err = fmt.Errorf("store: writing stopped for good: %w", err)
		s.broken.Store(&err)
		s.failed <- err
		s.log.Error("store stopped writing", "error", err)
	})
}

func (s *Store) brokenError() error {
	if err := s.broken.Load(); err != nil {
		return fmt.Errorf("%w: %w", ErrBusy, *err)
	}
	return nil
}

// view runs fn on one consistent snapshot.
func (s *Store) view(ctx context.Context, org string, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	keys, err := s.tenantKeys(ctx, org)
	if err != nil {
		return err
	}
	t := &tx{org: org, ctx: ctx, keys: keys, master: s.master, strict: s.strict}
	if keys != nil || org == "" {
		return s.engine.view(ctx, t, fn)
	}
	return s.engine.view(ctx, t, func(t *tx) error {
		// The first call of the organisation may have ended meanwhile: the key is
		// read again from the state that fn will see.
		if t.keys, err = t.keysOf(org); err != nil && !errors.Is(err, errNoKey) {
			return err
		}
		return fn(t)
	})
}

// isolation of a call on PostgreSQL. SQLite has one writer and is always
// serial.
type isolation string

const (
	serializable  isolation = "serializable"
	readCommitted isolation = "read committed"
)

// update runs fn in a transaction and returns nil when its writes are on disk.
// On any error nothing was written, except for ErrUnknownOutcome. fn may run
// more than once, and on another goroutine. A context that is done before fn
// starts stops the call; afterwards it does not.
func (s *Store) update(ctx context.Context, org string, fn func(*tx) error, opts ...func(*call)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.brokenError(); err != nil {
		return err
	}
	keys, err := s.makeTenantKeys(ctx, org)
	if err != nil {
		return err
	}
	return s.submit(ctx, org, keys, fn, opts...)
}

func (s *Store) submit(ctx context.Context, org string, keys *keyring.Tenant, fn func(*tx) error, opts ...func(*call)) error {
	c := &call{ctx: ctx, org: org, keys: keys, master: s.master, fn: fn, strict: s.strict}
	for _, o := range opts {
		o(c)
	}
	return s.engine.update(ctx, c)
}

// atReadCommitted runs a call of PostgreSQL below SERIALIZABLE: for a function
// whose correctness rests on row locks and unique indexes alone.
func atReadCommitted(c *call) { c.isolation = readCommitted }

// evenEnded lets a call write for an organisation that was deleted.
func evenEnded(c *call) { c.evenEnded = true }

// call is one update on its way.
type call struct {
	ctx       context.Context
	org       string
	keys      *keyring.Tenant
	master    *keyring.Master
	fn        func(*tx) error
	strict    bool
	evenEnded bool
	isolation isolation

	state atomic.Int32 // SQLite: who owns the call
	done  chan error
}

// keptOrg is the organisation that must not be deleted while the call runs, ""
// if that does not matter.
func (c *call) keptOrg() string {
	if c.evenEnded {
		return ""
	}
	return c.org
}

func (c *call) newTx(ctx context.Context, r reader) *tx {
	return &tx{org: c.org, ctx: ctx, reads: r, keys: c.keys, master: c.master, writable: true, strict: c.strict}
}

// run calls the function; a panic becomes an error, as the goroutine serves
// others too.
func (c *call) run(t *tx) (err error) {
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
	return err
}
