package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type newGroup struct{ Name string }

type createdGroup struct{ ID int64 }

// OapiRoleAddrolegroup adds a group of roles
// (docs/spec/dingtalk-roles.md#changes-of-roles). The vendor's SDK spells it
// without the underscores of the path.
var OapiRoleAddrolegroup = api.Define(&Operations, api.Op[newGroup, createdGroup]{
	Route:      api.OAPINamed("dingtalk.oapi.role.addrolegroup", "POST", "/role/add_role_group"),
	Group:      group,
	Doc:        api.Text{Zh: "创建角色组。", En: "Adds a group of roles."},
	Permission: permissionWrite,

	In: func(in *newGroup) api.Fields {
		return api.Fields{groupNameField("name", &in.Name).Brings(directory.NameField).Required(groupMissing).Runes(1, directory.MaxRoleName, nil)}
	},
	Out: func(out *createdGroup) api.Fields {
		return api.Fields{api.Int("groupId", &out.ID).Example("2130459001").Describe("角色组 ID。", "Id of the group.")}
	},
	Codes: []*api.Code{nameInvalid, nameTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, in *newGroup) (*createdGroup, error) {
		id, err := s.CreateRoleGroup(ctx, in.Name)
		if err != nil {
			return nil, err
		}
		return &createdGroup{id}, nil
	},
})
