package engine

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A new file is a copy of what the migrations make in memory. It is the same
// as one that took every step itself, except for its time
// (docs/spec/reliability.md#migrations).
func TestANewFileIsWhatTheStepsMake(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	o := sqliteOptions(t)
	o.Now = func() time.Time { return now }
	fresh := mustOpen(t, o)

	stepped := sqliteOptions(t)
	stepped.Now = o.Now
	if err := os.MkdirAll(stepped.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(stepped.Dir, databaseFile)
	writeEmpty(t, name)
	c, err := openSQLiteConn(connConfig{path: name, sync: "FULL"}, &dialect{mark: "sqlite:"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Exec(createVersions); err != nil { // no longer empty
		t.Fatal(err)
	}
	if err := c.c.Close(); err != nil {
		t.Fatal(err)
	}
	slow := mustOpen(t, stepped)

	for what, sql := range map[string]string{
		"schema": "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master",
		"steps":  "SELECT name, version || ' ' || applied_at FROM schema_version",
		"meta":   "SELECT key, value FROM meta WHERE key <> 'nonce_epoch'",
	} {
		if got, want := schemaOf(t, fresh, sql), schemaOf(t, slow, sql); !maps.Equal(got, want) {
			t.Errorf("%s differ: %v", what, difference(got, want))
		}
	}
	newest, err := testSchema.Newest()
	if err != nil {
		t.Fatal(err)
	}
	sums := func(s *DB) (sums []RowSum) {
		err := s.View(ctx, "", func(t *Tx) (err error) {
			sums, _, err = t.Sums(newest)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return sums
	}
	if got, want := sums(fresh), sums(slow); !slices.Equal(got, want) {
		t.Errorf("got sums %v, want %v", got, want)
	}
}
