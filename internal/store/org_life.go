package store

import (
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// errOrgDeleted is returned by calls that would write to a deleted
// organisation, even if they were admitted before the deletion: an update on
// PostgreSQL holds a lock that the deletion waits for, and SQLite has one
// writer.
var errOrgDeleted error = orgDeleted{}

type orgDeleted struct{}

func (orgDeleted) Error() string   { return directory.ErrOrgDeleted.Error() }
func (orgDeleted) Unwrap() []error { return []error{directory.ErrOrgDeleted, directory.ErrOrgNotFound} }

// OrgToChange implements [directory.OrgLifeTx].
func (t *tx) OrgToChange() (directory.Org, error) {
	return t.oneOrg(t.toWrite("SELECT "+orgColumns+" FROM org WHERE id = ?"), t.Org)
}

// OrgDeleted implements [directory.OrgLifeTx].
func (t *tx) OrgDeleted(id string) (bool, error) {
	return t.One("SELECT id FROM ended_org WHERE id = ?", args{id}, nil)
}

// OrgsByCreator implements [directory.OrgLifeTx]. It answers for all organisations.
func (t *tx) OrgsByCreator(account string) (os []directory.Org, err error) {
	err = t.Each("SELECT "+orgColumns+" FROM org WHERE creator = ? ORDER BY id", args{account}, func(r *row) error {
		o, err := scanOrg(r)
		os = append(os, o)
		return err
	})
	return os, err
}

// OrgsGrantingTo implements [directory.OrgLifeTx]. It reads across tenants.
func (t *tx) OrgsGrantingTo() (ids []string, err error) {
	err = t.Each("SELECT org FROM visibility_grant WHERE to_org = ? UNION SELECT org FROM join_grant WHERE to_org = ? ORDER BY 1",
		args{t.Org, t.Org}, func(r *row) error {
			ids = append(ids, r.Text(0))
			return nil
		})
	return ids, err
}

// historyTables keep their rows when an organisation is deleted.
var historyTables = []string{"audit", "audit_seal", "ended_org"}

// EraseOrg implements [directory.OrgLifeTx]. It runs after the function has
// returned, so that the history records the deletion before the subject's key
// is deleted with all others.
//
// Deleting the lock rows ([engine.Deleted]) waits for running calls of the
// organisation, and deleting its row waits for grants to it; the deletion then
// sees their writes.
func (t *tx) EraseOrg(at time.Time) {
	t.EraseKeys()
	t.Last(func() {
		t.Write("DELETE FROM org_hold WHERE org = ?", t.Org)
		t.Write("DELETE FROM org WHERE id = ?", t.Org)
		t.Write("INSERT INTO ended_org (id, ended_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", t.Org, millis(at))
		t.endMembershipsInDirectories()
		for _, table := range nounTables {
			if table == "org" || table == "login_attempt" || slices.Contains(historyTables, table) {
				continue
			}
			t.Write("DELETE FROM "+table+" WHERE org = ?", t.Org)
		}
		for _, table := range []string{"visibility_grant", "join_grant"} {
			t.Write("DELETE FROM "+table+" WHERE to_org = ?", t.Org)
		}
		// Another process's clock may be ahead, but its last entry was still
		// written before the erasure.
		t.Write(`INSERT INTO erased_subject (org, subject, erased_at)
			SELECT k.org, k.subject, (SELECT max(a.at) FROM audit a WHERE a.org = k.org) FROM subject_key k WHERE k.org = ?
			ON CONFLICT (org, subject) DO UPDATE SET erased_at = excluded.erased_at`, t.Org)
		t.Write("DELETE FROM subject_key WHERE org = ?", t.Org)
		t.Write("DELETE FROM org_key WHERE org = ?", t.Org)
	})
}

// endMembershipsInDirectories ends those that were made after the core ended
// all: of the organisation's account elsewhere, and of others in its directory.
func (t *tx) endMembershipsInDirectories() {
	t.Write("UPDATE aliyun_account SET member_of = NULL WHERE member_of = ?", t.Org)
	for _, bound := range [][2]string{{"directory_tag", "object_id"}, {"message_contact_member", "member_id"},
		{"delegated_administrator", "account_id"}, {"secure_info", "account_id"}, {"account", "id"}} {
		t.Write("DELETE FROM "+bound[0]+" WHERE (org, "+bound[1]+") IN (SELECT member_of, id FROM aliyun_account WHERE org = ? AND member_of IS NOT NULL)", t.Org)
	}
}
