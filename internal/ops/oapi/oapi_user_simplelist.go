package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserSimplelist lists the names of a department's direct members
// (docs/spec/dingtalk-older-paths.md#members-of-a-department-on-an-older-path).
var UserSimplelist = api.Define(&Operations, api.Op[olderMemberPage, olderMembers]{
	Route:      api.OAPI("", "/user/simplelist"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取部门员工的基础信息（旧版）。", En: "Lists ids and names of a department's direct members (older call)."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In: olderMemberPageFields,
	Out: func(out *olderMembers) api.Fields {
		return api.Fields{
			moreField(&out.More),
			api.Objects("userlist", &out.Users, func(u *olderUser) api.Fields {
				return api.Fields{
					api.String("userid", &u.UserID).Example("023420013645").Describe("员工的 userid。", "Id of the employee."),
					api.String("name", &u.Name).Example("张三").Describe("姓名。", "Name."),
				}
			}).Describe("成员列表。", "The members."),
		}
	},
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, p *olderMemberPage) (*olderMembers, error) {
		return p.members(ctx, s, true)
	},
})
