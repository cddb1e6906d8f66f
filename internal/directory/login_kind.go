package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// LoginKind is what a login is for. It decides which calls take its code
// (docs/spec/dingtalk-login.md#kinds-of-codes).
type LoginKind string

// The kinds of logins.
const (
	OAuthLogin LoginKind = "oauth"  // /oauth2/auth
	SNSLogin   LoginKind = "sns"    // the older page for websites
	InAppLogin LoginKind = "in-app" // inside the client; any app of the organisation takes the code
	SSOLogin   LoginKind = "sso"    // of an administrator
	FrameLogin LoginKind = "frame"  // an SNSLogin in a frame: a page takes its code instead of a password
)

// life is how long a code of the kind can be used.
func (k LoginKind) life() time.Duration {
	if k == FrameLogin {
		return frameCodeLife
	}
	return loginCodeLife
}

const (
	loginCodeLife = 5 * time.Minute // docs/spec/dingtalk-login.md#life-of-a-code
	frameCodeLife = 2 * time.Minute // docs/spec/dingtalk-login.md#frame-of-the-older-login-script
)

// ofApp reports whether a code of the kind is bound to the app that asked.
func (k LoginKind) ofApp() bool { return k != InAppLogin && k != SSOLogin }

// check returns ErrLoginRequest or ErrLoginScope for a request that a page does
// not offer.
func (r LoginRequest) check(app App) (withOrg bool, err error) {
	known, given := r.Kind.scopes(), r.scopes()
	plain := r.ResponseType == "code" || r.ResponseType == "" && r.Kind != OAuthLogin
	switch {
	case r.Kind == SSOLogin:
		return false, nil
	// An internal app serves the people of its own organisation.
	case !plain, r.CorpID != "" && r.CorpID != app.Org:
		return false, ErrLoginRequest
	case r.Kind == OAuthLogin && !slices.Contains(given, scopeOpenID),
		slices.ContainsFunc(given, func(s string) bool { return !slices.Contains(known, s) }):
		return false, ErrLoginScope
	}
	return slices.Contains(given, scopeCorpID), nil
}

const (
	scopeOpenID = "openid"
	scopeCorpID = "corpid"
)

func (k LoginKind) scopes() []string {
	switch k {
	case OAuthLogin:
		return []string{scopeOpenID, scopeCorpID}
	case InAppLogin:
		return []string{"snsapi_base"}
	}
	return []string{"snsapi_login", "snsapi_auth"}
}

// scopes splits the scope. Some clients escape it twice, and JustAuth separates
// it by commas.
func (r LoginRequest) scopes() []string {
	return strings.FieldsFunc(r.Scope, func(r rune) bool { return unicode.IsSpace(r) || r == '+' || r == ',' })
}

// hash is what a code of the kind is stored under. That of a frame is bound to
// the address, too.
func (d *Directory) loginCodeHash(k LoginKind, code, redirect string) string {
	if k == FrameLogin {
		return d.codeHash(fmt.Sprintf("%s frame %s", code, redirect))
	}
	return d.codeHash(code)
}
