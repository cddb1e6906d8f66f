package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type groupList struct {
	More bool
	List []directory.RoleGroup
}

// OapiRoleList lists the roles by their groups
// (docs/spec/dingtalk-roles.md#list-of-roles).
var OapiRoleList = api.Define(&Operations, api.Op[page, groupList]{
	Route:      api.OAPI("", "/topapi/role/list"),
	Group:      group,
	Doc:        api.Text{Zh: "获取角色列表。", En: "Lists the roles of the organisation by their groups."},
	Permission: permissionGroups,
	ReadOnly:   true,

	In: func(p *page) api.Fields { return p.ownFields(mostGroups) },
	Out: func(out *groupList) api.Fields {
		return api.Fields{api.Object("result", out, func(out *groupList) api.Fields {
			return api.Fields{
				moreField("hasMore", &out.More),
				api.Objects("list", &out.List, func(g *directory.RoleGroup) api.Fields {
					return api.Fields{
						groupNameField("name", &g.Name),
						api.Int("groupId", &g.ID).Example("2130459001").Describe("角色组 ID。", "Id of the group."),
						rolesField(g, "id", "name"),
					}
				}).Describe("角色组列表。", "Groups of roles."),
			}
		})}
	},
	Codes: []*api.Code{sizeInvalid, offsetInvalid, busy},

	Do: func(ctx context.Context, s *directory.Session, p *page) (*groupList, error) {
		offset, size, err := p.own(mostGroups)
		if err != nil {
			return nil, err
		}
		gs, more, err := s.RoleGroups(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &groupList{more, api.List(gs)}, nil
	},
})
