package store

import "github.com/mingce/mingce/internal/directory"

// ResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) ResourceDirectory() (rd directory.ResourceDirectory, err error) {
	ok, err := t.one("SELECT id, root_folder_id, account_id, account_name, created_at FROM resource_directory WHERE org = ?", args{t.org}, func(r *row) error {
		rd = directory.ResourceDirectory{ID: r.Text(0), RootFolderID: r.Text(1), AccountID: r.Text(2), AccountName: r.Text(3), CreatedAt: fromMillis(r.Int(4))}
		return nil
	})
	return rd, found(ok, err, directory.ErrDirectoryNotEnabled)
}

// PutResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) PutResourceDirectory(rd directory.ResourceDirectory) {
	t.write(`INSERT INTO resource_directory (org, id, root_folder_id, account_id, account_name, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (org) DO UPDATE SET id = excluded.id, root_folder_id = excluded.root_folder_id, account_id = excluded.account_id,
			account_name = excluded.account_name`,
		t.org, rd.ID, rd.RootFolderID, rd.AccountID, rd.AccountName, millis(rd.CreatedAt))
}

// PutFolder implements [directory.ResourceDirectoryTx].
func (t *tx) PutFolder(f directory.Folder) {
	t.write(`INSERT INTO folder (org, id, parent_id, name, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name`,
		t.org, f.ID, f.ParentID, f.Name, millis(f.CreatedAt))
}

// PutAccount implements [directory.ResourceDirectoryTx].
func (t *tx) PutAccount(a directory.Account) {
	t.write(`INSERT INTO account (org, id, folder_id, display_name, name, type, status, join_method, joined_at, modified_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET folder_id = excluded.folder_id, display_name = excluded.display_name, name = excluded.name,
			type = excluded.type, status = excluded.status, join_method = excluded.join_method, joined_at = excluded.joined_at,
			modified_at = excluded.modified_at`,
		t.org, a.ID, a.FolderID, a.DisplayName, a.Name, a.Type, a.Status, a.JoinMethod, millis(a.JoinedAt), millis(a.ModifiedAt))
}
