package store

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// walkTable is for processes that share a database. There is no memory in front
// of it: a walk of yesterday's place in this process would hide that another
// process has served the same offset since. The table is unlogged, so that a
// commit waits for no disk.
type walkTable struct {
	pool  *pgxpool.Pool
	calls atomic.Uint64
}

// walkDeadline bounds what a page waits for its place, which is worth less than
// the page.
const walkDeadline = 5 * time.Second

const (
	findWalk = "SELECT ordinal FROM contact_walk WHERE org = $1 AND walker = $2 AND at = $3 AND until > $4"

	// The place itself is not among the surplus: one statement cannot change a
	// row twice. An organisation that has ended meanwhile gets no row; should the
	// two meet at the same moment, one may stay until it is swept.
	rememberWalk = `WITH surplus AS (
			DELETE FROM contact_walk WHERE org = $1 AND walker = $2 AND at IN (
				SELECT at FROM contact_walk WHERE org = $1 AND walker = $2 AND at <> $3 ORDER BY until DESC, at DESC OFFSET $6))
		INSERT INTO contact_walk (org, walker, at, ordinal, until)
		SELECT id, $2, $3, $4::bigint, $5::bigint FROM org WHERE id = $1
		ON CONFLICT (org, walker, at) DO UPDATE SET ordinal = excluded.ordinal, until = excluded.until`

	sweepWalks = `DELETE FROM contact_walk WHERE (org, walker, at) IN
		(SELECT org, walker, at FROM contact_walk WHERE until <= $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)`
)

func (w *walkTable) find(ctx context.Context, p walkPlace, now int64) (ordinal int64, known bool, err error) {
	err = w.pool.QueryRow(ctx, findWalk, p.org, p.walker[:], p.at, now).Scan(&ordinal)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return ordinal, err == nil, err
}

func (w *walkTable) remember(ctx context.Context, p walkPlace, ordinal, now, until int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), walkDeadline)
	defer cancel()
	b := &pgx.Batch{}
	b.Queue(rememberWalk, p.org, p.walker[:], p.at, ordinal, until, walkEnds-1)
	if w.calls.Add(1)%sweepEvery == 0 {
		b.Queue(sweepWalks, now, sweepRows)
	}
	return w.pool.SendBatch(ctx, b).Close()
}

// clear has nothing to do: the table is emptied with the others.
func (w *walkTable) clear() {}
