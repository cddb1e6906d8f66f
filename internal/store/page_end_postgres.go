package store

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/mingce/mingce/internal/store/engine"
)

// pageEndTable is for processes that share a PostgreSQL database. There is no
// cache in front of it: a cached end of an earlier listing would hide that another
// process has served the same offset since, and contacts would be skipped or
// listed twice (TestPagesOverTwoServers). The table is unlogged, so
// that a commit waits for no disk.
type pageEndTable struct {
	db    *engine.DB
	calls atomic.Uint64
}

const (
	// pageEndDeadline bounds how long a page waits until its end is remembered:
	// without it the next page is slower, not wrong.
	pageEndDeadline = 5 * time.Second

	sweepEvery  = 64 // calls
	sweptAtOnce = 4 * sweepEvery
)

const (
	findPageEnd = "SELECT ordinal FROM contact_walk WHERE org = ? AND walker = ? AND at = ? AND until > ?"

	// An organisation that was deleted meanwhile gets no row. In a race with the
	// deletion a row may stay until it is swept.
	rememberPageEnd = `INSERT INTO contact_walk (org, walker, at, ordinal, until)
		SELECT id, ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM org WHERE id = ?
		ON CONFLICT (org, walker, at) DO UPDATE SET ordinal = excluded.ordinal, until = excluded.until`

	dropSurplusPageEnds = `DELETE FROM contact_walk WHERE org = ? AND walker = ? AND at IN (
		SELECT at FROM contact_walk WHERE org = ? AND walker = ? AND at <> ? ORDER BY until DESC, at DESC OFFSET ?)`

	sweepPageEnds = `DELETE FROM contact_walk WHERE (org, walker, at) IN
		(SELECT org, walker, at FROM contact_walk WHERE until <= ? ORDER BY until LIMIT ? FOR UPDATE SKIP LOCKED)`
)

func (w *pageEndTable) find(ctx context.Context, p pagePlace, now int64) (ordinal int64, known bool, err error) {
	err = w.db.View(ctx, "", func(t *engine.Tx) error {
		known, err = t.One(findPageEnd, args{p.org, p.reader[:], p.at, now}, func(r *row) error {
			ordinal = r.Int(0)
			return nil
		})
		return err
	})
	return ordinal, known, err
}

func (w *pageEndTable) remember(ctx context.Context, p pagePlace, ordinal, now, until int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageEndDeadline)
	defer cancel()
	sweep := w.calls.Add(1)%sweepEvery == 0
	return w.db.Update(ctx, "", func(t *engine.Tx) error {
		t.Write(dropSurplusPageEnds, p.org, p.reader[:], p.org, p.reader[:], p.at, endsPerReader-1)
		t.Write(rememberPageEnd, p.reader[:], p.at, ordinal, until, p.org)
		if sweep {
			t.Write(sweepPageEnds, now, sweptAtOnce)
		}
		return nil
	}, engine.Keyless, engine.AtReadCommitted)
}

// clear does nothing: the table is emptied with all others.
func (w *pageEndTable) clear() {}
