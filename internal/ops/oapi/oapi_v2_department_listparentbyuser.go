package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type v2DepartmentListparentbyuser struct{ UserID string }

type userParents struct{ List []userParent }

type userParent struct{ IDs []int64 }

// V2DepartmentListparentbyuser lists, for each department of an employee, that
// department and all above it, also outside the app's range
// (docs/spec/org-accounts.md#parents-of-a-department).
var V2DepartmentListparentbyuser = api.Define(&Operations, api.Op[v2DepartmentListparentbyuser, userParents]{
	Route:      api.OAPI("", "/topapi/v2/department/listparentbyuser"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取员工的所有父部门列表，每个所属部门一条；不受授权范围限制。", En: "Lists each department of an employee with all above it, whatever the range of the app."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *v2DepartmentListparentbyuser) api.Fields {
		return api.Fields{
			api.String("userid", &in.UserID).Brings(directory.EmployeeField).Required(nil).Runes(1, directory.MaxUserID, userIDUnknown).Example("023420013645").
				Describe("员工的 userid。", "Id of the employee."),
		}
	},
	Out: func(out *userParents) api.Fields {
		return api.Fields{api.Object("result", out, func(out *userParents) api.Fields {
			return api.Fields{api.Objects("parent_list", &out.List, func(p *userParent) api.Fields {
				return api.Fields{api.Ints("parent_dept_id_list", &p.IDs).Example("[2,1]").Describe("部门 ID，由下至上。", "Ids from the department up to the root.")}
			}).Describe("每个所属部门一条。", "One for each department of the employee.")}
		})}
	},
	Codes: []*api.Code{userIDUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *v2DepartmentListparentbyuser) (*userParents, error) {
		paths, err := s.PathsOf(ctx, in.UserID)
		if err != nil {
			return nil, err
		}
		out := &userParents{make([]userParent, len(paths))}
		for i, path := range paths {
			out.List[i] = userParent{path}
		}
		return out, nil
	},
})
