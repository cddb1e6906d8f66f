package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserListbypage is UserList with pages only
// (docs/spec/dingtalk-older-paths.md#members-of-a-department-on-an-older-path).
var UserListbypage = api.Define(&Operations, api.Op[olderMemberPage, olderMembers]{
	Route:      api.OAPI("", "/user/listbypage"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "分页获取部门员工详情（旧版）。", En: "Lists the direct members of a department in full, in pages (older call)."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In: func(p *olderMemberPage) api.Fields {
		fs := olderMemberPageFields(p)
		for i := range fs {
			if fs[i].Name == "offset" || fs[i].Name == "size" {
				fs[i] = fs[i].Required(nil)
			}
		}
		return fs
	},
	Out:   olderMembersFields,
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, p *olderMemberPage) (*olderMembers, error) {
		return p.members(ctx, s, false)
	},
})
