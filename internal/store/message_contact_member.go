package store

import (
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// lockDirectory makes an update that reads the tree in order to rely on it wait
// for those that change it; see [tx.ResourceDirectory].
func (t *tx) lockDirectory() *read {
	return one(t.toWrite("SELECT id FROM resource_directory WHERE org = ?"), args{t.org}, nil, nil)
}

// MissingMembers implements [directory.MemberTx]. In an update none of the
// members goes before the call ends.
func (t *tx) MissingMembers(ids []string) (missing []string, err error) {
	have := map[string]bool{}
	places, list := in(ids)
	known := func(sql string) *read {
		return each(sql+" ("+places+")", append(args{t.org}, list...), func(r *row) error {
			have[r.Text(0)] = true
			return nil
		})
	}
	err = t.batch(
		t.lockDirectory(),
		known("SELECT id FROM resource_directory WHERE org = ? AND id IN"),
		known("SELECT id FROM folder WHERE org = ? AND id IN"),
		known("SELECT id FROM account WHERE org = ? AND id IN"),
	)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return have[id] }), err
}

// MemberTree implements [directory.MemberTx]. In an update the tree stays as it
// is until the call ends.
func (t *tx) MemberTree() (tree directory.MemberTree, err error) {
	tree = directory.MemberTree{Parents: map[string]string{}, Accounts: map[string]string{}}
	into := func(m map[string]string) func(*row) error {
		return func(r *row) error {
			m[r.Text(0)] = r.Text(1)
			return nil
		}
	}
	err = t.batch(
		one(t.toWrite("SELECT id FROM resource_directory WHERE org = ?"), args{t.org}, nil, func(r *row) error {
			tree.DirectoryID = r.Text(0)
			return nil
		}),
		each("SELECT id, parent_id FROM folder WHERE org = ?", args{t.org}, into(tree.Parents)),
		each("SELECT id, folder_id FROM account WHERE org = ?", args{t.org}, into(tree.Accounts)),
	)
	return tree, err
}

// PutBinding implements [directory.MemberTx].
func (t *tx) PutBinding(contactID, memberID string, at time.Time) {
	t.write(`INSERT INTO message_contact_member (org, contact_id, member_id, bound_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (org, contact_id, member_id) DO UPDATE SET bound_at = excluded.bound_at`, t.org, contactID, memberID, millis(at))
}

// DeleteBinding implements [directory.MemberTx].
func (t *tx) DeleteBinding(contactID, memberID string) {
	t.write("DELETE FROM message_contact_member WHERE org = ? AND contact_id = ? AND member_id = ?", t.org, contactID, memberID)
}
