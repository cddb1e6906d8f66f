package login

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
)

// GetSsoAccessToken gives the token of GetSsoUserInfo
// (docs/spec/dingtalk-login.md#single-sign-on-of-administrators).
var GetSsoAccessToken = api.Define(&Operations, api.Op[ssoGettoken, appToken]{
	Route: api.REST("GetSsoAccessToken", http.MethodPost, "/v1.0/oauth2/ssoAccessToken"),
	Group: ssoGroup,
	Doc:   api.Text{Zh: "获取管理员免登的凭证。", En: "Gets the token for administrators' single sign-on."},
	Auth:  api.NeedsNothing,

	In: func(in *ssoGettoken) api.Fields {
		return api.Fields{
			api.String("corpid", &in.CorpID).Required(restWrongPair).Invalid(restWrongPair).Example("ding87654321").Describe("企业的 corpId。", "The organisation's corpId."),
			api.String("ssoSecret", &in.CorpSecret).Required(restWrongPair).Invalid(restWrongPair).Example("sample-app-secret-0001").
				Describe("SSO 密钥，即该企业一个应用的 appSecret。", "The SSO secret, which is the appSecret of an app of that organisation."),
		}
	},
	Out: func(t *appToken) api.Fields {
		return api.Fields{
			api.String("accessToken", &t.Token).Example("6d1bf2b0a2f3e4c59a7d8e6f1a2b3c4d").Describe("凭证，只用于 ssoUserInfo。", "The token; it works for ssoUserInfo only."),
			api.Int("expireIn", &t.ExpireIn).Example("3600").Describe("有效期，秒。", "Lifetime in seconds."),
		}
	},
	Codes: []*api.Code{restWrongPair},

	Do: ssoToken,
})
