package oauth2

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getAccessToken struct{ AppKey, AppSecret string }

type accessToken struct {
	AccessToken string
	ExpireIn    int64
}

func accessTokenFields(out *accessToken) api.Fields {
	return api.Fields{
		api.String("accessToken", &out.AccessToken).Example("101w3c04ffa2386da6530e5123bdf260").
			Describe("访问凭证。", "The access token."),
		api.Int("expireIn", &out.ExpireIn).Example("7200").
			Describe("有效期，秒。", "Lifetime in seconds."),
	}
}

// GetAccessToken gives an internal app its token: the same one within its
// lifetime, which restarts (docs/spec/dingtalk.md#lifetime-of-an-app-token).
var GetAccessToken = api.Define(&Operations, api.Op[getAccessToken, accessToken]{
	Route: api.REST("GetAccessToken", http.MethodPost, "/v1.0/oauth2/accessToken"),
	Group: "Token",
	Doc:   api.Text{Zh: "获取企业内部应用的访问凭证。", En: "Gets the access token of an internal app."},
	Auth:  api.NeedsNothing,

	In: func(in *getAccessToken) api.Fields {
		return api.Fields{
			// Decision: a missing field is answered like a wrong secret.
			api.String("appKey", &in.AppKey).Required(invalidClientIDOrSecret).Invalid(invalidClientIDOrSecret).Example("dingsampleappkey01").
				Describe("应用的 appKey（clientId）。", "The app's appKey (clientId)."),
			api.String("appSecret", &in.AppSecret).Required(invalidClientIDOrSecret).Invalid(invalidClientIDOrSecret).Example("sample-app-secret-0001").
				Describe("应用的 appSecret（clientSecret）。", "The app's appSecret (clientSecret)."),
		}
	},
	Out:   accessTokenFields,
	Codes: []*api.Code{invalidClientIDOrSecret},

	Do: func(ctx context.Context, s *directory.Session, in *getAccessToken) (*accessToken, error) {
		token, _, err := s.IssueToken(ctx, in.AppKey, in.AppSecret)
		switch {
		case refused(err):
			return nil, errWrongPair
		case err != nil:
			return nil, err
		}
		return &accessToken{token, lifetime}, nil
	},
})
