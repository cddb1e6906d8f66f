package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserListadmin lists the administrators
// (docs/spec/dingtalk-older-paths.md#administrators).
var UserListadmin = api.Define(&Operations, api.Op[api.None, administrators]{
	Route:      api.OAPI("", "/topapi/user/listadmin"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取管理员列表。", En: "Lists the administrators."},
	Permission: permissionMember,
	ReadOnly:   true,

	Out: func(out *administrators) api.Fields {
		return api.Fields{api.Objects("result", &out.List, administratorFields).Describe("管理员列表。", "The administrators.")}
	},
	Codes: []*api.Code{busy},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*administrators, error) {
		list, err := administratorsOf(ctx, s)
		return &administrators{list}, err
	},
})
