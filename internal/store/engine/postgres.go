package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	maxRuns    = 6 // the first try and five retries
	pgDeadline = 30 * time.Second
	maxConns   = 24
)

// postgresEngine is a pool of connections to one database, which other
// processes use too. A call costs two round trips: BEGIN with the first batch
// of reads, and all writes with COMMIT.
type postgresEngine struct {
	pool    *pgxpool.Pool
	dialect *dialect
	// gates serialise retries: only one call of an organisation is retried at a
	// time, so that calls that conflicted do not conflict again at once.
	gates  [64]chan struct{}
	shares shares
	closed atomic.Bool
	log    *slog.Logger
	sums   *postgresSums // nil: no sums are maintained

	deleted    Deleted
	notDeleted string // fails with a division by zero for a deleted organisation
}

func (db *DB) openPostgres(ctx context.Context, o Options) error {
	cfg, err := postgresConfig(o)
	if err != nil {
		return err
	}
	setDefault(cfg, "lock_timeout", "5000") // ms; the call then fails with ErrBusy
	setDefault(cfg, "statement_timeout", "30000")
	setDefault(cfg, "idle_in_transaction_session_timeout", "60000")
	setDefault(cfg, "bytea_output", "hex") // rowChanges reads hex
	cfg.ConnConfig.OnNotice = onNotice
	e := &postgresEngine{dialect: &dialect{mark: "pg:", numbered: true}, log: db.log}
	if e.deleted = db.schema.Deleted; e.deleted.Query != "" {
		e.notDeleted = "SELECT 1 / (1 - count(*)) FROM (" + e.deleted.Query + ") deleted"
	}
	for i := range e.gates {
		e.gates[i] = make(chan struct{}, 1)
	}
	if e.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	e.shares = newShares(cfg.MaxConns)
	db.engine = e
	err = e.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		if err := e.checkServer(ctx, c.Conn()); err != nil {
			return err
		}
		if o.Existing {
			if err := pgx.BeginFunc(ctx, c.Conn(), func(pt pgx.Tx) error { return checkInitialised(pgStatements{ctx, pt, e.dialect}.Query) }); err != nil {
				return err
			}
		}
		return migratePostgres(ctx, c.Conn(), e.dialect, newSumMove(db.schema, db.master, db.now()))
	})
	if err == nil {
		e.sums, err = openPostgresSums(ctx, e.pool, e.dialect, db.schema, db.master, db.now)
	}
	if err == nil {
		db.nonces, err = openPostgresNonces(ctx, cfg, db.now)
	}
	if err != nil {
		return errors.Join(err, e.close())
	}
	return nil
}

func postgresConfig(o Options) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(o.Database)
	if err != nil {
		return nil, errors.New("store: the database URL cannot be read") // it holds a password
	}
	if !strings.Contains(o.Database, "pool_max_conns") {
		cfg.MaxConns = maxConns
	}
	setDefault(cfg, "application_name", "mingce")
	return cfg, nil
}

func setDefault(cfg *pgxpool.Config, name, value string) {
	if _, set := cfg.ConnConfig.RuntimeParams[name]; !set {
		cfg.ConnConfig.RuntimeParams[name] = value
	}
}

// checkServer refuses a server that would lose acknowledged writes.
func (e *postgresEngine) checkServer(ctx context.Context, c *pgx.Conn) error {
	var fsync, commit, encoding string
	// The second argument: a compatible server that lacks a setting answers NULL.
	err := c.QueryRow(ctx, `SELECT coalesce(current_setting('fsync', true), ''),
		coalesce(current_setting('synchronous_commit', true), ''),
		coalesce(current_setting('server_encoding', true), 'UTF8')`).Scan(&fsync, &commit, &encoding)
	switch {
	case err != nil:
		return fmt.Errorf("store: %w", err)
	case fsync == "off":
		return errors.New("store: PostgreSQL runs with fsync=off, which loses data when the machine stops; turn it on")
	case encoding != "UTF8":
		return fmt.Errorf("store: the database has encoding %s, want UTF8", encoding)
	case commit == "off":
		e.log.Warn("PostgreSQL runs with synchronous_commit=off: changes acknowledged in the last moments before a crash of the server may be lost")
	}
	return nil
}

// close waits until every connection is returned.
func (e *postgresEngine) close() error {
	e.closed.Store(true)
	e.pool.Close()
	return nil
}

// view reads in a REPEATABLE READ transaction: one snapshot, no locks.
func (e *postgresEngine) view(ctx context.Context, t *Tx, fn func(*Tx) error) error {
	for run := 1; ; run++ {
		t.err = nil
		again, err := e.viewOnce(ctx, t, fn)
		if !again || run == maxRuns {
			return err
		}
	}
}

// viewOnce reports whether the view may run again: the connection was lost
// before the function had seen any row.
func (e *postgresEngine) viewOnce(ctx context.Context, t *Tx, fn func(*Tx) error) (again bool, err error) {
	p, err := e.acquire(ctx, t.Org)
	if err != nil {
		return false, pgError(err)
	}
	p.begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	defer func() { p.end("COMMIT") }() // also when fn panics
	t.reads = p
	if err := fn(t); t.err == nil {
		return false, err
	}
	return !p.scanned && lost(t.err) && ctx.Err() == nil, pgError(t.err)
}

// update runs a call, and again if it conflicted with another transaction.
func (e *postgresEngine) update(ctx context.Context, c *call) error {
	// A call that has begun runs to its end even if its caller goes away.
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), pgDeadline)
	defer cancel()
	var gate chan struct{}
	defer func() {
		if gate != nil {
			<-gate
		}
	}()
	for run := 1; ; run++ {
		err := e.updateOnce(ctx, work, c)
		if err == nil || !repeatable(err) {
			return pgError(err)
		}
		if run == maxRuns {
			return fmt.Errorf("%w: %d tries: %w", ErrBusy, run, err)
		}
		if gate == nil {
			g := e.gates[gateOf(c.org)]
			select {
			case g <- struct{}{}:
				gate = g
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		pause := time.NewTimer(time.Duration(rand.Int64N(int64(run) * int64(2*time.Millisecond))))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		}
	}
}

func gateOf(org string) int {
	h := uint32(2166136261)
	for i := range len(org) {
		h = (h ^ uint32(org[i])) * 16777619
	}
	return int(h % 64)
}

func (e *postgresEngine) updateOnce(ctx, work context.Context, c *call) (err error) {
	p, err := e.acquire(ctx, c.org)
	if err != nil {
		return err
	}
	iso := cmp.Or(c.isolation, serializable)
	p.begin, p.org = "BEGIN ISOLATION LEVEL "+string(iso), c.livingOrg()
	if e.sums != nil {
		changesOf(p.conn.Conn().PgConn()).begin(e.sums.summer)
	}
	committed := false
	defer func() {
		if committed {
			p.release()
			return
		}
		p.end("ROLLBACK")
	}()
	t := c.newTx(work, p)
	t.carryOut = func(writes []write) error { return p.carryOut(work, writes) }
	if err := c.run(t); err != nil {
		if t.err != nil && lost(t.err) {
			return fmt.Errorf("%w: %w", errRetry, t.err) // nothing was committed yet
		}
		return err
	}
	if len(t.writes) == 0 && !p.flushed && (!p.open || iso == readCommitted) {
		return nil // nothing was written, and there is no serialization for COMMIT to check
	}
	err = p.flush(work, t.writes)
	committed = err == nil
	return err
}

// refused translates the error of one write to the one the noun gave.
func (e *postgresEngine) refused(w *write, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch {
	case pg.Code == uniqueViolation:
		if r := w.refusal(pg.ConstraintName); r != nil {
			return r
		}
	case pg.Code == divisionByZero && w.missing != nil:
		return w.missing
	case pg.Code == divisionByZero && w.sql == e.notDeleted:
		return e.deleted.Err
	}
	return err
}

// repeatable reports whether running the whole call again can help: the server
// says so, or the connection was lost before anything could be committed.
func repeatable(err error) bool {
	if errors.Is(err, errRetry) {
		return true
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return pgconn.SafeToRetry(err)
	}
	return pg.Code == "40001" || pg.Code == "40P01"
}

// lost reports whether the connection is gone, so that the answer does not tell
// the server's state.
func lost(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// Class 57P: the server shuts down or has crashed. 25P03, 25P04: it gave
		// up on an idle connection.
		return strings.HasPrefix(pg.Code, "57P") || pg.Code == "25P03" || pg.Code == "25P04"
	}
	var net interface{ Timeout() bool }
	var connect *pgconn.ConnectError
	return errors.As(err, &net) || errors.As(err, &connect) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgx.ErrTxClosed)
}

// pgError adds ErrBusy to transient failures.
func pgError(err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, ErrUnknownOutcome), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &pg):
		switch pg.Code {
		case "55P03", "57014", // lock_timeout, statement_timeout
			"40001", "40P01",
			"53100", "53200", "53300", // disk full, out of memory, too many connections
			"57P01", "57P02", "57P03", "25006": // the server goes away or is read-only
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return err
	case lost(err), errors.Is(err, errRetry):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}
