package directory

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// UserSession is a login of a person to an app, after the exchange of its code.
// Of its two tokens only the hashes are stored.
type UserSession struct {
	ID    string
	Login Login

	Access       string // hash of the access token
	AccessUntil  time.Time
	Refresh      string // hash of the refresh token
	Spent        string // hash of the refresh token before it
	RefreshUntil time.Time
	RefreshedAt  time.Time
}

// LoginFilter selects logins to end; fields that are "" select all.
type LoginFilter struct {
	AppKey  string
	UserID  string
	Account string // in any organisation
}

// LoginTx reads and writes codes and logins. The look-ups by hash answer across
// tenants, because the tenant is known from the credential.
type LoginTx interface {
	LoginDayTx
	// PutLoginCode writes a new code and removes the organisation's codes and
	// logins that have expired.
	PutLoginCode(c LoginCode, now time.Time)
	// LoginCodeByHash returns the code, or ErrCodeInvalid.
	LoginCodeByHash(hash string) (LoginCode, error)
	// UseLoginCode records the login that the code was exchanged for.
	UseLoginCode(hash, session string)
	DeleteLoginCode(hash string)
	// EndLogins ends the organisation's logins that the filter selects, and
	// invalidates their unused codes and other tokens.
	EndLogins(f LoginFilter)
	UserSessionTx
	LoginTokenTx
	LoginAttemptTx
}

// UserSessionTx reads and writes logins.
type UserSessionTx interface {
	PutUserSession(s UserSession)
	// UserSessionByAccess returns the login and its app, or ErrTokenInvalid.
	UserSessionByAccess(hash string) (UserSession, App, error)
	// UserSessionByRefresh returns the login whose refresh token, or the one
	// before it, has the hash, or ErrCodeInvalid.
	UserSessionByRefresh(hash string) (UserSession, error)
	DeleteUserSession(id string)
}

// ErrCodeInvalid: a login code or refresh token is unknown, used or expired.
var ErrCodeInvalid = errors.New("code or refresh token is unknown, used or expired")

// UserToken holds the tokens that an app gets for a person's login.
type UserToken struct {
	Access, Refresh string
	Org             string // "" unless the app asked for it
}

const (
	RefreshTokenLife = 30 * 24 * time.Hour // docs/spec/dingtalk.md#lifetime-of-user-tokens
	// retryTime is how long a used refresh token may be used again, because the
	// answer may have been lost. Decision: 30 seconds.
	retryTime = 30 * time.Second
)

// ExchangeCode gives an app the tokens of a login for the code, once. It
// returns ErrAppNotFound, ErrAppSecret or ErrCodeInvalid. A code that is sent
// twice ends its login: it may have been stolen.
func (s *Session) ExchangeCode(ctx context.Context, appKey, secret, code string) (UserToken, error) {
	app, err := s.dir.appWithSecret(ctx, appKey, secret)
	if err != nil {
		return UserToken{}, err
	}
	hash, id := s.dir.codeHash(code), s.dir.ids.Base62(22)
	t := s.newUserToken()
	replayed := false
	err = s.as(app).update(ctx, func(tx Tx) error {
		c, err := tx.Logins().LoginCodeByHash(hash)
		if err != nil {
			return err
		}
		if c.Kind != OAuthLogin || c.Login.AppKey != app.Key || c.Login.Org != app.Org || !c.Expires.After(s.now) {
			return ErrCodeInvalid
		}
		if replayed = c.Session != ""; replayed {
			tx.Logins().DeleteUserSession(c.Session)
			return nil
		}
		if err := s.mayStay(tx, app, secret, c.Login); err != nil {
			return err
		}
		t.Org = orgOf(c.Login)
		tx.Logins().UseLoginCode(hash, id)
		tx.Logins().PutUserSession(s.withTokens(UserSession{ID: id, Login: c.Login}, t))
		return nil
	})
	return s.handedOut(t, replayed, err)
}

// RefreshUserToken gives an app new tokens of a login for the refresh token,
// which is used up, and revokes the previous access token. It has the errors of
// ExchangeCode. A refresh token that is used again later ends the login.
func (s *Session) RefreshUserToken(ctx context.Context, appKey, secret, refresh string) (UserToken, error) {
	app, err := s.dir.appWithSecret(ctx, appKey, secret)
	if err != nil {
		return UserToken{}, err
	}
	hash := s.dir.refreshHash(refresh)
	t := s.newUserToken()
	replayed := false
	err = s.as(app).update(ctx, func(tx Tx) error {
		u, err := tx.Logins().UserSessionByRefresh(hash)
		if err != nil {
			return err
		}
		if u.Login.AppKey != app.Key || u.Login.Org != app.Org || !u.RefreshUntil.After(s.now) {
			return ErrCodeInvalid
		}
		if replayed = u.Refresh != hash && s.now.Sub(u.RefreshedAt) > retryTime; replayed {
			tx.Logins().DeleteUserSession(u.ID)
			return nil
		}
		if err := s.mayStay(tx, app, secret, u.Login); err != nil {
			return err
		}
		t.Org = orgOf(u.Login)
		u.Spent = hash
		tx.Logins().PutUserSession(s.withTokens(u, t))
		return nil
	})
	return s.handedOut(t, replayed, err)
}

func (s *Session) handedOut(t UserToken, replayed bool, err error) (UserToken, error) {
	s.dir.tokens.clear() // a token was replaced
	if err == nil && replayed {
		err = fmt.Errorf("used before, so the login was ended: %w", ErrCodeInvalid)
	}
	if err != nil {
		return UserToken{}, err
	}
	return t, nil
}

// as returns the session of the call as made by an app, once the app is known.
func (s *Session) as(app App) *Session {
	c := *s
	c.org, c.caller = app.Org, app.principal()
	return &c
}

func (s *Session) newUserToken() UserToken {
	return UserToken{Access: s.dir.ids.Base62(32), Refresh: s.dir.ids.Base62(32)}
}

func (s *Session) withTokens(u UserSession, t UserToken) UserSession {
	u.Access, u.AccessUntil = s.dir.tokenHash(t.Access), s.now.Add(TokenLife)
	u.Refresh, u.RefreshUntil = s.dir.refreshHash(t.Refresh), s.now.Add(RefreshTokenLife)
	u.RefreshedAt = s.now
	return u
}

// mayStay returns ErrCodeInvalid if the app, the organisation or the person is
// no longer allowed to have the login.
func (s *Session) mayStay(tx Tx, app App, secret string, l Login) error {
	current, err := tx.Apps().AppByKey(app.Key)
	if err != nil {
		return err
	}
	if _, good := s.dir.secretNumber(current, secret, s.now); current.Disabled || !good {
		return ErrCodeInvalid
	}
	if err := activeOrg(tx, l.Org, ErrCodeInvalid); err != nil {
		return err
	}
	_, err = s.stillIn(tx, l)
	return err
}

func orgOf(l Login) string {
	if !l.WithOrg {
		return ""
	}
	return l.Org
}

func (d *Directory) refreshHash(token string) string {
	return hex.EncodeToString(d.keys.MAC("refresh token", token))
}

// personPrincipal returns the person whose access token has the hash, or
// ErrTokenInvalid.
func (d *Directory) personPrincipal(ctx context.Context, hash string, now time.Time) (Principal, error) {
	var u UserSession
	var app App
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		if u, app, err = tx.Logins().UserSessionByAccess(hash); err != nil {
			return err
		}
		if app.Disabled || !u.AccessUntil.After(now) {
			return ErrTokenInvalid
		}
		return activeOrg(tx, app.Org, ErrTokenOrg)
	})
	if err != nil {
		return Principal{}, err
	}
	p := Principal{Kind: UserCaller, Org: app.Org, ID: u.Login.UserID, App: app.Key, Permissions: app.Permissions,
		AllowIPs: app.AllowIPs, Expires: u.AccessUntil}
	err = d.store.View(ctx, app.Org, func(tx Tx) error {
		e, err := tx.Employees().Employee(u.Login.UserID)
		if errors.Is(err, ErrEmployeeNotFound) || err == nil && !d.loginValid(u.Login, e) {
			return ErrTokenInvalid
		}
		p.Name = e.Name
		return err
	})
	return p, err
}

// Person is the owner of a user token, as its app may see them.
type Person struct {
	Nick    string
	Avatar  string
	Mobile  string // "86-13800001001"; "" unless the app may see it
	Email   string
	OpenID  string // the person's id for this app only
	UnionID string
}

// PermissionOwnMobile lets an app see the mobile of people who log in to it
// (docs/spec/org-accounts.md#user-of-a-token).
const PermissionOwnMobile = "Contact.User.mobile"

// Person returns the caller, by "me" or its union id, or ErrEmployeeNotFound: a
// person's token gives access to nobody else. Decision: the vendor is silent.
func (s *Session) Person(ctx context.Context, unionID string) (p Person, err error) {
	if s.caller.Kind != UserCaller {
		return Person{}, ErrEmployeeNotFound
	}
	err = s.view(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(s.caller.ID)
		if err != nil {
			return err
		}
		union := s.dir.unionIDOf(s.org, e)
		if unionID != "me" && unionID != union {
			return ErrEmployeeNotFound
		}
		p = Person{Nick: e.Profile.Nickname, Avatar: e.Profile.AvatarMediaID, Email: e.Private.Email, UnionID: union,
			OpenID: s.dir.openID(e.Account, s.caller.App)}
		if p.Nick == "" {
			p.Nick = e.Name
		}
		if s.caller.May(PermissionOwnMobile) && (Sight{Reader: s.caller, Org: s.org, Employee: e}).Sees(MobileField).Visible {
			p.Mobile = e.Mobile
		}
		return nil
	})
	return p, err
}
