package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// TemporaryKeyByID implements [directory.TemporaryKeyTx]. It answers across tenants.
func (t *tx) TemporaryKeyByID(id string) (k directory.TemporaryKey, err error) {
	ok, err := t.One(`SELECT id, org, key_id, created_at, expires_at,
			role_id, role, session, source_identity, session_policy, account_id, member_id, joined_at
		FROM temporary_key WHERE id = ?`, args{id}, func(r *row) error {
		k = directory.TemporaryKey{ID: r.Text(0), Org: r.Text(1), KeyID: r.Text(2), CreatedAt: fromMillis(r.Int(3)), ExpiresAt: fromMillis(r.Int(4))}
		k.Role = directory.RoleSession{
			RoleID: text(r.NullText(5)), Role: text(r.NullText(6)), Session: text(r.NullText(7)), SourceIdentity: text(r.NullText(8)),
			Policy: text(r.NullText(9)), AccountID: text(r.NullText(10)), Member: text(r.NullText(11)),
		}
		if joined := r.NullInt(12); joined != nil {
			k.Role.Joined = fromMillis(*joined)
		}
		return nil
	})
	return k, found(ok, err, directory.ErrKeyNotFound)
}

// InsertTemporaryKey implements [directory.TemporaryKeyTx].
func (t *tx) InsertTemporaryKey(k directory.TemporaryKey) {
	if t.OfOther(k.Org) {
		return
	}
	var joined any // NULL but for the role of a member
	if !k.Role.Joined.IsZero() {
		joined = millis(k.Role.Joined)
	}
	t.Write(`INSERT INTO temporary_key (id, org, key_id, created_at, expires_at,
			role_id, role, session, source_identity, session_policy, account_id, member_id, joined_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		k.ID, t.Org, k.KeyID, millis(k.CreatedAt), millis(k.ExpiresAt), optional(k.Role.RoleID), optional(k.Role.Role), optional(k.Role.Session),
		optional(k.Role.SourceIdentity), optional(k.Role.Policy), optional(k.Role.AccountID), optional(k.Role.Member), joined)
}

// BearerTokenByHash implements [directory.TemporaryKeyTx]. It answers across tenants.
func (t *tx) BearerTokenByHash(hash string) (b directory.BearerToken, err error) {
	ok, err := t.One("SELECT hash, org, key_id, created_at, expires_at FROM bearer_token WHERE hash = ?", args{hash}, func(r *row) error {
		b = directory.BearerToken{Hash: r.Text(0), Org: r.Text(1), KeyID: r.Text(2), CreatedAt: fromMillis(r.Int(3)), ExpiresAt: fromMillis(r.Int(4))}
		return nil
	})
	return b, found(ok, err, directory.ErrTokenInvalid)
}

// InsertBearerToken implements [directory.TemporaryKeyTx].
func (t *tx) InsertBearerToken(b directory.BearerToken) {
	if t.OfOther(b.Org) {
		return
	}
	t.Write("INSERT INTO bearer_token (hash, org, key_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
		b.Hash, t.Org, b.KeyID, millis(b.CreatedAt), millis(b.ExpiresAt))
}

// SweepCredentials implements [directory.TemporaryKeyTx].
func (t *tx) SweepCredentials(before time.Time) {
	t.Write("DELETE FROM temporary_key WHERE org = ? AND expires_at < ?", t.Org, millis(before))
	t.Write("DELETE FROM bearer_token WHERE org = ? AND expires_at < ?", t.Org, millis(before))
}
