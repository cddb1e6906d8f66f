// Package enginetest runs tests on each engine of the store, and creates databases
// for them on a PostgreSQL server. It knows nothing about their content.
package enginetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

var databases atomic.Int64

// Database creates an empty database on the server that MINGCE_TEST_POSTGRES
// names, and returns its URL; it is dropped after the test. Without a server
// the test is skipped, or fails if MINGCE_TEST_POSTGRES_REQUIRED is set.
func Database(t testing.TB) string {
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
	name := fmt.Sprintf("mingce_test_%d_%d", os.Getpid(), databases.Add(1))
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

// Engines runs a test on each engine, with a function that opens the same fresh
// data as often as it is called. It works on the types of whatever package is
// tested, so that the engine's own tests can use it.
func Engines[Options, Store any](t *testing.T, sqlite, postgres func(testing.TB) Options, open func(testing.TB, Options) Store,
	test func(t *testing.T, open func(...func(*Options)) Store),
) {
	t.Helper()
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) Options{"sqlite": sqlite, "postgres": postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := fresh(t)
			test(t, func(edit ...func(*Options)) Store {
				t.Helper()
				o := o
				for _, e := range edit {
					e(&o)
				}
				return open(t, o)
			})
		})
	}
}
