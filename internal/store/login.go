package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const loginColumns = "l.org, l.app_key, l.user_id, l.account, l.mark, l.with_org"

func scanLogin(r *row, i int) directory.Login {
	return directory.Login{Org: r.Text(i), AppKey: r.Text(i + 1), UserID: r.Text(i + 2), Account: r.Text(i + 3), Mark: r.Text(i + 4), WithOrg: r.Bool(i + 5)}
}

// PutLoginCode implements [directory.LoginTx].
func (t *tx) PutLoginCode(c directory.LoginCode, now time.Time) {
	l := c.Login
	if t.OfOther(l.Org) {
		return
	}
	t.Write("DELETE FROM login_code WHERE org = ? AND expires_at < ?", t.Org, millis(now))
	t.Write("DELETE FROM user_session WHERE org = ? AND refresh_until < ?", t.Org, millis(now))
	t.Write(`INSERT INTO login_code (hash, kind, org, app_key, user_id, account, mark, with_org, session, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)`, c.Hash, string(c.Kind), l.Org, l.AppKey, l.UserID, l.Account, l.Mark, l.WithOrg, millis(c.Expires))
}

// LoginCodeByHash implements [directory.LoginTx]. It answers across tenants.
func (t *tx) LoginCodeByHash(hash string) (c directory.LoginCode, err error) {
	ok, err := t.One(t.toWrite("SELECT l.hash, l.session, l.expires_at, l.kind, "+loginColumns+" FROM login_code l WHERE l.hash = ?"), args{hash}, func(r *row) error {
		c = directory.LoginCode{Hash: r.Text(0), Session: text(r.NullText(1)), Expires: fromMillis(r.Int(2)),
			Kind: directory.LoginKind(r.Text(3)), Login: scanLogin(r, 4)}
		return nil
	})
	return c, found(ok, err, directory.ErrCodeInvalid)
}

// UseLoginCode implements [directory.LoginTx].
func (t *tx) UseLoginCode(hash, session string) {
	t.WriteOne(directory.ErrCodeInvalid, "UPDATE login_code SET session = ? WHERE hash = ? AND org = ? AND session IS NULL", session, hash, t.Org)
}

// DeleteLoginCode implements [directory.LoginTx].
func (t *tx) DeleteLoginCode(hash string) {
	t.Write("DELETE FROM login_code WHERE hash = ? AND org = ?", hash, t.Org)
}

// EndLogins implements [directory.LoginTx].
func (t *tx) EndLogins(f directory.LoginFilter) {
	// An account is the same in every organisation it has joined.
	where, a := "org = ?", args{t.Org}
	if f.Account != "" {
		where, a = "account = ?", args{f.Account}
	}
	if f.AppKey != "" {
		where, a = where+" AND app_key = ?", append(a, f.AppKey)
	}
	if f.UserID != "" {
		where, a = where+" AND user_id = ?", append(a, f.UserID)
	}
	t.Write("DELETE FROM user_session WHERE "+where, a...)
	t.Write("DELETE FROM login_code WHERE "+where, a...)
	t.Write("DELETE FROM login_token WHERE "+where, a...)
}

const sessionColumns = "l.id, l.access, l.access_until, l.refresh, l.spent, l.refresh_until, l.refreshed_at, " + loginColumns

func scanSession(r *row) directory.UserSession {
	return directory.UserSession{
		ID: r.Text(0), Access: r.Text(1), AccessUntil: fromMillis(r.Int(2)), Refresh: r.Text(3), Spent: r.Text(4),
		RefreshUntil: fromMillis(r.Int(5)), RefreshedAt: fromMillis(r.Int(6)), Login: scanLogin(r, 7),
	}
}

// PutUserSession implements [directory.UserSessionTx].
func (t *tx) PutUserSession(s directory.UserSession) {
	l := s.Login
	if t.OfOther(l.Org) {
		return
	}
	t.Write(`INSERT INTO user_session (id, org, app_key, user_id, account, mark, with_org, access, access_until, refresh, spent, refresh_until, refreshed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET access = excluded.access, access_until = excluded.access_until, refresh = excluded.refresh,
			spent = excluded.spent, refresh_until = excluded.refresh_until, refreshed_at = excluded.refreshed_at`,
		s.ID, l.Org, l.AppKey, l.UserID, l.Account, l.Mark, l.WithOrg, s.Access, millis(s.AccessUntil), s.Refresh, s.Spent,
		millis(s.RefreshUntil), millis(s.RefreshedAt))
}

// UserSessionByAccess implements [directory.UserSessionTx]. It answers across tenants.
func (t *tx) UserSessionByAccess(hash string) (s directory.UserSession, app directory.App, err error) {
	var a appRow
	ok, err := t.One("SELECT "+sessionColumns+", "+appColumns+` FROM user_session l JOIN app a ON a.app_key = l.app_key AND a.org = l.org
		WHERE l.access = ?`, args{hash}, func(r *row) (err error) {
		s = scanSession(r)
		a, err = scanApp(r, 13)
		return err
	})
	return s, a.App, found(ok, err, directory.ErrTokenInvalid)
}

// UserSessionByRefresh implements [directory.UserSessionTx]. It answers across tenants.
func (t *tx) UserSessionByRefresh(hash string) (s directory.UserSession, err error) {
	ok, err := t.One(t.toWrite("SELECT "+sessionColumns+" FROM user_session l WHERE l.refresh = ? OR l.spent = ? LIMIT 1"), args{hash, hash}, func(r *row) error {
		s = scanSession(r)
		return nil
	})
	return s, found(ok, err, directory.ErrCodeInvalid)
}

// DeleteUserSession implements [directory.UserSessionTx].
func (t *tx) DeleteUserSession(id string) {
	t.Write("DELETE FROM user_session WHERE id = ? AND org = ?", id, t.Org)
}
