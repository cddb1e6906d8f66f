package engine

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/mingce/mingce/internal/keyring"
)

func TestSchema(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		var o Options
		s := open(func(used *Options) { o = *used })
		var last int64
		if err := s.View(ctx, "", func(t *Tx) error {
			_, err := t.One("SELECT max(version) FROM schema_version", nil, func(r *Row) error { last = r.Int(0); return nil })
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open() // nothing left to do, nothing done twice
		if err := s.Update(ctx, "", func(t *Tx) error {
			t.Write("INSERT INTO schema_version (version, name, applied_at) VALUES (?, 'future', 0)", last+1)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, o, testSchema); !errors.Is(err, ErrNewerSchema) || !strings.Contains(err.Error(), fmt.Sprintf("schema %d", last+1)) {
			t.Errorf("got %v, want a refusal that names the schema", err)
		}
	})
}

func TestServersStartTogether(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(ctx, o, testSchema)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestKindAndKeyAreChecked(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		var o Options
		s := open(func(used *Options) { o = *used })
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		other := o
		other.Kind = Serve
		if _, err := Open(ctx, other, testSchema); !errors.Is(err, ErrWrongKind) {
			t.Errorf("data of dev opened by serve: got %v, want %v", err, ErrWrongKind)
		}
		other = o
		other.Key = keyring.NewMaster()
		if _, err := Open(ctx, other, testSchema); !errors.Is(err, ErrWrongKey) {
			t.Errorf("another master key: got %v, want %v", err, ErrWrongKey)
		}
	})
}

func TestMigrationFiles(t *testing.T) {
	t.Parallel()
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	steps, err := (&Schema{Migrations: fstest.MapFS{
		"migrations/0002_two.sql":          file("two"),
		"migrations/0001_one.sql":          file("one"),
		"migrations/0001_one.postgres.sql": file("pg"),
		"migrations/0001_one.sqlite.sql":   file("lite"),
	}}).steps("postgres")
	if got, want := fmt.Sprint(steps), "[{1 one one\npg} {2 two two}]"; err != nil || got != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	for name, files := range map[string]fstest.MapFS{
		"bad name":   {"migrations/1_one.sql": file("")},
		"one number": {"migrations/0001_one.sql": file(""), "migrations/0001_two.sql": file("")},
	} {
		if _, err := (&Schema{Migrations: files}).steps("sqlite"); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestDialect(t *testing.T) {
	t.Parallel()
	const sql = `SELECT '?', "a?", x /* ? */ FROM t WHERE a = ? AND b IN (?,?) /*pg: FOR UPDATE */ /*sqlite: LIMIT ? */ -- ?`
	for _, c := range []struct {
		d    *dialect
		want string
	}{
		{&dialect{mark: "pg:", numbered: true}, `SELECT '?', "a?", x /* ? */ FROM t WHERE a = $1 AND b IN ($2,$3) FOR UPDATE /*sqlite: LIMIT ? */ -- ?`},
		{&dialect{mark: "sqlite:"}, `SELECT '?', "a?", x /* ? */ FROM t WHERE a = ? AND b IN (?,?) /*pg: FOR UPDATE */ LIMIT ? -- ?`},
	} {
		if got := c.d.text(sql); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
