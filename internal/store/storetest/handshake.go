package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testHandshakes(t *testing.T, s directory.Store) {
	h := directory.Handshake{
		ID: "h-0000000000000001", Org: orgA, DirectoryID: "rd-aaaaaa", MasterID: "1000000000000007", MasterName: "甲", AccountID: "1000000000000008", AccountName: "乙",
		TargetType: directory.TargetEmail, Target: "b@example.com", Note: "welcome", FolderID: "fd-0000000001", Tags: []directory.Tag{{Key: "env", Value: "test"}},
		Status: directory.HandshakePending, CreatedAt: start, ModifiedAt: start, ExpiresAt: start.Add(time.Hour),
	}
	second := h
	second.ID, second.FolderID, second.Note, second.Tags, second.CreatedAt = "h-0000000000000002", "", "", nil, start.Add(time.Minute)
	elsewhere := h
	elsewhere.ID, elsewhere.Org, elsewhere.DirectoryID = "h-0000000000000003", orgB, "rd-bbbbbb"
	byID := func(id string) func(directory.Tx) (directory.Handshake, error) {
		return func(tx directory.Tx) (directory.Handshake, error) { return tx.Handshakes().HandshakeByID(id) }
	}
	ids := func(org string, f directory.HandshakeFilter) (ids []string, total int64) {
		t.Helper()
		view(t, s, org, func(tx directory.Tx) error {
			hs, n, err := tx.Handshakes().Handshakes(f)
			for _, h := range hs {
				ids = append(ids, h.ID)
			}
			total = n
			return err
		})
		return ids, total
	}
	update(t, s, orgA, func(tx directory.Tx) { tx.Handshakes().PutHandshake(h); tx.Handshakes().PutHandshake(second) })
	update(t, s, orgB, func(tx directory.Tx) { tx.Handshakes().PutHandshake(elsewhere) })
	same(t, read(t, s, orgB, byID(h.ID)), h)
	same(t, read(t, s, orgA, byID(elsewhere.ID)), elsewhere)
	refused(t, s, orgA, directory.ErrHandshakeNotFound, func(tx directory.Tx) error { _, err := byID("h-none")(tx); return err })

	got, total := ids(orgA, directory.HandshakeFilter{DirectoryID: "rd-aaaaaa", Limit: 10})
	same(t, got, []string{second.ID, h.ID})
	same(t, total, int64(2))
	got, total = ids(orgB, directory.HandshakeFilter{AccountID: h.AccountID, Limit: 2, Offset: 1})
	same(t, got, []string{h.ID, elsewhere.ID})
	same(t, total, int64(3))
	got, _ = ids(orgB, directory.HandshakeFilter{DirectoryID: "rd-aaaaaa", Limit: 10})
	same(t, got, []string(nil))

	pending := func(now time.Time) bool {
		return read(t, s, orgA, func(tx directory.Tx) (bool, error) {
			return tx.Handshakes().PendingHandshake("rd-aaaaaa", h.AccountID, now)
		})
	}
	same(t, []bool{pending(start), pending(h.ExpiresAt)}, []bool{true, false})
	h.Status, h.ModifiedAt = directory.HandshakeDeclined, start.Add(time.Second)
	update(t, s, orgA, func(tx directory.Tx) { tx.Handshakes().PutHandshake(h) })
	same(t, read(t, s, orgA, byID(h.ID)), h)
	view(t, s, orgA, func(tx directory.Tx) error {
		n, last, err := tx.Handshakes().HandshakesSince(h.AccountID, start)
		same(t, n, int64(1))
		same(t, last, second.CreatedAt)
		return err
	})
	conflictsElsewhere(t, s, elsewhere)
}

// conflictsElsewhere writes the id of another organisation's handshake.
func conflictsElsewhere(t *testing.T, s directory.Store, taken directory.Handshake) {
	taken.Org = orgA
	err := s.Update(bg, orgA, func(tx directory.Tx) error { tx.Handshakes().PutHandshake(taken); return nil })
	if !errors.Is(err, directory.ErrConflict) {
		t.Errorf("id of another organisation: got %v, want %v", err, directory.ErrConflict)
	}
}

func testDelegations(t *testing.T, s directory.Store) {
	for _, org := range []string{orgA, orgB} {
		update(t, s, org, func(tx directory.Tx) {
			for _, id := range []string{"1000000000000011", "1000000000000012"} {
				tx.Accounts().PutAccount(directory.Account{ID: id, FolderID: "r-aaaaaa", DisplayName: "name " + id, Name: id, JoinMethod: "created", JoinedAt: start, ModifiedAt: start})
			}
		})
	}
	one := directory.Delegation{AccountID: "1000000000000011", Service: "a.aliyuncs.com", EnabledAt: start, DisplayName: "name 1000000000000011", JoinMethod: "created"}
	two, three := one, one
	two.Service = "b.aliyuncs.com"
	three.AccountID, three.DisplayName, three.EnabledAt = "1000000000000012", "name 1000000000000012", start.Add(time.Second)
	list := func(org string, f directory.DelegationFilter) []directory.Delegation {
		t.Helper()
		f.Limit = 10
		return read(t, s, org, func(tx directory.Tx) ([]directory.Delegation, error) {
			ds, total, err := tx.Delegations().Delegations(f)
			if f.After == nil && total != int64(len(ds)) {
				t.Errorf("got total %d for %d delegations", total, len(ds))
			}
			return ds, err
		})
	}
	update(t, s, orgA, func(tx directory.Tx) {
		for _, d := range []directory.Delegation{one, two, three} {
			tx.Delegations().PutDelegation(d)
			tx.TrustedServices().TrustService(directory.TrustedService{Service: d.Service, EnabledAt: d.EnabledAt})
		}
	})
	same(t, list(orgA, directory.DelegationFilter{}), []directory.Delegation{three, one, two})
	same(t, list(orgA, directory.DelegationFilter{After: &one}), []directory.Delegation{two})
	same(t, list(orgA, directory.DelegationFilter{Service: one.Service}), []directory.Delegation{three, one})
	same(t, list(orgA, directory.DelegationFilter{AccountID: one.AccountID}), []directory.Delegation{one, two})
	same(t, list(orgB, directory.DelegationFilter{}), []directory.Delegation(nil))
	services := read(t, s, orgA, func(tx directory.Tx) ([]directory.TrustedService, error) {
		ts, _, err := tx.TrustedServices().TrustedServices(0, 10)
		return ts, err
	})
	same(t, services, []directory.TrustedService{{Service: one.Service, EnabledAt: start}, {Service: two.Service, EnabledAt: start}})
	update(t, s, orgA, func(tx directory.Tx) { tx.Delegations().DeleteDelegation(one.AccountID, one.Service) })
	update(t, s, orgA, func(tx directory.Tx) { tx.Accounts().DeleteAccount(three.AccountID) })
	same(t, list(orgA, directory.DelegationFilter{}), []directory.Delegation{two})
}

// testBoth changes two organisations in one transaction.
func testBoth(t *testing.T, s directory.Store) {
	put := func(tx directory.Tx, org string) {
		tx.Orgs().InsertOrg(directory.Org{ID: org, Name: org, CreatedAt: start})
		tx.AccessKeys().PutAccessKey(directory.AccessKey{ID: "key-" + org, Org: org, Secret: directory.NewSecret("secret of " + org), CreatedAt: start})
		tx.Audit().InsertAudit(directory.AuditEntry{Time: start, Org: org, Noun: "org", Object: org, Action: "create"})
	}
	failed := errors.New("failed")
	err := s.UpdateBoth(bg, orgA, orgB, func(tx, of directory.Tx) error { put(tx, orgA); put(of, orgB); return failed })
	if !errors.Is(err, failed) {
		t.Errorf("got %v, want %v", err, failed)
	}
	refused(t, s, orgA, directory.ErrOrgNotFound, func(tx directory.Tx) error { _, err := tx.Orgs().OrgByID(orgB); return err })
	if err := s.UpdateBoth(bg, orgA, orgB, func(tx, of directory.Tx) error { put(tx, orgA); put(of, orgB); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, org := range []string{orgA, orgB} {
		k := read(t, s, org, func(tx directory.Tx) (directory.AccessKey, error) { return tx.AccessKeys().AccessKeyByID("key-" + org) })
		same(t, string(k.Secret.Reveal()), "secret of "+org)
		history := read(t, s, org, func(tx directory.Tx) ([]directory.AuditEntry, error) {
			return tx.Audit().Audit(directory.AuditFilter{Limit: 10})
		})
		same(t, len(history), 1)
	}
}
