package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

func TestContractSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) directory.Store { return storetest.Open(t) })
}

func TestContractPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) directory.Store { return storetest.OpenPostgres(t) })
}

const org = "ding87654321"

func openDir(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{Dir: dir, Key: keyring.DevMaster(), Kind: store.Dev, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// insert writes a contact with its audit entry.
func insert(t testing.TB, s *store.Store, n int) {
	t.Helper()
	err := s.Update(context.Background(), org, func(tx directory.Tx) error {
		email := fmt.Sprintf("mail%d@example.com", n)
		tx.InsertContact(directory.Contact{
			ID: fmt.Sprint(n), Name: "张三", FollowerID: "u1", StateCode: "86", Mobile: fmt.Sprintf("1380000%04d", n),
			Email: &email, LabelIDs: []int64{1}, CreatedAt: time.Now(), UpdatedAt: time.Now(),
		})
		tx.InsertAudit(directory.AuditEntry{Org: org, Noun: "contact", Object: fmt.Sprint(n), Action: "create", Time: time.Now(),
			After: fmt.Appendf(nil, `{"mobile":"1380000%04d"}`, n)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestReopen opens a copy of the files while the store is running, which is
// what a killed process leaves (docs/spec/reliability.md#acknowledged-changes).
func TestReopen(t *testing.T) {
	t.Parallel()
	live := filepath.Join(t.TempDir(), "live")
	s := openDir(t, live)
	for n := range 20 {
		insert(t, s, n)
		if n == 10 {
			if _, err := s.SealAudit(context.Background(), 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := filepath.Join(t.TempDir(), "left")
	if err := os.CopyFS(left, os.DirFS(live)); err != nil {
		t.Fatal(err)
	}
	again := openDir(t, left)
	insert(t, again, 20)
	err := again.View(context.Background(), org, func(tx directory.Tx) error {
		cs, err := tx.ContactsAfter(0, 100)
		for i, c := range cs {
			if c.ID != fmt.Sprint(i) || c.Ordinal != int64(i+1) || c.Phone() != fmt.Sprintf("86-1380000%04d", i) {
				t.Errorf("contact %d: got %+v", i, c)
			}
		}
		es, err2 := tx.Audit(directory.AuditFilter{Limit: 100})
		if len(cs) != 21 || len(es) != 21 {
			t.Errorf("got %d contacts and %d entries, want 21 of each", len(cs), len(es))
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}
	if r, err := again.VerifyAudit(context.Background()); err != nil || !r.OK() || r.Entries != 21 {
		t.Errorf("history: got %+v, %v; want 21 entries and no findings", r, err)
	}
}

// TestPersonalDataIsSealed searches the files for plain values
// (docs/spec/reliability.md#encryption-of-personal-data).
func TestPersonalDataIsSealed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := openDir(t, dir)
	insert(t, s, 7)
	err := s.Update(context.Background(), org, func(tx directory.Tx) error {
		tx.PutApp(directory.App{Org: org, Key: "k", Secret: directory.NewSecret("app-secret-0001"), CreatedAt: time.Now()})
		tx.PutAccessKey(directory.AccessKey{Org: org, ID: "ak", Secret: directory.NewSecret("key-secret-0001"), CreatedAt: time.Now()})
		tx.InsertEmployee(directory.Employee{UserID: "u1", Mobile: "86-13911112222", CreatedAt: time.Now(),
			Private: directory.Private{Email: "employee@example.com", Telephone: "010-7654321", LoginID: "login-id-0001"}})
		tx.InsertMessageContact(directory.MessageContact{ID: "c-1", Name: "tom", CreatedAt: time.Now(),
			Email: directory.Channel{Address: "someone@example.com", Pending: "pending@example.com"},
			Phone: directory.Channel{Address: "86-13933334444", Pending: "86-13955556666"}})
		tx.Enqueue(directory.OutboxItem{ID: "i", Org: org, Kind: "email", Recipient: "outbox@example.com", Payload: "payload 123456", CreatedAt: time.Now()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files++
		for _, clear := range []string{"13800000007", "mail7@example", "app-secret", "key-secret", "13911112222", "someone@", "pending@",
			"13933334444", "13955556666", "outbox@example", "payload 123456", "employee@", "010-7654321", "login-id-0001"} {
			if bytes.Contains(content, []byte(clear)) {
				t.Errorf("%s holds %q in plain text", d.Name(), clear)
			}
		}
		if d.Name() == "mingce.db" && !bytes.Contains(content, []byte("张三")) {
			t.Error("the name is not in the file: the search does not work")
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("got %d files, %v", files, err)
	}
}
