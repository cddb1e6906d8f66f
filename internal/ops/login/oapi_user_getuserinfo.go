package login

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserGetuserinfo is the older spelling of V2UserGetuserinfo
// (docs/spec/dingtalk-login.md#login-inside-the-client).
var UserGetuserinfo = api.Define(&Operations, api.Op[getuserinfo, directory.LoggedIn]{
	Route:      api.OAPI("", "/user/getuserinfo"),
	Group:      inAppGroup,
	Doc:        api.Text{Zh: "通过免登码获取用户信息（旧版）。", En: "Returns the person of an in-app login code (older call)."},
	Permission: permissionBase,
	ReadOnly:   true,

	In: func(in *getuserinfo) api.Fields {
		return api.Fields{codeField(&in.Code).Required(nil).Invalid(codeInvalid)}
	},
	Out: func(p *directory.LoggedIn) api.Fields {
		sysLevel, sys := level(p)
		return api.Fields{
			api.String("userid", &p.UserID).Example("org1001").Describe("用户的 userid。", "The person's userid."),
			api.String("name", &p.Name).Example("陈静").Describe("姓名。", "Name."),
			api.String("deviceId", &p.Device).Example("9b9a6a4c2e0f4f7c8d1e2f3a4b5c6d7e").Describe("设备标识；这里每次登录不同。", "Id of the device; here one for each login."),
			api.Bool("is_sys", &sys).Example("false").Describe("是否管理员。", "Whether the person is an administrator."),
			api.Int("sys_level", &sysLevel).Example("0").Describe("级别：1 主管理员，2 子管理员，100 老板，0 其他。", "1 main administrator, 2 sub administrator, 100 boss, 0 anybody else."),
		}
	},
	Codes: []*api.Code{codeInvalid},

	Do: takeInApp,
})
