package directory

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// LoginTokenKind is what a token of the older login calls is for. None of them
// works in place of another, or of an access token
// (docs/spec/dingtalk-login.md#tokens-of-the-login-calls).
type LoginTokenKind string

// The kinds of tokens.
const (
	SNSToken       LoginTokenKind = "sns"        // of an app, for /sns/
	SSOToken       LoginTokenKind = "sso"        // of an app, for single sign-on of administrators
	JSTicket       LoginTokenKind = "js-ticket"  // of an app, which its pages sign with; no call takes it
	PersonToken    LoginTokenKind = "person"     // of a person, for /sns/getuserinfo
	PersistentCode LoginTokenKind = "persistent" // of a person: gives person tokens
)

// LoginToken is such a token. Only its hash is stored.
type LoginToken struct {
	Hash     string
	Kind     LoginTokenKind
	Login    Login     // without a person for a token of an app
	Rotation int64     // number of the app's secret that it was issued for
	Seed     string    // what the token derives from; "" for those of people
	Expires  time.Time // zero: never
}

// LoginTokenTx reads and writes the tokens.
type LoginTokenTx interface {
	// PutLoginToken writes a token, and removes the organisation's tokens that
	// have expired.
	PutLoginToken(t LoginToken, now time.Time)
	// LoginTokenByHash returns the token and its app, or ErrTokenInvalid. It
	// answers across tenants.
	LoginTokenByHash(hash string) (LoginToken, App, error)
	// LoginTokenOf returns the app's own token of a kind for that secret which
	// expires last, or ErrTokenInvalid.
	LoginTokenOf(app string, kind LoginTokenKind, rotation int64) (LoginToken, error)
}

// IssueLoginToken returns the app's token of a kind, the same one within its
// lifetime, and renews it. It returns ErrAppNotFound or ErrAppSecret.
func (s *Session) IssueLoginToken(ctx context.Context, kind LoginTokenKind, appKey, secret string) (string, error) {
	app, err := s.dir.appWithSecret(ctx, appKey, secret)
	if err != nil {
		return "", err
	}
	return s.dir.lasting(ctx, app, kind, secret)
}

// IssueLoginTokenFor is IssueLoginToken with the secret of an app of an
// organisation. It returns ErrAppSecret.
func (s *Session) IssueLoginTokenFor(ctx context.Context, kind LoginTokenKind, corpID, secret string) (string, error) {
	app, err := s.dir.appOfCorp(ctx, corpID, secret)
	if err != nil {
		return "", err
	}
	return s.dir.lasting(ctx, app, kind, secret)
}

// JSTicket returns the ticket of the calling app, the same one within its
// lifetime, and renews it.
func (s *Session) JSTicket(ctx context.Context) (string, error) {
	app, err := s.dir.app(ctx, s.caller.App)
	if err != nil {
		return "", err
	}
	return s.dir.lasting(ctx, app, JSTicket, string(app.Secret.Reveal()))
}

// CorpToken returns the access token of the calling app, which signed the call,
// for an organisation, or ErrAppNotFound: an internal app belongs to one.
func (s *Session) CorpToken(ctx context.Context, corpID string) (string, error) {
	app, err := s.dir.app(ctx, s.caller.App)
	if err != nil {
		return "", err
	}
	if app.Org != corpID {
		return "", ErrAppNotFound
	}
	secret := app.Secret
	if s.caller.ByOldSecret {
		secret = app.Old.Secret
	}
	token, _, err := s.dir.issue(ctx, app, string(secret.Reveal()))
	return token, err
}

// lasting returns the token that an app gets again within its lifetime.
func (d *Directory) lasting(ctx context.Context, app App, kind LoginTokenKind, secret string) (token string, err error) {
	now := d.now()
	err = d.renewing(ctx, app, secret, now, func(tx Tx, current App, rotation int64, write bool) (fresh bool, err error) {
		t, err := tx.Logins().LoginTokenOf(app.Key, kind, rotation)
		if err != nil && !errors.Is(err, ErrTokenInvalid) {
			return false, err
		}
		end := now.Add(kind.life())
		if rotation != current.Rotations && current.Old.Until.Before(end) {
			end = current.Old.Until // it ends with the old secret
		}
		if err != nil || !t.Expires.After(now) {
			t.Seed = d.ids.Base62(16)
		}
		token = d.deriveLoginToken(kind, app, rotation, t.Seed)
		if t.Expires.After(end.Add(-renewAfter)) {
			return true, nil
		}
		if write {
			tx.Logins().PutLoginToken(LoginToken{Hash: d.loginTokenHash(kind, token), Kind: kind, Login: Login{Org: app.Org, AppKey: app.Key},
				Rotation: rotation, Seed: t.Seed, Expires: end}, now)
		}
		return false, nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// SSOTokenLife is how long the token of administrators' single sign-on lives
// (docs/spec/dingtalk-login.md#single-sign-on-of-administrators).
const SSOTokenLife = time.Hour

func (k LoginTokenKind) life() time.Duration {
	if k == SSOToken {
		return SSOTokenLife
	}
	return TokenLife
}

func (d *Directory) deriveLoginToken(kind LoginTokenKind, app App, rotation int64, seed string) string {
	token := hex.EncodeToString(d.keys.MAC("login token text", string(kind), app.Org, app.Key, strconv.FormatInt(rotation, 10), seed))
	if kind == JSTicket {
		return token
	}
	return token[:32]
}

func (d *Directory) loginTokenHash(kind LoginTokenKind, token string) string {
	return hex.EncodeToString(d.keys.MAC("login token", string(kind), token))
}

// LoginTokenPrincipal returns who holds a token of a kind, an app or a person,
// or ErrTokenInvalid, which is ErrTokenOrg for that of an organisation that is
// disabled.
func (d *Directory) LoginTokenPrincipal(ctx context.Context, kind LoginTokenKind, token string) (p Principal, err error) {
	if token == "" || len(token) > 512 {
		return Principal{}, ErrTokenInvalid
	}
	now := d.now()
	t, app, err := d.loginToken(ctx, kind, token, now)
	if err != nil {
		return Principal{}, err
	}
	p = app.principal()
	p.Expires = t.Expires
	if t.Login.UserID == "" {
		return p, nil
	}
	p.Kind, p.ID, p.App, p.Scope = UserCaller, t.Login.UserID, app.Key, Scope{}
	err = d.store.View(ctx, app.Org, func(tx Tx) error {
		e, err := tx.Employees().Employee(t.Login.UserID)
		if errors.Is(err, ErrEmployeeNotFound) || err == nil && !d.loginValid(t.Login, e) {
			return ErrTokenInvalid
		}
		p.Name = e.Name
		return err
	})
	return p, err
}

// loginToken returns a token that is valid for its app, and the app.
func (d *Directory) loginToken(ctx context.Context, kind LoginTokenKind, token string, now time.Time) (t LoginToken, app App, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		if t, app, err = tx.Logins().LoginTokenByHash(d.loginTokenHash(kind, token)); err != nil {
			return err
		}
		current := t.Rotation == app.Rotations || t.Rotation == app.Rotations-1 && app.HasOldSecret(now)
		if app.Disabled || !current || !t.Expires.IsZero() && !t.Expires.After(now) {
			return ErrTokenInvalid
		}
		return activeOrg(tx, app.Org, ErrTokenOrg)
	})
	return t, app, err
}

// Persistent is a person's lasting permission for an app, of the older login
// for websites.
type Persistent struct{ OpenID, UnionID, Code string }

// TakeForPersistent uses up a code of the older page for websites, or of the
// client, and returns the person's lasting permission. It returns
// ErrCodeInvalid.
func (s *Session) TakeForPersistent(ctx context.Context, code string) (p Persistent, err error) {
	err = s.update(ctx, func(tx Tx) error {
		hash := s.dir.codeHash(code)
		e, _, err := s.ownerOf(tx, hash, s.caller.App, SNSLogin, InAppLogin)
		if err != nil {
			return err
		}
		app, err := tx.Apps().AppByKey(s.caller.App)
		if err != nil {
			return err
		}
		l := Login{Org: s.org, AppKey: app.Key, UserID: e.UserID, Account: e.Account, Mark: s.dir.passwordMark(e)}
		p = Persistent{OpenID: s.dir.openID(e.Account, app.Key), UnionID: s.dir.unionIDOf(s.org, e), Code: s.dir.persistentCode(l, app.Rotations)}
		tx.Logins().DeleteLoginCode(hash)
		tx.Logins().PutLoginToken(LoginToken{Hash: s.dir.loginTokenHash(PersistentCode, p.Code), Kind: PersistentCode, Login: l, Rotation: app.Rotations}, s.now)
		return nil
	})
	if err != nil {
		return Persistent{}, err
	}
	return p, nil
}

// persistentCode is the same at every login, until the person's password or the
// app's secret changes.
func (d *Directory) persistentCode(l Login, rotation int64) string {
	return base64.RawURLEncoding.EncodeToString(d.keys.MAC("persistent code", l.Org, l.AppKey, l.Account, l.Mark, strconv.FormatInt(rotation, 10)))
}

// Errors of a lasting permission.
var (
	ErrOpenID         = errors.New("no person has this open id for the app")
	ErrPersistentCode = errors.New("persistent code is unknown or no longer valid")
)

// IssuePersonToken returns a token of the person who gave the calling app a
// lasting permission. It returns ErrPersistentCode, or ErrOpenID for one of
// somebody else.
func (s *Session) IssuePersonToken(ctx context.Context, openID, persistentCode string) (token string, err error) {
	t, _, err := s.dir.loginToken(ctx, PersistentCode, persistentCode, s.now)
	if errors.Is(err, ErrTokenInvalid) || err == nil && t.Login.AppKey != s.caller.App {
		return "", ErrPersistentCode
	}
	if err != nil {
		return "", err
	}
	if s.dir.openID(t.Login.Account, t.Login.AppKey) != openID {
		return "", ErrOpenID
	}
	token = s.dir.ids.Base62(32)
	err = s.update(ctx, func(tx Tx) error {
		if _, err := s.stillIn(tx, t.Login); err != nil {
			return fmt.Errorf("%w: %w", ErrPersistentCode, err)
		}
		tx.Logins().PutLoginToken(LoginToken{Hash: s.dir.loginTokenHash(PersonToken, token), Kind: PersonToken, Login: t.Login,
			Rotation: t.Rotation, Expires: s.now.Add(PersonToken.life())}, s.now)
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// TokenOwner returns the person that the caller's token belongs to, or
// ErrEmployeeNotFound.
func (s *Session) TokenOwner(ctx context.Context) (p LoggedIn, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(s.caller.ID)
		if err != nil {
			return err
		}
		p, err = s.loggedIn(tx, e)
		return err
	})
	return p, err
}

// openID is the id of a person for one app only.
func (d *Directory) openID(account, app string) string { return d.unionID(account, "app/"+app) }

// dingID is the id of a person that DingTalk's own client knows.
func (d *Directory) dingID(account string) string {
	return "$:LWCP_v1:$" + base64.StdEncoding.EncodeToString(d.keys.MAC("ding id", account)[:16])
}
