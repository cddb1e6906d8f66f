package store

import "github.com/mingce/mingce/internal/directory"

// AccountDeletion implements [directory.AccountTx].
func (t *tx) AccountDeletion(id string) (x directory.AccountDeletion, err error) {
	const sql = "SELECT account_id, status, kind, created_at, deleted_at, failed_checks FROM account_deletion WHERE org = ? AND account_id = ?"
	ok, err := t.One(sql, args{t.Org, id}, func(r *row) (err error) {
		x = directory.AccountDeletion{AccountID: r.Text(0), Status: r.Text(1), Kind: r.Text(2), CreatedAt: fromMillis(r.Int(3)), DeletedAt: fromMillis(r.Int(4))}
		x.Failed, err = readList[directory.DeletionCheck](r, 5)
		return err
	})
	return x, found(ok, err, directory.ErrAccountNotFound)
}

// PutAccountDeletion implements [directory.AccountTx].
func (t *tx) PutAccountDeletion(x directory.AccountDeletion) {
	t.Write(`INSERT INTO account_deletion (org, account_id, status, kind, created_at, deleted_at, failed_checks) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, account_id) DO UPDATE SET status = excluded.status, kind = excluded.kind, created_at = excluded.created_at,
			deleted_at = excluded.deleted_at, failed_checks = excluded.failed_checks`,
		t.Org, x.AccountID, x.Status, x.Kind, millis(x.CreatedAt), millis(x.DeletedAt), list(x.Failed))
}
