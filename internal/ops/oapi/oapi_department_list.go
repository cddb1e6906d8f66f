package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type olderDepartmentList struct{ Departments []listedDepartment }

// DepartmentList lists all departments, or those below one
// (docs/spec/dingtalk-older-paths.md#list-of-departments).
var DepartmentList = api.Define(&Operations, api.Op[olderDepartmentRef, olderDepartmentList]{
	Route:      api.OAPI("", "/department/list"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取部门列表（旧版）。", En: "Lists departments (older call)."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *olderDepartmentRef) api.Fields {
		return api.Fields{
			olderDepartmentField("id", &in.ID).Describe("只列出该部门之下的部门，不含它自己；不传则是根部门和全部部门。", "Only departments below this one, without itself; absent: the root and all departments."),
			api.OptBool("fetch_child", &in.Child).Example("true").Describe("是否递归，默认 true；false 只含下一级。", "Whether all levels are listed (default) or, with false, one."),
			langField(&in.Lang),
		}
	},
	Out: func(out *olderDepartmentList) api.Fields {
		return api.Fields{api.Objects("department", &out.Departments, listedDepartmentFields).Describe("部门列表，按 ID 升序。", "The departments by id.")}
	},
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *olderDepartmentRef) (*olderDepartmentList, error) {
		var ds []directory.Department
		var err error
		deep := in.Child == nil || *in.Child
		if in.ID == 0 {
			ds, err = s.DepartmentTree(ctx, deep)
		} else {
			ds, err = s.DepartmentsBelow(ctx, in.ID, deep)
		}
		out := &olderDepartmentList{make([]listedDepartment, len(ds))}
		for i, d := range ds {
			p := &d.Settings
			out.Departments[i] = listedDepartment{d.ID, d.Name, p.SourceIdentifier, d.ParentID, p.CreateGroup, p.AutoAddUser}
		}
		return out, err
	},
})
