package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type departmentIDs struct{ List []int64 }

// V2DepartmentListsubid lists the ids of the departments directly below one,
// also outside the app's range (docs/spec/org-accounts.md#sub-departments).
var V2DepartmentListsubid = api.Define(&Operations, api.Op[departmentRef, departmentIDs]{
	Route:      api.OAPI("", "/topapi/v2/department/listsubid"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取下一级部门的 ID 列表，不受授权范围限制。", En: "Lists the ids of the departments directly below one, whatever the range of the app."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *departmentRef) api.Fields { return api.Fields{requiredDepartment(in)} },
	Out: func(out *departmentIDs) api.Fields {
		return api.Fields{api.Object("result", out, func(out *departmentIDs) api.Fields {
			return api.Fields{api.Ints("dept_id_list", &out.List).Example("[2,3]").Describe("子部门 ID。", "Ids of the departments.")}
		})}
	},
	Codes: []*api.Code{departmentUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *departmentRef) (*departmentIDs, error) {
		ids, err := s.SubDepartmentIDs(ctx, in.DeptID)
		return &departmentIDs{ids}, err
	},
})
