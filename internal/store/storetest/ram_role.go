package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testRAMRoles(t *testing.T, s directory.Store) {
	const account, member = "1000000000000001", "1000000000000002"
	roles := []directory.RAMRole{
		{ID: "1", AccountID: account, Name: "Operator", Policy: directory.PolicyFullAccess, Trust: "{}", MaxSession: time.Hour, CreatedAt: start},
		{ID: "2", AccountID: account, Name: "reader", Policy: "readers", Trust: `{"Version":"1"}`, MaxSession: 12 * time.Hour, CreatedAt: start.Add(time.Second)},
		{ID: "3", AccountID: member, Name: "operator", Policy: directory.PolicyReadOnly, Trust: "{}", MaxSession: time.Hour, CreatedAt: start},
	}
	all := func(tx directory.Tx) ([]directory.RAMRole, error) { return tx.RAMRoles().RAMRoles() }
	named := func(account, name string) func(directory.Tx) (directory.RAMRole, error) {
		return func(tx directory.Tx) (directory.RAMRole, error) { return tx.RAMRoles().RAMRole(account, name) }
	}
	for _, org := range []string{orgB, orgA} { // both have the same ids
		update(t, s, org, func(tx directory.Tx) {
			for _, i := range []int{1, 0, 2} {
				tx.RAMRoles().InsertRAMRole(roles[i])
			}
		})
	}
	same(t, read(t, s, orgA, all), roles)
	same(t, read(t, s, orgA, named(account, "OPERATOR")), roles[0])
	refused(t, s, orgA, directory.ErrRAMRoleNotFound, func(tx directory.Tx) error { _, err := named(member, "reader")(tx); return err })
	err := s.Update(bg, orgA, func(tx directory.Tx) error {
		tx.RAMRoles().InsertRAMRole(directory.RAMRole{ID: "4", AccountID: account, Name: "operator", CreatedAt: start})
		return nil
	})
	if !errors.Is(err, directory.ErrRAMRoleExists) {
		t.Errorf("a name in another case of letters: got %v, want %v", err, directory.ErrRAMRoleExists)
	}

	update(t, s, orgA, func(tx directory.Tx) { tx.RAMRoles().DeleteRAMRole("1") })
	same(t, read(t, s, orgA, all), roles[1:])
	update(t, s, orgA, func(tx directory.Tx) { tx.Accounts().DeleteAccount(member) }) // with its roles
	same(t, read(t, s, orgA, all), roles[1:2])
	same(t, read(t, s, orgB, all), roles)

	session := directory.TemporaryKey{ID: "STS.role", Org: orgA, CreatedAt: start, ExpiresAt: start.Add(time.Hour), Role: directory.RoleSession{
		RoleID: "3", Role: "operator", Session: "ci", SourceIdentity: "alice", Policy: "{}", AccountID: member, Member: member, Joined: start,
	}}
	own := directory.TemporaryKey{ID: "STS.own", Org: orgA, CreatedAt: start, ExpiresAt: start.Add(time.Hour), Role: directory.RoleSession{
		RoleID: "2", Role: "reader", Session: "ci", AccountID: account,
	}}
	root := directory.AccessKey{ID: "root", Org: orgA, Principal: "p", Policy: directory.PolicyFullAccess, Root: true, Secret: directory.NewSecret("s"), CreatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.TemporaryKeys().InsertTemporaryKey(session)
		tx.TemporaryKeys().InsertTemporaryKey(own)
		tx.AccessKeys().PutAccessKey(root)
	})
	for _, want := range []directory.TemporaryKey{session, own} {
		same(t, read(t, s, "", func(tx directory.Tx) (directory.TemporaryKey, error) {
			return tx.TemporaryKeys().TemporaryKeyByID(want.ID)
		}), want)
	}
	same(t, read(t, s, "", func(tx directory.Tx) (directory.AccessKey, error) { return tx.AccessKeys().AccessKeyByID("root") }), root)
}
