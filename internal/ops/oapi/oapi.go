// Package oapi holds the organisation directory on DingTalk's older gateway:
// employees under /topapi/v2/user/ and /topapi/user/, departments under
// /topapi/v2/department/, and GET /auth/scopes. Each operation has a file of
// its own; what several share (the fields of an employee or a department, the
// codes) is in user.go, department.go and codes.go.
//
// It does not decide who may see which fields: package directory does. External
// contacts and tokens of the same gateway are separate products.
package oapi

import "github.com/mingce/mingce/internal/api"

// Operations are the operations of this package.
var Operations api.Registry

// Permission codes (docs/spec/dingtalk.md#permission-codes and
// docs/spec/dingtalk-older-paths.md#permissions-of-the-older-paths).
const (
	permissionBase        = "qyapi_base"
	permissionWrite       = "qyapi_manage_addresslist"
	permissionMember      = "qyapi_get_member"
	permissionMembers     = "qyapi_get_department_member"
	permissionMobile      = "qyapi_get_member_by_mobile"
	permissionDepartments = "qyapi_get_department_list"
	permissionHRM         = "qyapi_hrm_read_user"
	permissionLiveness    = "qyapi_liveness_base"
)

// Groups of the reference.
const (
	userGroup       = "User"
	departmentGroup = "Department"
)

// language is accepted and ignored: names have one spelling here
// (docs/spec/org-accounts.md#parameter-language).
func languageField(p *string) api.Field {
	return api.String("language", p).Example("zh_CN").
		Describe("通讯录语言：zh_CN（默认）或 en_US；本服务的名称只有一种写法，该参数不起作用。",
			"Language, zh_CN (default) or en_US; names have one spelling here, so it has no effect.")
}
