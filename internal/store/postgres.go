package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	maxRuns    = 6 // the first and five repetitions
	pgDeadline = 30 * time.Second
	maxConns   = 24
)

// postgresEngine is a pool of connections to one database, which other
// processes use too. A call costs two round trips: BEGIN with the first batch
// of reads, and all writes with COMMIT.
type postgresEngine struct {
	pool      *pgxpool.Pool
	dialect   *dialect
	isolation isolation
	// gates holds back repetitions: only one call of an organisation repeats at
	// a time, so that those that lost to each other do not meet again at once.
	gates  [64]chan struct{}
	shares shares
	closed atomic.Bool
	log    *slog.Logger
	sums   *postgresSums // nil: there are none to keep
}

func (s *Store) openPostgres(ctx context.Context, o Options) error {
	cfg, err := postgresConfig(o)
	if err != nil {
		return err
	}
	setDefault(cfg, "lock_timeout", "5000") // ms; then the call is answered "busy"
	setDefault(cfg, "statement_timeout", "30000")
	setDefault(cfg, "idle_in_transaction_session_timeout", "60000")
	setDefault(cfg, "bytea_output", "hex") // as notes are read
	cfg.ConnConfig.OnNotice = onNotice
	e := &postgresEngine{dialect: &dialect{mark: "pg:", numbered: true}, isolation: o.tuning.isolation, log: s.log}
	if e.isolation == "" {
		e.isolation = serializable
	}
	for i := range e.gates {
		e.gates[i] = make(chan struct{}, 1)
	}
	if e.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	e.shares = newShares(cfg.MaxConns)
	s.engine, s.walks = e, &walkTable{pool: e.pool}
	err = e.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		if err := e.checkServer(ctx, c.Conn()); err != nil {
			return err
		}
		if o.Existing {
			if err := pgx.BeginFunc(ctx, c.Conn(), func(pt pgx.Tx) error { return begun(pgStatements{ctx, pt, e.dialect}.query) }); err != nil {
				return err
			}
		}
		return migratePostgres(ctx, c.Conn(), e.dialect, newSumMove(s.master, s.now()))
	})
	if err == nil {
		e.sums, err = openPostgresSums(ctx, e.pool, e.dialect, s.master, s.now)
	}
	if err == nil {
		s.nonces, err = openPostgresNonces(ctx, cfg, s.now)
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

// close waits for every connection that is in use.
func (e *postgresEngine) close() error {
	e.closed.Store(true)
	e.pool.Close()
	return nil
}

// pgTx is one transaction on one connection. It begins with its first batch.
type pgTx struct {
	e       *postgresEngine
	conn    *pgxpool.Conn
	share   share
	begin   string
	org     string // of an update: kept from being deleted until the end
	held    bool   // it was there to be kept
	open    bool
	sure    bool // it was looked whether it has ended
	scanned bool // a scan function has run: the call has seen something
	row     row
}

// run makes pgTx a reader: all reads in one round trip, with BEGIN before the
// first.
func (p *pgTx) run(ctx context.Context, reads []*read) error {
	b := &pgx.Batch{}
	p.queueBegin(b)
	for _, r := range reads {
		b.Queue(p.e.dialect.text(r.sql), r.args...)
	}
	res := p.conn.SendBatch(ctx, b)
	err := p.results(res, reads)
	if end := res.Close(); err == nil {
		err = end
	}
	return err
}

// queueBegin begins the transaction with the first batch. An update keeps its
// organisation from being deleted before anything else, as the order of locks
// has it. Each connection shares a row of its own for that ([orgHolds]): one row
// that all calls of the organisation lock cost each of them as much as its
// change.
func (p *pgTx) queueBegin(b *pgx.Batch) {
	if p.open {
		return
	}
	b.Queue(p.begin)
	if p.org != "" {
		slot := p.conn.Conn().PgConn().PID() % orgHolds
		b.Queue("SELECT FROM org_hold WHERE org = $1 AND slot = $2 FOR KEY SHARE", p.org, slot)
	}
}

// begun takes the results of queueBegin.
func (p *pgTx) begun(res pgx.BatchResults) error {
	if p.open {
		return nil
	}
	if _, err := res.Exec(); err != nil {
		return err
	}
	p.open = true
	if p.org == "" {
		return nil
	}
	tag, err := res.Exec()
	p.held = tag.RowsAffected() > 0
	return err
}

func (p *pgTx) results(res pgx.BatchResults, reads []*read) error {
	if err := p.begun(res); err != nil {
		return err
	}
	for _, r := range reads {
		rows, err := res.Query()
		if err == nil {
			err = p.scan(rows, r)
			rows.Close()
		}
		if err == nil {
			err = rows.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *pgTx) scan(rows pgx.Rows, r *read) error {
	n := 0
	fields := rows.FieldDescriptions()
	for rows.Next() {
		if n++; r.one && n > 1 {
			return errTwoRows
		}
		if r.scan == nil {
			continue
		}
		p.scanned = true
		p.row = row{values: rows.RawValues(), fields: fields}
		if err := r.scan(&p.row); err != nil {
			return &scanError{err}
		}
		if p.row.err != nil {
			return p.row.err
		}
	}
	if r.found != nil {
		*r.found = n > 0
	}
	return nil
}

// end sends COMMIT or ROLLBACK without making the caller wait: there is
// nothing left whose fate it could change.
func (p *pgTx) end(how string) {
	if !p.open {
		p.release()
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), pgDeadline)
		defer cancel()
		_, _ = p.conn.Exec(ctx, how) // a broken connection is dropped by Release
		p.release()
	}()
}

// view reads in a REPEATABLE READ transaction: one snapshot, no locks.
func (e *postgresEngine) view(ctx context.Context, t *tx, fn func(*tx) error) error {
	for run := 1; ; run++ {
		t.err = nil
		again, err := e.viewOnce(ctx, t, fn)
		if !again || run == maxRuns {
			return err
		}
	}
}

// viewOnce reports whether the view may run again: the connection was lost
// before the function had seen anything.
func (e *postgresEngine) viewOnce(ctx context.Context, t *tx, fn func(*tx) error) (again bool, err error) {
	p, err := e.acquire(ctx, t.org)
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

// update runs a call, again if another transaction was in its way.
func (e *postgresEngine) update(ctx context.Context, c *call) error {
	// Once begun, a call is not torn off its connection when the caller goes.
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
	iso := c.isolation
	if iso == "" {
		iso = e.isolation
	}
	p.begin, p.org = "BEGIN ISOLATION LEVEL "+string(iso), c.keptOrg()
	if e.sums != nil {
		notesOf(p.conn.Conn().PgConn()).begin(e.sums.summer)
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
	if err := c.run(t); err != nil {
		if t.err != nil && lost(t.err) {
			return fmt.Errorf("%w: %w", errRetry, t.err) // nothing was written yet
		}
		return err
	}
	if len(t.writes) == 0 && (!p.open || iso == readCommitted) {
		return nil // nothing to keep, and no serialization to be judged by COMMIT
	}
	err = p.flush(work, t.writes)
	committed = err == nil
	return err
}

// flush sends all writes, the sums of what they change and COMMIT: in one batch
// if the writes say what that is, else when the server has told.
func (p *pgTx) flush(ctx context.Context, writes []write) error {
	sums := p.e.sums
	if sums == nil {
		return p.send(ctx, writes, false, true)
	}
	n := notesOf(p.conn.Conn().PgConn())
	if slices.ContainsFunc(writes, func(w write) bool { return w.table == "" && !w.keep }) {
		if err := p.send(ctx, writes, true, false); err != nil {
			return err
		}
		writes = nil
	}
	for i := range writes {
		n.known(&writes[i])
	}
	if n.err != nil || n.nothing() {
		return cmp.Or(n.err, p.send(ctx, writes, false, true))
	}
	was := sums.take()
	next, w := sums.plus(was, n.changed)
	err := p.send(ctx, append(writes[:len(writes):len(writes)], *w), false, true)
	sums.ended(was, next, err)
	return err
}

// send sends writes in one batch; ask makes the server tell what they change. It
// stops at the first refused statement and does not reach COMMIT.
func (p *pgTx) send(ctx context.Context, writes []write, ask, commit bool) error {
	b := &pgx.Batch{}
	p.queueBegin(b)
	var first []write
	// An organisation that is not there has not begun, or has ended: a deletion
	// that the lock waited for is seen by the next statement.
	if p.org != "" && !p.held && !p.sure {
		first = append(first, write{sql: notEnded, args: args{p.org}})
		p.sure = true
	}
	if ask {
		first = append(first, write{sql: noteOn})
	}
	writes = slices.Concat(first, writes)
	for i := range writes {
		b.Queue(p.e.text(&writes[i]), writes[i].args...)
	}
	if commit {
		b.Queue("COMMIT")
	}
	res := p.conn.SendBatch(ctx, b)
	err := p.sent(res, writes, commit)
	p.open = true
	if end := res.Close(); err == nil {
		err = end
	}
	if err != nil && lost(err) {
		if !commit || pgconn.SafeToRetry(err) {
			return fmt.Errorf("%w: %w", errRetry, err)
		}
		return fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
	}
	return err
}

func (p *pgTx) sent(res pgx.BatchResults, writes []write, commit bool) error {
	if err := p.begun(res); err != nil {
		return err
	}
	for i := range writes {
		if _, err := res.Exec(); err != nil {
			return refused(&writes[i], err)
		}
	}
	if !commit {
		return nil
	}
	tag, err := res.Exec()
	if err == nil && tag.String() != "COMMIT" {
		return fmt.Errorf("store: COMMIT was answered with %s", tag)
	}
	return err
}

const (
	notEnded = "SELECT 1 / (1 - count(*)) FROM ended_org WHERE id = ?"

	uniqueViolation = "23505"
	divisionByZero  = "22012"
)

// text is the statement of a write. A count that must be one is checked by the
// server, because COMMIT follows in the same batch: the statement becomes a
// division by zero otherwise.
func (e *postgresEngine) text(w *write) string {
	sql := e.dialect.text(w.sql)
	if w.missing == nil {
		return sql
	}
	const one = "SELECT 1 / (CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM "
	if w.keep {
		return one + "(" + sql + ") kept"
	}
	return "WITH changed AS (" + sql + " RETURNING 1) " + one + "changed"
}

// refused translates the error of one write into what the noun gave.
func refused(w *write, err error) error {
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
	case pg.Code == divisionByZero && w.sql == notEnded:
		return errOrgEnded
	}
	return err
}

// repeatable tells whether running the whole call again can help: the server
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

// lost tells whether the connection has gone, so that the server's state is
// not known from the answer.
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

// pgError adds ErrBusy to failures that pass.
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
