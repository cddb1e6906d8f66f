package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type renamedRole struct {
	namedRole
	Name string
}

// OapiRoleUpdateRole renames a role
// (docs/spec/dingtalk-roles.md#changes-of-roles).
var OapiRoleUpdateRole = api.Define(&Operations, api.Op[renamedRole, api.None]{
	Route:      api.OAPI("POST", "/role/update_role"),
	Group:      group,
	Doc:        api.Text{Zh: "更新角色名称。", En: "Renames a role."},
	Permission: permissionWrite,

	In: func(in *renamedRole) api.Fields {
		return api.Fields{roleIDField("roleId", &in.ID).Required(updateMissing), roleNameField("roleName", &in.Name).Required(updateMissing)}
	},
	Codes: []*api.Code{nameInvalid, roleUnknown, roleDefault, nameTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, in *renamedRole) (*api.None, error) {
		return nil, s.RenameRole(ctx, in.ID, in.Name)
	},
})
