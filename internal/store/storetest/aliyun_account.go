package storetest

import (
	"errors"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func testAliyunAccounts(t *testing.T, s directory.Store) {
	a := directory.AliyunAccount{ID: "1000000000000007", Org: orgA, Name: "甲", Email: "a@example.com", CreatedAt: start}
	own := func(tx directory.Tx) (directory.AliyunAccount, error) { return tx.AliyunAccounts().AliyunAccount() }
	byID := func(tx directory.Tx) (directory.AliyunAccount, error) {
		return tx.AliyunAccounts().AliyunAccountByID(a.ID)
	}
	byEmail := func(tx directory.Tx) (directory.AliyunAccount, error) {
		return tx.AliyunAccounts().AliyunAccountByEmail("mac-a")
	}
	conflicts := func(org string, want error, write func(tx directory.AliyunAccountTx)) {
		t.Helper()
		err := s.Update(bg, org, func(tx directory.Tx) error { write(tx.AliyunAccounts()); return nil })
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	// Sealing needs the organisation's keys, which its first call makes.
	update(t, s, orgA, func(tx directory.Tx) { tx.Orgs().InsertOrg(directory.Org{ID: orgA, Name: "甲", CreatedAt: start}) })
	update(t, s, orgB, func(tx directory.Tx) { tx.Orgs().InsertOrg(directory.Org{ID: orgB, Name: "乙", CreatedAt: start}) })
	update(t, s, orgA, func(tx directory.Tx) { tx.AliyunAccounts().PutAliyunAccount(a, "mac-a") })
	same(t, read(t, s, orgA, own), a)
	refused(t, s, orgB, directory.ErrAccountNotFound, func(tx directory.Tx) error { _, err := own(tx); return err })

	update(t, s, orgB, func(tx directory.Tx) { tx.AliyunAccounts().SetMemberOf(a.ID, true) })
	joined := a
	joined.MemberOf = orgB
	same(t, read(t, s, orgB, byID), joined)
	same(t, read(t, s, orgB, byEmail), joined)
	in := read(t, s, orgB, func(tx directory.Tx) ([]directory.AliyunAccount, error) {
		return tx.AliyunAccounts().AliyunAccountsIn()
	})
	if len(in) != 1 || in[0].ID != a.ID {
		t.Errorf("got %v, want the account that joined", in)
	}
	conflicts(orgA, directory.ErrConflict, func(tx directory.AliyunAccountTx) { tx.SetMemberOf(a.ID, true) }) // one directory at a time
	conflicts(orgB, directory.ErrAccountEmailTaken, func(tx directory.AliyunAccountTx) {
		tx.PutAliyunAccount(directory.AliyunAccount{ID: "1000000000000008", Org: orgB, Email: "A@example.com", CreatedAt: start}, "mac-a")
	})
	conflicts(orgB, directory.ErrConflict, func(tx directory.AliyunAccountTx) {
		tx.PutAliyunAccount(directory.AliyunAccount{ID: a.ID, Org: orgB, CreatedAt: start}, "")
	})
	update(t, s, orgB, func(tx directory.Tx) { tx.AliyunAccounts().SetMemberOf(a.ID, false) })
	same(t, read(t, s, orgA, own), a)
}
