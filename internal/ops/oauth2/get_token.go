package oauth2

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getToken struct{ CorpID, ClientID, ClientSecret, GrantType string }

type token struct {
	AccessToken string
	ExpiresIn   int64
}

// GetToken is the unified token call; names are in snake case here, as with the
// vendor (docs/spec/dingtalk.md#token-for-an-organisation).
var GetToken = api.Define(&Operations, api.Op[getToken, token]{
	Route: api.REST("GetToken", http.MethodPost, "/v1.0/oauth2/{corpId}/token"),
	Group: "Token",
	Doc:   api.Text{Zh: "获取应用在指定企业的访问凭证。", En: "Gets an app's access token for an organisation."},
	Auth:  api.NeedsNothing,

	In: func(in *getToken) api.Fields {
		return api.Fields{
			api.String("corpId", &in.CorpID).Required(unauthorizedClient).Invalid(unauthorizedClient).Example("ding87654321").
				Describe("企业的 corpId，在路径中。", "The organisation's corpId, in the path."),
			api.String("client_id", &in.ClientID).Required(invalidClient).Invalid(invalidClient).Example("dingsampleappkey01").
				Describe("应用的 appKey。", "The app's appKey."),
			api.String("client_secret", &in.ClientSecret).Required(invalidClient).Invalid(invalidClient).Example("sample-app-secret-0001").
				Describe("应用的 appSecret。", "The app's appSecret."),
			api.String("grant_type", &in.GrantType).Required(unsupportedGrantType).Invalid(unsupportedGrantType).
				OneOf(unsupportedGrantType, "client_credentials").Example("client_credentials").
				Describe("固定为 client_credentials。", "Always client_credentials."),
		}
	},
	Out: func(out *token) api.Fields {
		return api.Fields{
			api.String("access_token", &out.AccessToken).Example("101w3c04ffa2386da6530e5123bdf260").
				Describe("访问凭证。", "The access token."),
			api.Int("expires_in", &out.ExpiresIn).Example("7200").
				Describe("有效期，秒。", "Lifetime in seconds."),
		}
	},
	Codes: []*api.Code{invalidClient, unsupportedGrantType, unauthorizedClient, serverError},

	Do: func(ctx context.Context, s *directory.Session, in *getToken) (*token, error) {
		text, holder, err := s.IssueToken(ctx, in.ClientID, in.ClientSecret)
		switch {
		case refused(err):
			return nil, errWrongPair
		case err != nil:
			return nil, err
		case holder.Org != in.CorpID:
			return nil, errForeignCorp
		}
		return &token{text, lifetime}, nil
	},
})
