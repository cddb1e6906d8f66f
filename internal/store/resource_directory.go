package store

import "github.com/mingce/mingce/internal/directory"

// ResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) ResourceDirectory() (rd directory.ResourceDirectory, err error) {
	const sql = `SELECT id, root_folder_id, account_id, account_name, created_at, control_policy_status, control_policies_at,
			member_deletion, display_name_sync FROM resource_directory WHERE org = ?`
	ok, err := t.One(t.toWrite(sql), args{t.Org}, func(r *row) error {
		rd = directory.ResourceDirectory{
			ID: r.Text(0), RootFolderID: r.Text(1), AccountID: r.Text(2), AccountName: r.Text(3), CreatedAt: fromMillis(r.Int(4)),
			ControlPolicyStatus: r.Text(5), ControlPoliciesAt: fromMillis(r.Int(6)), MemberDeletion: r.Bool(7), DisplayNameSync: r.Bool(8),
		}
		return nil
	})
	return rd, found(ok, err, directory.ErrDirectoryNotEnabled)
}

// DirectoryOrg implements [directory.ResourceDirectoryTx]. It answers across
// tenants.
func (t *tx) DirectoryOrg(id string) (org string, err error) {
	ok, err := t.One("SELECT org FROM resource_directory WHERE id = ?", args{id}, func(r *row) error {
		org = r.Text(0)
		return nil
	})
	return org, found(ok, err, directory.ErrDirectoryNotEnabled)
}

// PutResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) PutResourceDirectory(rd directory.ResourceDirectory) {
	t.Write(`INSERT INTO resource_directory (org, id, root_folder_id, account_id, account_name, created_at, control_policy_status,
			control_policies_at, member_deletion, display_name_sync)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org) DO UPDATE SET id = excluded.id, root_folder_id = excluded.root_folder_id, account_id = excluded.account_id,
			account_name = excluded.account_name, control_policy_status = excluded.control_policy_status,
			control_policies_at = excluded.control_policies_at,
			member_deletion = excluded.member_deletion, display_name_sync = excluded.display_name_sync`,
		t.Org, rd.ID, rd.RootFolderID, rd.AccountID, rd.AccountName, millis(rd.CreatedAt), rd.ControlPolicyStatus,
		millis(rd.ControlPoliciesAt), rd.MemberDeletion, rd.DisplayNameSync)
}

// DeleteResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) DeleteResourceDirectory() {
	t.Write("DELETE FROM message_contact_member WHERE org = ?", t.Org)
	t.Write("DELETE FROM directory_tag WHERE org = ?", t.Org)
	t.Write("DELETE FROM control_policy WHERE org = ?", t.Org)
	t.DeleteControlAttachments()
	t.Write("DELETE FROM trusted_service WHERE org = ?", t.Org)
	t.Write("DELETE FROM folder WHERE org = ?", t.Org)
	t.Write("DELETE FROM resource_directory WHERE org = ?", t.Org)
}
