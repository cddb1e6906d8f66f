package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// V2DepartmentGet reads a department
// (docs/spec/org-accounts.md#reading-of-a-department).
var V2DepartmentGet = api.Define(&Operations, api.Op[departmentRef, departmentOutput]{
	Route:      api.OAPI("", "/topapi/v2/department/get"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取部门详情。", En: "Returns one department."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *departmentRef) api.Fields {
		return api.Fields{requiredDepartment(in), languageField(&in.Language)}
	},
	Out: func(out *departmentOutput) api.Fields {
		return api.Fields{api.Object("result", out, departmentFields)}
	},
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *departmentRef) (*departmentOutput, error) {
		v, err := s.Department(ctx, in.DeptID)
		if err != nil {
			return nil, err
		}
		out := departmentOf(v.Department)
		out.Leaders, out.Members, out.DirectMembers = v.Leaders, v.Members, v.DirectMembers
		return &out, nil
	},
})
