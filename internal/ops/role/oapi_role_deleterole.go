package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

var deleteCodes = []*api.Code{roleUnknown, roleDefault, roleMembers, busyRoles}

// OapiRoleDeleterole deletes a role that nobody has
// (docs/spec/dingtalk-roles.md#changes-of-roles).
var OapiRoleDeleterole = api.Define(&Operations, api.Op[namedRole, api.None]{
	Route:      api.OAPI("POST", "/topapi/role/deleterole"),
	Group:      group,
	Doc:        api.Text{Zh: "删除角色；仍有员工的角色不能删除。", En: "Deletes a role that no employee has."},
	Permission: permissionWrite,

	In:    namedRoleFields,
	Codes: deleteCodes,

	Do: func(ctx context.Context, s *directory.Session, in *namedRole) (*api.None, error) {
		return nil, s.DeleteRole(ctx, in.ID)
	},
})
