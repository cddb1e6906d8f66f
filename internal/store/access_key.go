package store

import "github.com/mingce/mingce/internal/directory"

// AccessKeyByID implements [directory.AccessKeyTx]. It answers across tenants.
func (t *tx) AccessKeyByID(id string) (k directory.AccessKey, err error) {
	var sealed []byte
	ok, err := t.one(t.toWrite("SELECT id, org, secret, principal, policy, disabled, created_at FROM access_key WHERE id = ?"), args{id}, func(r *row) error {
		k = directory.AccessKey{ID: r.Text(0), Org: r.Text(1), Principal: r.Text(3), Policy: r.Text(4), Disabled: r.Bool(5), CreatedAt: fromMillis(r.Int(6))}
		sealed = r.Bytes(2)
		return nil
	})
	if err := found(ok, err, directory.ErrKeyNotFound); err != nil {
		return directory.AccessKey{}, err
	}
	keys, err := t.keysOf(k.Org)
	if err != nil {
		return directory.AccessKey{}, err
	}
	secret, err := openUnder(keys, "access_key", k.ID, "secret", sealed)
	k.Secret = directory.NewSecret(secret)
	return k, err
}

// PutAccessKey implements [directory.AccessKeyTx]. An id that belongs to a key
// of another organisation makes Update return ErrConflict.
func (t *tx) PutAccessKey(k directory.AccessKey) {
	if t.ofOther(k.Org) {
		return
	}
	t.writeOne(directory.ErrConflict, `INSERT INTO access_key (id, org, secret, principal, policy, disabled, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, principal = excluded.principal, policy = excluded.policy,
			disabled = excluded.disabled
		WHERE access_key.org = excluded.org`,
		k.ID, k.Org, t.seal("access_key", k.ID, "secret", string(k.Secret.Reveal())), k.Principal, k.Policy, k.Disabled, millis(k.CreatedAt))
}
