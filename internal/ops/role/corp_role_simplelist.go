package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpRoleSimplelist lists the ids of the employees who have a role
// (docs/spec/dingtalk-roles.md#methods-of-the-top-gateway).
var CorpRoleSimplelist = api.Define(&Operations, api.Op[memberPage, memberList]{
	Route:      api.TOP("dingtalk.corp.role.simplelist"),
	Group:      group,
	Doc:        api.Text{Zh: "获取角色的员工列表（旧版）。", En: "Lists the employees who have a role (older method)."},
	Failure:    api.InResult,
	Permission: permissionMembers,
	ReadOnly:   true,

	In: func(p *memberPage) api.Fields {
		return append(api.Fields{roleIDField("role_id", &p.RoleID).Required(nil)}, p.topFields(mostMembers)...)
	},
	Out: func(out *memberList) api.Fields {
		return api.Fields{api.Object("result", out, func(out *memberList) api.Fields {
			return api.Fields{
				moreField("has_more", &out.More),
				api.Objects("list", &out.List, func(m *directory.RoleMember) api.Fields {
					return api.Fields{api.String("userid", &m.UserID).Example("023420013644").Describe("员工的 userid。", "Id of the employee.")}
				}).Item("emp_simple_list").Describe("员工列表。", "The employees."),
			}
		})}
	},
	Codes: []*api.Code{roleUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, p *memberPage) (*memberList, error) {
		offset, size := p.top()
		ms, more, err := s.RoleMembers(ctx, p.RoleID, offset, size)
		if err != nil {
			return nil, err
		}
		return &memberList{More: more, List: api.List(ms)}, nil
	},
})
