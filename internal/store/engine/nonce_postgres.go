package engine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresNonces is a shared table whose commits wait for no fsync. Like the
// SQLite writer, it serves all queued uses with one statement.
type postgresNonces struct {
	pool   *pgxpool.Pool
	now    func() time.Time
	queue  chan *nonceUse
	stop   chan struct{}
	exited chan struct{}
	once   sync.Once
	before atomic.Int64 // ms, 0 if nothing is refused
	calls  int
}

type nonceUse struct {
	hash         nonceHash
	expires, now int64
	done         chan error // nil: fresh, errNonceUsed: not
}

func openPostgresNonces(ctx context.Context, main *pgxpool.Config, now func() time.Time) (*nonces, error) {
	cfg := main.Copy()
	cfg.MaxConns, cfg.MinConns = 1, 0
	cfg.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	t := &postgresNonces{
		pool: pool, now: now,
		queue: make(chan *nonceUse, maxQueued), stop: make(chan struct{}), exited: make(chan struct{}),
	}
	if err := t.loadEpoch(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("store: nonces: %w", err)
	}
	go t.loop()
	return &nonces{now: now, table: t}, nil
}

// loadEpoch finds out whether the server has crashed since the table was
// created. The unlogged table is then empty, so all processes refuse requests
// signed before now.
func (t *postgresNonces) loadEpoch(ctx context.Context) error {
	var refused int64
	err := pgx.BeginFunc(ctx, t.pool, func(pt pgx.Tx) error {
		first, err := pt.Exec(ctx, "INSERT INTO meta (key, value) VALUES ('nonce_epoch', 'begun') ON CONFLICT (key) DO NOTHING")
		if err != nil {
			return err
		}
		since := t.now().UnixMilli()
		if first.RowsAffected() == 1 {
			since = 0
		}
		if _, err := pt.Exec(ctx, "INSERT INTO nonce_epoch (one, refused_at) VALUES (TRUE, $1) ON CONFLICT (one) DO NOTHING", since); err != nil {
			return err
		}
		return pt.QueryRow(ctx, "SELECT refused_at FROM nonce_epoch").Scan(&refused)
	})
	if err == nil {
		t.before.Store(refused)
	}
	return err
}

func (t *postgresNonces) refuseBefore() time.Time {
	if ms := t.before.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

func (t *postgresNonces) use(ctx context.Context, h nonceHash, expires, now int64) (bool, error) {
	u := &nonceUse{hash: h, expires: expires, now: now, done: make(chan error, 1)}
	select {
	case <-t.stop:
		return false, ErrClosed
	default:
	}
	select {
	case t.queue <- u:
	case <-ctx.Done():
		return false, ctx.Err()
	case <-t.stop:
		return false, ErrClosed
	}
	select {
	case err := <-u.done:
		if err == errNonceUsed {
			return false, nil
		}
		return err == nil, err
	case <-ctx.Done():
		return false, ctx.Err()
	case <-t.exited:
		return false, ErrClosed
	}
}

func (t *postgresNonces) close() error {
	t.once.Do(func() { close(t.stop) })
	<-t.exited
	t.pool.Close()
	return nil
}

func (t *postgresNonces) loop() {
	defer close(t.exited)
	for {
		select {
		case u := <-t.queue:
			t.serve(t.collect(u))
		case <-t.stop:
			return
		}
	}
}

func (t *postgresNonces) collect(u *nonceUse) []*nonceUse {
	group := []*nonceUse{u}
	for len(group) < maxGroup {
		select {
		case u := <-t.queue:
			group = append(group, u)
		default:
			return group
		}
	}
	return group
}

// serve answers a group. It sorts the uses by hash, so that two processes
// cannot deadlock.
func (t *postgresNonces) serve(group []*nonceUse) {
	slices.SortStableFunc(group, func(a, b *nonceUse) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	single := group[:0:0]
	for i, u := range group {
		if i > 0 && group[i-1].hash == u.hash {
			u.done <- errNonceUsed // the same nonce is in this group already
			continue
		}
		single = append(single, u)
	}
	taken, err := t.insert(single)
	for _, u := range single {
		switch {
		case err != nil:
			u.done <- pgError(err)
		case taken[u.hash]:
			u.done <- nil
		default:
			u.done <- errNonceUsed
		}
	}
}

const (
	insertNonces = `INSERT INTO nonce (hash, expires) SELECT * FROM unnest($1::bytea[], $2::bigint[])
		ON CONFLICT (hash) DO UPDATE SET expires = excluded.expires WHERE nonce.expires <= $3 RETURNING hash`
	sweepNonces = `DELETE FROM nonce WHERE hash IN
		(SELECT hash FROM nonce WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED)`
	readEpoch = `SELECT count(*) FROM nonce_epoch WHERE refused_at = $1`
)

// insert takes the nonces that are free. It fails if the server has crashed
// meanwhile: the caller must then check its timestamp again.
func (t *postgresNonces) insert(group []*nonceUse) (taken map[nonceHash]bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), pgDeadline)
	defer cancel()
	hashes, expires := make([][]byte, len(group)), make([]int64, len(group))
	now := group[0].now
	for i, u := range group {
		hashes[i], expires[i], now = u.hash[:], u.expires, min(now, u.now)
	}
	b := &pgx.Batch{}
	b.Queue(insertNonces, hashes, expires, now)
	b.Queue(readEpoch, t.before.Load())
	if t.calls += len(group); t.calls >= sweepEvery {
		b.Queue(sweepNonces, now, 4*t.calls)
		t.calls = 0
	}
	taken = make(map[nonceHash]bool, len(group))
	var same int
	res := t.pool.SendBatch(ctx, b)
	rows, err := res.Query()
	if err == nil {
		var h []byte
		_, err = pgx.ForEachRow(rows, []any{&h}, func() error {
			taken[nonceHash(h)] = true
			return nil
		})
	}
	if err == nil {
		err = res.QueryRow().Scan(&same)
	}
	if end := res.Close(); err == nil {
		err = end
	}
	if err == nil && same == 0 {
		err = t.crashed(ctx)
	}
	return taken, err
}

func (t *postgresNonces) crashed(ctx context.Context) error {
	if err := t.loadEpoch(ctx); err != nil {
		return err
	}
	return fmt.Errorf("%w: the database server has crashed and recovered", ErrBusy)
}
