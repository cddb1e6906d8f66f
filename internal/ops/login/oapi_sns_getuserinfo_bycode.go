package login

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// SnsGetuserinfoBycode returns the person of a code. The app signs the call and
// sends no token (docs/spec/dingtalk-login.md#signed-login-calls).
var SnsGetuserinfoBycode = api.Define(&Operations, api.Op[tmpAuthCode, websiteUser]{
	Route: api.OAPI(http.MethodPost, "/sns/getuserinfo_bycode"),
	Group: snsGroup,
	Doc:   api.Text{Zh: "通过授权码获取用户信息。", En: "Returns the person of a login code."},
	Auth:  api.NeedsSigning,

	In: func(in *tmpAuthCode) api.Fields { return api.Fields{tmpAuthCodeField(in).Required(codeInvalid)} },
	Out: func(u *websiteUser) api.Fields {
		return api.Fields{api.Object("user_info", u, func(u *websiteUser) api.Fields {
			return append(userInfoFields(u), api.Bool("main_org_auth_high_level", &u.High).Example("false").
				Describe("企业是否经过高级认证。", "Whether the organisation has the advanced certification."))
		})}
	},
	Codes: []*api.Code{codeInvalid},

	Do: func(ctx context.Context, s *directory.Session, in *tmpAuthCode) (*websiteUser, error) {
		p, err := s.TakeCode(ctx, in.Code, directory.SNSLogin, directory.OAuthLogin, directory.InAppLogin)
		return &websiteUser{p, p.Certified == 1}, err
	},
})
