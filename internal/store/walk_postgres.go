package store

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/mingce/mingce/internal/store/engine"
)

// walkTable is for processes that share a PostgreSQL database. There is no
// memory in front of it: this process's place of an earlier listing would hide
// that another process has served the same offset since, and contacts would be
// skipped or listed twice (TestWalkOverTwoServers). The table is unlogged, so
// that a commit waits for no disk.
type walkTable struct {
	db    *engine.DB
	calls atomic.Uint64
}

const (
	// walkDeadline bounds what a page waits for its place, which is worth less
	// than the page.
	walkDeadline = 5 * time.Second

	sweepWalksEvery = 64 // calls
	sweptWalks      = 4 * sweepWalksEvery
)

const (
	findWalk = "SELECT ordinal FROM contact_walk WHERE org = ? AND walker = ? AND at = ? AND until > ?"

	// An organisation that was deleted meanwhile gets no row; should the two meet
	// at the same moment, one may stay until it is swept.
	rememberWalk = `INSERT INTO contact_walk (org, walker, at, ordinal, until)
		SELECT id, ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM org WHERE id = ?
		ON CONFLICT (org, walker, at) DO UPDATE SET ordinal = excluded.ordinal, until = excluded.until`

	dropSurplusWalks = `DELETE FROM contact_walk WHERE org = ? AND walker = ? AND at IN (
		SELECT at FROM contact_walk WHERE org = ? AND walker = ? AND at <> ? ORDER BY until DESC, at DESC OFFSET ?)`

	sweepWalks = `DELETE FROM contact_walk WHERE (org, walker, at) IN
		(SELECT org, walker, at FROM contact_walk WHERE until <= ? ORDER BY until LIMIT ? FOR UPDATE SKIP LOCKED)`
)

func (w *walkTable) find(ctx context.Context, p walkPlace, now int64) (ordinal int64, known bool, err error) {
	err = w.db.View(ctx, "", func(t *engine.Tx) error {
		known, err = t.One(findWalk, args{p.org, p.walker[:], p.at, now}, func(r *row) error {
			ordinal = r.Int(0)
			return nil
		})
		return err
	})
	return ordinal, known, err
}

func (w *walkTable) remember(ctx context.Context, p walkPlace, ordinal, now, until int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), walkDeadline)
	defer cancel()
	sweep := w.calls.Add(1)%sweepWalksEvery == 0
	return w.db.Update(ctx, "", func(t *engine.Tx) error {
		t.Write(dropSurplusWalks, p.org, p.walker[:], p.org, p.walker[:], p.at, walkEnds-1)
		t.Write(rememberWalk, p.walker[:], p.at, ordinal, until, p.org)
		if sweep {
			t.Write(sweepWalks, now, sweptWalks)
		}
		return nil
	}, engine.Keyless, engine.AtReadCommitted)
}

// clear has nothing to do: the table is emptied with the others.
func (w *walkTable) clear() {}
