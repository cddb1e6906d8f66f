package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// OapiRoleRemoverolesforemps takes roles from employees
// (docs/spec/dingtalk-roles.md#giving-and-taking-roles).
var OapiRoleRemoverolesforemps = api.Define(&Operations, api.Op[pairs, api.None]{
	Route:      api.OAPI("POST", "/topapi/role/removerolesforemps"),
	Group:      group,
	Doc:        api.Text{Zh: "批量删除员工角色。", En: "Takes each of the roles from each of the employees."},
	Permission: permissionWrite,

	In:    func(in *pairs) api.Fields { return in.fields("roleIds", "userIds", mostUsersInBatch) },
	Codes: append(pairCodes[:4:4], busy),

	Do: func(ctx context.Context, s *directory.Session, in *pairs) (*api.None, error) {
		return nil, s.RemoveRoles(ctx, in.RoleIDs, in.UserIDs)
	},
})
