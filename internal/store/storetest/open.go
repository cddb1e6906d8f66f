// Package storetest tests implementations of [directory.Store] against its
// contract, and opens stores for the tests of other packages.
//
// It knows only the core's interface: what is specific to an engine, such as
// group commit, is tested in package engine.
package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/backup"
	"github.com/mingce/mingce/internal/store/enginetest"
)

// Open opens an empty store on SQLite files that are deleted after the test. A
// read after a write in one function is an error in it.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return open(t, store.Options{Ephemeral: true})
}

// OpenPostgres is Open on a new database of the PostgreSQL server that
// MINGCE_TEST_POSTGRES names; without a server the test is skipped.
func OpenPostgres(t testing.TB) *store.Store {
	t.Helper()
	return OpenDatabase(t, enginetest.Database(t))
}

// Engines runs a test on an empty store of each engine.
func Engines(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": Open, "postgres": OpenPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// OpenDatabase opens a store on a database of [enginetest.Database], as each
// of several processes does.
func OpenDatabase(t testing.TB, url string) *store.Store {
	t.Helper()
	return open(t, store.Options{Database: url})
}

func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	o.Key, o.Kind, o.Strict = keyring.DevMaster(), store.Dev, true
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		WantClean(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// WantClean checks that all data is as the program wrote it. It skips
// benchmarks and closed stores.
func WantClean(t testing.TB, s *store.Store) {
	t.Helper()
	if _, bench := t.(*testing.B); bench {
		return
	}
	r, err := backup.Check(context.Background(), s)
	if err != nil && !errors.Is(err, store.ErrClosed) || !r.OK() {
		t.Errorf("verify in the end: got %q, %v, %v, want no finding", r.Findings, r.Audit.Findings, err)
	}
}
