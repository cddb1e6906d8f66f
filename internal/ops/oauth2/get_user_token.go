package oauth2

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getUserToken struct{ ClientID, ClientSecret, Code, GrantType, RefreshToken string }

type userToken struct {
	AccessToken, RefreshToken string
	ExpireIn                  int64
	CorpID                    string
}

const (
	byCode    = "authorization_code"
	byRefresh = "refresh_token"
)

// GetUserToken gives an app the token of a person who logged in to it, for the
// code of the login page or for a refresh token
// (docs/spec/dingtalk.md#user-tokens).
var GetUserToken = api.Define(&Operations, api.Op[getUserToken, userToken]{
	Route: api.REST("GetUserToken", http.MethodPost, "/v1.0/oauth2/userAccessToken"),
	Group: "Token",
	Doc:   api.Text{Zh: "获取用户的访问凭证。", En: "Gets the token of a person who logged in."},
	Auth:  api.NeedsNothing,

	In: func(in *getUserToken) api.Fields {
		return api.Fields{
			api.String("clientId", &in.ClientID).Required(userInvalidClient).Invalid(userInvalidClient).Example("dingsampleappkey01").
				Describe("应用的 appKey。", "The app's appKey."),
			api.String("clientSecret", &in.ClientSecret).Required(userInvalidClient).Invalid(userInvalidClient).Example("sample-app-secret-0001").
				Describe("应用的 appSecret。", "The app's appSecret."),
			api.String("code", &in.Code).Invalid(invalidCode).Example("abcd").
				Describe("登录页返回的授权码，只能使用一次。", "The code of the login page; it works once."),
			api.String("refreshToken", &in.RefreshToken).Invalid(invalidCode).Example("abcd").
				Describef("刷新凭证，%d 天内有效。", "The refresh token; it lives for %d days.", refreshDays),
			api.String("grantType", &in.GrantType).Required(grantTypeInvalid).Invalid(grantTypeInvalid).OneOf(grantTypeInvalid, byCode, byRefresh).Example(byCode).
				Describe("authorization_code 或 refresh_token。", "authorization_code or refresh_token."),
		}
	},
	Out: func(out *userToken) api.Fields {
		return api.Fields{
			api.String("accessToken", &out.AccessToken).Example("abcd").Describe("用户的访问凭证。", "The person's access token."),
			api.String("refreshToken", &out.RefreshToken).Example("abcd").Describe("下一次刷新所用的凭证。", "For the next refresh."),
			api.Int("expireIn", &out.ExpireIn).Example("7200").Describe("有效期，秒。", "Lifetime in seconds."),
			api.String("corpId", &out.CorpID).OmitEmpty().Example("ding87654321").
				Describe("用户登录的企业；scope 含 corpid 时返回。", "The organisation logged in to; present if the scope contained corpid."),
		}
	},
	Codes: []*api.Code{userInvalidClient, invalidCode, userBusy},

	Do: func(ctx context.Context, s *directory.Session, in *getUserToken) (*userToken, error) {
		exchange, credential := s.ExchangeCode, in.Code
		if in.GrantType == byRefresh {
			exchange, credential = s.RefreshUserToken, in.RefreshToken
		}
		t, err := exchange(ctx, in.ClientID, in.ClientSecret, credential)
		switch {
		case refused(err):
			return nil, errWrongPair
		case err != nil:
			return nil, err
		}
		return &userToken{t.Access, t.Refresh, lifetime, t.Org}, nil
	},
})
