package oauth2

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getCorpToken struct{ CorpID, SuiteTicket string }

type corpToken struct {
	AccessToken string
	ExpiresIn   int64
}

// GetCorpToken gives an app its token for an organisation. The app signs the
// call and sends no token (docs/spec/dingtalk-login.md#tokens-for-an-authorising-organisation).
var GetCorpToken = api.Define(&Operations, api.Op[getCorpToken, corpToken]{
	Route: api.OAPI(http.MethodPost, "/service/get_corp_token"),
	Group: "Token",
	Doc:   api.Text{Zh: "获取应用在授权企业的凭证（旧版）。", En: "Gets an app's token for an authorising organisation (older call)."},
	Auth:  api.NeedsSigning,

	In: func(in *getCorpToken) api.Fields {
		return api.Fields{
			api.String("suiteTicket", &in.SuiteTicket).Required(nil).Example("abcd").
				Describe("推送的票据，参与签名；这里任何值都可以。", "The ticket that was pushed, which is signed; any value does here."),
			api.String("auth_corpid", &in.CorpID).Required(corpMissing).Invalid(corpMissing).Example("ding87654321").
				Describe("授权企业的 corpId，即应用所属的企业。", "The authorising organisation, which is the app's own."),
		}
	},
	Out: func(t *corpToken) api.Fields {
		return api.Fields{
			api.String("access_token", &t.AccessToken).Example("101w3c04ffa2386da6530e5123bdf260").Describe("访问凭证。", "The access token."),
			api.Int("expires_in", &t.ExpiresIn).Example("7200").Describe("有效期，秒。", "Lifetime in seconds."),
		}
	},
	Codes: []*api.Code{corpMissing, corpForeign},

	Do: func(ctx context.Context, s *directory.Session, in *getCorpToken) (*corpToken, error) {
		token, err := s.CorpToken(ctx, in.CorpID)
		if refused(err) {
			err = errForeignCorp
		}
		return &corpToken{token, lifetime}, err
	},
})
