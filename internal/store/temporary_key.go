package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// TemporaryKeyByID implements [directory.TemporaryKeyTx]. It answers across tenants.
func (t *tx) TemporaryKeyByID(id string) (k directory.TemporaryKey, err error) {
	ok, err := t.one("SELECT id, org, key_id, created_at, expires_at FROM temporary_key WHERE id = ?", args{id}, func(r *row) error {
		k = directory.TemporaryKey{ID: r.Text(0), Org: r.Text(1), KeyID: r.Text(2), CreatedAt: fromMillis(r.Int(3)), ExpiresAt: fromMillis(r.Int(4))}
		return nil
	})
	return k, found(ok, err, directory.ErrKeyNotFound)
}

// InsertTemporaryKey implements [directory.TemporaryKeyTx].
func (t *tx) InsertTemporaryKey(k directory.TemporaryKey) {
	if t.ofOther(k.Org) {
		return
	}
	t.write("INSERT INTO temporary_key (id, org, key_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
		k.ID, t.org, k.KeyID, millis(k.CreatedAt), millis(k.ExpiresAt))
}

// BearerTokenByHash implements [directory.TemporaryKeyTx]. It answers across tenants.
func (t *tx) BearerTokenByHash(hash string) (b directory.BearerToken, err error) {
	ok, err := t.one("SELECT hash, org, key_id, created_at, expires_at FROM bearer_token WHERE hash = ?", args{hash}, func(r *row) error {
		b = directory.BearerToken{Hash: r.Text(0), Org: r.Text(1), KeyID: r.Text(2), CreatedAt: fromMillis(r.Int(3)), ExpiresAt: fromMillis(r.Int(4))}
		return nil
	})
	return b, found(ok, err, directory.ErrTokenInvalid)
}

// InsertBearerToken implements [directory.TemporaryKeyTx].
func (t *tx) InsertBearerToken(b directory.BearerToken) {
	if t.ofOther(b.Org) {
		return
	}
	t.write("INSERT INTO bearer_token (hash, org, key_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
		b.Hash, t.org, b.KeyID, millis(b.CreatedAt), millis(b.ExpiresAt))
}

// SweepCredentials implements [directory.TemporaryKeyTx].
func (t *tx) SweepCredentials(before time.Time) {
	t.write("DELETE FROM temporary_key WHERE org = ? AND expires_at < ?", t.org, millis(before))
	t.write("DELETE FROM bearer_token WHERE org = ? AND expires_at < ?", t.org, millis(before))
}
