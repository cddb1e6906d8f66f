package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
	"github.com/mingce/mingce/internal/store/sampletest"
)

func mustFind(t *testing.T, s *store.Store, when string, want ...string) {
	t.Helper()
	r, err := Check(ctx, s)
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
func changeSample(t *testing.T, s *store.Store, remark string) {
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

// A row changed outside the program stays a finding when the program changes
// the row again, after a restart, and through a backup to any engine. All
// findings are reported at once.
func TestWhatWasChangedStaysFound(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *store.Store) {
		var o Options
		s := open(func(used *Options) { o = *used })
		sampletest.Fill(t, s)
		do := meddle(t, o)
		do("UPDATE contact SET follower_id = 'nobody'")
		do("UPDATE app SET permissions = '[\"*\"]'")
		do("DELETE FROM ended_org")
		do("INSERT INTO ended_org (id, ended_at) VALUES ('x', 1)")
		do("UPDATE access_key SET policy = 'AdministratorAccess'")
		all := []string{"access_key: rows are not", "app: rows are not", "contact: rows are not", "ended_org: 1 more rows"}
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

// Without the sums no check passes, and no start creates new ones.
func TestSumsThatAreGone(t *testing.T) {
	for _, damage := range []string{"DELETE FROM row_sum", "UPDATE row_sum SET version = version + 1", "UPDATE row_sum SET shard = shard || 'x'"} {
		t.Run(damage, func(t *testing.T) {
			engines(t, func(t *testing.T, open func(...func(*Options)) *store.Store) {
				var o Options
				s := open(func(used *Options) { o = *used })
				sampletest.Fill(t, s)
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

// A migration sums the rows again and keeps earlier differences, also if it was
// killed halfway.
func TestSumsGoThroughMigrations(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *store.Store) {
		var o Options
		s := open(func(used *Options) { o = *used })
		sampletest.Fill(t, s)
		steps := fstest.MapFS{}
		move := func(number int, killed bool) {
			t.Helper()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			table := fmt.Sprintf("CREATE TABLE moved_%d (id TEXT NOT NULL PRIMARY KEY);", number)
			steps[fmt.Sprintf("migrations/%d_table.sql", number)] = &fstest.MapFile{Data: []byte(table)}
			last := fmt.Sprintf("migrations/%d_last.sql", number+1)
			if steps[last] = (&fstest.MapFile{Data: []byte("NO SQL;")}); killed {
				if _, err := engine.Open(ctx, o, withSteps(t, steps)); err == nil {
					t.Fatal("a broken step: got no error")
				}
			}
			steps[last].Data = []byte("DELETE FROM meta WHERE key = 'nothing';")
			db, err := engine.Open(ctx, o, withSteps(t, steps))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			s = &store.Store{DB: db}
		}
		move(9001, false)
		mustBeClean(t, s, "moved")
		meddle(t, o)("UPDATE contact SET name = 'X'")
		move(9003, true)
		mustFind(t, s, "moved", "contact: rows are not")
		changeSample(t, s, "new")
		mustFind(t, s, "changed", "contact: rows are not")
	})
}

// withSteps is the program's schema with additional steps.
func withSteps(t *testing.T, more fstest.MapFS) *engine.Schema {
	t.Helper()
	known := store.Schema()
	all := maps.Clone(more)
	names, err := fs.Glob(known.Migrations, "migrations/*.sql")
	for _, name := range names {
		text, readErr := fs.ReadFile(known.Migrations, name)
		err = errors.Join(err, readErr)
		all[name] = &fstest.MapFile{Data: text}
	}
	if err != nil {
		t.Fatal(err)
	}
	return &engine.Schema{Migrations: all, Fills: known.Fills, Tables: known.Tables, Deleted: known.Deleted}
}

// Two processes change data while it is checked, and one of them is killed: no
// check finds anything, even with events that nobody has fetched.
func TestDataIsCleanUnderLoad(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *store.Store) {
		var o Options
		first := open(func(used *Options) { o = *used })
		sampletest.Fill(t, first)
		stores := []*store.Store{first}
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
				// A kill leaves the files of one moment. The copy reads one
				// file after another, so an open reader keeps the WAL from
				// being replaced meanwhile.
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
		// Two starts hours later take over the rows of sums of the other
		// processes.
		late := func(o *Options) { o.Now = func() time.Time { return time.Now().Add(3 * time.Hour) } }
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

// churn inserts, updates and deletes rows, some by condition, with texts that
// are special characters somewhere on the way.
func churn(t *testing.T, s *store.Store, id string) {
	err := s.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
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
	if err != nil && !errors.Is(err, directory.ErrBusy) { // all callers want the next ordinal
		t.Error(err)
	}
}

// The sums of a closed file cannot be forged without the key.
func TestFileSumsAreKeyed(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	sampletest.Fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(o.Dir, sumsFile)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var sums struct {
		Size   int64    `json:"size"`
		SHA256 []string `json:"sha256"`
		MAC    string   `json:"mac"`
	}
	if err := json.Unmarshal(text, &sums); err != nil {
		t.Fatal(err)
	}
	meddleSQLite(t, o)("UPDATE contact SET name = name") // the same data, other bytes
	before := sums.SHA256[0]
	sums.SHA256 = nil
	file, err := os.ReadFile(filepath.Join(o.Dir, databaseFile))
	for block := range slices.Chunk(file, 1<<20) {
		sum := sha256.Sum256(block)
		sums.SHA256 = append(sums.SHA256, hex.EncodeToString(sum[:]))
	}
	sums.Size = int64(len(file))
	if sums.SHA256[0] == before {
		sums.SHA256[0] = strings.Repeat("0", 64)
	}
	if err == nil {
		text, err = json.Marshal(sums)
	}
	if err == nil {
		err = os.WriteFile(name, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, o); r.OK() {
		t.Error("rewritten sums of the file: got no finding")
	}
}
