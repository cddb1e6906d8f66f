package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type departmentCreated struct{ DeptID int64 }

// V2DepartmentCreate adds a department
// (docs/spec/org-accounts.md#creation-of-a-department).
var V2DepartmentCreate = api.Define(&Operations, api.Op[departmentInput, departmentCreated]{
	Route:      api.OAPI("", "/topapi/v2/department/create"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "创建部门。", En: "Adds a department."},
	Permission: permissionWrite,

	In: func(d *departmentInput) api.Fields {
		return append(api.Fields{
			api.OptString("name", &d.Name).Brings(directory.NameField).Required(nil).Invalid(departmentName).Example("开发部门").
				Describef("名称，1 至 %d 个字符，不含 - , ，。", "Name of 1 to %d characters without - , and ，.", directory.MaxDepartmentName),
			api.OptInt("parent_id", &d.ParentID).Brings(directory.ParentField).Required(nil).Invalid(wrongDepartment).Example("1").
				Describe("父部门 ID，根部门为 1。", "Id of the parent; the root is 1."),
		}, sharedDepartmentFields(d, permitsOnCreate)...)
	},
	Out: func(out *departmentCreated) api.Fields {
		return api.Fields{api.Object("result", out, func(out *departmentCreated) api.Fields {
			return api.Fields{api.Int("dept_id", &out.DeptID).Example("100").Describe("新部门的 ID。", "Id of the new department.")}
		})}
	},
	Codes: []*api.Code{departmentName, departmentCharacter, permitsOnCreate, permitsTooMany, parentUnknown, departmentOutOfRange, departmentDepth, departmentExists, busy},

	Do: func(ctx context.Context, s *directory.Session, d *departmentInput) (*departmentCreated, error) {
		id, err := s.CreateDepartment(ctx, d.department())
		return &departmentCreated{id}, err
	},
})
