package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type administrators struct{ List []administrator }

// UserGetAdmin lists the administrators, under both names that programs read
// (docs/spec/dingtalk-older-paths.md#administrators).
var UserGetAdmin = api.Define(&Operations, api.Op[api.None, administrators]{
	Route:      api.OAPI("", "/user/get_admin"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取管理员列表（旧版）。", En: "Lists the administrators (older call)."},
	Permission: permissionMember,
	ReadOnly:   true,

	Out: func(out *administrators) api.Fields {
		return api.Fields{
			api.Objects("adminList", &out.List, administratorFields).Describe("管理员列表。", "The administrators."),
			api.Objects("admin_list", &out.List, administratorFields).Describe("同 adminList。", "The same as adminList."),
		}
	},
	Codes: []*api.Code{busy},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*administrators, error) {
		list, err := administratorsOf(ctx, s)
		return &administrators{list}, err
	},
})
