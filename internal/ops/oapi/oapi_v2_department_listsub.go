package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type departmentList struct{ List []departmentOutput }

// V2DepartmentListsub lists the departments directly below one
// (docs/spec/org-accounts.md#sub-departments).
var V2DepartmentListsub = api.Define(&Operations, api.Op[departmentRef, departmentList]{
	Route:      api.OAPI("", "/topapi/v2/department/listsub"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取下一级部门列表。", En: "Lists the departments directly below one."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *departmentRef) api.Fields {
		in.DeptID = directory.RootDepartment // the default
		return api.Fields{departmentField(in), languageField(&in.Language)}
	},
	Out: func(out *departmentList) api.Fields {
		return api.Fields{api.Objects("result", &out.List, departmentBaseFields)}
	},
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *departmentRef) (*departmentList, error) {
		ds, err := s.SubDepartments(ctx, in.DeptID)
		if err != nil {
			return nil, err
		}
		out := &departmentList{make([]departmentOutput, len(ds))}
		for i, d := range ds {
			out.List[i] = departmentOf(d)
		}
		return out, nil
	},
})
