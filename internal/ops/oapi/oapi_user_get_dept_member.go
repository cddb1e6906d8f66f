package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type deptMembers struct{ UserIDs []string }

// UserGetDeptMember lists the user ids of a department's direct members
// (docs/spec/dingtalk-older-paths.md#members-of-a-department-on-an-older-path).
var UserGetDeptMember = api.Define(&Operations, api.Op[olderDepartmentRef, deptMembers]{
	Route:      api.OAPI("", "/user/getDeptMember"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取部门员工的 userid 列表（旧版）。", En: "Lists the ids of a department's direct members (older call)."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In: func(in *olderDepartmentRef) api.Fields {
		return api.Fields{olderDepartmentField("deptId", &in.ID).Required(nil)}
	},
	Out: func(out *deptMembers) api.Fields {
		return api.Fields{api.Strings("userIds", &out.UserIDs).Example(`["023420013645"]`).Describe("直属员工，不分页。", "The direct members, all at once.")}
	},
	Codes: []*api.Code{departmentUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *olderDepartmentRef) (*deptMembers, error) {
		ids, err := s.MemberIDs(ctx, in.ID)
		return &deptMembers{ids}, err
	},
})
