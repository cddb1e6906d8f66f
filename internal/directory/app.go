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

// Errors of apps and their tokens. Methods wrap them with context; compare with errors.Is.
var (
	ErrAppNotFound = errors.New("app not found")
	ErrAppSecret   = errors.New("wrong app secret")
	ErrAppAddress  = errors.New("the app may not be used from this address")
	// ErrAppPermission: an app that calls with its secret instead of a token
	// lacks the permission.
	ErrAppPermission = errors.New("the app lacks the permission for the call")
	ErrTokenInvalid  = errors.New("token is unknown or expired")
	// ErrTokenOrg and ErrTokenKind are kinds of ErrTokenInvalid.
	ErrTokenOrg  = fmt.Errorf("its organisation is disabled: %w", ErrTokenInvalid)
	ErrTokenKind = fmt.Errorf("the call takes another kind of token: %w", ErrTokenInvalid)
)

// App is a program that an organisation allows to use the APIs.
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
	Old         OldSecret
	Rotations   int64 // how many secrets it had before this one
	Epoch       int64 // changes when the token must change
	SigningOnly bool  // a TOP signing key: signs requests, gets no tokens
	CreatedAt   time.Time

	RedirectURIs   []string // where the login page may send people back to
	RequireSigning bool     // the TOP gateway requires a signature besides the token
}

// AllPermissions is the permission code that includes every other.
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

// TokenLife is how long an issued token lives
// (docs/spec/dingtalk.md#lifetime-of-an-app-token).
const TokenLife = 7200 * time.Second

// renewAfter saves a durable write per token call: a token that was renewed
// within the last minute is not renewed again.
const renewAfter = time.Minute

func (t Token) expired(now time.Time) bool { return !t.Expires.IsZero() && !t.Expires.After(now) }

// AppTx reads and writes apps and their tokens. AppByKey and TokenByHash answer
// across tenants, because the tenant is known from the credential.
type AppTx interface {
	// AppByKey returns the app, or ErrAppNotFound.
	AppByKey(key string) (App, error)
	// AppsOf returns the organisation's apps in the order of their keys.
	AppsOf(org string) ([]App, error)
	// AppsInUse returns those of the apps, of any organisation, that are
	// enabled and whose organisation is; without their secrets, in any order.
	AppsInUse(keys []string) ([]App, error)
	PutApp(a App)
	TokenTx
}

// TokenTx reads and writes the access tokens of apps.
type TokenTx interface {
	// TokenByHash returns the token and its app, or ErrTokenInvalid.
	TokenByHash(hash string) (Token, App, error)
	PutToken(t Token)
	DeleteToken(hash string)
	DeleteTokensOf(appKey string)
}

type tokenCache = expiring[Principal]

// IssueToken returns the app's access token, the same one within its lifetime,
// and renews it. It returns ErrAppNotFound or ErrAppSecret; the two cost the
// same time.
func (d *Directory) IssueToken(ctx context.Context, appKey, secret string) (string, Principal, error) {
	app, err := d.appWithSecret(ctx, appKey, secret)
	if err != nil {
		return "", Principal{}, err
	}
	return d.issue(ctx, app, secret)
}

// appWithSecret returns the app with that key if the secret is right.
func (d *Directory) appWithSecret(ctx context.Context, appKey, secret string) (App, error) {
	app, err := d.app(ctx, appKey)
	if err != nil && !errors.Is(err, ErrAppNotFound) {
		return App{}, err
	}
	if _, good := d.secretNumber(app, secret, d.now()); !good || err != nil {
		return App{}, errors.Join(err, ErrAppSecret)
	}
	if app.SigningOnly || app.Disabled {
		return App{}, fmt.Errorf("app %s: %w", appKey, ErrAppNotFound)
	}
	return app, nil
}

// IssueTokenFor is IssueToken for the older form of the call, which names the
// organisation: secret is the secret of an app of that organisation.
func (d *Directory) IssueTokenFor(ctx context.Context, corpID, secret string) (string, Principal, error) {
	app, err := d.appOfCorp(ctx, corpID, secret)
	if err != nil {
		return "", Principal{}, err
	}
	return d.issue(ctx, app, secret)
}

// appOfCorp returns the app of an organisation that has the secret, or
// ErrAppSecret.
func (d *Directory) appOfCorp(ctx context.Context, corpID, secret string) (App, error) {
	var apps []App
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		apps, err = tx.Apps().AppsOf(corpID)
		return err
	})
	if err != nil {
		return App{}, err
	}
	for _, app := range apps {
		if _, good := d.secretNumber(app, secret, d.now()); good && !app.SigningOnly && !app.Disabled {
			return app, nil
		}
	}
	return App{}, fmt.Errorf("organisation %s: %w", corpID, ErrAppSecret)
}

// sameSecret compares digests of equal length, so that its timing reveals
// neither the content nor the length of a secret.
func (d *Directory) sameSecret(have []byte, given string) bool {
	a, b := d.keys.MAC("compare", string(have)), d.keys.MAC("compare", given)
	return hmac.Equal(a, b) && len(have) > 0
}

// issue returns the token for a secret of the app, and renews it.
func (d *Directory) issue(ctx context.Context, app App, secret string) (string, Principal, error) {
	now := d.now()
	var token string
	err := d.renewing(ctx, app, secret, now, func(tx Tx, current App, rotation int64, write bool) (fresh bool, err error) {
		epoch := current.epochOf(rotation)
		token = d.deriveToken(current, epoch)
		t, _, err := tx.Apps().TokenByHash(d.tokenHash(token))
		if err != nil && !errors.Is(err, ErrTokenInvalid) {
			return false, err
		}
		expired := err == nil && t.expired(now)
		if err == nil && t.Expires.After(current.tokenEnd(epoch, now).Add(-renewAfter)) {
			return true, nil
		}
		if expired { // its successor is another one
			epoch = current.renewEpoch(epoch)
			token = d.deriveToken(current, epoch)
		}
		if !write {
			return false, nil
		}
		if expired {
			tx.Apps().DeleteToken(t.Hash)
			tx.Apps().PutApp(current)
		}
		tx.Apps().PutToken(Token{Hash: d.tokenHash(token), Org: app.Org, AppKey: app.Key, Epoch: epoch, Expires: current.tokenEnd(epoch, now)})
		return false, nil
	})
	if err != nil {
		return "", Principal{}, err
	}
	return token, app.principal(), nil
}

// renewing calls renew with an app and the rotation that made its secret: in a
// read, and again to write if the token is not fresh. The secret was checked
// before, so it is compared again inside: after a rotation in between, the old
// secret must not get a token. To write, the app is locked, so that two calls do
// not make two tokens.
func (d *Directory) renewing(ctx context.Context, app App, secret string, now time.Time,
	renew func(tx Tx, current App, rotation int64, write bool) (fresh bool, err error)) error {
	attempt := func(tx Tx, write bool) (fresh bool, err error) {
		current, err := tx.Apps().AppByKey(app.Key)
		if err != nil {
			return false, err
		}
		rotation, good := d.secretNumber(current, secret, now)
		if !good {
			return false, ErrAppSecret
		}
		if current.Disabled {
			return false, ErrAppNotFound
		}
		if err := activeOrg(tx, current.Org, ErrAppNotFound); err != nil {
			return false, err
		}
		return renew(tx, current, rotation, write)
	}
	var fresh bool
	err := d.store.View(ctx, app.Org, func(tx Tx) (err error) { fresh, err = attempt(tx, false); return err })
	if err == nil && !fresh {
		err = d.store.Update(ctx, app.Org, func(tx Tx) error { _, err := attempt(tx, true); return err })
	}
	return err
}

// activeOrg returns gone for an organisation that was disabled or deleted. A
// failing store is neither: on gone, clients throw their credentials away.
func activeOrg(tx Tx, id string, gone error) error {
	o, err := tx.Orgs().OrgByID(id)
	if errors.Is(err, ErrOrgNotFound) || err == nil && o.Disabled {
		return fmt.Errorf("organisation %s: %w", id, gone)
	}
	return err
}

func (d *Directory) deriveToken(a App, epoch int64) string {
	return hex.EncodeToString(d.keys.MAC("issue token", a.Org, a.Key, strconv.FormatInt(epoch, 10)))[:32]
}

func (d *Directory) tokenHash(token string) string {
	return hex.EncodeToString(d.keys.MAC("access token", token))
}

func (a App) principal() Principal {
	return Principal{Kind: AppCaller, Org: a.Org, ID: a.Key, Name: a.Name, App: a.Key, Permissions: a.Permissions,
		Scope: a.Scope, AllowIPs: a.AllowIPs, MustSign: a.RequireSigning}
}

// TokenPrincipal returns who holds the access token, an app or a person, or
// ErrTokenInvalid, which is ErrTokenOrg for the token of an organisation that
// is disabled. The answer is cached for up to a second.
func (d *Directory) TokenPrincipal(ctx context.Context, token string) (Principal, error) {
	if token == "" || len(token) > 512 {
		return Principal{}, ErrTokenInvalid
	}
	hash, now := d.tokenHash(token), d.now()
	if p, ok := d.tokens.get(hash, now); ok && (p.Expires.IsZero() || p.Expires.After(now)) {
		return p, nil
	}
	p, err := d.appPrincipal(ctx, hash, now)
	if errors.Is(err, ErrTokenInvalid) && !errors.Is(err, ErrTokenOrg) {
		p, err = d.personPrincipal(ctx, hash, now)
	}
	if err != nil {
		return Principal{}, err
	}
	d.tokens.put(hash, p, now)
	return p, nil
}

// appPrincipal returns the app whose token has the hash, or ErrTokenInvalid.
func (d *Directory) appPrincipal(ctx context.Context, hash string, now time.Time) (p Principal, err error) {
	var over Token
	err = d.store.View(ctx, "", func(tx Tx) error {
		t, app, err := tx.Apps().TokenByHash(hash)
		if err != nil {
			return err
		}
		if t.expired(now) {
			over = t
			return ErrTokenInvalid
		}
		if app.Disabled || !t.Expires.IsZero() && !app.gives(t.Epoch, now) {
			return ErrTokenInvalid
		}
		if err := activeOrg(tx, app.Org, ErrTokenOrg); err != nil {
			return err
		}
		p = app.principal()
		p.Expires = t.Expires
		return nil
	})
	if over.Hash != "" {
		err = errors.Join(err, d.endToken(ctx, over, now)) // refused even if the deletion fails
	}
	return p, err
}

// endToken deletes a token that was refused as expired, so that setting the
// clock back cannot revive it. The app's next token is a new one.
func (d *Directory) endToken(ctx context.Context, t Token, now time.Time) error {
	return d.store.Update(ctx, t.Org, func(tx Tx) error {
		app, err := tx.Apps().AppByKey(t.AppKey)
		if err != nil {
			return err
		}
		last, _, err := tx.Apps().TokenByHash(t.Hash)
		if errors.Is(err, ErrTokenInvalid) || err == nil && !last.expired(now) {
			return nil // another call deleted or renewed it
		}
		if err != nil {
			return err
		}
		tx.Apps().DeleteToken(t.Hash)
		if last.Epoch == app.Epoch || last.Epoch == app.Old.Epoch {
			app.renewEpoch(last.Epoch)
			tx.Apps().PutApp(app)
		}
		return nil
	})
}

// AppSecrets returns the secrets that sign TOP calls under an app key, and its
// organisation, or ErrAppNotFound. The answer is cached for up to a second.
func (d *Directory) AppSecrets(ctx context.Context, appKey string) ([]Secret, string, error) {
	app, err := d.appInUse(ctx, appKey)
	return app.Secrets(d.now()), app.Org, err
}

// appInUse returns an app that is enabled, as is its organisation, or
// ErrAppNotFound. The answer is cached for up to a second.
func (d *Directory) appInUse(ctx context.Context, key string) (app App, err error) {
	now := d.now()
	if app, ok := d.apps.get(key, now); ok {
		return app, nil
	}
	err = d.store.View(ctx, "", func(tx Tx) error {
		if app, err = tx.Apps().AppByKey(key); err != nil {
			return err
		}
		if app.Disabled {
			return fmt.Errorf("app %s is disabled: %w", key, ErrAppNotFound)
		}
		return activeOrg(tx, app.Org, ErrAppNotFound)
	})
	if err != nil {
		return App{}, err
	}
	d.apps.put(key, app, now)
	return app, nil
}

// forgetApps drops this process's cached apps and tokens.
func (d *Directory) forgetApps() {
	d.tokens.clear()
	d.apps.clear()
}

func (d *Directory) app(ctx context.Context, key string) (app App, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		app, err = tx.Apps().AppByKey(key)
		return err
	})
	return app, err
}

// AppPrincipal returns the principal for a request that an app signed with its
// secret instead of sending a token, and the secrets it may have used. It
// returns ErrAppNotFound for an app that could not get a token either. The
// answer is cached for up to a second.
func (d *Directory) AppPrincipal(ctx context.Context, appKey string) (Principal, []Secret, error) {
	app, err := d.appInUse(ctx, appKey)
	if err == nil && app.SigningOnly {
		err = fmt.Errorf("app %s: %w", appKey, ErrAppNotFound)
	}
	if err != nil {
		return Principal{}, nil, err
	}
	return app.principal(), app.Secrets(d.now()), nil
}

// IssueToken is Directory.IssueToken for an operation's session, which has no
// credential yet.
func (s *Session) IssueToken(ctx context.Context, appKey, secret string) (string, Principal, error) {
	return s.dir.IssueToken(ctx, appKey, secret)
}

// IssueTokenFor is Directory.IssueTokenFor for an operation's session.
func (s *Session) IssueTokenFor(ctx context.Context, corpID, secret string) (string, Principal, error) {
	return s.dir.IssueTokenFor(ctx, corpID, secret)
}
