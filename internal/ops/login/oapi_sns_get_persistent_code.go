package login

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type tmpAuthCode struct{ Code string }

func tmpAuthCodeField(in *tmpAuthCode) api.Field {
	return api.String("tmp_auth_code", &in.Code).Invalid(codeInvalid).Example("0123456789abcdef0123456789abcdef").
		Describe("登录页返回的授权码，只能使用一次。", "The code of the login page; it works once.")
}

// SnsGetPersistentCode gives an app a person's lasting permission for the code
// of a login (docs/spec/dingtalk-login.md#chain-of-the-older-website-login).
var SnsGetPersistentCode = api.Define(&Operations, api.Op[tmpAuthCode, directory.Persistent]{
	Route: api.OAPI(http.MethodPost, "/sns/get_persistent_code"),
	Group: snsGroup,
	Doc:   api.Text{Zh: "获取用户的永久授权码。", En: "Gets a person's lasting permission."},
	Auth:  api.NeedsSNSToken,

	In: func(in *tmpAuthCode) api.Fields { return api.Fields{tmpAuthCodeField(in).Required(codeMissing)} },
	Out: func(p *directory.Persistent) api.Fields {
		return api.Fields{
			api.String("openid", &p.OpenID).Example("liSii8KCxxxxx").Describe("用户在该应用下的标识。", "Id of the person for this app only."),
			api.String("persistent_code", &p.Code).Example("dsa-d-asdasdadHIBIinoninINIn-ssdasd").Describe("永久授权码，用户改密码或应用换密钥后失效。", "The lasting permission; it ends with the person's password and the app's secret."),
			api.String("unionid", &p.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("用户在该企业各应用下的标识。", "Id of the person for the apps of the organisation."),
		}
	},
	Codes: []*api.Code{codeInvalid},

	Do: func(ctx context.Context, s *directory.Session, in *tmpAuthCode) (*directory.Persistent, error) {
		p, err := s.TakeForPersistent(ctx, in.Code)
		return &p, err
	},
})
