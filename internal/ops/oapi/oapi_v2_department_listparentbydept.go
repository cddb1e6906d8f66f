package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type parentIDs struct{ List []int64 }

// V2DepartmentListparentbydept lists a department and all above it, also
// outside the app's range (docs/spec/org-accounts.md#parents-of-a-department).
var V2DepartmentListparentbydept = api.Define(&Operations, api.Op[departmentRef, parentIDs]{
	Route:      api.OAPI("", "/topapi/v2/department/listparentbydept"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取部门的所有父部门列表：自己在前，根部门在后；不受授权范围限制。", En: "Lists a department and all above it, the root last, whatever the range of the app."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *departmentRef) api.Fields { return api.Fields{requiredDepartment(in)} },
	Out: func(out *parentIDs) api.Fields {
		return api.Fields{api.Object("result", out, func(out *parentIDs) api.Fields {
			return api.Fields{api.Ints("parent_id_list", &out.List).Example("[2,1]").Describe("部门 ID，由下至上。", "Ids from the department up to the root.")}
		})}
	},
	Codes: []*api.Code{departmentUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *departmentRef) (*parentIDs, error) {
		path, err := s.DepartmentPath(ctx, in.DeptID)
		return &parentIDs{path}, err
	},
})
