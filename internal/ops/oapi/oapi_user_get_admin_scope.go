package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type adminScope struct {
	UserID  string
	DeptIDs []int64
}

// UserGetAdminScope tells which departments somebody administers
// (docs/spec/dingtalk-older-paths.md#administrators).
var UserGetAdminScope = api.Define(&Operations, api.Op[adminScope, adminScope]{
	Route:      api.OAPI("", "/topapi/user/get_admin_scope"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取管理员通讯录权限范围。", En: "Returns the departments that an administrator administers."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *adminScope) api.Fields {
		return api.Fields{olderUserField(&in.UserID).Required(parameterEmpty)}
	},
	Out: func(out *adminScope) api.Fields {
		return api.Fields{api.Ints("dept_ids", &out.DeptIDs).Example("[1]").Describe("可管理的部门：主管理员是 [1]，不是管理员为空。", "The departments: [1] of an administrator, none of others.")}
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, systemError},

	Do: func(ctx context.Context, s *directory.Session, in *adminScope) (*adminScope, error) {
		ids, err := s.AdministratorScope(ctx, in.UserID)
		return &adminScope{DeptIDs: api.List(ids)}, err
	},
})
