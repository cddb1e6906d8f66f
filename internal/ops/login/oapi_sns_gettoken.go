package login

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type snsGettoken struct{ AppID, AppSecret string }

// SnsGettoken gives an app the token of the other calls under /sns/. The answer
// has no lifetime (docs/spec/dingtalk-login.md#chain-of-the-older-website-login).
var SnsGettoken = api.Define(&Operations, api.Op[snsGettoken, appToken]{
	Route:    api.OAPI("", "/sns/gettoken"),
	Group:    snsGroup,
	Doc:      api.Text{Zh: "获取扫码登录应用的凭证。", En: "Gets an app's token for the website login."},
	Auth:     api.NeedsNothing,
	ReadOnly: true,

	In: func(in *snsGettoken) api.Fields {
		return api.Fields{
			api.String("appid", &in.AppID).Required(nil).Invalid(wrongPair).Example("dingsampleappkey01").Describe("应用的 appKey。", "The app's appKey."),
			api.String("appsecret", &in.AppSecret).Required(nil).Invalid(wrongPair).Example("sample-app-secret-0001").Describe("应用的 appSecret。", "The app's appSecret."),
		}
	},
	Out:   func(t *appToken) api.Fields { return api.Fields{accessTokenField(t)} },
	Codes: []*api.Code{wrongPair},

	Do: func(ctx context.Context, s *directory.Session, in *snsGettoken) (*appToken, error) {
		token, err := s.IssueLoginToken(ctx, directory.SNSToken, in.AppID, in.AppSecret)
		if refused(err) {
			err = errWrongPair
		}
		return &appToken{Token: token}, err
	},
})
