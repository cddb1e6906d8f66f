package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// V2DepartmentUpdate changes a department
// (docs/spec/org-accounts.md#update-of-a-department).
var V2DepartmentUpdate = api.Define(&Operations, api.Op[departmentInput, api.None]{
	Route:      api.OAPI("", "/topapi/v2/department/update"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "更新部门。没有给出的参数保持不变。", En: "Updates a department. Parameters that are absent keep their value."},
	Permission: permissionWrite,

	In: func(d *departmentInput) api.Fields {
		flag := func(name string, p **bool, zh, en string) api.Field {
			return api.OptBool(name, p).Invalid(wrongDepartment).Example("false").Describe(zh, en)
		}
		return append(api.Fields{
			api.Int("dept_id", &d.DeptID).Brings(directory.DepartmentField).Required(departmentIDInvalid).Invalid(departmentIDInvalid).Range(1, 1<<62, departmentIDInvalid).Example("2").
				Describe("部门 ID。", "Id of the department."),
			api.OptString("name", &d.Name).Brings(directory.NameField).Invalid(departmentName).Example("开发部门").
				Describef("名称，1 至 %d 个字符，不含 - , ，。", "Name of 1 to %d characters without - , and ，.", directory.MaxDepartmentName),
			api.OptInt("parent_id", &d.ParentID).Brings(directory.ParentField).Invalid(wrongDepartment).Example("1").
				Describe("新的父部门。", "The new parent."),
			api.Strings("dept_manager_userid_list", &d.Leaders).Brings(directory.LeadersField).Invalid(leadersInvalid).MaxItems(directory.MaxDepartmentLeaders, leadersInvalid).Example(`["023420013645"]`).
				Describe("部门主管，必须是直属成员；清空须在 force_update_fields 中列出本字段。", "Leaders, who must be direct members. Emptying the list needs force_update_fields."),
			api.Strings("force_update_fields", &d.Force).Invalid(wrongDepartment).OneOf(wrongDepartment, forceLeaders).
				Describe("允许清空的字段：dept_manager_userid_list。", "Fields that may be cleared: dept_manager_userid_list."),
			api.OptString("org_dept_owner", &d.GroupOwner).Runes(0, directory.MaxUserID, ownerInvalid).Example("023420013645").
				Describe("企业群群主，必须是直属成员。", "Owner of the group, a direct member."),
			flag("auto_add_user", &d.AutoAddUser, "新人是否自动入群。", "Whether new members join the group."),
			flag("group_contain_sub_dept", &d.WithSub, "部门群是否包含子部门。", "Whether the group includes the departments below."),
			flag("group_contain_outer_dept", &d.WithOuter, "部门群是否包含外包部门。", "Whether the group holds outer departments."),
			flag("group_contain_hidden_dept", &d.WithHidden, "部门群是否包含隐藏部门。", "Whether the group holds hidden departments."),
			languageField(&d.Language),
		}, sharedDepartmentFields(d, permitsOnUpdate)...)
	},
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, rootUnchangeable, departmentName, departmentCharacter, permitsOnUpdate, permitsFailed,
		parentUnknown, departmentCycle, departmentDepth, leadersInvalid, ownerInvalid, departmentExists, busy},

	Do: func(ctx context.Context, s *directory.Session, d *departmentInput) (*api.None, error) {
		return nil, s.UpdateDepartment(ctx, d.DeptID, d.update())
	},
})
