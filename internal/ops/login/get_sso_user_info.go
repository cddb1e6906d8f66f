package login

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// GetSsoUserInfo returns the administrator who came from the console
// (docs/spec/dingtalk-login.md#single-sign-on-of-administrators).
var GetSsoUserInfo = api.Define(&Operations, api.Op[getuserinfo, directory.LoggedIn]{
	Route:    api.REST("GetSsoUserInfo", http.MethodGet, "/v1.0/oauth2/ssoUserInfo"),
	Group:    ssoGroup,
	Doc:      api.Text{Zh: "获取免登的管理员。", En: "Returns the administrator who signed on."},
	Auth:     api.NeedsSSOToken,
	ReadOnly: true,

	In: func(in *getuserinfo) api.Fields {
		return api.Fields{codeField(&in.Code).Required(restCodeInvalid).Invalid(restCodeInvalid)}
	},
	Out: func(p *directory.LoggedIn) api.Fields {
		return api.Fields{
			api.String("corpId", &p.OrgID).Example("ding87654321").Describe("企业的 corpId。", "The organisation's corpId."),
			api.String("corpName", &p.OrgName).Example("示例科技").Describe("企业名称。", "Name of the organisation."),
			api.String("userId", &p.UserID).Example("102530009661373952").Describe("用户的 userid。", "The person's userid."),
			api.String("userName", &p.Name).Example("赵敏").Describe("姓名。", "Name."),
			api.String("email", &p.Email).Personal().Example("zhaomin@example.com").Describe("邮箱。", "Mail address."),
			api.String("avatar", &p.Avatar).Example("").Describe("头像；空表示默认头像。", "Picture; empty is the default one."),
			api.Bool("isAdmin", &p.Admin).Example("true").Describe("是否管理员。", "Whether the person is an administrator."),
		}
	},
	Codes: []*api.Code{restCodeInvalid, restTokenInvalid},

	Do: takeSSO,
})
