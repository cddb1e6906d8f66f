package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

var pairCodes = []*api.Code{roleUnknown, roleDefault, userUnknown, userOutOfRange, busyRoles}

// OapiRoleAddrolesforemps gives roles to employees
// (docs/spec/dingtalk-roles.md#giving-and-taking-roles).
var OapiRoleAddrolesforemps = api.Define(&Operations, api.Op[pairs, api.None]{
	Route:      api.OAPI("POST", "/topapi/role/addrolesforemps"),
	Group:      group,
	Doc:        api.Text{Zh: "批量增加员工角色。", En: "Gives each of the employees each of the roles."},
	Permission: permissionWrite,

	In:    func(in *pairs) api.Fields { return in.fields("roleIds", "userIds", mostUsersToAdd) },
	Codes: pairCodes,

	Do: func(ctx context.Context, s *directory.Session, in *pairs) (*api.None, error) {
		return nil, s.AddRoles(ctx, in.RoleIDs, in.UserIDs)
	},
})
