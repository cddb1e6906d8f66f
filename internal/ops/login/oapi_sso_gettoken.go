package login

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type ssoGettoken struct{ CorpID, CorpSecret string }

// SsoGettoken gives the token of SsoGetuserinfo
// (docs/spec/dingtalk-login.md#single-sign-on-of-administrators).
var SsoGettoken = api.Define(&Operations, api.Op[ssoGettoken, appToken]{
	Route:    api.OAPI("", "/sso/gettoken"),
	Group:    ssoGroup,
	Doc:      api.Text{Zh: "获取管理员免登的凭证（旧版）。", En: "Gets the token for administrators' single sign-on (older call)."},
	Auth:     api.NeedsNothing,
	ReadOnly: true,

	In: func(in *ssoGettoken) api.Fields {
		return api.Fields{
			api.String("corpid", &in.CorpID).Required(nil).Invalid(wrongCorpPair).Example("ding87654321").Describe("企业的 corpId。", "The organisation's corpId."),
			api.String("corpsecret", &in.CorpSecret).Required(nil).Invalid(wrongCorpPair).Example("sample-app-secret-0001").
				Describe("SSO 密钥，即该企业一个应用的 appSecret。", "The SSO secret, which is the appSecret of an app of that organisation."),
		}
	},
	Out:   func(t *appToken) api.Fields { return api.Fields{accessTokenField(t)} },
	Codes: []*api.Code{wrongCorpPair},

	Do: ssoToken,
})

func ssoToken(ctx context.Context, s *directory.Session, in *ssoGettoken) (*appToken, error) {
	token, err := s.IssueLoginTokenFor(ctx, directory.SSOToken, in.CorpID, in.CorpSecret)
	if refused(err) {
		err = errWrongCorpPair
	}
	return &appToken{token, int64(directory.SSOTokenLife / 1e9)}, err
}
