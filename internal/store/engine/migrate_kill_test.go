package engine

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/mingce/mingce/internal/keyring"
)

// If a process is killed during a migration, the next one finishes it, and the
// schema is that of new data. Each step is stopped after half of the
// statements, and on SQLite also before COMMIT
// (docs/spec/reliability.md#migrations).
func TestMigrationsThatWereKilled(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		want := sqliteSchema(t, sqliteOptions(t))
		steps := mustLoad(t, "sqlite")
		half := sqliteOptions(t)
		if err := os.MkdirAll(half.Dir, 0o700); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(half.Dir, databaseFile)
		writeEmpty(t, name)
		c, err := openSQLiteConn(connConfig{path: name, sync: "FULL"}, &dialect{mark: "sqlite:"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.c.Close() })
		if err := c.Exec(createVersions); err != nil {
			t.Fatal(err)
		}
		for _, m := range steps {
			for _, part := range []int{1, 2} {
				if err := c.Exec("BEGIN IMMEDIATE"); err != nil {
					t.Fatal(err)
				}
				if err := sqlitex.ExecuteScript(c.c, firstHalves(c.dialect.convert(m.sql), part), nil); err != nil {
					t.Fatal(err)
				}
				// A killed process leaves the files as they are at that moment.
				left := Options{Dir: filepath.Join(t.TempDir(), "data"), Key: half.Key, Kind: half.Kind}
				copyFolder(t, left.Dir, half.Dir)
				if got := sqliteSchema(t, left); !maps.Equal(got, want) {
					t.Errorf("killed in %04d, part %d: got another schema than new data has: %v", m.version, part, difference(got, want))
				}
				if err := c.Exec("ROLLBACK"); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.migrate(m, newSumMove(testSchema, keyring.DevMaster(), time.Now())); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		want := postgresSchema(t, postgresOptions(t))
		o := postgresOptions(t)
		d := &dialect{mark: "pg:", numbered: true}
		for _, m := range mustLoad(t, "postgres") {
			dying := mustConnect(t, o.Database)
			tx, err := dying.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(ctx, createVersions); err != nil {
				t.Fatal(err)
			}
			half := migration{version: m.version, name: m.name, sql: firstHalves(m.sql, 1)}
			if err := runPostgresStep(ctx, tx, d, half, newSumMove(testSchema, keyring.DevMaster(), time.Now())); err != nil {
				t.Fatalf("half of %04d: %v", m.version, err)
			}
			if err := dying.Close(ctx); err != nil {
				t.Fatal(err)
			}
			one := mustConnect(t, o.Database)
			if _, err := one.Exec(ctx, createVersions); err != nil {
				t.Fatal(err)
			}
			if err := migratePostgresStep(ctx, one, d, m, newSumMove(testSchema, keyring.DevMaster(), time.Now())); err != nil {
				t.Fatal(err)
			}
		}
		if got := postgresSchema(t, o); !maps.Equal(got, want) {
			t.Errorf("got another schema than new data has: %v", difference(got, want))
		}
	})
}

func mustLoad(t *testing.T, engine string) []migration {
	t.Helper()
	steps, err := testSchema.steps(engine)
	if err != nil || len(steps) == 0 {
		t.Fatalf("got %d steps and %v, want some", len(steps), err)
	}
	return steps
}

// firstHalves is the first half of a script, up to the end of a statement.
func firstHalves(script string, part int) string {
	statements := strings.SplitAfter(script, ";\n")
	n := len(statements) * part / 2
	for n < len(statements) { // not within a comment, which is the other engine's
		if head := strings.Join(statements[:n], ""); strings.Count(head, "/*") == strings.Count(head, "*/") {
			break
		}
		n++
	}
	return strings.Join(statements[:n], "")
}

// sqliteSchema opens the data like a server and returns its tables and indexes.
func sqliteSchema(t *testing.T, o Options) map[string]string {
	t.Helper()
	s := mustOpen(t, o)
	defer s.Close()
	return schemaOf(t, s, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'")
}

func postgresSchema(t *testing.T, o Options) map[string]string {
	t.Helper()
	s := mustOpen(t, o)
	defer s.Close()
	return schemaOf(t, s, `SELECT 'column ' || table_name || '.' || column_name, data_type || ' ' || is_nullable || coalesce(column_default, '')
		FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'`)
}

func schemaOf(t *testing.T, s *DB, sql string) map[string]string {
	t.Helper()
	schema := map[string]string{}
	err := s.View(ctx, "", func(t *Tx) error {
		return t.Each(sql, nil, func(r *Row) error {
			schema[r.Text(0)] = r.Text(1)
			return nil
		})
	})
	if err != nil || len(schema) == 0 {
		t.Fatalf("got a schema of %d and %v, want one", len(schema), err)
	}
	return schema
}

func difference(got, want map[string]string) (names []string) {
	for name, text := range want {
		if got[name] != text {
			names = append(names, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func mustConnect(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return conn
}

func writeEmpty(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func copyFolder(t *testing.T, to, from string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "-shm") {
			continue // shared memory ends with the process
		}
		b, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
