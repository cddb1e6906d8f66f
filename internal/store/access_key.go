package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const selectAccessKey = "SELECT id, org, secret, principal, policy, disabled, created_at, member_id, root FROM access_key WHERE "

// scanAccessKey leaves the secret sealed: opening it may need a read.
func scanAccessKey(r *row) (k directory.AccessKey, sealed []byte) {
	return directory.AccessKey{
		ID: r.Text(0), Org: r.Text(1), Principal: r.Text(3), Policy: r.Text(4), Disabled: r.Bool(5), CreatedAt: fromMillis(r.Int(6)), Member: text(r.NullText(7)),
		Root: !r.Null(8) && r.Bool(8),
	}, r.Bytes(2)
}

// AccessKeyByID implements [directory.AccessKeyTx]. It answers across tenants.
func (t *tx) AccessKeyByID(id string) (k directory.AccessKey, err error) {
	var sealed []byte
	ok, err := t.One(t.toWrite(selectAccessKey+"id = ?"), args{id}, func(r *row) error {
		k, sealed = scanAccessKey(r)
		return nil
	})
	if err := found(ok, err, directory.ErrKeyNotFound); err != nil {
		return directory.AccessKey{}, err
	}
	keys, err := t.KeysOf(k.Org)
	if err != nil {
		return directory.AccessKey{}, err
	}
	secret, err := engine.OpenUnder(keys, "access_key", k.ID, "secret", sealed)
	k.Secret = directory.NewSecret(secret)
	return k, err
}

// AccessKeys implements [directory.AccessKeyTx].
func (t *tx) AccessKeys() (ks []directory.AccessKey, err error) {
	err = t.Each(selectAccessKey+"org = ? ORDER BY created_at, id", args{t.Org}, func(r *row) error {
		k, _ := scanAccessKey(r)
		ks = append(ks, k)
		return nil
	})
	return ks, err
}

// PutAccessKey implements [directory.AccessKeyTx]. An id that belongs to a key
// of another organisation makes Update return ErrConflict.
func (t *tx) PutAccessKey(k directory.AccessKey) {
	if t.OfOther(k.Org) {
		return
	}
	t.WriteOne(directory.ErrConflict, `INSERT INTO access_key (id, org, secret, principal, policy, disabled, created_at, member_id, root)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, principal = excluded.principal, policy = excluded.policy,
			disabled = excluded.disabled, member_id = excluded.member_id, root = excluded.root
		WHERE access_key.org = excluded.org`,
		k.ID, k.Org, t.Seal("access_key", k.ID, "secret", string(k.Secret.Reveal())), k.Principal, k.Policy, k.Disabled, millis(k.CreatedAt), optional(k.Member), k.Root)
}

// DeleteAccessKey implements [directory.AccessKeyTx].
func (t *tx) DeleteAccessKey(id string) {
	t.Write("DELETE FROM access_key WHERE org = ? AND id = ?", t.Org, id)
	t.Write("DELETE FROM temporary_key WHERE org = ? AND key_id = ?", t.Org, id)
	t.Write("DELETE FROM bearer_token WHERE org = ? AND key_id = ?", t.Org, id)
}
