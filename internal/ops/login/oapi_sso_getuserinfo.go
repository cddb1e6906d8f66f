package login

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// SsoGetuserinfo returns the administrator who came from the console
// (docs/spec/dingtalk-login.md#single-sign-on-of-administrators).
var SsoGetuserinfo = api.Define(&Operations, api.Op[getuserinfo, directory.LoggedIn]{
	Route:    api.OAPI("", "/sso/getuserinfo"),
	Group:    ssoGroup,
	Doc:      api.Text{Zh: "获取免登的管理员（旧版）。", En: "Returns the administrator who signed on (older call)."},
	Auth:     api.NeedsSSOToken,
	ReadOnly: true,

	In: func(in *getuserinfo) api.Fields {
		return api.Fields{codeField(&in.Code).Required(ssoCodeInvalid).Invalid(ssoCodeInvalid)}
	},
	Out: func(p *directory.LoggedIn) api.Fields {
		return api.Fields{
			api.Object("user_info", p, func(p *directory.LoggedIn) api.Fields {
				return api.Fields{
					api.String("avatar", &p.Avatar).Example("").Describe("头像；空表示默认头像。", "Picture; empty is the default one."),
					api.String("email", &p.Email).Personal().Example("zhaomin@example.com").Describe("邮箱。", "Mail address."),
					api.String("name", &p.Name).Example("赵敏").Describe("姓名。", "Name."),
					api.String("userid", &p.UserID).Example("102530009661373952").Describe("用户的 userid。", "The person's userid."),
				}
			}),
			api.Bool("is_sys", &p.Admin).Example("true").Describe("是否管理员。", "Whether the person is an administrator."),
			api.Object("corp_info", p, func(p *directory.LoggedIn) api.Fields {
				return api.Fields{
					api.String("corp_name", &p.OrgName).Example("示例科技").Describe("企业名称。", "Name of the organisation."),
					api.String("corpid", &p.OrgID).Example("ding87654321").Describe("企业的 corpId。", "The organisation's corpId."),
				}
			}),
		}
	},
	Codes: []*api.Code{ssoCodeInvalid},

	Do: takeSSO,
})

func takeSSO(ctx context.Context, s *directory.Session, in *getuserinfo) (*directory.LoggedIn, error) {
	p, err := s.TakeCode(ctx, in.Code, directory.SSOLogin)
	return &p, err
}
