package backup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingce/mingce/internal/directory"
)

func mustFind(t *testing.T, s *Store, when string, want ...string) {
	t.Helper()
	r, err := s.Check(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if !slices.ContainsFunc(r.Findings, func(f string) bool { return strings.HasPrefix(f, w) }) {
			t.Errorf("%s: got %q, want a finding that begins with %q", when, r.Findings, w)
		}
	}
	if r.Found < len(want) {
		t.Errorf("%s: got %d findings, want %d", when, r.Found, len(want))
	}
}

// changeSample changes the sample's contacts through the program.
func changeSample(t *testing.T, s *Store, remark string) {
	t.Helper()
	if err := s.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
		cs, err := tx.ContactsAfter(0, 100)
		if err != nil {
			return err
		}
		for _, c := range cs {
			changed := c
			changed.Remark = &remark
			tx.UpdateContact(c, changed)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// What was changed past the program stays found when the program changes the row
// again, starts anew, and when the data goes through a backup to any engine.
// Everything that is wrong is said at once.
func TestWhatWasChangedStaysFound(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		var o Options
		s := open(func(used *Options) { o = *used })
		sampleData(t, s)
		do := meddle(t, o)
		do("UPDATE contact SET follower_id = 'nobody'")
		do("UPDATE app SET permissions = '[\"*\"]'")
		do("DELETE FROM ended_org")
		do("INSERT INTO ended_org (id, ended_at) VALUES ('x', 1)")
		do("UPDATE access_key SET policy = 'AdministratorAccess'")
		all := []string{"access_key: rows are not", "app: rows are not", "contact: rows are not", "ended_org: 1 rows more"}
		mustFind(t, s, "changed", all...)
		changeSample(t, s, "new")
		mustFind(t, s, "changed by the program too", all...)
		for name, target := range map[string]func(testing.TB) Options{"sqlite": sqliteOptions, "postgres": postgresOptions} {
			t.Run("to "+name, func(t *testing.T) {
				to := target(t)
				if _, _, err := Restore(ctx, to, bytes.NewReader(backupOf(t, o))); err != nil {
					t.Fatal(err)
				}
				restored := mustOpen(t, to)
				mustFind(t, restored, "restored", all...)
			})
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		mustFind(t, open(), "started anew", all...)
	})
}

// Without the sums nothing is clean, and no start makes new ones.
func TestSumsThatAreGone(t *testing.T) {
	for _, damage := range []string{"DELETE FROM row_sum", "UPDATE row_sum SET version = version + 1", "UPDATE row_sum SET shard = shard || 'x'"} {
		t.Run(damage, func(t *testing.T) {
			engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
				var o Options
				s := open(func(used *Options) { o = *used })
				sampleData(t, s)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				meddle(t, o)(damage)
				s = open()
				mustFind(t, s, "opened", "the data cannot be read: the sums")
				changeSample(t, s, "new")
				mustFind(t, s, "changed", "the data cannot be read: the sums")
			})
		})
	}
}

// A change of the schema sums the rows anew and keeps what did not fit before,
// also when it was killed on its way.
func TestSumsGoThroughMigrations(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		var o Options
		s := open(func(used *Options) { o = *used })
		sampleData(t, s)
		newest, err := newestSchema()
		if err != nil {
			t.Fatal(err)
		}
		move := func(killed bool) {
			t.Helper()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			inside(t, o, func(x statements) error {
				m := newSumMove(o.Key, time.Now())
				err := m.before(x, newest)
				if killed && err == nil {
					err = m.before(x, newest) // of the next start
				}
				if err == nil {
					err = m.after(x, newest)
				}
				return err
			})
			s = open()
		}
		move(false)
		mustBeClean(t, s, "moved")
		meddle(t, o)("UPDATE contact SET name = 'X'")
		move(true)
		mustFind(t, s, "moved", "contact: rows are not")
		changeSample(t, s, "new")
		mustFind(t, s, "changed", "contact: rows are not")
	})
}

// inside runs statements in a transaction on closed data.
func inside(t *testing.T, o Options, do func(statements) error) {
	t.Helper()
	var err error
	if o.Database == "" {
		c, bad := openSQLiteConn(connConfig{path: filepath.Join(o.Dir, databaseFile), sync: "FULL"}, &dialect{mark: "sqlite:"})
		if bad != nil {
			t.Fatal(bad)
		}
		err = c.within(func() error { return do(c) })
		_ = c.c.Close()
	} else {
		err = pgx.BeginFunc(ctx, mustConnect(t, o.Database), func(pt pgx.Tx) error {
			return do(pgStatements{ctx, pt, &dialect{mark: "pg:", numbered: true}})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Two processes change data while it is checked, and one of them is killed: it is
// clean all the while, with events that nobody has taken.
func TestDataIsCleanUnderLoad(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		var o Options
		first := open(func(used *Options) { o = *used })
		sampleData(t, first)
		stores := []*Store{first}
		if o.Database != "" {
			stores = append(stores, open())
		}
		done := make(chan struct{})
		var wg sync.WaitGroup
		for n, s := range stores {
			for caller := range 3 {
				wg.Go(func() {
					for i := 0; ; i++ {
						select {
						case <-done:
							return
						default:
							churn(t, s, fmt.Sprintf("%d-%d-%d", n, caller, i))
						}
					}
				})
			}
		}
		do := meddle(t, o)
		for range 10 {
			mustBeClean(t, first, "under load")
			if o.Dir != "" {
				left := o
				left.Dir = filepath.Join(t.TempDir(), "killed")
				// A kill leaves the files of one moment. They are copied one after another,
				// so a reader keeps the log that belongs to the database from being replaced.
				do("BEGIN")
				do("SELECT count(*) FROM app")
				copyFolder(t, left.Dir, o.Dir)
				do("ROLLBACK")
				if r := check(t, left); !r.OK() {
					t.Errorf("killed: got %q, want no finding", r.Findings)
				}
			}
		}
		close(done)
		wg.Wait()
		for _, s := range stores {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		// Two starts hours later take over what the others wrote with.
		late := func(o *Options) { o.Now = func() time.Time { return time.Now().Add(3 * abandoned) } }
		s, other := open(late), first
		if o.Database != "" {
			other = open(late)
		} else {
			other = s
		}
		for i := range 5 {
			churn(t, s, fmt.Sprint("a", i))
			churn(t, other, fmt.Sprint("b", i))
		}
		mustBeClean(t, s, "started anew")
	})
}

// churn makes, changes and removes rows, some by conditions, with texts that have
// a meaning to somebody on the way.
func churn(t *testing.T, s *Store, id string) {
	err := s.update(ctx, directory.SampleOrg, func(tx *tx) error {
		remark := `"\ (a,b) {` + "\n\t" + `'名' ""\\ ,,`
		empty := ""
		at := time.Now()
		tx.InsertContact(directory.Contact{ID: id, Name: "客户" + id, FollowerID: "023420013645", StateCode: "86", Mobile: fmt.Sprint("1", id),
			Remark: &remark, Title: &empty, LabelIDs: []int64{1}, CreatedAt: at, UpdatedAt: at})
		tx.InsertDelivery(directory.Delivery{Ref: directory.SubscriptionRef{Org: directory.SampleOrg, AppKey: "a", Channel: "http"}, Seq: at.UnixNano(),
			EventID: id, Payload: "{}", BornAt: at, NextAt: at})
		tx.InsertAudit(directory.AuditEntry{Org: directory.SampleOrg, Noun: "contact", Object: id, Action: "create", Time: at, After: []byte(`{}`)})
		return nil
	})
	if err == nil {
		err = s.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			c, _, err := tx.ContactWithReferences(id, directory.References{})
			if err != nil {
				return err
			}
			changed := c
			changed.Address, changed.Remark = changed.Remark, nil
			tx.UpdateContact(c, changed)
			return nil
		})
	}
	if err == nil {
		err = s.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			c, err := tx.Contact(id)
			if err == nil {
				tx.DeleteContact(c)
			}
			return err
		})
	}
	if err != nil && !errors.Is(err, ErrBusy) { // all callers want the next ordinal
		t.Error(err)
	}
}

// The sums of a file at rest cannot be written by somebody without the key.
func TestFileSumsAreKeyed(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	sampleData(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(o.Dir, sumsFile)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var sums fileSums
	if err := json.Unmarshal(text, &sums); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	meddleSQLite(t, o)("UPDATE contact SET name = name") // the same data, other bytes
	again, err := (&dataDir{path: o.Dir, root: root}).sumsOf(databaseFile)
	if err != nil {
		t.Fatal(err)
	}
	again.MAC = sums.MAC
	if again.SHA256[0] == sums.SHA256[0] {
		again.SHA256[0] = strings.Repeat("0", 64)
	}
	if text, err = json.Marshal(again); err == nil {
		err = os.WriteFile(name, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, o); r.OK() {
		t.Error("rewritten sums of the file: got no finding")
	}
}
