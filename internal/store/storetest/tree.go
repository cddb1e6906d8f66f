package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// plantTree creates the folders root, a and a/b with one account in each.
func plantTree(t *testing.T, s directory.Store) {
	update(t, s, orgA, func(tx directory.Tx) {
		tx.ResourceDirectory().PutResourceDirectory(directory.ResourceDirectory{ID: "rd-StSamp", RootFolderID: "r-1", AccountID: "1000000000000001", AccountName: "m", CreatedAt: start})
		tx.Folders().PutFolder(directory.Folder{ID: "r-1", Name: "root", CreatedAt: start})
		tx.Folders().PutFolder(directory.Folder{ID: "fd-a", ParentID: "r-1", Name: "A", CreatedAt: start.Add(time.Second), Tags: []directory.Tag{{Key: "env", Value: "test"}}})
		tx.Folders().PutFolder(directory.Folder{ID: "fd-b", ParentID: "fd-a", Name: "B%_", CreatedAt: start.Add(2 * time.Second)})
		for i, folder := range []string{"r-1", "fd-a", "fd-b"} {
			tx.Accounts().PutAccount(account(i, folder))
		}
	})
}

func account(i int, folder string) directory.Account {
	return directory.Account{
		ID: fmt.Sprintf("%016d", i), FolderID: folder, DisplayName: fmt.Sprint("Display", i), Name: fmt.Sprint("name", i, "@x"),
		Type: directory.ResourceAccount, Status: directory.AccountCreated, JoinMethod: "created", JoinedAt: start, ModifiedAt: start,
		Tags: []directory.Tag{{Key: "env", Value: "test"}, {Key: "n", Value: fmt.Sprint(i)}},
	}
}

func testFolders(t *testing.T, s directory.Store) {
	plantTree(t, s)
	above := read(t, s, orgA, func(tx directory.Tx) ([]directory.Folder, error) { return tx.Folders().Ancestors("fd-b") })
	same(t, above, []directory.Folder{
		{ID: "r-1", Name: "root", CreatedAt: start},
		{ID: "fd-a", ParentID: "r-1", Name: "A", CreatedAt: start.Add(time.Second)},
		{ID: "fd-b", ParentID: "fd-a", Name: "B%_", CreatedAt: start.Add(2 * time.Second)},
	})
	paths := read(t, s, orgA, func(tx directory.Tx) (map[string][]string, error) {
		return tx.Folders().FolderPaths([]string{"r-1", "fd-b", "fd-x"})
	})
	same(t, paths, map[string][]string{"r-1": {"r-1"}, "fd-b": {"r-1", "fd-a", "fd-b"}})
	refused(t, s, orgA, directory.ErrFolderNotFound, func(tx directory.Tx) error { _, err := tx.Folders().Ancestors("fd-x"); return err })
	refused(t, s, orgB, directory.ErrFolderNotFound, func(tx directory.Tx) error { _, err := tx.Folders().Ancestors("fd-b"); return err })

	list := func(f directory.FolderFilter) (ids []string) {
		t.Helper()
		var total int64
		fs := read(t, s, orgA, func(tx directory.Tx) (fs []directory.Folder, err error) {
			fs, total, err = tx.Folders().Folders(f)
			return fs, err
		})
		for _, f := range fs {
			ids = append(ids, f.ID)
		}
		if f.Limit == 0 {
			ids = []string{fmt.Sprint(total)}
		}
		return ids
	}
	same(t, list(directory.FolderFilter{}), []string{"3"})
	same(t, list(directory.FolderFilter{Limit: 10}), []string{"fd-b", "fd-a", "r-1"})
	same(t, list(directory.FolderFilter{Limit: 1, Offset: 1}), []string{"fd-a"})
	same(t, list(directory.FolderFilter{ParentID: "fd-a", Limit: 10}), []string{"fd-b"})
	same(t, list(directory.FolderFilter{Keyword: "b%", Limit: 10}), []string{"fd-b"})
	same(t, list(directory.FolderFilter{Tags: matches("env", "test"), Limit: 10}), []string{"fd-a"})

	sibling := directory.Folder{ID: "fd-c", ParentID: "r-1", Name: "A", CreatedAt: start}
	if err := s.Update(bg, orgA, func(tx directory.Tx) error { tx.Folders().PutFolder(sibling); return nil }); !errors.Is(err, directory.ErrFolderName) {
		t.Errorf("a sibling of the same name: got %v, want %v", err, directory.ErrFolderName)
	}
	type content struct{ folders, accounts int64 }
	same(t, read(t, s, orgA, func(tx directory.Tx) (c content, err error) {
		c.folders, c.accounts, err = tx.Folders().FolderContent("fd-a")
		return c, err
	}), content{1, 1})
	update(t, s, orgA, func(tx directory.Tx) { tx.Folders().DeleteFolder("fd-b") })
	refused(t, s, orgA, directory.ErrFolderNotFound, func(tx directory.Tx) error { _, err := tx.Folders().Ancestors("fd-b"); return err })
}

func testAccounts(t *testing.T, s directory.Store) {
	plantTree(t, s)
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.Account, error) { return tx.Accounts().Account("0000000000000001") }), account(1, "fd-a"))
	refused(t, s, orgB, directory.ErrAccountNotFound, func(tx directory.Tx) error { _, err := tx.Accounts().Account("0000000000000001"); return err })
	list := func(f directory.AccountFilter) (as []directory.Account) {
		t.Helper()
		return read(t, s, orgA, func(tx directory.Tx) (as []directory.Account, err error) {
			as, _, err = tx.Accounts().Accounts(f)
			return as, err
		})
	}
	all := []directory.Account{account(0, "r-1"), account(1, "fd-a"), account(2, "fd-b")}
	same(t, list(directory.AccountFilter{Limit: 10}), all)
	same(t, list(directory.AccountFilter{Limit: 10, After: &directory.AccountPosition{JoinedAt: start, ID: all[0].ID}}), all[1:])
	same(t, list(directory.AccountFilter{Limit: 10, FolderID: "fd-b"}), all[2:])
	same(t, list(directory.AccountFilter{Limit: 10, Keyword: "dISPLAY1"}), all[1:2])
	same(t, list(directory.AccountFilter{Limit: 10, Keyword: "name2@"}), all[2:])
	same(t, list(directory.AccountFilter{Limit: 10, Tags: matches("env", "test", "n", "1")}), all[1:2])
	same(t, len(list(directory.AccountFilter{Limit: 10, Tags: matches("env", "1")})), 0)
	same(t, list(directory.AccountFilter{Limit: 10, Tags: []directory.TagMatch{{Key: "n"}}}), all)

	for name, change := range map[error]func(*directory.Account){
		directory.ErrAccountDisplayName: func(a *directory.Account) { a.DisplayName = "Display0" },
		directory.ErrAccountName:        func(a *directory.Account) { a.Name = "name0@x" },
	} {
		a := account(1, "fd-a")
		change(&a)
		if err := s.Update(bg, orgA, func(tx directory.Tx) error { tx.Accounts().PutAccount(a); return nil }); !errors.Is(err, name) {
			t.Errorf("got %v, want %v", err, name)
		}
	}
	// Who pays is written with a new account and with a changed one, and
	// forgotten with the payer, in this organisation alone.
	all[2].PayerID = all[0].ID
	paid := account(3, "fd-b")
	paid.PayerID, paid.JoinedAt = all[0].ID, start.Add(-time.Second)
	byManagement := account(4, "fd-b")
	byManagement.PayerID, byManagement.JoinedAt = "1000000000000001", start.Add(-2*time.Second)
	all = append(all, paid, byManagement)
	update(t, s, orgA, func(tx directory.Tx) {
		for _, a := range all[2:] {
			tx.Accounts().PutAccount(a)
		}
	})
	update(t, s, orgB, func(tx directory.Tx) { tx.Accounts().PutAccount(paid) })
	same(t, list(directory.AccountFilter{Limit: 10}), all)

	// A deletion that failed shows at the account that stays.
	failed := directory.AccountDeletion{AccountID: all[1].ID, Status: directory.DeletionCheckFailed, Kind: "0", CreatedAt: start, DeletedAt: start,
		Failed: []directory.DeletionCheck{{ID: "c", Name: "n", Description: "d", Abandonable: true}}}
	update(t, s, orgA, func(tx directory.Tx) { tx.Accounts().PutAccountDeletion(failed) })
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.AccountDeletion, error) {
		return tx.Accounts().AccountDeletion(all[1].ID)
	}), failed)
	all[1].Deletion, all[1].Checked = failed.Status, true
	update(t, s, orgA, func(tx directory.Tx) { tx.Accounts().PutAccount(all[1]) })
	same(t, list(directory.AccountFilter{Limit: 10}), all)
	for org, n := range map[string]int64{orgA: 2, orgB: 1} {
		same(t, read(t, s, org, func(tx directory.Tx) (int64, error) { return tx.Accounts().AccountsPaidBy(all[0].ID) }), n)
	}

	x := directory.AccountDeletion{AccountID: all[0].ID, Status: "Success", Kind: "0", CreatedAt: start, DeletedAt: start.Add(time.Second)}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Accounts().DeleteAccount(all[0].ID)
		tx.Accounts().PutAccountDeletion(x)
	})
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.AccountDeletion, error) {
		return tx.Accounts().AccountDeletion(x.AccountID)
	}), x)
	refused(t, s, orgA, directory.ErrAccountNotFound, func(tx directory.Tx) error { _, err := tx.Accounts().AccountDeletion(all[2].ID); return err })
	all[2].PayerID, all[3].PayerID = "", ""
	same(t, list(directory.AccountFilter{Limit: 10}), all[1:])
	same(t, read(t, s, orgB, func(tx directory.Tx) (directory.Account, error) { return tx.Accounts().Account(paid.ID) }), paid)
}

func testContactsInEffect(t *testing.T, s directory.Store) {
	plantTree(t, s)
	c := directory.MessageContact{ID: "c-1", Name: "tom", Title: "Other", MessageTypes: []string{"FaultMessage"}, Status: directory.Active,
		Email: directory.Channel{Address: "tom@example.com", Verified: true}, Phone: directory.Channel{Address: "86-13900001234"}, Version: 1, CreatedAt: start, UpdatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.MessageContacts().InsertMessageContact(c)
		tx.Members().PutBinding(c.ID, "fd-a", start)
		tx.Members().PutBinding(c.ID, "rd-StSamp", start.Add(time.Second))
	})
	bound := func(tx directory.Tx) ([]directory.BoundContact, error) {
		return tx.EffectiveContacts().ContactsBoundTo([]string{"fd-a", "fd-b", "x"})
	}
	same(t, read(t, s, orgA, bound), []directory.BoundContact{{Contact: c, MemberID: "fd-a", Since: start}})
	same(t, len(read(t, s, orgB, bound)), 0)

	update(t, s, orgA, func(tx directory.Tx) { tx.EffectiveContacts().RetainContactFor("0000000000000001", c, start) })
	kept := read(t, s, orgA, func(tx directory.Tx) ([]directory.MessageContact, error) {
		return tx.EffectiveContacts().ContactsRetainedFor("0000000000000001")
	})
	want := c
	want.Phone, want.Version, want.UpdatedAt = directory.Channel{}, 0, time.Time{} // unverified addresses are dropped
	same(t, kept, []directory.MessageContact{want})

	update(t, s, orgA, func(tx directory.Tx) {
		for i := range 3 {
			tx.Accounts().DeleteAccount(account(i, "").ID)
		}
		tx.ResourceDirectory().DeleteResourceDirectory()
	})
	same(t, len(read(t, s, orgA, bound)), 0)
	refused(t, s, orgA, directory.ErrDirectoryNotEnabled, func(tx directory.Tx) error { _, err := tx.ResourceDirectory().ResourceDirectory(); return err })
}

func testCredentials(t *testing.T, s directory.Store) {
	keys := []directory.AccessKey{
		{ID: "k1", Org: orgA, Principal: "p", Policy: "operators", CreatedAt: start},
		{ID: "k2", Org: orgA, Principal: "q", Policy: directory.PolicyReadOnly, Member: "0000000000000001", CreatedAt: start.Add(time.Second)},
	}
	temporary := directory.TemporaryKey{ID: "STS.1", Org: orgA, KeyID: "k1", CreatedAt: start, ExpiresAt: start.Add(time.Hour)}
	bearer := directory.BearerToken{Hash: "h", Org: orgA, KeyID: "k1", CreatedAt: start, ExpiresAt: start.Add(time.Hour)}
	p := directory.Policy{Name: "operators", Document: `{"Version":"1"}`, CreatedAt: start, UpdatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) {
		for _, k := range keys {
			k.Secret = directory.NewSecret("s")
			tx.AccessKeys().PutAccessKey(k)
		}
		tx.TemporaryKeys().InsertTemporaryKey(temporary)
		tx.TemporaryKeys().InsertBearerToken(bearer)
		tx.Policies().PutPolicy(p)
	})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.AccessKey, error) { return tx.AccessKeys().AccessKeys() }), keys)
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Policy, error) { return tx.Policies().Policies() }), []directory.Policy{p})
	same(t, len(read(t, s, orgB, func(tx directory.Tx) ([]directory.Policy, error) { return tx.Policies().Policies() })), 0)
	temporaryKey := func(tx directory.Tx) (directory.TemporaryKey, error) {
		return tx.TemporaryKeys().TemporaryKeyByID("STS.1")
	}
	token := func(tx directory.Tx) (directory.BearerToken, error) { return tx.TemporaryKeys().BearerTokenByHash("h") }
	same(t, read(t, s, "", temporaryKey), temporary) // across tenants
	same(t, read(t, s, "", token), bearer)

	p.Document, p.UpdatedAt = "{}", start.Add(time.Minute)
	update(t, s, orgA, func(tx directory.Tx) { tx.Policies().PutPolicy(p) })
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.Policy, error) { return tx.Policies().Policy("operators") }), p)
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Policies().DeletePolicy("operators")
		tx.TemporaryKeys().SweepCredentials(start.Add(time.Hour))
	})
	refused(t, s, orgA, directory.ErrPolicyNotFound, func(tx directory.Tx) error { _, err := tx.Policies().Policy("operators"); return err })
	same(t, read(t, s, "", temporaryKey), temporary)

	update(t, s, orgB, func(tx directory.Tx) { tx.AccessKeys().DeleteAccessKey("k1") }) // not its own
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]directory.AccessKey, error) { return tx.AccessKeys().AccessKeys() })), 2)
	update(t, s, orgA, func(tx directory.Tx) { tx.AccessKeys().DeleteAccessKey("k1") })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.AccessKey, error) { return tx.AccessKeys().AccessKeys() }), keys[1:])
	refused(t, s, "", directory.ErrKeyNotFound, func(tx directory.Tx) error { _, err := temporaryKey(tx); return err })
	refused(t, s, "", directory.ErrTokenInvalid, func(tx directory.Tx) error { _, err := token(tx); return err })
}
