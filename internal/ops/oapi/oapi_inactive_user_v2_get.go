package oapi

import (
	"github.com/mingce/mingce/internal/api"
)

// InactiveUserV2Get lists the people who did, or did not, log in on a day
// (docs/spec/dingtalk-older-paths.md#people-who-did-not-log-in).
var InactiveUserV2Get = api.Define(&Operations, api.Op[loginDay, userIDList]{
	Route:      api.OAPI("", "/topapi/inactive/user/v2/get"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取未登录的员工列表。", En: "Lists the people who did, or did not, log in on a day."},
	Permission: permissionLiveness,
	ReadOnly:   true,

	In: func(p *loginDay) api.Fields {
		return append(loginDayFields(p),
			api.Bool("is_active", &p.Active).Required(wrongParameter).Invalid(wrongParameter).Example("false").
				Describe("true 登录过的员工，false 没有登录的。", "true: those who logged in; false: those who did not."),
			api.Ints("dept_ids", &p.DeptIDs).Invalid(wrongParameter).MaxItems(maxInactive, wrongParameter).Example("[2]").
				Describef("只查这些部门的直属员工，最多 %d 个部门。", "Only direct members of these departments, at most %d.", maxInactive))
	},
	Out:   inactiveFields,
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: usersByLogin,
})
