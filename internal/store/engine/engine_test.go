package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/enginetest"
)

// engines runs a test on a fresh store of each engine.
func engines(t *testing.T, test func(t *testing.T, open func(...func(*Options)) *DB)) {
	t.Helper()
	enginetest.Engines(t, sqliteOptions, postgresOptions, mustOpen, test)
}

func sqliteOptions(t testing.TB) Options {
	return Options{Dir: filepath.Join(t.TempDir(), "data"), Key: keyring.DevMaster(), Kind: Dev, Strict: true}
}

func postgresOptions(t testing.TB) Options {
	return Options{Database: enginetest.Database(t), Key: keyring.DevMaster(), Kind: Dev, Strict: true}
}

// testSchema has the tables of the program, which include the engine's own.
var testSchema = &Schema{
	Migrations: os.DirFS(".."),
	Tables:     map[string]Table{"audit": {Sequence: true}},
	Deleted: Deleted{
		Err:      errors.New("organisation was deleted"),
		Query:    "SELECT id FROM ended_org WHERE id = ?",
		Lock:     "SELECT FROM org_hold WHERE org = ? AND slot = ? FOR KEY SHARE",
		LockRows: 16,
	},
}

func mustOpen(t testing.TB, o Options) *DB {
	t.Helper()
	s, err := Open(context.Background(), o, testSchema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

const itemTable = `CREATE TABLE item (
	org TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, n BIGINT NOT NULL,
	flag BOOLEAN NOT NULL DEFAULT FALSE, data BYTEA, note TEXT, PRIMARY KEY (org, id));
	CREATE UNIQUE INDEX item_name ON item (org, name)`

var (
	errName    = errors.New("name is taken")
	errMissing = errors.New("no such item")
	errOwn     = errors.New("own error")
)

// withItems adds the table that these tests use.
func withItems(t testing.TB, s *DB) *DB {
	t.Helper()
	err := s.Update(ctx, "", func(t *Tx) error {
		for _, sql := range strings.Split(itemTable, ";") {
			if _, ok := s.engine.(*postgresEngine); ok {
				sql = textColumn.ReplaceAllString(sql, `TEXT COLLATE "C"`)
			}
			t.Write(sql)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var ctx = context.Background()

func (t *Tx) addItem(id, name string, n int64) {
	t.WriteUniqueBy(map[string]error{"item_name": errName, "item_pkey": errOwn},
		"INSERT INTO item (org, id, name, n) VALUES (?, ?, ?, ?)", t.Org, id, name, n)
}

func (t *Tx) itemCount() (n int64, err error) {
	_, err = t.One("SELECT count(*) FROM item WHERE org = ?", Args{t.Org}, func(r *Row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}

func count(t testing.TB, s *DB, org string) (n int64) {
	t.Helper()
	err := s.View(ctx, org, func(t *Tx) (err error) {
		n, err = t.itemCount()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRoundTripOfTypes(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		note := "it's \"quoted\" ? 名册"
		err := s.Update(ctx, "a", func(t *Tx) error {
			t.Write("INSERT INTO item (org, id, name, n, flag, data, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
				t.Org, "1", "", int64(1)<<62, true, []byte{0, 255}, &note)
			t.Write("INSERT INTO item (org, id, name, n, flag, data, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
				t.Org, "2", "x", -7, false, nil, (*string)(nil))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = s.View(ctx, "a", func(t *Tx) error {
			return t.Each("SELECT id, name, n, flag, data, note, count(*) OVER () /*pg: */ FROM item WHERE org = ? ORDER BY id", Args{"a"}, func(r *Row) error {
				text := "NULL"
				if p := r.NullText(5); p != nil {
					text = *p
				}
				got = append(got, fmt.Sprint(r.Text(0), r.Text(1), r.Int(2), r.Bool(3), r.Bytes(4), text, r.Int(6), r.Null(4)))
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			fmt.Sprint("1", "", int64(1)<<62, true, []byte{0, 255}, note, 2, false),
			fmt.Sprint("2", "x", -7, false, []byte(nil), "NULL", 2, true),
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestFailingCallsWriteNothing(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		if err := s.Update(ctx, "a", func(t *Tx) error { t.addItem("1", "one", 1); return nil }); err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		for _, c := range []struct {
			name string
			ctx  context.Context
			fn   func(*Tx) error
			want error
		}{
			{"own error", ctx, func(t *Tx) error { t.addItem("2", "two", 2); return errOwn }, errOwn},
			{"cancelled", gone, func(t *Tx) error { t.addItem("2", "two", 2); return nil }, context.Canceled},
			{"unique index first", ctx, func(t *Tx) error { t.addItem("2", "one", 2); t.addItem("3", "three", 3); return nil }, errName},
			{"unique index later", ctx, func(t *Tx) error { t.addItem("3", "three", 3); t.addItem("2", "one", 2); return nil }, errName},
			{"primary key", ctx, func(t *Tx) error { t.addItem("3", "three", 3); t.addItem("1", "two", 2); return nil }, errOwn},
			{"missing row first", ctx, func(t *Tx) error {
				t.WriteOne(errMissing, "UPDATE item SET n = 5 WHERE org = ? AND id = ?", t.Org, "9")
				t.addItem("2", "two", 2)
				return nil
			}, errMissing},
			{"missing row later", ctx, func(t *Tx) error {
				t.addItem("2", "two", 2)
				t.WriteOne(errMissing, "UPDATE item SET n = 5 WHERE org = ? AND id = ?", t.Org, "9")
				return nil
			}, errMissing},
			{"error of a scan", ctx, func(t *Tx) error {
				err := t.Each("SELECT id FROM item", nil, func(*Row) error { return errOwn })
				t.addItem("2", "two", 2)
				return err
			}, errOwn},
		} {
			if err := s.Update(c.ctx, "a", c.fn); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, err, c.want)
			}
			if n := count(t, s, "a"); n != 1 {
				t.Errorf("%s: got %d rows, want 1", c.name, n)
			}
		}
		var conflict *ConflictError
		err := s.Update(ctx, "a", func(t *Tx) error {
			t.WriteUnique(errName, "UPDATE item SET name = 'one' WHERE org = ? AND id = '1'", t.Org)
			t.WriteUnique(errName, "INSERT INTO item (org, id, name, n) VALUES (?, '7', 'one', 0)", t.Org)
			return nil
		})
		if !errors.As(err, &conflict) || conflict.Constraint != "item_name" {
			t.Errorf("got %v, want a conflict of item_name", err)
		}
	})
}

func TestMisuseIsReported(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		var nilMap map[string]int
		for _, c := range []struct {
			name string
			fn   func(*Tx) error
		}{
			{"syntax error in a read, ignored by the function", func(t *Tx) error {
				_, _ = t.One("SELEKT 1", nil, nil)
				t.addItem("1", "one", 1)
				return nil
			}},
			{"syntax error in a write", func(t *Tx) error { t.addItem("1", "one", 1); t.Write("INSERT INTO nowhere"); return nil }},
			{"unforeseen violation", func(t *Tx) error {
				t.addItem("1", "one", 1)
				t.Write("INSERT INTO item (org, id, name, n) VALUES (?, '1', 'two', 1)", t.Org)
				return nil
			}},
			{"many rows", func(t *Tx) error {
				t.addItem("1", "one", 1)
				t.addItem("2", "two", 1)
				t.WriteOne(errMissing, "UPDATE item SET n = 5 WHERE org = ?", t.Org)
				return nil
			}},
			{"read after write", func(t *Tx) error { t.addItem("1", "one", 1); _, err := t.itemCount(); return err }},
			{"read in a scan", func(t *Tx) error {
				t.Each("SELECT 1", nil, func(*Row) error { _, err := t.itemCount(); return err })
				t.addItem("1", "one", 1)
				return nil
			}},
			{"text as number", func(t *Tx) error {
				_, _ = t.One("SELECT 'x'", nil, func(r *Row) error { r.Int(0); return nil })
				t.addItem("1", "one", 1)
				return nil
			}},
			{"panic", func(t *Tx) error { t.addItem("1", "one", 1); nilMap["x"]++; return nil }},
			{"panic in a scan", func(t *Tx) error {
				return t.Each("SELECT 1", nil, func(*Row) error { nilMap["x"]++; return nil })
			}},
		} {
			if err := s.Update(ctx, "a", c.fn); err == nil {
				t.Errorf("%s: got no error", c.name)
			}
			if n := count(t, s, "a"); n != 0 {
				t.Errorf("%s: got %d rows, want 0", c.name, n)
			}
		}
		if err := s.View(ctx, "a", func(t *Tx) error { t.addItem("1", "one", 1); return nil }); err == nil {
			t.Error("write in a view: got no error")
		}
		if err := s.Update(ctx, "a", func(t *Tx) error { t.addItem("1", "one", 1); return nil }); err != nil {
			t.Errorf("after all of that: %v", err)
		}
	})
}

// Of many callers that take the same name, exactly one succeeds
// (docs/spec/reliability.md#uniqueness-under-races).
func TestUniqueRace(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		for round := range 10 {
			var won, lost atomic.Int64
			var wg sync.WaitGroup
			for i := range 64 {
				wg.Go(func() {
					err := s.Update(ctx, "a", func(t *Tx) error {
						if _, err := t.itemCount(); err != nil {
							return err
						}
						t.Write("DELETE FROM item WHERE org = ? AND id = 'nobody'", t.Org)
						t.addItem(fmt.Sprint(round, "-", i), fmt.Sprint("name", round), 1)
						return nil
					})
					switch {
					case err == nil:
						won.Add(1)
					case errors.Is(err, errName), errors.Is(err, ErrBusy):
						lost.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 || lost.Load() != 63 {
				t.Errorf("round %d: got %d winners and %d losers, want 1 and 63", round, won.Load(), lost.Load())
			}
		}
		if n := count(t, s, "a"); n != 10 {
			t.Errorf("got %d rows, want 10", n)
		}
	})
}

func TestNoUpdateIsLostUnderContention(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		if err := s.Update(ctx, "a", func(t *Tx) error { t.addItem("1", "one", 0); return nil }); err != nil {
			t.Fatal(err)
		}
		var done, busy atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 10 {
					err := s.Update(ctx, "a", func(t *Tx) error {
						var n int64
						_, err := t.One("SELECT n FROM item WHERE org = ? AND id = '1' /*pg: FOR UPDATE */", Args{t.Org}, func(r *Row) error {
							n = r.Int(0)
							return nil
						})
						t.WriteOne(errMissing, "UPDATE item SET n = ? WHERE org = ? AND id = '1'", n+1, t.Org)
						return err
					})
					switch {
					case err == nil:
						done.Add(1)
					case errors.Is(err, ErrBusy):
						busy.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int64
		err := s.View(ctx, "a", func(t *Tx) error {
			_, err := t.One("SELECT n FROM item WHERE org = ? AND id = '1'", Args{t.Org}, func(r *Row) error { n = r.Int(0); return nil })
			return err
		})
		if err != nil || n != done.Load() {
			t.Errorf("got %d (%v), want %d acknowledged increments", n, err, done.Load())
		}
		t.Logf("%d done, %d busy", done.Load(), busy.Load())
	})
}

func TestViewIsOneSnapshot(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		err := s.View(ctx, "a", func(v *Tx) error {
			before, err := v.itemCount()
			if err != nil {
				return err
			}
			if err := s.Update(ctx, "a", func(t *Tx) error { t.addItem("1", "one", 1); return nil }); err != nil {
				return err
			}
			after, err := v.itemCount()
			if before != after {
				t.Errorf("got %d then %d rows in one view", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, "a"); n != 1 {
			t.Errorf("got %d rows, want 1", n)
		}
	})
}

func TestClosedStoreAnswers(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		var wg, working sync.WaitGroup
		working.Add(20)
		for i := range 20 {
			wg.Go(func() {
				for j := 0; ; j++ {
					if j == 1 {
						working.Done()
					}
					if err := s.Update(ctx, "a", func(t *Tx) error {
						t.addItem(fmt.Sprint(i, "-", j), fmt.Sprint(i, "-", j), 1)
						return nil
					}); err != nil {
						return
					}
					runtime.Gosched()
				}
			})
		}
		working.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		noop := func(*Tx) error { return nil }
		for name, err := range map[string]error{"view": s.View(ctx, "a", noop), "update": s.Update(ctx, "a", noop)} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("%s of a closed store: got %v, want %v", name, err, ErrClosed)
			}
		}
		if _, err := s.UseNonce(ctx, "k", "n", time.Now().Add(time.Hour)); !errors.Is(err, ErrClosed) {
			t.Errorf("nonce of a closed store: got %v, want %v", err, ErrClosed)
		}
	})
}
