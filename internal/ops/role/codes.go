package role

import (
	"fmt"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// code declares a code; both gateways always answer HTTP 200. Numbers are those
// of docs/spec/dingtalk-roles.md#codes-of-roles.
func code(number, msg string, cause error, whyZh, whyEn, fixZh, fixEn string) *api.Code {
	return &api.Code{HTTP: 200, Code: number, Msg: msg, Cause: cause, Why: api.Text{Zh: whyZh, En: whyEn}, Fix: api.Text{Zh: fixZh, En: fixEn}}
}

var (
	busy = code("-1", "系统繁忙", directory.ErrBusy,
		"服务暂时不可用，没有任何更改。", "The service is overloaded at the moment; nothing was changed.",
		"稍后重试，最多三次。", "Try again later, at most three times.")
	// The pages of some calls have another number for it.
	busyRoles = code("1002", "系统繁忙", directory.ErrBusy, busy.Why.Zh, busy.Why.En, busy.Fix.Zh, busy.Fix.En)

	sizeInvalid = code("40069", "不合法的分页大小", nil,
		fmt.Sprintf("size 不是整数，或与 offset 同时给出而不在 1 至 %d（角色列表）或 1 至 %d（角色的员工）之间。", mostGroups, mostMembers),
		fmt.Sprintf("size is no number or, given together with offset, not from 1 to %d for groups or 1 to %d for employees.", mostGroups, mostMembers),
		fmt.Sprintf("角色列表最多 %d，员工列表最多 %d。", mostGroups, mostMembers), fmt.Sprintf("Ask for at most %d groups or %d employees.", mostGroups, mostMembers))
	offsetInvalid = code("40068", "不合法的偏移量", nil,
		"offset 不是整数，或是负数。", "offset is no number or negative.", "从 0 开始。", "Begin with 0.")

	roleUnknown = code("33011", "无效的roleId", directory.ErrRoleNotFound,
		"本企业没有这样的角色。", "The organisation has no such role.",
		"用角色列表查询角色 ID。", "Look the id up in the list of roles.")
	roleDefault = code("23004", "不允许编辑系统标签", directory.ErrRoleDefault,
		"默认组的角色（负责人、主管、主管理员、子管理员）由员工的身份决定，不能更改。", "The roles of the default group follow from what the employees are, and cannot be changed.",
		"改用其他角色组的角色。", "Use roles of other groups.")
	roleMembers = code("400002", "参数错误: 该角色下还有员工", directory.ErrRoleMembers,
		"还有员工拥有该角色。", "Employees have the role.",
		"先用 removerolesforemps 移除。", "Take it from them first, with removerolesforemps.")
	groupUnknown = code("400002", "参数错误: group_id", directory.ErrRoleGroupNotFound,
		"本企业没有这样的角色组。", "The organisation has no such group of roles.",
		"用角色列表查询角色组 ID。", "Look the id up in the list of roles.")
	userUnknown = code("33012", "无效的USERID", directory.ErrEmployeeNotFound,
		"本企业没有这样的员工。", "The organisation has no such employee.",
		"检查 userid。", "Check the userid.")
	userOutOfRange = code("50002", "请求的员工userid不在授权范围内", directory.ErrOutOfScope,
		"该员工不在应用的通讯录授权范围内。", "The employee is outside the range of the app.",
		"由管理员扩大应用的授权范围；用 /auth/scopes 查看当前范围。", "Have the administrator widen the app's range; /auth/scopes shows it.")
	departmentOutOfRange = code("50004", "请求的部门id不在授权范围内", directory.ErrDepartmentOutOfRange,
		"该部门不在应用的通讯录授权范围内。", "The department is outside the range of the app.",
		userOutOfRange.Fix.Zh, userOutOfRange.Fix.En)
)

// Names (docs/spec/dingtalk-roles.md#names-of-roles).
var (
	nameInvalid = &api.Code{HTTP: 200, Code: "40035", Msg: "不合法的参数", Names: true, Cause: directory.ErrRoleName,
		Why: api.Textf("名称为空白，含有换行或其他控制字符，或超过 %d 个字符。", "The name is blank, of several lines, holds control characters, or is longer than %d characters.", directory.MaxRoleName),
		Fix: api.Textf("使用 1 至 %d 个字符的名称。", "Use a name of 1 to %d characters.", directory.MaxRoleName)}
	roleMissing = code("34018", "角色不能为空", nil,
		"roleName 缺失。", "roleName is absent.", "传角色名称。", "Give the name of the role.")
	groupMissing = code("34018", "角色信息不能为空", nil,
		"name 缺失。", "name is absent.", "传角色组名称。", "Give the name of the group.")
	updateMissing = code("660000", "参数为空", nil,
		"roleId 或 roleName 缺失。", "roleId or roleName is absent.", "两个都传。", "Give both.")
	nameTaken = code("34021", "角色名称已存在", directory.ErrRoleExists,
		"同一角色组内已有同名角色，或本企业已有同名角色组。", "The group has a role of this name, or the organisation a group.",
		"换一个名称。", "Choose another name.")
	groupIDInvalid = code("34020", "无效的groupId", directory.ErrRoleGroupNotFound,
		groupUnknown.Why.Zh, groupUnknown.Why.En, groupUnknown.Fix.Zh, groupUnknown.Fix.En)
	groupDefault = code("34020", "无效的groupId", directory.ErrRoleDefault,
		"默认组不能添加角色。", "The default group takes no roles.",
		"改用其他角色组。", "Use another group.")
)

// The scope of a member (docs/spec/dingtalk-roles.md#scope-of-a-member).
var (
	scopeUserInvalid = code("40003", "不合法的UserID", nil,
		fmt.Sprintf("userid 缺失，或超过 %d 个字符。", directory.MaxUserID), fmt.Sprintf("userid is absent or longer than %d characters.", directory.MaxUserID),
		"检查 userid。", "Check the userid.")
	scopeUserUnknown = code("46004", "不存在的员工", directory.ErrEmployeeNotFound,
		userUnknown.Why.Zh, userUnknown.Why.En, userUnknown.Fix.Zh, userUnknown.Fix.En)
	scopeRoleMissing = code("34018", "角色信息不能为空", nil,
		"role_id 缺失。", "role_id is absent.", "传角色 ID。", "Give the id of the role.")
	scopeRoleUnknown = code("60301", "无效的role_id", directory.ErrRoleNotFound,
		roleUnknown.Why.Zh, roleUnknown.Why.En, roleUnknown.Fix.Zh, roleUnknown.Fix.En)
	scopeRoleNotHeld = code("400002", "参数错误: 该员工没有此角色", directory.ErrRoleNotHeld,
		"只有拥有该角色的员工才有管理范围。", "Only employees who have the role have a scope in it.",
		"先用 addrolesforemps 添加角色。", "Give the role first, with addrolesforemps.")
	scopeDepartments = code("400002", "参数错误: dept_ids", nil,
		fmt.Sprintf("dept_ids 不是以逗号分隔的部门 ID，或超过 %d 个。", directory.MaxRoleScope), fmt.Sprintf("dept_ids is not ids of departments with commas between them, or there are more than %d.", directory.MaxRoleScope),
		fmt.Sprintf("最多传 %d 个部门 ID；不传表示所有部门。", directory.MaxRoleScope), fmt.Sprintf("Give at most %d ids, or none for all departments.", directory.MaxRoleScope))
	departmentUnknown = code("60003", "部门不存在", directory.ErrDepartmentNotFound,
		"本企业没有这样的部门。", "The organisation has no such department.",
		"检查部门 ID；根部门为 1。", "Check the id; the root is 1.")
)
