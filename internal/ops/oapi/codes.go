package oapi

import (
	"fmt"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// code declares a code; the gateway always answers HTTP 200. Numbers and texts
// are those of docs/spec/dingtalk.md#table-of-numbers.
func code(number, msg string, cause error, whyZh, whyEn, fixZh, fixEn string) *api.Code {
	return &api.Code{HTTP: 200, Code: number, Msg: msg, Cause: cause, Why: api.Text{Zh: whyZh, En: whyEn}, Fix: api.Text{Zh: fixZh, En: fixEn}}
}

// naming is code for one whose text ends with the parameter's name.
func naming(number, msg string, cause error, whyZh, whyEn, fixZh, fixEn string) *api.Code {
	c := code(number, msg, cause, whyZh, whyEn, fixZh, fixEn)
	c.Names = true
	return c
}

var busy = code("-1", "系统繁忙", directory.ErrBusy,
	"服务暂时不可用，没有任何更改。", "The service is overloaded at the moment; nothing was changed.",
	"稍后重试，最多三次。", "Try again later, at most three times.")

// Parameters without a code of their own: 400002, whose text says what is
// wrong. Decision: the vendor's code is not known
// (docs/spec/org-accounts.md#creation-of-an-employee).
var (
	wrongParameter = code("400002", "参数错误", directory.ErrEmployeeText,
		"某个参数过长、类型不对或取值不允许。", "A parameter is too long, of the wrong type or not among the values allowed.",
		"对照接口页面检查参数。", "Compare the parameters with the operation's page.")
	wrongKind = code("400002", "参数错误: 该类型的账号不支持此参数，或缺少此类型必需的参数", directory.ErrEmployeeKind,
		"参数与账号类型不符：mobile、login_email 只属于普通账号，login_id、init_password 只属于钉钉自建企业账号，nickname、avatarMediaId 只属于本组织的企业账号；加入的其他组织账号没有这些参数。",
		"A parameter does not belong to this kind of account: mobile and login_email are of normal accounts, login_id and init_password of accounts built in DingTalk, nickname and avatarMediaId of the organisation's own org accounts; accounts of other organisations have none of them.",
		"按要创建或更新的账号类型给出参数。", "Give the parameters of the kind of account you create or update.")
	wrongPassword = code("400002", "参数错误: init_password", directory.ErrPasswordWeak,
		fmt.Sprintf("初始密码至少 %d 个字符，不能全是字母，也不能全是数字。", directory.MinPassword), fmt.Sprintf("The first password has at least %d characters, not letters only and not digits only.", directory.MinPassword),
		"换一个密码。", "Choose another password.")
	loginIDTaken = code("400002", "参数错误: login_id已存在", directory.ErrLoginIDTaken,
		"本组织另一个企业账号已使用该登录名。", "Another account of the organisation has this login id.",
		"换一个登录名。", "Choose another login id.")
	telephoneTaken = code("400002", "参数错误: telephone已存在", directory.ErrEmployeeTelephone,
		"分机号在企业内唯一，已被其他员工使用。", "Telephones are unique in the organisation, and another employee has this one.",
		"换一个分机号。", "Choose another telephone.")
	notOffered = code("400002", "参数错误: outer_exclusive_userid不存在，或其组织未授权加入", directory.ErrAccountNotOffered,
		"该组织没有这样的企业账号，或没有授权本组织加入它，或授权的部门不含该账号。", "That organisation has no such org account, or has not let this organisation take it in, or not from the account's department.",
		"请账号所属组织先调用 multiOrgPermissions/auth 授权。", "Have the owner of the account call multiOrgPermissions/auth first.")
	alreadyJoined = code("400002", "参数错误: 该企业账号已加入本组织", directory.ErrAccountJoined,
		"同一个企业账号在本组织只能有一个员工。", "An org account can be one employee of the organisation only.",
		"更新已有的员工，或先删除。", "Update the employee it is, or delete that first.")
	deptsMissing = code("400002", "参数错误: dept_id_list", directory.ErrEmployeeDeptsMissing,
		"更新企业账号时 dept_id_list 必填。", "An update of an org account must give dept_id_list.",
		"传账号应在的全部部门。", "Give all departments the account is to be in.")
	ownsContacts = code("400002", "参数错误: 该员工还负责外部联系人", directory.ErrEmployeeFollows,
		"删除后这些外部联系人将没有负责人。", "The external contacts the employee owns would be left without an owner.",
		"先把外部联系人交接给其他员工（mingce contact hand-over）。", "Hand the contacts over to another employee first (mingce contact hand-over).")
)

var genders = strings.Join(directory.Genders, ", ")

// Employees.
var (
	userExists = code("60102", "UserID在公司中已存在", directory.ErrEmployeeExists,
		"userid 已被员工或外部联系人使用。", "The userid belongs to an employee or an external contact.",
		"换一个 userid，或不传由系统生成。", "Choose another userid, or leave it out to have one made.")
	// The text is a recorded one (docs/spec/dingtalk.md#refusals-of-phone-numbers).
	mobileInvalid = code("60103", "手机号码不合法，如果是国际号码，请使用+xx-xxxxxx的格式", directory.ErrMobileInvalid,
		"不是本国（默认中国大陆）的手机号，也不是 +国家码-号码。", "It is neither a mobile of the organisation's own country, which is mainland China unless set otherwise, nor +code-number.",
		"本国号码直接填写，其他号码用 +xx-xxxxxx。", "Give numbers of that country as they are and others as +xx-xxxxxx.")
	mobileTaken = code("60104", "手机号码在公司中已存在", directory.ErrEmployeeMobile,
		"另一名员工用该手机号登录。", "Another employee logs in with this mobile.",
		"更换手机号，或更新已有的员工。", "Use another number or update the employee that has it.")
	emailInvalid = code("60105", "邮箱不合法", directory.ErrEmployeeMail,
		"邮箱过长，或不是 名称@域名。", "The address is too long or not name@domain.",
		"检查邮箱。", "Check the address.")
	emailTaken = code("60106", "邮箱已存在", directory.ErrEmployeeEmail,
		"员工邮箱在企业内唯一，已被其他员工使用。", "Mail addresses of employees are unique in the organisation, and another one has this.",
		"换一个邮箱。", "Use another address.")
	nameInvalid = code("60112", "用户name不合法", directory.ErrEmployeeName,
		fmt.Sprintf("name 只含空白，含有换行或其他控制字符，或超过 %d 个字符。", directory.MaxEmployeeName), fmt.Sprintf("name is blank, of several lines, holds control characters, or is longer than %d characters.", directory.MaxEmployeeName),
		fmt.Sprintf("使用 1 至 %d 个字符的名称。", directory.MaxEmployeeName), fmt.Sprintf("Use a name of 1 to %d characters.", directory.MaxEmployeeName))
	identityMissing = code("60113", "身份认证信息（手机/邮箱）不能同时为空", directory.ErrEmployeeIdentity,
		"普通账号需要 mobile，或邮箱账号的 login_email。", "A normal account needs mobile, or login_email for mail accounts.",
		"补上 mobile；企业账号请传 exclusive_account=true。", "Add mobile; for org accounts give exclusive_account=true.")
	consentMissing = code("40103", "已发出邀请，对方同意后即可加入组织", directory.ErrEmployeeConsent,
		"本服务设置为添加普通账号须先征得本人同意（employees-require-consent）；本服务不发送邀请。",
		"This service is set to add normal accounts only with the person's consent (employees-require-consent); it sends no invitations.",
		"征得本人同意后由管理员登记（mingce consent give），再调用一次；企业账号不受此限。", "Have an administrator note that the person agreed (mingce consent give) and call again; org accounts are not concerned.")
	genderInvalid = code("60114", "性别不合法", directory.ErrEmployeeGender,
		"gender 不是 "+genders+" 之一。", "gender is none of "+genders+".",
		"使用 "+genders+" 之一。", "Use one of "+genders+".")
	positionInvalid = code("60119", "不合法的position", directory.ErrEmployeeMember,
		"dept_order_list、dept_title_list 或 dept_position_list 中有员工不在的部门。", "dept_order_list, dept_title_list or dept_position_list names a department the employee is not in.",
		"只列出 dept_id_list 中的部门。", "List departments of dept_id_list only.")
	extensionInvalid = code("60122", "不合法的extattr", directory.ErrEmployeeExtension,
		fmt.Sprintf("extension、extension_i18n 不是 JSON 对象，或超过 %d 个字符。", directory.MaxExtension), fmt.Sprintf("extension or extension_i18n is no JSON object, or longer than %d characters.", directory.MaxExtension),
		"传 JSON 对象的文本。", "Give the text of a JSON object.")
	jobNumberInvalid = code("60123", "不合法的jobnumber", directory.ErrJobNumber,
		fmt.Sprintf("job_number 超过 %d 个字符。", maxJobNumber), fmt.Sprintf("job_number is longer than %d characters.", maxJobNumber),
		"缩短工号。", "Shorten it.")
	managerInvalid = code("60128", "无效的主管id", directory.ErrEmployeeManager,
		"manager_userid 不是本企业员工。", "manager_userid is no employee of the organisation.",
		"改为本企业员工的 userid。", "Use the userid of an employee.")
	tooManyDepartments = code("60110", "部门个数超出限制", directory.ErrEmployeeDepts,
		fmt.Sprintf("dept_id_list 为空，或超过 %d 个部门。", directory.MaxEmployeeDepts), fmt.Sprintf("dept_id_list is empty or names more than %d departments.", directory.MaxEmployeeDepts),
		fmt.Sprintf("给出 1 至 %d 个部门。", directory.MaxEmployeeDepts), fmt.Sprintf("Give 1 to %d departments.", directory.MaxEmployeeDepts))
	// A normal account keeps its mobile (docs/spec/org-accounts.md#fixed-mobile-of-a-normal-account).
	mobileFixed = code("40022", "企业中的手机号码和登录钉钉的手机号码不一致，暂时不支持修改用户信息，可以删除后重新添加", directory.ErrMobileFixed,
		"普通账号的手机号不能更改。", "The mobile of a normal account cannot be changed.",
		"删除员工后用新手机号重新添加。", "Delete the employee and add it again with the new number.")
	userUnknown = code("60121", "找不到该用户", directory.ErrEmployeeNotFound,
		"本企业没有这样的员工。", "The organisation has no such employee.",
		"检查该员工是否在本企业。", "Check that the employee belongs to this organisation.")
	userIDInvalid = code("33012", "无效的USERID", directory.ErrUserIDForm,
		fmt.Sprintf("userid 超过 %d 个字符，首尾有空白，含有控制字符、不可见字符，或不是 NFC 形式。", directory.MaxUserID), fmt.Sprintf("The userid is longer than %d characters, begins or ends with a blank, holds control or invisible characters, or is not composed (NFC).", directory.MaxUserID),
		"检查 userid。", "Check the userid.")
	userIDUnknown = code("33012", "无效的USERID", directory.ErrEmployeeNotFound,
		fmt.Sprintf("本企业没有这样的员工，或 userid 超过 %d 个字符。", directory.MaxUserID), fmt.Sprintf("The organisation has no such employee, or the userid is longer than %d characters.", directory.MaxUserID),
		"检查 userid；它由创建接口或部门成员列表返回。", "Check the userid; creating and listing return it.")
	userIDMalformed = code("40003", "不合法的UserID", nil,
		fmt.Sprintf("userid 超过 %d 个字符。", directory.MaxUserID), fmt.Sprintf("The userid is longer than %d characters.", directory.MaxUserID),
		"检查 userid。", "Check the userid.")
	userOutOfRange = code("50002", "请求的员工userid不在授权范围内", directory.ErrOutOfScope,
		"该员工不在应用的通讯录授权范围内。", "The employee is outside the range of the app.",
		"由管理员扩大应用的授权范围；用 /auth/scopes 查看当前范围。", "Have the administrator widen the app's range; /auth/scopes shows it.")
	mobileUnreadable = code("40104", "电话号码无效", directory.ErrMobileInvalid,
		mobileInvalid.Why.Zh, mobileInvalid.Why.En, mobileInvalid.Fix.Zh, mobileInvalid.Fix.En)
)

// Lists of a department's members.
var (
	wrongPaging = naming("40035", "不合法的参数", nil,
		fmt.Sprintf("dept_id、cursor、size 或 order_field 不合规范；size 为 1 至 %d。", maxMembers), fmt.Sprintf("dept_id, cursor, size or order_field is not acceptable; size is 1 to %d.", maxMembers),
		"cursor 从 0 开始，之后用返回的 next_cursor。", "Begin with cursor 0 and go on with next_cursor.")
	wrongOffset = code("40068", "不合法的偏移量", nil,
		"cursor 或 offset 是负数，或不是整数。", "cursor or offset is negative or no whole number.", "从 0 开始，之后用返回的 next_cursor，或加上 size。", "Begin with 0 and go on with next_cursor, or add size.")
	wrongSize = code("40069", "不合法的分页大小", nil,
		fmt.Sprintf("size 不在 1 至 %d 之间。", maxMembers), fmt.Sprintf("size is not from 1 to %d.", maxMembers), fmt.Sprintf("使用 1 至 %d。", maxMembers), fmt.Sprintf("Use 1 to %d.", maxMembers))
	membersUnread = code("60019", "从部门查询人员失败", directory.ErrDepartmentNotFound,
		"部门不存在。", "The department does not exist.", "检查 dept_id；根部门为 1。", "Check dept_id; the root is 1.")
)

// Departments.
var (
	departmentUnknown = code("60003", "部门不存在", directory.ErrDepartmentNotFound,
		"本企业没有这样的部门。", "The organisation has no such department.",
		"检查部门 ID；根部门为 1。", "Check the id; the root is 1.")
	departmentIDInvalid = code("40009", "不合法的部门id", nil,
		"部门 ID 不是大于 0 的整数。", "The id is no whole number above 0.",
		"使用部门列表返回的 ID。", "Use ids from the lists of departments.")
	departmentOutOfRange = code("50004", "请求的部门id不在授权范围内", directory.ErrDepartmentOutOfRange,
		"该部门不在应用的通讯录授权范围内。", "The department is outside the range of the app.",
		userOutOfRange.Fix.Zh, userOutOfRange.Fix.En)
	parentUnknown = code("60004", "父亲部门不存在", directory.ErrParentNotFound,
		"parent_id 不是本企业的部门。", "parent_id is no department of the organisation.",
		"使用存在的部门 ID；根部门为 1。", "Use the id of a department that exists; the root is 1.")
	departmentName = code("60001", "不合法的部门名称", directory.ErrDepartmentName,
		fmt.Sprintf("名称为空，含有换行或其他控制字符，或超过 %d 个字符。", directory.MaxDepartmentName), fmt.Sprintf("The name is blank, of several lines, holds control characters, or is longer than %d characters.", directory.MaxDepartmentName),
		fmt.Sprintf("使用 1 至 %d 个字符。", directory.MaxDepartmentName), fmt.Sprintf("Use 1 to %d characters.", directory.MaxDepartmentName))
	departmentCharacter = code("60009", "部门名称含有非法字符", directory.ErrDepartmentCharacter,
		"名称不能含有 - , ，。", "The name must not contain - , or ，.",
		"去掉这些字符。", "Remove these characters.")
	// The vendor's table has no 60008, but older copies do.
	departmentExists = code("60021", "父部门下该部门名称已存在", directory.ErrDepartmentExists,
		"同一父部门下已有同名部门。", "The parent has a department with this name.",
		"换一个名称，或放到其他部门下。", "Choose another name or another parent.")
	departmentDepth = code("60002", "部门层级深度超过限制", directory.ErrDepartmentDepth,
		fmt.Sprintf("部门最多 %d 级，根部门为第一级。", directory.MaxDepartmentDepth), fmt.Sprintf("There are at most %d levels, the root being the first.", directory.MaxDepartmentDepth),
		"放到更靠近根的部门下。", "Put it under a department nearer to the root.")
	departmentCycle = code("60010", "部门存在循环关系", directory.ErrDepartmentCycle,
		"新的父部门是该部门自己或它的下级。", "The new parent is the department itself or below it.",
		"选择不在该部门之下的父部门。", "Choose a parent that is not below it.")
	departmentMembers = code("60005", "不允许删除有成员的部门", directory.ErrDepartmentMembers,
		"该部门或其下级部门还有成员。", "The department, or one below it, has members.",
		"先移走成员。", "Move the members first.")
	departmentChildren = code("60006", "不允许删除有子部门的部门", directory.ErrDepartmentChildren,
		"该部门还有子部门。", "There are departments below it.",
		"先删除或移走子部门。", "Delete or move those first.")
	rootUndeletable = code("60007", "不允许删除根部门", directory.ErrDepartmentRoot,
		"根部门就是企业本身。", "The root is the organisation itself.",
		"删除其他部门。", "Delete another department.")
	rootUnchangeable = code("60018", "不允许更新根部门", directory.ErrDepartmentRoot,
		"根部门的名称和位置不能更改。", "Name and place of the root cannot be changed.",
		"更新其他部门；根部门可以设置主管和群等其余属性。", "Update another department; of the root, leaders and the other settings can be changed.")
	departmentOrder = code("40011", "不合法的排序order", nil,
		"order 不是不小于 0 的整数。", "order is no whole number from 0 on.",
		"使用不小于 0 的整数，小的在前。", "Use a number from 0 on; the smaller, the earlier.")
	permitsOnCreate = code("600109", "不合法的可见id列表", directory.ErrDepartmentPermits,
		fmt.Sprintf("可见列表中有不存在的部门或员工，或合计超过 %d 个。", directory.MaxDepartmentPermits), fmt.Sprintf("A list names a department or employee that does not exist, or more than %d of them.", directory.MaxDepartmentPermits),
		"检查 dept_permits、user_permits、outer_permit_depts、outer_permit_users。", "Check dept_permits, user_permits, outer_permit_depts and outer_permit_users.")
	permitsTooMany = code("600109", "不合法的可见id列表", directory.ErrDepartmentPermitCount,
		permitsOnCreate.Why.Zh, permitsOnCreate.Why.En, permitsOnCreate.Fix.Zh, permitsOnCreate.Fix.En)
	permitsOnUpdate = code("60109", "不合法的可见id列表", directory.ErrDepartmentPermits,
		"可见列表中有不存在的部门或员工。", "A list names a department or employee that does not exist.",
		permitsOnCreate.Fix.Zh, permitsOnCreate.Fix.En)
	permitsFailed = code("60510", "设置部门权限失败", directory.ErrDepartmentPermitCount,
		fmt.Sprintf("部门和员工合计超过 %d 个。", directory.MaxDepartmentPermits), fmt.Sprintf("Departments and employees are more than %d together.", directory.MaxDepartmentPermits),
		fmt.Sprintf("每组列表合计最多 %d 个。", directory.MaxDepartmentPermits), fmt.Sprintf("Name at most %d in the two lists of a kind.", directory.MaxDepartmentPermits))
	leadersInvalid = code("40031", "不合法的UserID列表", directory.ErrEmployeeMember,
		"主管必须是该部门的直属成员。", "Leaders must be direct members of the department.",
		"先把主管加入该部门。", "Add them to the department first.")
	ownerInvalid = code("40093", "无效的企业群群主", directory.ErrDepartmentOwner,
		"群主必须是该部门的直属成员。", "The owner of the group must be a direct member of the department.",
		"先把群主加入该部门。", "Add them to the department first.")
	wrongDepartment = naming("40035", "不合法的参数", directory.ErrDepartmentText,
		"某个参数类型不对或取值不允许。", "A parameter is of the wrong type or not among the values allowed.",
		"对照接口页面检查参数。", "Compare the parameters with the operation's page.")
)
