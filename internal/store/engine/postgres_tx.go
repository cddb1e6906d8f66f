package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pgTx is one transaction on one connection. It begins with its first batch.
type pgTx struct {
	e       *postgresEngine
	conn    *pgxpool.Conn
	share   share
	begin   string
	org     string // of an update: locked against deletion until the end
	locked  bool   // org had a row to lock
	open    bool
	checked bool // notDeleted was sent
	scanned bool // a scan function has run, so the call has seen rows
	flushed bool // writes were carried out ahead of the call's end
	row     Row
}

// run implements reader: all reads in one round trip, with BEGIN before the
// first.
func (p *pgTx) run(ctx context.Context, reads []*Read) error {
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

// queueBegin begins the transaction with the first batch. An update first locks
// its organisation against deletion, see [Deleted]; every other lock comes
// later, which avoids deadlocks.
func (p *pgTx) queueBegin(b *pgx.Batch) {
	if p.open {
		return
	}
	b.Queue(p.begin)
	if p.org != "" {
		d := &p.e.deleted
		b.Queue(p.e.dialect.text(d.Lock), p.org, p.conn.Conn().PgConn().PID()%d.LockRows)
	}
}

// readBegin reads the results of queueBegin.
func (p *pgTx) readBegin(res pgx.BatchResults) error {
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
	p.locked = tag.RowsAffected() > 0
	return err
}

func (p *pgTx) results(res pgx.BatchResults, reads []*Read) error {
	if err := p.readBegin(res); err != nil {
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

func (p *pgTx) scan(rows pgx.Rows, r *Read) error {
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
		p.row = Row{values: rows.RawValues(), fields: fields}
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

// end sends COMMIT or ROLLBACK in the background: the caller's result does not
// depend on it.
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

// carryOut sends writes ahead of the call's end.
func (p *pgTx) carryOut(ctx context.Context, writes []write) error {
	p.flushed = true
	return p.send(ctx, writes, p.e.sums != nil, false)
}

// flush sends the writes, the new sums and COMMIT. If all writes declared their
// changes, that is one batch. Otherwise the server reports the changed rows
// first, and the sums follow in a second batch.
func (p *pgTx) flush(ctx context.Context, writes []write) error {
	sums := p.e.sums
	if sums == nil {
		return p.send(ctx, writes, false, true)
	}
	n := changesOf(p.conn.Conn().PgConn())
	if p.flushed || slices.ContainsFunc(writes, func(w write) bool { return w.table == "" && !w.lock }) {
		if err := p.send(ctx, writes, true, false); err != nil {
			return err
		}
		writes = nil
	}
	for i := range writes {
		n.declared(&writes[i])
	}
	if n.err != nil || n.empty() {
		return cmp.Or(n.err, p.send(ctx, writes, false, true))
	}
	was := sums.take()
	next, w := sums.plus(was, n.changed)
	err := p.send(ctx, append(writes[:len(writes):len(writes)], *w), false, true)
	sums.ended(was, next, err)
	return err
}

// send sends writes in one batch. With ask, the server reports the rows they
// change. It stops at the first refused statement and does not reach COMMIT.
func (p *pgTx) send(ctx context.Context, writes []write, ask, commit bool) error {
	b := &pgx.Batch{}
	p.queueBegin(b)
	var first []write
	// Without a row to lock, the organisation is new or deleted. If the lock
	// waited for a deletion, the next statement sees it.
	if p.org != "" && !p.locked && !p.checked {
		first = append(first, write{sql: p.e.notDeleted, args: Args{p.org}})
		p.checked = true
	}
	if ask {
		first = append(first, write{sql: enableReports})
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
	if err := p.readBegin(res); err != nil {
		return err
	}
	for i := range writes {
		if _, err := res.Exec(); err != nil {
			return p.e.refused(&writes[i], err)
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
	uniqueViolation = "23505"
	divisionByZero  = "22012"
)

// text is the SQL of a write. COMMIT follows in the same batch, so the server
// must check that the row count is one: any other count causes a division by
// zero.
func (e *postgresEngine) text(w *write) string {
	sql := e.dialect.text(w.sql)
	if w.missing == nil {
		return sql
	}
	const one = "SELECT 1 / (CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM "
	if w.lock {
		return one + "(" + sql + ") locked"
	}
	return "WITH changed AS (" + sql + " RETURNING 1) " + one + "changed"
}
