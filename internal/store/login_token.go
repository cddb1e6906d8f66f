package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const tokenColumns = "l.hash, l.kind, l.rotation, l.seed, l.expires_at, l.org, l.app_key, l.user_id, l.account, l.mark"

func scanLoginToken(r *row) directory.LoginToken {
	t := directory.LoginToken{
		Hash: r.Text(0), Kind: directory.LoginTokenKind(r.Text(1)), Rotation: r.Int(2), Seed: r.Text(3),
		Login: directory.Login{Org: r.Text(5), AppKey: r.Text(6), UserID: r.Text(7), Account: r.Text(8), Mark: r.Text(9)},
	}
	if ms := r.NullInt(4); ms != nil {
		t.Expires = fromMillis(*ms)
	}
	return t
}

// PutLoginToken implements [directory.LoginTokenTx].
func (t *tx) PutLoginToken(token directory.LoginToken, now time.Time) {
	l := token.Login
	if t.OfOther(l.Org) {
		return
	}
	var expires any
	if !token.Expires.IsZero() {
		expires = millis(token.Expires)
	}
	t.Write("DELETE FROM login_token WHERE org = ? AND expires_at < ?", t.Org, millis(now))
	t.Write(`INSERT INTO login_token (hash, kind, rotation, seed, expires_at, org, app_key, user_id, account, mark)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at`,
		token.Hash, string(token.Kind), token.Rotation, token.Seed, expires, l.Org, l.AppKey, l.UserID, l.Account, l.Mark)
}

// LoginTokenByHash implements [directory.LoginTokenTx]. It answers across tenants.
func (t *tx) LoginTokenByHash(hash string) (token directory.LoginToken, app directory.App, err error) {
	var a appRow
	ok, err := t.One("SELECT "+tokenColumns+", "+appColumns+` FROM login_token l JOIN app a ON a.app_key = l.app_key AND a.org = l.org
		WHERE l.hash = ?`, args{hash}, func(r *row) (err error) {
		token = scanLoginToken(r)
		a, err = scanApp(r, 10)
		return err
	})
	return token, a.App, found(ok, err, directory.ErrTokenInvalid)
}

// LoginTokenOf implements [directory.LoginTokenTx].
func (t *tx) LoginTokenOf(app string, kind directory.LoginTokenKind, rotation int64) (token directory.LoginToken, err error) {
	ok, err := t.One("SELECT "+tokenColumns+` FROM login_token l WHERE l.app_key = ? AND l.kind = ? AND l.rotation = ? AND l.org = ?
		ORDER BY l.expires_at DESC LIMIT 1`, args{app, string(kind), rotation, t.Org}, func(r *row) error {
		token = scanLoginToken(r)
		return nil
	})
	return token, found(ok, err, directory.ErrTokenInvalid)
}
