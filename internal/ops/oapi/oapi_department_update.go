package oapi

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// DepartmentUpdate changes a department (docs/spec/dingtalk-older-paths.md#writing-of-a-department).
var DepartmentUpdate = api.Define(&Operations, api.Op[olderDepartmentInput, olderDepartmentID]{
	Route:      api.OAPI(http.MethodPost, "/department/update"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "更新部门（旧版）。没有给出的参数保持不变。", En: "Updates a department (older call). Parameters that are absent keep their value."},
	Permission: permissionWrite,

	In: func(d *olderDepartmentInput) api.Fields {
		flag := func(name string, p **bool, zh, en string) api.Field {
			return api.OptBool(name, p).Example("false").Describe(zh, en)
		}
		return append(api.Fields{
			olderDepartmentField("id", &d.ID).Required(nil),
			api.OptString("name", &d.Name).Brings(directory.NameField).Invalid(departmentName).Example("开发部门").
				Describef("名称，1 至 %d 个字符，不含 - , ，。", "Name of 1 to %d characters without - , and ，.", directory.MaxDepartmentName),
			api.OptInt("parentid", &d.ParentID).Brings(directory.ParentField).Example("1").Describe("新的父部门。", "The new parent."),
			api.OptString("deptManagerUseridList", &d.Leaders).Brings(directory.LeadersField).Example("023420013645").
				Describe("部门主管，以 | 分隔，必须是直属成员；空文本清空。", "Leaders with | between them, who must be direct members; an empty text clears them."),
			api.OptString("orgDeptOwner", &d.GroupOwner).Runes(0, directory.MaxUserID, groupOwnerUnknown).Example("023420013645").
				Describe("企业群群主，必须是直属成员。", "Owner of the group, a direct member."),
			flag("autoAddUser", &d.AutoAddUser, "新人是否自动入群。", "Whether new members join the group."),
			flag("groupContainSubDept", &d.WithSub, "部门群是否包含子部门。", "Whether the group includes the departments below."),
			flag("groupContainOuterDept", &d.WithOuter, "部门群是否包含外包部门。", "Whether the group holds outer departments."),
			flag("groupContainHiddenDept", &d.WithHidden, "部门群是否包含隐藏部门。", "Whether the group holds hidden departments."),
			langField(&d.Lang),
		}, olderSharedFields(d)...)
	},
	Out: olderDepartmentIDField,
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, rootUnchangeable, departmentName, departmentCharacter, olderPermits, permitsTooLong, olderDepartment,
		parentUnknown, departmentCycle, departmentDepth, managersUnknown, groupOwnerUnknown, departmentExists, busy},

	Do: func(ctx context.Context, s *directory.Session, d *olderDepartmentInput) (*olderDepartmentID, error) {
		return &olderDepartmentID{d.ID}, s.UpdateDepartment(ctx, d.ID, d.update())
	},
})
