// Package login holds the calls by which an app learns who logged in: inside
// the client, on the older login pages for websites, and from an
// administrator's console. Their tokens are not access tokens and work nowhere
// else. Each operation has a file of its own; what several share is here and in
// codes.go.
//
// Package console serves the pages. Package directory makes codes and tokens
// and decides whether they are valid.
package login

import (
	"errors"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Operations are the operations of this package.
var Operations api.Registry

// Groups of the reference.
const (
	inAppGroup = "In-app login"
	snsGroup   = "Website login (older)"
	ssoGroup   = "Single sign-on of administrators"
)

const permissionBase = "qyapi_base" // docs/spec/dingtalk.md#permission-codes

// lifetime is that of the tokens, in seconds.
const lifetime = int64(directory.TokenLife / 1e9)

// refused reports whether key or secret is wrong. Callers must not learn which.
func refused(err error) bool {
	return errors.Is(err, directory.ErrAppNotFound) || errors.Is(err, directory.ErrAppSecret)
}

// level is what DingTalk calls sys_level, and whether the person is an
// administrator (docs/spec/dingtalk-login.md#login-inside-the-client).
func level(p *directory.LoggedIn) (sysLevel int64, sys bool) {
	switch {
	case p.Admin:
		return 1, true
	case p.SubAdmin:
		return 2, true
	case p.Boss:
		return 100, false
	}
	return 0, false
}

type appToken struct {
	Token    string
	ExpireIn int64
}

func accessTokenField(t *appToken) api.Field {
	return api.String("access_token", &t.Token).Example("6d1bf2b0a2f3e4c59a7d8e6f1a2b3c4d").Describe("凭证，只用于同类接口。", "The token; it works for calls of this kind only.")
}

// websiteUser is the person on the older website login.
type websiteUser struct {
	directory.LoggedIn
	High bool
}

func userInfoFields(u *websiteUser) api.Fields {
	return api.Fields{
		api.String("nick", &u.Nick).Example("陈静").Describe("昵称。", "Nickname, or else the name."),
		api.String("unionid", &u.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("用户在该企业各应用下的标识。", "Id of the person for the apps of the organisation."),
		api.String("openid", &u.OpenID).Example("liSii8KCxxxxx").Describe("用户在该应用下的标识。", "Id of the person for this app only."),
		api.String("dingId", &u.DingID).Example("$:LWCP_v1:$uKKjAyfxxxxx==").Describe("用户的钉钉标识。", "Id of the person in DingTalk's client."),
	}
}
