package oapi

import (
	"github.com/mingce/mingce/internal/api"
)

// InactiveUserGet lists the people who did not log in on a day
// (docs/spec/dingtalk-older-paths.md#people-who-did-not-log-in).
var InactiveUserGet = api.Define(&Operations, api.Op[loginDay, userIDList]{
	Route:      api.OAPI("", "/topapi/inactive/user/get"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取未登录的员工列表（旧版）。", En: "Lists the people who did not log in on a day (older call)."},
	Permission: permissionLiveness,
	ReadOnly:   true,

	In:    loginDayFields,
	Out:   inactiveFields,
	Codes: []*api.Code{busy},

	Do: usersByLogin,
})
