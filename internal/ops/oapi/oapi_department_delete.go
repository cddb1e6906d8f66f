package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// DepartmentDelete removes an empty department
// (docs/spec/org-accounts.md#deletion-of-a-department).
var DepartmentDelete = api.Define(&Operations, api.Op[olderDepartmentRef, api.None]{
	Route:      api.OAPI("", "/department/delete"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "删除部门（旧版）。", En: "Removes a department without members and departments below it (older call)."},
	Permission: permissionWrite,

	In: func(in *olderDepartmentRef) api.Fields {
		return api.Fields{olderDepartmentField("id", &in.ID).Required(nil)}
	},
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, rootUndeletable, departmentMembers, departmentChildren, busy},

	Do: func(ctx context.Context, s *directory.Session, in *olderDepartmentRef) (*api.None, error) {
		return nil, s.DeleteDepartment(ctx, in.ID)
	},
})
