package directory

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// App is a program an organisation lets use the APIs.
type App struct {
	Org         string
	Key         string // appKey, also clientId and, as text, the TOP app_key of a signing key
	Secret      Secret
	Name        string
	AgentID     int64
	Permissions []string
	Scope       Scope
	AllowIPs    []string
	Disabled    bool
	Epoch       int64 // changes when the token must change
	SigningOnly bool  // a TOP signing key: signs requests, gets no tokens
	CreatedAt   time.Time
}

// AllPermissions is the permission code that stands for every code.
const AllPermissions = "*"

// May reports whether the app holds the permission code.
func (p Principal) May(permission string) bool {
	return permission == "" || slices.Contains(p.Permissions, permission) || slices.Contains(p.Permissions, AllPermissions)
}

// Token is an access token of an app. Only its hash is stored.
type Token struct {
	Hash    string // hex of Keys.MAC("access token", token)
	Org     string
	AppKey  string
	Epoch   int64
	Expires time.Time // zero: never (the fixed tokens of dev)
}

// TokenLife is how long an issued token lives (dingtalk-org-accounts B1).
const TokenLife = 7200 * time.Second

// renewAfter keeps token calls from being durable writes: a token that was
// renewed within the last minute is not renewed again.
const renewAfter = time.Minute

// AppTx reads and writes apps and their tokens. AppByKey and TokenByHash answer
// across tenants, because the credential is what names the tenant.
type AppTx interface {
	// AppByKey returns the app, or ErrAppNotFound.
	AppByKey(key string) (App, error)
	// AppsOf returns the organisation's apps in the order of their keys.
	AppsOf(org string) ([]App, error)
	PutApp(a App)
	// TokenByHash returns the token and its app, or ErrTokenInvalid.
	TokenByHash(hash string) (Token, App, error)
	PutToken(t Token)
	DeleteTokensOf(appKey string)
}

type tokenCache = expiring[Principal]

// IssueToken returns the app's access token, the same one within its lifetime,
// and renews it. It returns ErrAppNotFound or ErrAppSecret; the two cost the
// same time.
func (d *Directory) IssueToken(ctx context.Context, appKey, secret string) (string, Principal, error) {
	app, err := d.app(ctx, appKey)
	if err != nil && !errors.Is(err, ErrAppNotFound) {
		return "", Principal{}, err
	}
	if !d.sameSecret(app.Secret.Reveal(), secret) || err != nil {
		return "", Principal{}, errors.Join(err, ErrAppSecret)
	}
	if app.SigningOnly || app.Disabled {
		return "", Principal{}, fmt.Errorf("app %s: %w", appKey, ErrAppNotFound)
	}
	return d.issue(ctx, app)
}

// IssueTokenFor is IssueToken for the older form of the call, which names the
// organisation: secret is the secret of an app of that organisation (design.md 7, 2).
func (d *Directory) IssueTokenFor(ctx context.Context, corpID, secret string) (string, Principal, error) {
	var apps []App
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		apps, err = tx.AppsOf(corpID)
		return err
	})
	if err != nil {
		return "", Principal{}, err
	}
	for _, app := range apps {
		if d.sameSecret(app.Secret.Reveal(), secret) && !app.SigningOnly && !app.Disabled {
			return d.issue(ctx, app)
		}
	}
	return "", Principal{}, fmt.Errorf("organisation %s: %w", corpID, ErrAppSecret)
}

// sameSecret compares digests of equal length, so that neither content nor
// length of a secret shows in the time it takes.
func (d *Directory) sameSecret(have []byte, given string) bool {
	a, b := d.keys.MAC("compare", string(have)), d.keys.MAC("compare", given)
	return hmac.Equal(a, b) && len(have) > 0
}

func (d *Directory) issue(ctx context.Context, app App) (string, Principal, error) {
	now := d.now()
	var token string
	renew := func(tx Tx, write bool) (bool, error) {
		current, err := tx.AppByKey(app.Key)
		if err != nil {
			return false, err
		}
		epoch := current.Epoch
		token = d.deriveToken(current)
		t, _, err := tx.TokenByHash(d.tokenHash(token))
		switch {
		case err == nil && t.Expires.After(now.Add(TokenLife-renewAfter)):
			return true, nil
		case err == nil && t.Expires.Before(now):
			current.Epoch++
			token = d.deriveToken(current)
		case err != nil && !errors.Is(err, ErrTokenInvalid):
			return false, err
		}
		if write {
			if current.Epoch != epoch {
				tx.PutApp(current)
			}
			tx.PutToken(Token{Hash: d.tokenHash(token), Org: app.Org, AppKey: app.Key, Epoch: current.Epoch, Expires: now.Add(TokenLife)})
		}
		return false, nil
	}
	fresh := false
	err := d.store.View(ctx, app.Org, func(tx Tx) (err error) { fresh, err = renew(tx, false); return err })
	if err == nil && !fresh {
		err = d.store.Update(ctx, app.Org, func(tx Tx) error { _, err := renew(tx, true); return err })
	}
	return token, app.principal(), err
}

func (d *Directory) deriveToken(a App) string {
	return hex.EncodeToString(d.keys.MAC("issue token", a.Org, a.Key, strconv.FormatInt(a.Epoch, 10)))[:32]
}

func (d *Directory) tokenHash(token string) string {
	return hex.EncodeToString(d.keys.MAC("access token", token))
}

func (a App) principal() Principal {
	return Principal{Kind: AppCaller, Org: a.Org, ID: a.Key, Name: a.Name, Permissions: a.Permissions, Scope: a.Scope, AllowIPs: a.AllowIPs}
}

// TokenPrincipal returns who holds the access token, or ErrTokenInvalid. The
// answer may be up to a second old.
func (d *Directory) TokenPrincipal(ctx context.Context, token string) (Principal, error) {
	if token == "" || len(token) > 512 {
		return Principal{}, ErrTokenInvalid
	}
	hash, now := d.tokenHash(token), d.now()
	if p, ok := d.tokens.get(hash, now); ok && (p.Expires.IsZero() || p.Expires.After(now)) {
		return p, nil
	}
	var p Principal
	err := d.store.View(ctx, "", func(tx Tx) error {
		t, app, err := tx.TokenByHash(hash)
		if err != nil {
			return err
		}
		if app.Disabled || !t.Expires.IsZero() && (t.Epoch != app.Epoch || !t.Expires.After(now)) {
			return ErrTokenInvalid
		}
		if o, err := tx.OrgByID(app.Org); err != nil || o.Disabled {
			return errors.Join(err, ErrTokenInvalid)
		}
		p = app.principal()
		p.Expires = t.Expires
		return nil
	})
	if err != nil {
		return Principal{}, err
	}
	d.tokens.put(hash, p, now)
	return p, nil
}

// AppSecret returns the secret that signs TOP calls under an app key, or
// ErrAppNotFound.
func (d *Directory) AppSecret(ctx context.Context, appKey string) (Secret, string, error) {
	app, err := d.app(ctx, appKey)
	if err == nil && app.Disabled {
		err = fmt.Errorf("app %s is disabled: %w", appKey, ErrAppNotFound)
	}
	if err != nil {
		return Secret{}, "", err
	}
	return app.Secret, app.Org, nil
}

func (d *Directory) app(ctx context.Context, key string) (app App, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		app, err = tx.AppByKey(key)
		return err
	})
	return app, err
}

// AppPrincipal returns who a request stands for that an app signed with its
// secret instead of bringing a token, and that secret. It returns
// ErrAppNotFound for an app that could not get a token either.
func (d *Directory) AppPrincipal(ctx context.Context, appKey string) (Principal, Secret, error) {
	app, err := d.app(ctx, appKey)
	if err != nil {
		return Principal{}, Secret{}, err
	}
	o, err := d.Org(ctx, app.Org)
	if err != nil || o.Disabled || app.Disabled || app.SigningOnly {
		return Principal{}, Secret{}, errors.Join(err, ErrAppNotFound)
	}
	return app.principal(), app.Secret, nil
}

// IssueToken is Directory.IssueToken for the call of an operation, which has
// no credential yet.
func (s *Session) IssueToken(ctx context.Context, appKey, secret string) (string, Principal, error) {
	return s.dir.IssueToken(ctx, appKey, secret)
}

// IssueTokenFor is Directory.IssueTokenFor for the call of an operation.
func (s *Session) IssueTokenFor(ctx context.Context, corpID, secret string) (string, Principal, error) {
	return s.dir.IssueTokenFor(ctx, corpID, secret)
}
