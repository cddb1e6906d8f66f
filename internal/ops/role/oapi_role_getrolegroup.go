package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type namedGroup struct{ ID int64 }

func namedGroupFields(in *namedGroup) api.Fields {
	return api.Fields{groupIDField("group_id", &in.ID).Required(nil)}
}

// OapiRoleGetrolegroup reads a group with its roles
// (docs/spec/dingtalk-roles.md#one-role-and-one-group).
var OapiRoleGetrolegroup = api.Define(&Operations, api.Op[namedGroup, shownGroup]{
	Route:      api.OAPI("", "/topapi/role/getrolegroup"),
	Group:      group,
	Doc:        api.Text{Zh: "获取角色组及其角色。", En: "Reads a group of roles."},
	Permission: permissionGroups,
	ReadOnly:   true,

	In:    namedGroupFields,
	Out:   func(out *shownGroup) api.Fields { return api.Fields{out.field("open_role")} },
	Codes: []*api.Code{groupUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *namedGroup) (*shownGroup, error) {
		g, err := s.RoleGroup(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &shownGroup{g}, nil
	},
})
