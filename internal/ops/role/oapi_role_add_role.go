package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type newRole struct {
	GroupID int64
	Name    string
}

type createdRole struct{ ID int64 }

// OapiRoleAddRole adds a role to a group
// (docs/spec/dingtalk-roles.md#changes-of-roles).
var OapiRoleAddRole = api.Define(&Operations, api.Op[newRole, createdRole]{
	Route:      api.OAPI("POST", "/role/add_role"),
	Group:      group,
	Doc:        api.Text{Zh: "创建角色。", En: "Adds a role to a group."},
	Permission: permissionWrite,

	In: func(in *newRole) api.Fields {
		return api.Fields{roleNameField("roleName", &in.Name).Required(roleMissing), groupIDField("groupId", &in.GroupID).Required(nil)}
	},
	Out: func(out *createdRole) api.Fields {
		return api.Fields{api.Int("roleId", &out.ID).Example("2130459002").Describe("角色 ID。", "Id of the role.")}
	},
	Codes: []*api.Code{nameInvalid, groupIDInvalid, groupDefault, nameTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, in *newRole) (*createdRole, error) {
		id, err := s.CreateRole(ctx, in.GroupID, in.Name)
		if err != nil {
			return nil, err
		}
		return &createdRole{id}, nil
	},
})
