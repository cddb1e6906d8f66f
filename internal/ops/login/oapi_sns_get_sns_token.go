package login

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getSnsToken struct{ OpenID, PersistentCode string }

// SnsGetSnsToken gives an app a token of a person, for the lasting permission
// (docs/spec/dingtalk-login.md#chain-of-the-older-website-login).
var SnsGetSnsToken = api.Define(&Operations, api.Op[getSnsToken, appToken]{
	Route: api.OAPI(http.MethodPost, "/sns/get_sns_token"),
	Group: snsGroup,
	Doc:   api.Text{Zh: "获取用户的 sns_token。", En: "Gets the token of a person."},
	Auth:  api.NeedsSNSToken,

	In: func(in *getSnsToken) api.Fields {
		return api.Fields{
			api.String("openid", &in.OpenID).Required(nil).Invalid(openIDUnknown).Example("liSii8KCxxxxx").Describe("用户在该应用下的标识。", "Id of the person for this app."),
			api.String("persistent_code", &in.PersistentCode).Required(nil).Invalid(persistentInvalid).Example("dsa-d-asdasdadHIBIinoninINIn-ssdasd").Describe("永久授权码。", "The lasting permission."),
		}
	},
	Out: func(t *appToken) api.Fields {
		return api.Fields{
			api.String("sns_token", &t.Token).Example("c76dsc87ds6c876sd87csdcxxxxx").Describe("用户的凭证。", "The person's token."),
			api.Int("expires_in", &t.ExpireIn).Example("7200").Describe("有效期，秒。", "Lifetime in seconds."),
		}
	},
	Codes: []*api.Code{openIDUnknown, persistentInvalid},

	Do: func(ctx context.Context, s *directory.Session, in *getSnsToken) (*appToken, error) {
		token, err := s.IssuePersonToken(ctx, in.OpenID, in.PersistentCode)
		return &appToken{token, lifetime}, err
	},
})
