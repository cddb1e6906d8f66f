package backup

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
	"github.com/mingce/mingce/internal/store/sampletest"
)

func readingOptions(o Options) Options {
	o.Kind = ""
	return o
}

// backupOf returns a backup of the data at a place.
func backupOf(t testing.TB, o Options) []byte {
	t.Helper()
	s, err := store.OpenReading(ctx, readingOptions(o))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var b bytes.Buffer
	if _, _, err := Write(ctx, s, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rowsOf returns the number of rows in a backup of the data at a place.
func rowsOf(t testing.TB, o Options) int64 {
	t.Helper()
	s, err := store.OpenReading(ctx, readingOptions(o))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, rows, err := Write(ctx, s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// contentOf returns every row of the data at a place, sorted, except those that
// a restore adds.
func contentOf(t testing.TB, o Options) (rows []string) {
	t.Helper()
	s, err := store.OpenReading(ctx, readingOptions(o))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err = everyRow(s)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// everyRow returns every row, sorted, except those that a restore adds.
func everyRow(s *store.Store) (rows []string, err error) {
	err = s.DB.View(ctx, "", func(t *engine.Tx) error {
		version, err := s.SchemaVersion(t)
		if err != nil {
			return err
		}
		tables, err := store.Schema().Shapes(version)
		if err != nil {
			return err
		}
		for i := range tables {
			if tables[i].Name == engine.SumTable {
				continue // of other rows of meta
			}
			err := t.Each(tables[i].Selects(), nil, func(r *engine.Row) error {
				b, err := engine.AppendRow([]byte(tables[i].Name+" "), r, len(tables[i].Columns))
				if tables[i].Name != "meta" || r.Text(0) != "restored_at" && r.Text(0) != "nonce_epoch" {
					rows = append(rows, string(b))
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	slices.Sort(rows)
	return rows, err
}

func check(t testing.TB, o Options) Report {
	t.Helper()
	s, err := store.OpenReading(ctx, readingOptions(o))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := Check(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestBackupsGoFromAnyEngineToAny restores what one engine holds into both
// (docs/spec/reliability.md#backups).
func TestBackupsGoFromAnyEngineToAny(t *testing.T) {
	targets := map[string]func(testing.TB) Options{"sqlite": sqliteOptions, "postgres": postgresOptions}
	engines(t, func(t *testing.T, open func(...func(*Options)) *store.Store) {
		var from Options
		s := open(func(o *Options) { from = *o })
		sampletest.Fill(t, s)
		backup, want := backupOf(t, from), contentOf(t, from) // the store is open all the while
		for name, target := range targets {
			t.Run("to "+name, func(t *testing.T) {
				to := target(t)
				if _, rows, err := Restore(ctx, to, bytes.NewReader(backup)); err != nil || int(rows) < len(want) {
					t.Fatalf("got %d rows, %v, want at least %d", rows, err, len(want))
				}
				if got := contentOf(t, to); !slices.Equal(got, want) {
					t.Errorf("got %d rows, want the same %d as before", len(got), len(want))
				}
				r := check(t, to)
				if !r.OK() || r.Sealed == 0 || r.Audit.Blocks != 1 || r.Audit.Erased != 1 {
					t.Errorf("check of the copy: got %+v, want no findings, sealed values, a block and an erased entry", r)
				}
				if n := rowsOf(t, to); n != r.Rows {
					t.Errorf("the copy: got %d rows in a backup, and %d checked", n, r.Rows)
				}
				restoredIsUsable(t, to)
			})
		}
	})
}

// restoredIsUsable uses restored data like a server.
func restoredIsUsable(t *testing.T, o Options) {
	t.Helper()
	before := time.Now()
	s := mustOpen(t, o)
	d := directory.Open(directory.Config{Store: s, Now: time.Now, NewID: sampletest.NewIDs(), Keys: o.Key})
	if p, err := d.TokenPrincipal(ctx, directory.SampleToken); err != nil || p.Org != directory.SampleOrg {
		t.Errorf("token: got %v, %v", p.Org, err)
	}
	if at := s.RefuseBefore(); at.Before(before.Add(-time.Minute)) || at.After(time.Now()) {
		t.Errorf("signatures are refused before %v, want roughly the time of the restore", at)
	}
	if err := s.Update(ctx, directory.SampleOrg, func(t directory.Tx) error {
		t.Outbox().Enqueue(directory.OutboxItem{Org: directory.SampleOrg, ID: "new", Kind: "email", Topic: "t", Recipient: "r", Payload: "p", CreatedAt: time.Now()})
		t.Audit().InsertAudit(directory.AuditEntry{Org: directory.SampleOrg, Noun: "contact", Object: "9", Action: "create", Time: time.Now()})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var outbox, audit int64
	if err := s.DB.View(ctx, "", func(t *engine.Tx) error {
		return t.Batch(
			engine.One("SELECT max(seq) FROM outbox", nil, nil, func(r *engine.Row) error { outbox = r.Int(0); return nil }),
			engine.One("SELECT max(seq) FROM audit", nil, nil, func(r *engine.Row) error { audit = r.Int(0); return nil }))
	}); err != nil {
		t.Fatal(err)
	}
	if outbox != 6 || audit != 6 {
		t.Errorf("got numbers %d of the outbox and %d of the history, want 6 and 6: 5 was given before", outbox, audit)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRestoreNeedsAnEmptyTarget(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *store.Store) {
		var o Options
		s := open(func(used *Options) { o = *used })
		sampletest.Fill(t, s)
		backup := backupOf(t, o)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		want := contentOf(t, o)
		if _, _, err := Restore(ctx, o, bytes.NewReader(backup)); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("over the data itself: got %v, want ErrNotEmpty", err)
		}
		if got := contentOf(t, o); !slices.Equal(got, want) {
			t.Error("the refused restore changed the data")
		}
	})
}

func TestRestoreIntoAFolder(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	sampletest.Fill(t, mustOpen(t, o))
	backup := backupOf(t, o)
	dir := t.TempDir()
	for name, prepare := range map[string]func(path string) error{
		"absent": func(string) error { return nil },
		"empty":  func(path string) error { return os.Mkdir(path, 0o700) },
		"below":  func(path string) error { return os.Mkdir(filepath.Dir(path), 0o700) },
		"a file": func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"other file": func(path string) error {
			return errors.Join(os.Mkdir(path, 0o700), os.WriteFile(path+"/x", nil, 0o600))
		},
		"loose link": func(path string) error { return os.Symlink("nowhere", path) },
	} {
		t.Run(name, func(t *testing.T) {
			o := o
			o.Dir = filepath.Join(dir, name)
			if name == "below" {
				o.Dir = filepath.Join(o.Dir, "data")
			}
			if err := prepare(o.Dir); err != nil {
				t.Fatal(err)
			}
			before := tree(t, o.Dir)
			_, _, err := Restore(ctx, o, bytes.NewReader(backup))
			if fits := name == "absent" || name == "empty" || name == "below"; (err == nil) != fits {
				t.Fatalf("got %v, want success: %v", err, fits)
			}
			if err != nil {
				if after := tree(t, o.Dir); !slices.Equal(before, after) {
					t.Errorf("got %v, want %v untouched", after, before)
				}
				return
			}
			if got := tree(t, o.Dir); !slices.Equal(got, []string{". drwx------", databaseFile + " -rw-------", lockFile + " -rw-------", sumsFile + " -rw-------"}) {
				t.Errorf("got %v, want the database, its sums and the lock, for the owner only", got)
			}
		})
	}
}

// tree lists the files at a path.
func tree(t *testing.T, path string) (names []string) {
	t.Helper()
	_ = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // the database does not exist
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(path, p)
		names = append(names, rel+" "+info.Mode().String())
		return err
	})
	return names
}

func TestReadingRefusals(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	if _, err := store.OpenReading(ctx, o); !errors.Is(err, store.ErrNoData) {
		t.Errorf("absent folder: got %v, want ErrNoData", err)
	}
	s := mustOpen(t, o)
	other := o
	other.Key = keyring.NewMaster()
	if _, err := store.OpenReading(ctx, other); !errors.Is(err, store.ErrWrongKey) {
		t.Errorf("other key: got %v, want ErrWrongKey", err)
	}
	other = o
	other.Kind = store.Serve
	if _, err := store.OpenReading(ctx, other); !errors.Is(err, store.ErrWrongKind) {
		t.Errorf("other kind: got %v, want ErrWrongKind", err)
	}
	r, err := store.OpenReading(ctx, readingOptions(o))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.DB.Update(ctx, "", func(t *engine.Tx) error { t.Write("DELETE FROM meta"); return nil }, engine.Keyless); err == nil {
		t.Error("a store for reading wrote")
	}
	if err := s.DB.Update(ctx, "", func(t *engine.Tx) error {
		t.Write("INSERT INTO schema_version (version, name, applied_at) VALUES (9999, 'x', 0)")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenReading(ctx, o); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("newer data: got %v, want ErrNewerSchema", err)
	}
}

// TestSealedColumnsAreKnown compares the rule by which Check finds sealed
// values with every column of the schema.
func TestSealedColumnsAreKnown(t *testing.T) {
	t.Parallel()
	version, err := store.Schema().Newest()
	if err != nil {
		t.Fatal(err)
	}
	tables, err := store.Schema().Shapes(version)
	if err != nil {
		t.Fatal(err)
	}
	for i := range tables {
		s := &tables[i]
		if len(sealedColumns(s)) > 0 && (s.Index("org") < 0 || len(s.Key) == 0) {
			t.Errorf("%s has sealed columns, but no organisation or key; Check cannot open them", s.Name)
		}
		for j, kind := range s.Kinds {
			if !strings.Contains("TEXT BIGINT BOOLEAN BYTEA INTEGER", kind) {
				t.Errorf("%s.%s has type %s, want one of those in doc.go", s.Name, s.Columns[j], kind)
			}
		}
	}
}
