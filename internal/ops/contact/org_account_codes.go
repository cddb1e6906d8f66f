package contact

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of the operations on org accounts
// (docs/spec/org-accounts.md#codes-of-org-account-operations). Their text for a
// bad parameter differs from that of the visibility grant.
var (
	accountParam = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数",
		Why: api.Text{Zh: "某个参数缺失、类型不对或取值不允许。", En: "A parameter is missing, of the wrong type or not among the values allowed."},
		Fix: api.Text{Zh: "对照参数表检查请求。", En: "Compare the request with the table of parameters."}}
	userNotExist = &api.Code{HTTP: http.StatusBadRequest, Code: "user.not.exist", Msg: "用户不存在", Cause: directory.ErrEmployeeNotFound,
		Why: api.Text{Zh: "企业中没有这个 userId，或它不在应用的通讯录范围内。", En: "The organisation has no employee with this userId, or the app's range does not cover it."},
		Fix: api.Text{Zh: "核对 userId；区分大小写。", En: "Check the userId; case counts."}}
	exclusiveOnly = &api.Code{HTTP: http.StatusBadRequest, Code: "exclusive.account.only", Msg: "只能操作归属该组织的专属账号", Cause: directory.ErrNotOwnAccount,
		Why: api.Text{Zh: "该员工不是企业账号，或其账号归属其他组织。", En: "The employee has no org account, or its account belongs to another organisation."},
		Fix: api.Text{Zh: "只对本企业拥有的企业账号调用；其他组织的账号由其所属组织管理。", En: "Call it for org accounts that this organisation owns; others are managed by their owner."}}
	accountBusy = &api.Code{HTTP: http.StatusInternalServerError, Code: "system.busy", Msg: "系统繁忙", Cause: directory.ErrBusy,
		Why: systemBusy.Why, Fix: systemBusy.Fix}

	joinTargetInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrGrantTarget,
		Why: api.Text{Zh: "joinCorpId 对应的组织不存在、已停用，或就是调用者自己。", En: "joinCorpId names an organisation that does not exist, is disabled or is the caller itself."},
		Fix: api.Text{Zh: "检查 joinCorpId。", En: "Check joinCorpId."}}
	joinDeptInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrDepartmentNotFound,
		Why: api.Text{Zh: "grantDeptIdList 中有部门不存在。", En: "grantDeptIdList names a department that does not exist."},
		Fix: api.Text{Zh: "检查每个部门 ID；不传该参数表示整个企业。", En: "Check each department id; leave the parameter out for the whole organisation."}}
)

// accountCodes are the codes of every operation on one org account.
var accountCodes = []*api.Code{accountParam, userNotExist, exclusiveOnly, accountBusy}

// accountUserID is the userId of an operation on an org account.
func accountUserID(p *string) api.Field {
	return api.String("userId", p).Brings(directory.EmployeeField).Required(accountParam).Invalid(accountParam).Example("org1001").
		Check(accountParam, notBlank, func() bool { return !isBlank(*p) }).
		Describe("企业账号的 userId。", "User id of the org account.")
}

// permissionCode is a parameter of the vendor's SDKs whose meaning is not
// documented; it changes nothing here
// (docs/spec/org-accounts.md#parameter-permissioncode).
func permissionCode(p *string) api.Field {
	return api.String("permissionCode", p).Invalid(accountParam).
		Describe("保留参数，不影响结果。", "Reserved; changes nothing.")
}
