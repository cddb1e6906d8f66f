package oapi

import (
	"fmt"

	"github.com/mingce/mingce/internal/directory"
)

// Codes that only calls on older paths and their kin answer
// (docs/spec/dingtalk-older-paths.md).
var (
	orderInvalid = code("40070", "不合法的排序参数", nil,
		"order 不是 entry_asc、entry_desc、modify_asc、modify_desc、custom 之一。", "order is none of entry_asc, entry_desc, modify_asc, modify_desc, custom.",
		"更正 order，或不传。", "Correct order or leave it out.")
	departmentsMalformed = code("40025", "无效的部门JSONArray对象", nil,
		"department 不是部门 ID 的列表。", "department is no list of ids of departments.",
		"传 [1,2] 或 1,2。", "Give [1,2] or 1,2.")
	olderJobNumber = code("60123", "不合法的jobnumber", directory.ErrJobNumber,
		fmt.Sprintf("jobnumber 超过 %d 个字符。", directory.MaxJobNumber), fmt.Sprintf("jobnumber is longer than %d characters.", directory.MaxJobNumber),
		jobNumberInvalid.Fix.Zh, jobNumberInvalid.Fix.En)
	olderPosition = code("60119", "不合法的position", directory.ErrEmployeeMember,
		fmt.Sprintf("position 或某个部门内职位超过 %d 个字符，或 orderInDepts、positionInDepts 中有员工不在的部门。", olderTitle),
		fmt.Sprintf("position, or a title in a department, is longer than %d characters, or orderInDepts or positionInDepts names a department the employee is not in.", olderTitle),
		"缩短职位，只列出 department 中的部门。", "Shorten it and list departments of department only.")
	telInvalid = code("40063", "不合法的分机号", nil,
		fmt.Sprintf("tel 超过 %d 个字符。", directory.MaxEmployeeTelephone), fmt.Sprintf("tel is longer than %d characters.", directory.MaxEmployeeTelephone),
		"缩短分机号。", "Shorten it.")
	telTaken = code("40100", "分机号已经存在", directory.ErrEmployeeTelephone,
		telephoneTaken.Why.Zh, telephoneTaken.Why.En, telephoneTaken.Fix.Zh, telephoneTaken.Fix.En)
	workPlaceInvalid = code("40064", "不合法的工作地址", nil,
		fmt.Sprintf("workPlace 超过 %d 个字符。", olderWorkPlace), fmt.Sprintf("workPlace is longer than %d characters.", olderWorkPlace),
		"缩短办公地点。", "Shorten it.")
	remarkInvalid = code("40065", "不合法的备注", nil,
		fmt.Sprintf("remark 超过 %d 个字符。", olderRemark), fmt.Sprintf("remark is longer than %d characters.", olderRemark),
		"缩短备注。", "Shorten it.")
	olderName = code("60112", "用户name不合法", directory.ErrEmployeeName,
		fmt.Sprintf("name 只含空白，含有换行或其他控制字符，或超过 %d 个字符。", olderNameLength), fmt.Sprintf("name is blank, of several lines, holds control characters, or is longer than %d characters.", olderNameLength),
		fmt.Sprintf("使用 1 至 %d 个字符的名称。", olderNameLength), fmt.Sprintf("Use a name of 1 to %d characters.", olderNameLength))

	userListInvalid = code("40031", "不合法的UserID列表", nil,
		"useridlist 不是列表，或其中有不存在的员工；没有删除任何人。", "useridlist is no list, or names somebody who is no employee; nobody was deleted.",
		"检查列表。", "Check the list.")
	userListLength = code("40032", "不合法的UserID列表长度", nil,
		fmt.Sprintf("useridlist 为空，或超过 %d 个。", maxDeleted), fmt.Sprintf("useridlist is empty or has more than %d entries.", maxDeleted),
		fmt.Sprintf("一次删除 1 至 %d 个。", maxDeleted), fmt.Sprintf("Delete 1 to %d at a time.", maxDeleted))
	parameterEmpty = code("40036", "参数为空", nil,
		"没有给出 userid。", "userid is missing.", "给出员工的 userid。", "Give the userid of an employee.")
	systemError = code("400001", "系统错误", directory.ErrBusy,
		busy.Why.Zh, busy.Why.En, busy.Fix.Zh, busy.Fix.En)

	permitsTooLong = code("60109", "不合法的可见id列表", directory.ErrDepartmentPermitCount,
		fmt.Sprintf("一个可见列表超过 %d 个。", directory.MaxLongPermits), fmt.Sprintf("A visibility list has more than %d entries.", directory.MaxLongPermits),
		fmt.Sprintf("每个列表最多 %d 个。", directory.MaxLongPermits), fmt.Sprintf("Name at most %d in a list.", directory.MaxLongPermits))
	olderPermits = code("60109", "不合法的可见id列表", directory.ErrDepartmentPermits,
		"可见列表不是以 | 分隔的 ID，或其中有不存在的部门或员工。", "A visibility list is not of ids with | between them, or names a department or employee that does not exist.",
		"检查 deptPermits、userPermits、outerPermitDepts、outerPermitUsers。", "Check deptPermits, userPermits, outerPermitDepts and outerPermitUsers.")
	managersUnknown = code("60068", "部门的管理员不存在", directory.ErrEmployeeMember,
		leadersInvalid.Why.Zh, leadersInvalid.Why.En, leadersInvalid.Fix.Zh, leadersInvalid.Fix.En)
	groupOwnerUnknown = code("60067", "部门的企业群群主不存在", directory.ErrDepartmentOwner,
		ownerInvalid.Why.Zh, ownerInvalid.Why.En, ownerInvalid.Fix.Zh, ownerInvalid.Fix.En)
	olderDepartment = naming("40035", "不合法的参数", directory.ErrDepartmentText,
		wrongDepartment.Why.Zh, wrongDepartment.Why.En, wrongDepartment.Fix.Zh, wrongDepartment.Fix.En)
	olderParameter = naming("40035", "不合法的参数", directory.ErrEmployeeText,
		wrongDepartment.Why.Zh, wrongDepartment.Why.En, wrongDepartment.Fix.Zh, wrongDepartment.Fix.En)
)
