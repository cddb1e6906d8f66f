package store

import (
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// lockDirectory makes an update that relies on the tree wait for those that
// change it, see [tx.ResourceDirectory].
func (t *tx) lockDirectory() *read {
	return engine.One(t.toWrite("SELECT id FROM resource_directory WHERE org = ?"), args{t.Org}, nil, nil)
}

// MissingMembers implements [directory.MemberTx]. In an update no member is
// deleted before the call ends.
func (t *tx) MissingMembers(ids []string) (missing []string, err error) {
	have := map[string]bool{}
	places, list := in(ids)
	known := func(sql string) *read {
		return engine.Each(sql+" ("+places+")", append(args{t.Org}, list...), func(r *row) error {
			have[r.Text(0)] = true
			return nil
		})
	}
	err = t.Batch(
		t.lockDirectory(),
		known("SELECT id FROM resource_directory WHERE org = ? AND id IN"),
		known("SELECT id FROM folder WHERE org = ? AND id IN"),
		known("SELECT id FROM account WHERE org = ? AND id IN"),
	)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return have[id] }), err
}

// MemberTree implements [directory.MemberTx]. In an update the tree does not
// change until the call ends.
func (t *tx) MemberTree() (tree directory.MemberTree, err error) {
	tree = directory.MemberTree{Parents: map[string]string{}, Accounts: map[string]string{}}
	into := func(m map[string]string) func(*row) error {
		return func(r *row) error {
			m[r.Text(0)] = r.Text(1)
			return nil
		}
	}
	err = t.Batch(
		engine.One(t.toWrite("SELECT id FROM resource_directory WHERE org = ?"), args{t.Org}, nil, func(r *row) error {
			tree.DirectoryID = r.Text(0)
			return nil
		}),
		engine.Each("SELECT id, parent_id FROM folder WHERE org = ?", args{t.Org}, into(tree.Parents)),
		engine.Each("SELECT id, folder_id FROM account WHERE org = ?", args{t.Org}, into(tree.Accounts)),
	)
	return tree, err
}

// PutBinding implements [directory.MemberTx].
func (t *tx) PutBinding(contactID, memberID string, at time.Time) {
	t.Write(`INSERT INTO message_contact_member (org, contact_id, member_id, bound_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (org, contact_id, member_id) DO UPDATE SET bound_at = excluded.bound_at`, t.Org, contactID, memberID, millis(at))
}
