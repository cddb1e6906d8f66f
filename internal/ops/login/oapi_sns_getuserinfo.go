package login

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type snsUser struct{ directory.LoggedIn }

// SnsGetuserinfo returns the person of a token of SnsGetSnsToken
// (docs/spec/dingtalk-login.md#chain-of-the-older-website-login).
var SnsGetuserinfo = api.Define(&Operations, api.Op[struct{}, snsUser]{
	Route:    api.OAPI("", "/sns/getuserinfo"),
	Group:    snsGroup,
	Doc:      api.Text{Zh: "获取用户的个人信息。", En: "Returns the person that a token belongs to."},
	Auth:     api.NeedsPersonToken,
	ReadOnly: true,

	Out: func(u *snsUser) api.Fields {
		return api.Fields{
			api.Object("user_info", &u.LoggedIn, func(p *directory.LoggedIn) api.Fields {
				return api.Fields{
					api.String("maskedMobile", &p.Mobile).OmitEmpty().Personal().Example("130****1234").Describe("部分隐藏的手机号；应用不能看到手机号时没有。", "Part of the mobile; absent if the app may not see it."),
					api.String("nick", &p.Nick).Example("陈静").Describe("昵称。", "Nickname, or else the name."),
					api.String("openid", &p.OpenID).Example("liSii8KCxxxxx").Describe("用户在该应用下的标识。", "Id of the person for this app only."),
					api.String("unionid", &p.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("用户在该企业各应用下的标识。", "Id of the person for the apps of the organisation."),
					api.String("dingId", &p.DingID).Example("$:LWCP_v1:$uKKjAyfxxxxx==").Describe("用户的钉钉标识。", "Id of the person in DingTalk's client."),
				}
			}),
			corpInfoField(u),
		}
	},

	Do: func(ctx context.Context, s *directory.Session, _ *struct{}) (*snsUser, error) {
		p, err := s.TokenOwner(ctx)
		return &snsUser{p}, err
	},
})

// snsCorp is the app's organisation, the only one of the person that the app
// learns about.
type snsCorp struct {
	Name          string
	Auth, Manager bool
	Rights        int64
}

func corpInfoField(u *snsUser) api.Field {
	corps := []snsCorp{{u.OrgName, u.Certified > 0, u.Admin, u.Certified}}
	return api.Objects("corp_info", &corps, func(c *snsCorp) api.Fields {
		return api.Fields{
			api.String("corp_name", &c.Name).Example("示例科技").Describe("企业名称。", "Name of the organisation."),
			api.Bool("is_auth", &c.Auth).Example("false").Describe("企业是否经过认证。", "Whether the organisation is certified."),
			api.Bool("is_manager", &c.Manager).Example("false").Describe("用户是否管理员。", "Whether the person is an administrator."),
			api.Int("rights_level", &c.Rights).Example("0").Describe("认证等级：0 未认证，1 高级，2 中级。", "Level of certification: 0 none, 1 advanced, 2 intermediate."),
		}
	}).Describe("用户登录的企业，只有一个。", "The organisation the person logged in to, one.")
}
