package oapi

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// DepartmentCreate adds a department (docs/spec/dingtalk-older-paths.md#writing-of-a-department).
var DepartmentCreate = api.Define(&Operations, api.Op[olderDepartmentInput, olderDepartmentID]{
	Route:      api.OAPI(http.MethodPost, "/department/create"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "创建部门（旧版）。", En: "Adds a department (older call)."},
	Permission: permissionWrite,

	In: func(d *olderDepartmentInput) api.Fields {
		return append(api.Fields{
			api.OptString("name", &d.Name).Brings(directory.NameField).Required(nil).Invalid(departmentName).Example("开发部门").
				Describef("名称，1 至 %d 个字符，不含 - , ，。", "Name of 1 to %d characters without - , and ，.", directory.MaxDepartmentName),
			api.OptInt("parentid", &d.ParentID).Brings(directory.ParentField).Required(nil).Example("1").
				Describe("父部门 ID，根部门为 1。", "Id of the parent; the root is 1."),
		}, olderSharedFields(d)...)
	},
	Out: olderDepartmentIDField,
	Codes: []*api.Code{departmentName, departmentCharacter, olderPermits, permitsTooLong, olderDepartment, parentUnknown, departmentOutOfRange, departmentDepth,
		departmentExists, busy},

	Do: func(ctx context.Context, s *directory.Session, d *olderDepartmentInput) (*olderDepartmentID, error) {
		id, err := s.CreateDepartment(ctx, d.department())
		return &olderDepartmentID{id}, err
	},
})
