package engine

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// settable is a clock that a test sets.
type settable struct{ ms atomic.Int64 }

func newClock() *settable {
	c := &settable{}
	c.ms.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixMilli())
	return c
}
func (c *settable) now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *settable) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func mustUse(t testing.TB, s *DB, key, nonce string, expires time.Time) bool {
	t.Helper()
	fresh, err := s.UseNonce(ctx, key, nonce, expires)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func TestNonceIsFreshOnce(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		clock := newClock()
		useClock := func(o *Options) { o.Now = clock.now }
		s := open(useClock)
		later := func() time.Time { return clock.now().Add(15 * time.Minute) }
		for _, c := range []struct {
			key, nonce string
			want       bool
		}{
			{"k", "n", true}, {"k", "n", false}, {"k2", "n", true}, {"k", "n2", true}, {"kn", "", true}, {"k", "n", false},
		} {
			if got := mustUse(t, s, c.key, c.nonce, later()); got != c.want {
				t.Errorf("%s/%s: got fresh %v, want %v", c.key, c.nonce, got, c.want)
			}
		}
		if !s.NonceSeen("k", "n") || s.NonceSeen("k2", "n2") {
			t.Errorf("got seen %v and %v, want true of a used nonce and false of another", s.NonceSeen("k", "n"), s.NonceSeen("k2", "n2"))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(useClock)
		if mustUse(t, s, "k", "n", later()) {
			t.Error("after a restart: got fresh, want a replay")
		}
		clock.advance(time.Hour)
		if !mustUse(t, s, "k", "n", later()) {
			t.Error("after its expiry: got a replay, want fresh")
		}
		if mustUse(t, s, "k", "n", later()) {
			t.Error("second use after its expiry: got fresh, want a replay")
		}
		if !s.RefuseBefore().IsZero() {
			t.Errorf("got %v, want no refusal after clean stops", s.RefuseBefore())
		}
	})
}

func TestNonceRace(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := open()
		var fresh [20]atomic.Int64
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				for n := range fresh {
					ok, err := s.UseNonce(ctx, "k", fmt.Sprint(n), time.Now().Add(time.Hour))
					if err != nil {
						t.Error(err)
					}
					fresh[n].Add(b2i(ok))
				}
			})
		}
		wg.Wait()
		for n := range fresh {
			if got := fresh[n].Load(); got != 1 {
				t.Errorf("nonce %d: got fresh %d times, want once", n, got)
			}
		}
	})
}

func TestExpiredNoncesAreSwept(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		clock := newClock()
		s := open(func(o *Options) { o.Now = clock.now })
		use := func(from, n int) {
			var wg sync.WaitGroup
			for g := range 8 {
				wg.Go(func() {
					for i := from + g; i < from+n; i += 8 {
						mustUse(t, s, "k", fmt.Sprint(i), clock.now().Add(time.Minute))
					}
				})
			}
			wg.Wait()
		}
		use(0, 1000)
		clock.advance(time.Hour)
		use(1000, 1000)
		if got := nonceRows(t, s); got > 1000+sweepEvery {
			t.Errorf("got %d rows, want the 1000 that are valid and few more", got)
		}
		kept := 0
		for i := range s.nonces.shards {
			kept += len(s.nonces.shards[i].seen)
		}
		if kept > 1000 {
			t.Errorf("got %d nonces in memory, want at most 1000", kept)
		}
	})
}

func nonceRows(t *testing.T, s *DB) (n int) {
	t.Helper()
	switch table := s.nonces.table.(type) {
	case *postgresNonces:
		if err := table.pool.QueryRow(ctx, "SELECT count(*) FROM nonce").Scan(&n); err != nil {
			t.Fatal(err)
		}
	case *sqliteNonces:
		err := table.writer.submit(ctx, &call{ctx: ctx, fn: func(t *Tx) error {
			_, err := t.One("SELECT count(*) FROM nonce", nil, func(r *Row) error { n = int(r.Int(0)); return nil })
			return err
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func TestNonceMemoryIsBounded(t *testing.T) {
	t.Parallel()
	var s nonceShard
	for i := range 3 * nonceMemory / nonceShards {
		s.add(hashNonce("k", fmt.Sprint(i)), int64(i)*10, 0)
	}
	if got, most := len(s.seen), nonceMemory/nonceShards; got > most {
		t.Errorf("got %d entries, want at most %d", got, most)
	}
}

// When the database server crashes, the last nonces may be lost: all processes
// then refuse requests signed before.
func TestNoncesAfterServerCrash(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	clock := newClock()
	o.Now = clock.now
	a, b := mustOpen(t, o), mustOpen(t, o)
	mustUse(t, a, "k", "1", clock.now().Add(time.Hour))
	conn, err := pgx.Connect(ctx, o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	// Recovery empties an unlogged table.
	if _, err := conn.Exec(ctx, "TRUNCATE nonce_epoch"); err != nil {
		t.Fatal(err)
	}
	clock.advance(time.Minute)
	for name, s := range map[string]*DB{"one process": a, "another": b} {
		if _, err := s.UseNonce(ctx, "k", "2"+name, clock.now().Add(time.Hour)); err == nil {
			t.Errorf("%s: got no error for the call that found the crash", name)
		}
		if got, want := s.RefuseBefore(), clock.now(); !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
		if !mustUse(t, s, "k", "3"+name, clock.now().Add(time.Hour)) {
			t.Errorf("%s: got a replay, want fresh", name)
		}
	}
}

func TestTwoProcessesShareNonces(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	a, b := mustOpen(t, o), mustOpen(t, o)
	until := time.Now().Add(time.Hour)
	if !mustUse(t, a, "k", "n", until) || mustUse(t, b, "k", "n", until) {
		t.Error("want fresh for the first process and a replay for the second")
	}
}
