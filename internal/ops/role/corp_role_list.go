package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpRoleList lists the roles by their groups, which have no ids here
// (docs/spec/dingtalk-roles.md#methods-of-the-top-gateway).
var CorpRoleList = api.Define(&Operations, api.Op[page, groupList]{
	Route:      api.TOP("dingtalk.corp.role.list"),
	Group:      group,
	Doc:        api.Text{Zh: "获取企业角色列表（旧版）。", En: "Lists the roles of the organisation by their groups (older method)."},
	Failure:    api.InResult,
	Permission: permissionGroups,
	ReadOnly:   true,

	In: func(p *page) api.Fields { return p.topFields(mostGroups) },
	Out: func(out *groupList) api.Fields {
		return api.Fields{api.Object("result", out, func(out *groupList) api.Fields {
			return api.Fields{
				moreField("has_more", &out.More),
				api.Objects("list", &out.List, func(g *directory.RoleGroup) api.Fields {
					return api.Fields{groupNameField("group_name", &g.Name), rolesField(g, "id", "role_name").Item("roles")}
				}).Item("role_groups").Describe("角色组列表。", "Groups of roles."),
			}
		})}
	},
	Codes: []*api.Code{busy},

	Do: func(ctx context.Context, s *directory.Session, p *page) (*groupList, error) {
		offset, size := p.top()
		gs, more, err := s.RoleGroups(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &groupList{more, api.List(gs)}, nil
	},
})
