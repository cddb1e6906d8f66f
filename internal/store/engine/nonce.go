package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	nonceShards = 16
	nonceSlot   = 30_000  // ms; entries that expire in the same slot are dropped together
	nonceMemory = 1 << 16 // entries kept in memory, about 5 MB when full
	sweepEvery  = 64      // calls between two deletions of expired rows
	sweepRows   = 4 * sweepEvery
)

// nonceHash is the hash of a key and a nonce.
type nonceHash [16]byte

// nonceTable is the durable part, and has the last word. use takes the hash if
// it is free or its previous use has expired, and reports whether it did.
type nonceTable interface {
	use(ctx context.Context, h nonceHash, expires, now int64) (fresh bool, err error)
	refuseBefore() time.Time
	close() error
}

// nonces records used nonces. The memory in front answers replays without
// touching the table; it may drop entries, the table may not.
type nonces struct {
	now    func() time.Time
	shards [nonceShards]nonceShard
	table  nonceTable
	alone  bool // no other process uses the same table
}

// UseNonce takes a nonce of a key until it expires. fresh is false if it was
// taken before. A taken nonce survives a kill of the process, but is not
// fsynced; see [DB.RefuseBefore]. Verify the signature before taking the nonce.
//
// If the nonce cannot be stored, for example because the disk is full, the
// error is ErrBusy. With SQLite, fresh then still tells whether it was taken
// since the start, and it counts as taken until the next start.
func (db *DB) UseNonce(ctx context.Context, key, nonce string, expires time.Time) (fresh bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return db.nonces.use(ctx, key, nonce, expires)
}

// NonceSeen reports whether this process remembers that the nonce was taken. A
// false is not final, because the memory drops entries: [DB.UseNonce] decides.
func (db *DB) NonceSeen(key, nonce string) bool {
	h := hashNonce(key, nonce)
	return db.nonces.shards[h[0]%nonceShards].has(h, db.nonces.now().UnixMilli())
}

// RefuseBefore is the time before which signed requests cannot be told from
// replays: the machine or the PostgreSQL server has crashed and may have lost
// nonces, or the data was restored from a backup, which holds none. It is zero
// if there is no such time. Clients' timestamps have whole seconds: compare
// with the end of the second.
func (db *DB) RefuseBefore() time.Time {
	if before := db.nonces.table.refuseBefore(); before.After(db.restored) {
		return before
	}
	return db.restored
}

func (n *nonces) use(ctx context.Context, key, nonce string, expires time.Time) (bool, error) {
	h := hashNonce(key, nonce)
	now, until := n.now().UnixMilli(), expires.UnixMilli()
	shard := &n.shards[h[0]%nonceShards]
	if shard.has(h, now) {
		return false, nil
	}
	fresh, err := n.table.use(ctx, h, until, now)
	if errors.Is(err, ErrBusy) {
		return n.alone && shard.take(h, until, now), err
	}
	if err != nil {
		return false, err
	}
	// Only a fresh nonce is cached: a used one keeps its old expiry, which only
	// the table knows.
	if fresh {
		shard.add(h, until, now)
	}
	return fresh, nil
}

func (n *nonces) close() error { return n.table.close() }

func hashNonce(key, nonce string) (h nonceHash) {
	var buf [128]byte
	b := binary.BigEndian.AppendUint32(buf[:0], uint32(len(key)))
	sum := sha256.Sum256(append(append(b, key...), nonce...))
	copy(h[:], sum[:])
	return h
}

// nonceShard is a map with a time wheel beside it, so that expired entries are
// dropped slot by slot without looking at the others.
type nonceShard struct {
	mu    sync.Mutex
	seen  map[nonceHash]int64 // expiry in ms
	wheel map[int64][]nonceHash
	swept int64 // the slot of the last sweep
}

func (s *nonceShard) has(h nonceHash, now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[h] > now
}

// take adds h and reports true, unless it is there already.
func (s *nonceShard) take(h nonceHash, until, now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[h] > now {
		return false
	}
	s.put(h, until, now)
	return true
}

func (s *nonceShard) add(h nonceHash, until, now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(h, until, now)
}

func (s *nonceShard) put(h nonceHash, until, now int64) {
	if s.seen == nil {
		s.seen, s.wheel = map[nonceHash]int64{}, map[int64][]nonceHash{}
	}
	if slot := now / nonceSlot; slot != s.swept {
		s.swept = slot
		for old := range s.wheel {
			if old < slot {
				s.drop(old)
			}
		}
	}
	for len(s.seen) >= nonceMemory/nonceShards {
		s.drop(s.soonest())
	}
	s.seen[h] = until
	s.wheel[until/nonceSlot] = append(s.wheel[until/nonceSlot], h)
}

func (s *nonceShard) soonest() int64 {
	first := int64(1<<63 - 1)
	for slot := range s.wheel {
		first = min(first, slot)
	}
	return first
}

func (s *nonceShard) drop(slot int64) {
	for _, h := range s.wheel[slot] {
		// The nonce may have been used again since, and be in a later slot.
		if s.seen[h]/nonceSlot == slot {
			delete(s.seen, h)
		}
	}
	delete(s.wheel, slot)
}

// sqliteNonces is a separate file: its commits wait for no fsync
// (synchronous=NORMAL), and the main database is not touched.
type sqliteNonces struct {
	writer *writer
	conns  []*sqliteConn // the writer's, and the checkpointer's once it has one
	calls  atomic.Uint64
	before time.Time
}

const sqliteNonceTable = `CREATE TABLE IF NOT EXISTS nonce (
	hash BLOB NOT NULL PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID`

func openSQLiteNonces(dir *dataDir, now func() time.Time, fail func(error)) (*nonces, error) {
	path, err := dir.file("nonce.db")
	if err != nil {
		return nil, err
	}
	t := &sqliteNonces{}
	d := &dialect{mark: "sqlite:"}
	connect := func() (*sqliteConn, error) {
		c, err := openSQLiteConn(connConfig{path: path, sync: "NORMAL", cacheKiB: 2 << 10}, d)
		if err == nil {
			t.conns = append(t.conns, c)
		}
		return c, err
	}
	c, err := connect()
	if err != nil {
		return nil, err
	}
	if err := t.prepare(c, dir, now()); err != nil {
		return nil, errors.Join(err, t.closeConns())
	}
	t.writer = newWriter(c, connect, tuning{})
	t.writer.onFail = fail
	t.writer.start()
	return &nonces{now: now, table: t, alone: true}, nil
}

// prepare creates the tables and records whether nonces may be lost. Later
// starts know it too, and refuse requests signed before.
func (t *sqliteNonces) prepare(c *sqliteConn, dir *dataDir, now time.Time) error {
	unclean, err := dir.unclean()
	if err != nil {
		return fmt.Errorf("store: data folder: %w", err)
	}
	for _, sql := range []string{sqliteNonceTable, "CREATE INDEX IF NOT EXISTS nonce_expires ON nonce (expires)",
		"CREATE TABLE IF NOT EXISTS nonce_loss (at INTEGER NOT NULL)"} {
		if err := c.Exec(sql); err != nil {
			return err
		}
	}
	if unclean {
		if err := c.Exec(fmt.Sprintf("INSERT INTO nonce_loss (at) VALUES (%d)", now.UnixMilli())); err != nil {
			return err
		}
	}
	var at int64
	if err := c.Query(One("SELECT coalesce(max(at), 0) FROM nonce_loss", nil, nil, func(r *Row) error {
		at = r.Int(0)
		return nil
	})); err != nil {
		return err
	}
	if at > 0 {
		t.before = time.UnixMilli(at).UTC()
	}
	return nil
}

var errNonceUsed = errors.New("store: nonce was used")

func (t *sqliteNonces) use(ctx context.Context, h nonceHash, expires, now int64) (bool, error) {
	sweep := t.calls.Add(1)%sweepEvery == 0
	err := t.writer.submit(ctx, &call{ctx: ctx, fn: func(t *Tx) error {
		t.WriteOne(errNonceUsed, `INSERT INTO nonce (hash, expires) VALUES (?, ?)
			ON CONFLICT (hash) DO UPDATE SET expires = excluded.expires WHERE nonce.expires <= ?`, h[:], expires, now)
		if sweep {
			t.Write(`DELETE FROM nonce WHERE hash IN (SELECT hash FROM nonce WHERE expires <= ? ORDER BY expires LIMIT ?)`, now, sweepRows)
		}
		return nil
	}})
	if errors.Is(err, errNonceUsed) {
		return false, nil
	}
	return err == nil, err
}

func (t *sqliteNonces) refuseBefore() time.Time { return t.before }

func (t *sqliteNonces) close() error { return errors.Join(t.writer.close(), t.closeConns()) }

func (t *sqliteNonces) closeConns() error {
	var errs []error
	for _, c := range t.conns {
		errs = append(errs, c.c.Close())
	}
	return errors.Join(errs...)
}
