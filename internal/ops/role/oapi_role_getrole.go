package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type shownRole struct{ Role directory.Role }

// OapiRoleGetrole reads a role; one client calls it over TOP
// (docs/spec/dingtalk-roles.md#one-role-and-one-group).
var OapiRoleGetrole = api.Define(&Operations, api.Op[namedRole, shownRole]{
	Route:      api.OAPI("", "/topapi/role/getrole"),
	Group:      group,
	Doc:        api.Text{Zh: "获取角色详情。", En: "Reads a role."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In: func(in *namedRole) api.Fields { return api.Fields{roleIDField("roleId", &in.ID).Required(nil)} },
	Out: func(out *shownRole) api.Fields {
		return api.Fields{api.Object("role", &out.Role, func(r *directory.Role) api.Fields {
			return api.Fields{
				api.String("name", &r.Name).Example("财务").Describe("角色名称。", "Name of the role."),
				api.Int("groupId", &r.GroupID).Example("2130459001").Describe("所属角色组 ID。", "Id of its group."),
			}
		}).Describe("角色。", "The role.")}
	},
	Codes: []*api.Code{roleUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *namedRole) (*shownRole, error) {
		r, err := s.Role(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &shownRole{r.Role}, nil
	},
})
