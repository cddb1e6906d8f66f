// Package storetest is what every implementation of [directory.Store] has to
// do, as tests, and opens stores for the tests of other packages.
//
// It knows only the core's interface: what is particular to an engine, such as
// group commit, is tested beside the engine.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/backup"
)

// Open opens an empty store on SQLite files that are gone after the test. A
// read after a write in one function is an error in it.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return open(t, store.Options{Ephemeral: true})
}

// OpenPostgres is Open on a database of its own on the PostgreSQL server that
// MINGCE_TEST_POSTGRES names; without one the test is left out.
func OpenPostgres(t testing.TB) *store.Store {
	t.Helper()
	return OpenDatabase(t, PostgresDatabase(t))
}

// OpenDatabase opens a store on a database of [PostgresDatabase], as each of
// several processes does.
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

// WantClean checks that all data is as the program wrote it, whatever a test has
// done. Benchmarks are not kept waiting, and a store that was closed cannot tell.
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

var databases atomic.Int64

// PostgresDatabase makes an empty database, dropped after the test, and returns
// its URL; without MINGCE_TEST_POSTGRES the test is left out.
func PostgresDatabase(t testing.TB) string {
	t.Helper()
	server := os.Getenv("MINGCE_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("MINGCE_TEST_POSTGRES_REQUIRED") != "" {
			t.Fatal("MINGCE_TEST_POSTGRES is not set, but required here")
		}
		t.Skip("left out: MINGCE_TEST_POSTGRES does not name a PostgreSQL server (postgres://user@host/db, with the right to create databases)")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("MINGCE_TEST_POSTGRES is not a URL") // it may hold a password
	}
	name := fmt.Sprintf("mingce_storetest_%d_%d", os.Getpid(), databases.Add(1))
	admin := func(sql string) {
		t.Helper()
		conn, err := pgx.Connect(context.Background(), server)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	admin("CREATE DATABASE " + name)
	t.Cleanup(func() { admin("DROP DATABASE " + name + " WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}
