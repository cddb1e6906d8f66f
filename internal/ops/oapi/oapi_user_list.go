package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserList lists the direct members of a department in full
// (docs/spec/dingtalk-older-paths.md#members-of-a-department-on-an-older-path).
var UserList = api.Define(&Operations, api.Op[olderMemberPage, olderMembers]{
	Route:      api.OAPI("", "/user/list"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取部门员工详情（旧版）。", En: "Lists the direct members of a department in full (older call)."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In:    olderMemberPageFields,
	Out:   olderMembersFields,
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, p *olderMemberPage) (*olderMembers, error) {
		return p.members(ctx, s, false)
	},
})
