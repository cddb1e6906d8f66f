package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type userIDs struct{ List []string }

// UserListid lists the ids of all direct members of a department, also outside
// the app's range (docs/spec/org-accounts.md#member-ids-of-a-department).
var UserListid = api.Define(&Operations, api.Op[departmentRef, userIDs]{
	Route:      api.OAPI("", "/topapi/user/listid"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取部门员工的 userid 列表，不受授权范围限制。", En: "Lists the ids of all direct members of a department, whatever the range of the app."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *departmentRef) api.Fields { return api.Fields{requiredDepartment(in)} },
	Out: func(out *userIDs) api.Fields {
		return api.Fields{api.Object("result", out, func(out *userIDs) api.Fields {
			return api.Fields{api.Strings("userid_list", &out.List).Example(`["023420013645"]`).Describe("员工的 userid。", "Ids of the employees.")}
		})}
	},
	Codes: []*api.Code{departmentUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *departmentRef) (*userIDs, error) {
		ids, err := s.MemberIDs(ctx, in.DeptID)
		return &userIDs{ids}, err
	},
})
