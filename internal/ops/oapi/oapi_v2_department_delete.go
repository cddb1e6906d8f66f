package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// V2DepartmentDelete removes a department without members and without
// departments below it (docs/spec/org-accounts.md#deletion-of-a-department).
var V2DepartmentDelete = api.Define(&Operations, api.Op[departmentRef, api.None]{
	Route:      api.OAPI("", "/topapi/v2/department/delete"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "删除部门。有成员或子部门的部门和根部门不能删除。", En: "Removes a department that has neither members nor departments below it and is not the root."},
	Permission: permissionWrite,

	In:    func(in *departmentRef) api.Fields { return api.Fields{requiredDepartment(in)} },
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, rootUndeletable, departmentMembers, departmentChildren, busy},

	Do: func(ctx context.Context, s *directory.Session, in *departmentRef) (*api.None, error) {
		return nil, s.DeleteDepartment(ctx, in.DeptID)
	},
})
