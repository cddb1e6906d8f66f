package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// DepartmentListParentDeptsByDept lists a department and those above it
// (docs/spec/dingtalk-older-paths.md#ids-and-parents-of-departments).
var DepartmentListParentDeptsByDept = api.Define(&Operations, api.Op[olderDepartmentRef, parentIDs]{
	Route:      api.OAPI("", "/department/list_parent_depts_by_dept"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "查询部门的所有上级部门（旧版）。", En: "Lists a department and those above it (older call)."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *olderDepartmentRef) api.Fields {
		return api.Fields{olderDepartmentField("id", &in.ID).Required(nil)}
	},
	Out: func(out *parentIDs) api.Fields {
		return api.Fields{api.Ints("parentIds", &out.List).Example("[2,1]").Describe("该部门自己和所有上级，根部门在最后。", "The department itself and those above it, the root last.")}
	},
	Codes: []*api.Code{departmentUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *olderDepartmentRef) (*parentIDs, error) {
		path, err := s.DepartmentPath(ctx, in.ID)
		return &parentIDs{path}, err
	},
})
