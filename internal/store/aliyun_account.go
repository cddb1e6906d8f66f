package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const selectAliyunAccounts = "SELECT org, id, name, email, member_of, created_at FROM aliyun_account WHERE "

// scanAliyunAccount leaves the address sealed: opening it may need a read.
func scanAliyunAccount(r *row) (a directory.AliyunAccount, sealed []byte) {
	return directory.AliyunAccount{
		Org: r.Text(0), ID: r.Text(1), Name: r.Text(2), MemberOf: text(r.NullText(4)), CreatedAt: fromMillis(r.Int(5)),
	}, r.Bytes(3)
}

// AliyunAccount implements [directory.AliyunAccountTx].
func (t *tx) AliyunAccount() (directory.AliyunAccount, error) {
	return t.oneAliyunAccount("org = ?", t.Org)
}

// AliyunAccountByID implements [directory.AliyunAccountTx]. It answers across
// tenants.
func (t *tx) AliyunAccountByID(id string) (directory.AliyunAccount, error) {
	return t.oneAliyunAccount("id = ?", id)
}

// AliyunAccountByEmail implements [directory.AliyunAccountTx]. It answers across
// tenants.
func (t *tx) AliyunAccountByEmail(mac string) (directory.AliyunAccount, error) {
	return t.oneAliyunAccount("email_mac = ?", mac)
}

func (t *tx) oneAliyunAccount(where, value string) (a directory.AliyunAccount, err error) {
	var sealed []byte
	ok, err := t.One(t.toWrite(selectAliyunAccounts+where), args{value}, func(r *row) error {
		a, sealed = scanAliyunAccount(r)
		return nil
	})
	if err := found(ok, err, directory.ErrAccountNotFound); err != nil || sealed == nil {
		return a, err
	}
	keys, err := t.KeysOf(a.Org)
	if err != nil {
		return directory.AliyunAccount{}, err
	}
	a.Email, err = engine.OpenUnder(keys, "aliyun_account", "", "email", sealed)
	return a, err
}

// ManagesDirectory implements [directory.AliyunAccountTx]. It answers for any
// organisation.
func (t *tx) ManagesDirectory(org string) (bool, error) {
	return t.One("SELECT id FROM resource_directory WHERE org = ?", args{org}, nil)
}

// AliyunAccountsIn implements [directory.AliyunAccountTx].
func (t *tx) AliyunAccountsIn() (as []directory.AliyunAccount, err error) {
	err = t.Each(selectAliyunAccounts+"member_of = ? ORDER BY id", args{t.Org}, func(r *row) error {
		a, _ := scanAliyunAccount(r)
		as = append(as, a)
		return nil
	})
	return as, err
}

var aliyunAccountConflicts = map[string]error{
	"aliyun_account_by_id":    directory.ErrConflict,
	"aliyun_account_by_email": directory.ErrAccountEmailTaken,
}

// PutAliyunAccount implements [directory.AliyunAccountTx].
func (t *tx) PutAliyunAccount(a directory.AliyunAccount, emailMAC string) {
	if t.OfOther(a.Org) {
		return
	}
	var sealed any
	if a.Email != "" {
		sealed = t.Seal("aliyun_account", "", "email", a.Email)
	}
	t.WriteUniqueBy(aliyunAccountConflicts, `INSERT INTO aliyun_account (org, id, name, email, email_mac, member_of, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org) DO UPDATE SET id = excluded.id, name = excluded.name, email = excluded.email, email_mac = excluded.email_mac,
			member_of = excluded.member_of`,
		a.Org, a.ID, a.Name, sealed, optional(emailMAC), optional(a.MemberOf), millis(a.CreatedAt))
}

// SetMemberOf implements [directory.AliyunAccountTx]. It writes the row of
// another organisation.
func (t *tx) SetMemberOf(id string, joined bool) {
	if joined {
		t.WriteOne(directory.ErrConflict, "UPDATE aliyun_account SET member_of = ? WHERE id = ? AND member_of IS NULL", t.Org, id)
		return
	}
	t.Write("UPDATE aliyun_account SET member_of = NULL WHERE id = ? AND member_of = ?", id, t.Org)
}
