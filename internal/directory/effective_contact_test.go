package directory_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// tree is a resource directory beside a model of it that is too simple to be
// wrong: where accounts are, which contacts are bound to what, and which an
// account retained.
type tree struct {
	s        *directory.Session
	rd       directory.ResourceDirectory
	parents  map[string]string // folder to parent
	accounts map[string]string // account to folder
	bound    map[string][]string
	kept     map[string]map[string]bool // account to contacts retained for it
	gone     map[string]bool            // accounts that left
}

func plant(t interface{ Fatal(...any) }, d *desk) *tree {
	org := fmt.Sprint("dingtree", d.n.Add(1))
	ctx := context.Background()
	s := d.dir.Session(directory.CommandLine(org), "test", "")
	if err := s.CreateOrg(ctx, org, directory.Employee{}); err != nil {
		t.Fatal(err)
	}
	rd, err := s.EnableResourceDirectory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m := &tree{
		s: s, rd: rd, parents: map[string]string{rd.RootFolderID: ""}, accounts: map[string]string{},
		bound: map[string][]string{}, kept: map[string]map[string]bool{}, gone: map[string]bool{},
	}
	err = d.store.Update(ctx, org, func(tx directory.Tx) error {
		for i := range 4 {
			id := fmt.Sprint("c-", i)
			tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: id, Name: fmt.Sprint("contact", i), Title: "Other", MessageTypes: []string{"ServiceMessage"},
				Status: directory.Active, Email: directory.Channel{Address: id + "@example.com", Verified: true}, CreatedAt: d.dir.Now()})
		}
		// A contact that was never verified: its binding has no effect.
		tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: "c-unverified", Name: "unverified", Title: "Other", Status: directory.Verifying,
			Email: directory.Channel{Address: "u@example.com"}, CreatedAt: d.dir.Now()})
		tx.Members().PutBinding("c-unverified", rd.ID, d.dir.Now())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		m.bound[fmt.Sprint("c-", i)] = nil
	}
	return m
}

// path is the ids from a folder up to the directory.
func (m *tree) path(folder string) []string {
	ids := []string{}
	for ; folder != ""; folder = m.parents[folder] {
		ids = append(ids, folder)
	}
	return append(ids, m.rd.ID)
}

// effective is the model's answer.
func (m *tree) effective(account string) []string {
	set := maps.Clone(m.kept[account])
	if set == nil {
		set = map[string]bool{}
	}
	if folder, there := m.accounts[account]; there {
		above := append(m.path(folder), account)
		for contact, members := range m.bound {
			if slices.ContainsFunc(members, func(id string) bool { return slices.Contains(above, id) }) {
				set[contact] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func (m *tree) check(t *rapid.T) {
	for _, account := range slices.Concat(slices.Sorted(maps.Keys(m.accounts)), slices.Sorted(maps.Keys(m.gone))) {
		want := m.effective(account)
		cs, err := m.s.EffectiveContacts(context.Background(), account)
		if m.gone[account] && len(want) == 0 {
			if !errors.Is(err, directory.ErrAccountNotFound) {
				t.Fatalf("account %s that left with nothing: got %v, want it to be unknown", account, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range cs {
			got = append(got, c.ID)
			m.checkReasons(t, account, c)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("contacts of account %s: got %v, want %v", account, got, want)
		}
	}
}

// checkReasons: every reason is a binding on the way up, the nearest first.
func (m *tree) checkReasons(t *rapid.T, account string, c directory.EffectiveContact) {
	last := -1
	up := append([]string{account}, m.path(m.accounts[account])...)
	for _, r := range c.Reasons {
		if r.Kind == directory.Retained {
			continue
		}
		at := slices.Index(up, r.MemberID)
		if at <= last || !slices.Contains(m.bound[c.ID], r.MemberID) {
			t.Fatalf("reasons of %s for %s: got %+v, want bindings of %v in the order of %v", c.ID, account, c.Reasons, m.bound[c.ID], up)
		}
		last = at
	}
	if len(c.Reasons) == 0 {
		t.Fatalf("%s is in effect for %s without a reason", c.ID, account)
	}
}

func (m *tree) folder(t *rapid.T) string {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.parents))).Draw(t, "folder")
}

func (m *tree) account(t *rapid.T) string {
	if len(m.accounts) == 0 {
		t.Skip("no account yet")
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.accounts))).Draw(t, "account")
}

func (m *tree) contact(t *rapid.T) string {
	if len(m.bound) == 0 {
		t.Skip("all contacts are gone")
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.bound))).Draw(t, "contact")
}

func (m *tree) member(t *rapid.T) string {
	return rapid.SampledFrom(slices.Concat([]string{m.rd.ID}, slices.Sorted(maps.Keys(m.parents)), slices.Sorted(maps.Keys(m.accounts)))).Draw(t, "member")
}

// unbind forgets bindings to deleted members.
func (m *tree) unbind(member string) {
	for contact, members := range m.bound {
		m.bound[contact] = slices.DeleteFunc(members, func(id string) bool { return id == member })
	}
}

func (m *tree) keep(account, contact string) {
	if m.kept[account] == nil {
		m.kept[account] = map[string]bool{}
	}
	m.kept[account][contact] = true
}

// TestContactsInEffect: after random changes in random order, the contacts in
// effect are those of the model.
func TestContactsInEffect(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{MemberDeletion: true})
	ctx, n := context.Background(), 0
	rapid.Check(t, func(t *rapid.T) {
		m := plant(t, d)
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": m.check,
			"create folder": func(t *rapid.T) {
				parent := m.folder(t)
				n++
				f, err := m.s.CreateFolder(ctx, directory.Folder{ParentID: parent, Name: fmt.Sprint("f", n)})
				if deep := len(m.path(parent))-1 > 5; deep {
					if !errors.Is(err, directory.ErrFolderDepth) {
						t.Fatalf("a sixth level: got %v, want %v", err, directory.ErrFolderDepth)
					}
					return
				}
				must(err)
				m.parents[f.ID] = parent
			},
			"create account": func(t *rapid.T) {
				n++
				a, err := m.s.CreateAccount(ctx, directory.NewAccount{DisplayName: fmt.Sprint("a", n), FolderID: m.folder(t)})
				must(err)
				m.accounts[a.ID] = a.FolderID
			},
			"move account": func(t *rapid.T) {
				account, folder := m.account(t), m.folder(t)
				must(m.s.MoveAccount(ctx, account, folder))
				m.accounts[account] = folder
			},
			"bind": func(t *rapid.T) {
				contact, member := m.contact(t), m.member(t)
				must(m.s.AssociateMembers(ctx, contact, []string{member}))
				if !slices.Contains(m.bound[contact], member) {
					m.bound[contact] = append(m.bound[contact], member)
				}
			},
			"unbind": func(t *rapid.T) {
				contact := m.contact(t)
				if len(m.bound[contact]) == 0 {
					t.Skip("bound to nothing")
				}
				member := rapid.SampledFrom(m.bound[contact]).Draw(t, "bound")
				must(m.s.DisassociateMembers(ctx, contact, []string{member}))
				m.bound[contact] = slices.DeleteFunc(m.bound[contact], func(id string) bool { return id == member })
			},
			"delete folder": func(t *rapid.T) {
				folder := m.folder(t)
				err := m.s.DeleteFolder(ctx, folder)
				empty := !slices.Contains(slices.Collect(maps.Values(m.parents)), folder) && !slices.Contains(slices.Collect(maps.Values(m.accounts)), folder)
				if !empty || folder == m.rd.RootFolderID {
					if err == nil {
						t.Fatalf("folder %s was deleted and is not empty, or the root", folder)
					}
					return
				}
				must(err)
				delete(m.parents, folder)
				m.unbind(folder)
			},
			"remove account": func(t *rapid.T) {
				account := m.account(t)
				_, err := m.s.UpdateAccount(ctx, account, directory.AccountUpdate{Type: directory.CloudAccount})
				must(err)
				had := m.effective(account)
				must(m.s.RemoveAccount(ctx, account))
				delete(m.accounts, account)
				m.kept[account] = nil
				m.gone[account] = true
				m.unbind(account)
				for _, contact := range had {
					m.keep(account, contact)
				}
			},
			"delete account": func(t *rapid.T) {
				account := m.account(t)
				_, err := m.s.DeleteAccount(ctx, account)
				must(err)
				delete(m.accounts, account)
				delete(m.kept, account)
				m.gone[account] = true
				m.unbind(account)
			},
			"delete contact, kept in members": func(t *rapid.T) {
				contact := m.contact(t)
				for account := range m.accounts {
					if slices.Contains(m.effective(account), contact) {
						m.keep(account, contact)
					}
				}
				_, err := m.s.DeleteMessageContact(ctx, contact, true)
				must(err)
				delete(m.bound, contact)
			},
		})
	})
}

// TestMoveWaitsForUnbinding: an account cannot leave a folder while a contact
// is being unbound from it (docs/spec/resource-directory.md#moving-an-account).
func TestMoveWaitsForUnbinding(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	s := d.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	ctx := context.Background()
	d.must(s.AssociateMembers(ctx, directory.SampleMessageContact, []string{"fd-ZDNPiT1234"}))
	status, err := s.DeleteMessageContact(ctx, directory.SampleMessageContact, false)
	d.must(err)
	if status != directory.Deleting {
		t.Fatalf("got status %s, want %s", status, directory.Deleting)
	}
	if err := s.MoveAccount(ctx, "1997968394351234", "r-Root01"); !errors.Is(err, directory.ErrAccountUnbinding) || !errors.Is(err, directory.ErrBusy) {
		t.Errorf("got %v, want %v", err, directory.ErrAccountUnbinding)
	}
	_, err = d.dir.FinishDeletions(ctx)
	d.must(err)
	d.must(s.MoveAccount(ctx, "1997968394351234", "r-Root01"))
}

// BenchmarkEffectiveContacts: the contacts of one account cost the same in a
// small tree and in one of 10,000 accounts five folders deep.
func BenchmarkEffectiveContacts(b *testing.B) {
	for _, accounts := range []int{10, 10_000} {
		b.Run(fmt.Sprint(accounts, " accounts"), func(b *testing.B) {
			d := openDesk(b, storetest.Open(b), directory.Settings{})
			m := plant(b, d)
			account := m.grow(b, d, accounts)
			b.ResetTimer()
			for b.Loop() {
				cs, err := m.s.EffectiveContacts(context.Background(), account)
				if err != nil || len(cs) != 3 {
					b.Fatalf("got %d contacts and %v, want 3", len(cs), err)
				}
			}
		})
	}
}

// grow fills ten chains of five folders, and returns an account at the end of
// the first, for which three contacts are in effect.
func (m *tree) grow(b *testing.B, d *desk, accounts int) string {
	var last string
	err := d.store.Update(context.Background(), m.s.Org(), func(tx directory.Tx) error {
		var ends []string
		for chain := range 10 {
			parent := m.rd.RootFolderID
			for level := range 5 {
				id := fmt.Sprintf("fd-%05d%05d", chain, level)
				tx.Folders().PutFolder(directory.Folder{ID: id, ParentID: parent, Name: id, CreatedAt: d.dir.Now()})
				parent = id
			}
			ends = append(ends, parent)
		}
		for i := range accounts {
			id := fmt.Sprintf("%016d", i)
			tx.Accounts().PutAccount(directory.Account{ID: id, FolderID: ends[i%len(ends)], DisplayName: id, Name: id, Type: directory.ResourceAccount, Status: directory.AccountCreated,
				JoinMethod: "created", JoinedAt: d.dir.Now(), ModifiedAt: d.dir.Now()})
		}
		last = "0000000000000000"
		for i, member := range []string{last, ends[0], m.rd.ID, ends[1]} {
			tx.Members().PutBinding(fmt.Sprint("c-", i), member, d.dir.Now())
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return last
}
