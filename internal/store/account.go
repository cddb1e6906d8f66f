package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const selectAccounts = "SELECT id, folder_id, display_name, name, type, status, join_method, joined_at, modified_at, payer_id FROM account WHERE "

func scanAccount(r *row) directory.Account {
	return directory.Account{
		ID: r.Text(0), FolderID: r.Text(1), DisplayName: r.Text(2), Name: r.Text(3), Type: r.Text(4), Status: r.Text(5),
		JoinMethod: r.Text(6), JoinedAt: fromMillis(r.Int(7)), ModifiedAt: fromMillis(r.Int(8)),
		PayerID: text(r.NullText(9)),
	}
}

var accountConflicts = map[string]error{
	"account_by_display_name": directory.ErrAccountDisplayName,
	"account_by_name":         directory.ErrAccountName,
}

// PutAccount implements [directory.AccountTx].
func (t *tx) PutAccount(a directory.Account) {
	t.WriteUniqueBy(accountConflicts, `INSERT INTO account (org, id, folder_id, display_name, name, type, status, join_method, joined_at, modified_at, payer_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET folder_id = excluded.folder_id, display_name = excluded.display_name, name = excluded.name,
			type = excluded.type, status = excluded.status, join_method = excluded.join_method, joined_at = excluded.joined_at,
			modified_at = excluded.modified_at, payer_id = excluded.payer_id`,
		t.Org, a.ID, a.FolderID, a.DisplayName, a.Name, a.Type, a.Status, a.JoinMethod, millis(a.JoinedAt), millis(a.ModifiedAt), optional(a.PayerID))
	t.putTags(a.ID, a.Tags)
}

// Account implements [directory.AccountTx].
func (t *tx) Account(id string) (a directory.Account, err error) {
	var ok bool
	err = t.Batch(
		engine.One(selectAccounts+"org = ? AND id = ?", args{t.Org, id}, &ok, func(r *row) error {
			a = scanAccount(r)
			return nil
		}),
		engine.Each("SELECT name, value FROM directory_tag WHERE org = ? AND object_id = ? ORDER BY name", args{t.Org, id}, func(r *row) error {
			a.Tags = append(a.Tags, directory.Tag{Key: r.Text(0), Value: r.Text(1)})
			return nil
		}),
	)
	return a, found(ok, err, directory.ErrAccountNotFound)
}

// Accounts implements [directory.AccountTx].
func (t *tx) Accounts(f directory.AccountFilter) (as []directory.Account, total int64, err error) {
	where := conditions{"org = ?", args{t.Org}}
	if f.FolderID != "" {
		where.and("folder_id = ?", f.FolderID)
	}
	if f.Keyword != "" {
		where.and("("+contains("display_name")+" OR "+contains("name")+" OR "+contains("id")+")", f.Keyword, f.Keyword, f.Keyword)
	}
	where.tagged(t.Org, f.Tags)
	reads := []*read{engine.One("SELECT count(*) FROM account WHERE "+where.sql, where.args, nil, func(r *row) error {
		total = r.Int(0)
		return nil
	})}
	var ids []string
	if f.Limit > 0 {
		if f.After != nil {
			at := millis(f.After.JoinedAt)
			where.and("(joined_at < ? OR joined_at = ? AND id > ?)", at, at, f.After.ID)
		}
		reads = append(reads, engine.Each(selectAccounts+where.sql+" ORDER BY joined_at DESC, id LIMIT ? OFFSET ?",
			append(where.args[:len(where.args):len(where.args)], f.Limit, f.Offset), func(r *row) error {
				as = append(as, scanAccount(r))
				ids = append(ids, r.Text(0))
				return nil
			}))
	}
	if err := t.Batch(reads...); err != nil {
		return nil, 0, err
	}
	tags, err := t.tagsOf(ids)
	for i := range as {
		as[i].Tags = tags[as[i].ID]
	}
	return as, total, err
}

// DeleteAccount implements [directory.AccountTx].
func (t *tx) DeleteAccount(id string) {
	t.Write("DELETE FROM account WHERE org = ? AND id = ?", t.Org, id)
	t.Write("UPDATE account SET payer_id = NULL WHERE org = ? AND payer_id = ?", t.Org, id)
	t.Write("DELETE FROM directory_tag WHERE org = ? AND object_id = ?", t.Org, id)
	t.Write("DELETE FROM message_contact_member WHERE org = ? AND member_id = ?", t.Org, id)
	t.Write("DELETE FROM retained_contact_account WHERE org = ? AND account_id = ?", t.Org, id)
	t.Write("DELETE FROM secure_info WHERE org = ? AND account_id = ?", t.Org, id)
	t.CloseVerifications(id, "")
}

// AccountDeletion implements [directory.AccountTx].
func (t *tx) AccountDeletion(id string) (x directory.AccountDeletion, err error) {
	ok, err := t.One("SELECT account_id, status, kind, created_at, deleted_at FROM account_deletion WHERE org = ? AND account_id = ?", args{t.Org, id}, func(r *row) error {
		x = directory.AccountDeletion{AccountID: r.Text(0), Status: r.Text(1), Kind: r.Text(2), CreatedAt: fromMillis(r.Int(3)), DeletedAt: fromMillis(r.Int(4))}
		return nil
	})
	return x, found(ok, err, directory.ErrAccountNotFound)
}

// PutAccountDeletion implements [directory.AccountTx].
func (t *tx) PutAccountDeletion(x directory.AccountDeletion) {
	t.Write(`INSERT INTO account_deletion (org, account_id, status, kind, created_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, account_id) DO UPDATE SET status = excluded.status, kind = excluded.kind, created_at = excluded.created_at,
			deleted_at = excluded.deleted_at`,
		t.Org, x.AccountID, x.Status, x.Kind, millis(x.CreatedAt), millis(x.DeletedAt))
}
