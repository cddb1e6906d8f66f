package login

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getuserinfo struct{ Code string }

// V2UserGetuserinfo tells an app who opened it inside the client, for the code
// that its page got there (docs/spec/dingtalk-login.md#login-inside-the-client).
var V2UserGetuserinfo = api.Define(&Operations, api.Op[getuserinfo, directory.LoggedIn]{
	Route:      api.OAPI("", "/topapi/v2/user/getuserinfo"),
	Group:      inAppGroup,
	Doc:        api.Text{Zh: "通过免登码获取用户信息。", En: "Returns the person of an in-app login code."},
	Permission: permissionBase,
	ReadOnly:   true,

	In: func(in *getuserinfo) api.Fields {
		return api.Fields{codeField(&in.Code).Required(codeInvalid).Invalid(codeInvalid)}
	},
	Out: func(p *directory.LoggedIn) api.Fields {
		return api.Fields{api.Object("result", p, func(p *directory.LoggedIn) api.Fields {
			sysLevel, sys := level(p)
			return api.Fields{
				api.String("userid", &p.UserID).Example("org1001").Describe("用户的 userid。", "The person's userid."),
				api.String("device_id", &p.Device).Example("9b9a6a4c2e0f4f7c8d1e2f3a4b5c6d7e").Describe("设备标识；这里每次登录不同。", "Id of the device; here one for each login."),
				api.Bool("sys", &sys).Example("false").Describe("是否管理员。", "Whether the person is an administrator."),
				api.Int("sys_level", &sysLevel).Example("0").Describe("级别：1 主管理员，2 子管理员，100 老板，0 其他。", "1 main administrator, 2 sub administrator, 100 boss, 0 anybody else."),
				api.String("name", &p.Name).Example("陈静").Describe("姓名。", "Name."),
				api.String("unionid", &p.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("用户在该企业各应用下的标识。", "Id of the person for the apps of the organisation."),
			}
		})}
	},
	Codes: []*api.Code{codeInvalid},

	Do: takeInApp,
})

func takeInApp(ctx context.Context, s *directory.Session, in *getuserinfo) (*directory.LoggedIn, error) {
	p, err := s.TakeCode(ctx, in.Code, directory.InAppLogin)
	return &p, err
}

func codeField(p *string) api.Field {
	return api.String("code", p).Example("0123456789abcdef0123456789abcdef").
		Describe("授权码，只能使用一次，5 分钟内有效。", "The code; it works once within 5 minutes.")
}
