package store

import (
	"encoding/json"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

const appColumns = `a.app_key, a.org, a.secret, a.name, a.agent_id, a.permissions, a.scope, a.allow_ips,
	a.disabled, a.epoch, a.signing_only, a.created_at, a.redirect_uris, a.require_signing,
	a.old_secret, a.old_epoch, a.old_until, a.rotations`

// storedScope is the stored form of a [directory.Scope].
type storedScope struct {
	All     bool     `json:"all,omitempty"`
	DeptIDs []int64  `json:"deptIds,omitempty"`
	UserIDs []string `json:"userIds,omitempty"`
}

// appRow is an app whose secrets are still sealed: opening them may need a
// read, which is not allowed while a row is scanned.
type appRow struct {
	directory.App
	sealed, oldSealed []byte
}

func scanApp(r *row, i int) (a appRow, err error) {
	a.Key, a.Org, a.sealed, a.Name, a.AgentID = r.Text(i), r.Text(i+1), r.Bytes(i+2), r.Text(i+3), r.Int(i+4)
	a.Disabled, a.Epoch, a.SigningOnly, a.CreatedAt = r.Bool(i+8), r.Int(i+9), r.Bool(i+10), fromMillis(r.Int(i+11))
	if a.Permissions, err = readList[string](r, i+5); err != nil {
		return a, err
	}
	if a.AllowIPs, err = readList[string](r, i+7); err != nil {
		return a, err
	}
	if a.RedirectURIs, err = readList[string](r, i+12); err != nil {
		return a, err
	}
	if len(a.RedirectURIs) == 0 {
		a.RedirectURIs = nil
	}
	a.RequireSigning = r.Bool(i + 13)
	a.oldSealed, a.Old.Epoch, a.Rotations = r.Bytes(i+14), r.Int(i+15), r.Int(i+17)
	if until := r.Int(i + 16); until != 0 {
		a.Old.Until = fromMillis(until)
	}
	var s storedScope
	err = json.Unmarshal([]byte(r.Text(i+6)), &s)
	a.Scope = directory.Scope(s)
	return a, err
}

// openApp opens the secrets under the key of the app's organisation, which the
// credential names and the transaction may not know.
func (t *tx) openApp(a appRow) (directory.App, error) {
	keys, err := t.KeysOf(a.Org)
	if err != nil {
		return directory.App{}, err
	}
	return a.open(keys)
}

func (a appRow) open(keys *keyring.Tenant) (directory.App, error) {
	secret, err := engine.OpenUnder(keys, "app", a.Key, "secret", a.sealed)
	if err != nil {
		return directory.App{}, err
	}
	a.Secret = directory.NewSecret(secret)
	if a.oldSealed != nil {
		secret, err = engine.OpenUnder(keys, "app", a.Key, "old_secret", a.oldSealed)
		a.Old.Secret = directory.NewSecret(secret)
	}
	return a.App, err
}

// AppByKey implements [directory.AppTx]. It answers across tenants.
func (t *tx) AppByKey(key string) (directory.App, error) {
	var a appRow
	ok, err := t.One(t.toWrite("SELECT "+appColumns+" FROM app a WHERE a.app_key = ?"), args{key}, func(r *row) (err error) {
		a, err = scanApp(r, 0)
		return err
	})
	if err := found(ok, err, directory.ErrAppNotFound); err != nil {
		return directory.App{}, err
	}
	return t.openApp(a)
}

// AppsOf implements [directory.AppTx]. It answers across tenants.
func (t *tx) AppsOf(org string) ([]directory.App, error) {
	var rows []appRow
	err := t.Each("SELECT "+appColumns+" FROM app a WHERE a.org = ? ORDER BY a.app_key", args{org}, func(r *row) error {
		a, err := scanApp(r, 0)
		rows = append(rows, a)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	keys, err := t.KeysOf(org)
	if err != nil {
		return nil, err
	}
	apps := make([]directory.App, len(rows))
	for i, a := range rows {
		if apps[i], err = a.open(keys); err != nil {
			return nil, err
		}
	}
	return apps, nil
}

// AppsInUse implements [directory.AppTx]. It answers across tenants.
func (t *tx) AppsInUse(keys []string) (apps []directory.App, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	places, values := in(keys)
	err = t.Each("SELECT "+appColumns+" FROM app a JOIN org o ON o.id = a.org WHERE a.app_key IN ("+places+
		") AND NOT a.disabled AND NOT o.disabled", values, func(r *row) error {
		a, err := scanApp(r, 0)
		apps = append(apps, a.App)
		return err
	})
	return apps, err
}

// PutApp implements [directory.AppTx]. A key that belongs to an app of another
// organisation makes Update return ErrConflict.
func (t *tx) PutApp(a directory.App) {
	if t.OfOther(a.Org) {
		return
	}
	if a.Permissions == nil {
		a.Permissions = []string{}
	}
	if a.AllowIPs == nil {
		a.AllowIPs = []string{}
	}
	if a.RedirectURIs == nil {
		a.RedirectURIs = []string{}
	}
	var oldSecret []byte
	var oldUntil int64
	if !a.Old.Until.IsZero() {
		oldSecret, oldUntil = t.Seal("app", a.Key, "old_secret", string(a.Old.Secret.Reveal())), millis(a.Old.Until)
	}
	t.WriteOne(directory.ErrConflict, `INSERT INTO app (app_key, org, secret, name, agent_id, permissions, scope, allow_ips,
			disabled, epoch, signing_only, created_at, redirect_uris, require_signing, old_secret, old_epoch, old_until, rotations)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (app_key) DO UPDATE SET secret = excluded.secret, name = excluded.name, agent_id = excluded.agent_id,
			permissions = excluded.permissions, scope = excluded.scope, allow_ips = excluded.allow_ips,
			disabled = excluded.disabled, epoch = excluded.epoch, signing_only = excluded.signing_only,
			redirect_uris = excluded.redirect_uris, require_signing = excluded.require_signing,
			old_secret = excluded.old_secret, old_epoch = excluded.old_epoch, old_until = excluded.old_until, rotations = excluded.rotations
		WHERE app.org = excluded.org`,
		a.Key, a.Org, t.Seal("app", a.Key, "secret", string(a.Secret.Reveal())), a.Name, a.AgentID, jsonText(a.Permissions),
		jsonText(storedScope(a.Scope)), jsonText(a.AllowIPs), a.Disabled, a.Epoch, a.SigningOnly, millis(a.CreatedAt),
		jsonText(a.RedirectURIs), a.RequireSigning, oldSecret, a.Old.Epoch, oldUntil, a.Rotations)
}

// TokenByHash implements [directory.TokenTx]. It answers across tenants.
func (t *tx) TokenByHash(hash string) (directory.Token, directory.App, error) {
	var token directory.Token
	var a appRow
	ok, err := t.One(`SELECT t.hash, t.org, t.app_key, t.epoch, t.expires_at, `+appColumns+`
		FROM access_token t JOIN app a ON a.app_key = t.app_key AND a.org = t.org WHERE t.hash = ?`, args{hash}, func(r *row) (err error) {
		token = directory.Token{Hash: r.Text(0), Org: r.Text(1), AppKey: r.Text(2), Epoch: r.Int(3)}
		if ms := r.NullInt(4); ms != nil {
			token.Expires = fromMillis(*ms)
		}
		a, err = scanApp(r, 5)
		return err
	})
	if err := found(ok, err, directory.ErrTokenInvalid); err != nil {
		return directory.Token{}, directory.App{}, err
	}
	app, err := t.openApp(a)
	return token, app, err
}

// PutToken implements [directory.TokenTx].
func (t *tx) PutToken(token directory.Token) {
	if t.OfOther(token.Org) {
		return
	}
	var expires any
	if !token.Expires.IsZero() {
		expires = millis(token.Expires)
	}
	t.WriteOne(directory.ErrConflict, `INSERT INTO access_token (hash, org, app_key, epoch, expires_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (hash) DO UPDATE SET epoch = excluded.epoch, expires_at = excluded.expires_at
		WHERE access_token.org = excluded.org AND access_token.app_key = excluded.app_key`,
		token.Hash, token.Org, token.AppKey, token.Epoch, expires)
}

// DeleteToken implements [directory.TokenTx].
func (t *tx) DeleteToken(hash string) {
	t.Write("DELETE FROM access_token WHERE hash = ? AND org = ?", hash, t.Org)
}

// DeleteTokensOf implements [directory.TokenTx].
func (t *tx) DeleteTokensOf(appKey string) {
	t.Write("DELETE FROM access_token WHERE app_key = ? AND org = ?", appKey, t.Org)
}
