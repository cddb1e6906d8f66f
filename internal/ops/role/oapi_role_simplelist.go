package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type memberPage struct {
	page
	RoleID int64
}

type memberList struct {
	More bool
	Next *int64
	List []directory.RoleMember
}

// OapiRoleSimplelist lists the employees who have a role
// (docs/spec/dingtalk-roles.md#employees-of-a-role).
var OapiRoleSimplelist = api.Define(&Operations, api.Op[memberPage, memberList]{
	Route:      api.OAPI("", "/topapi/role/simplelist"),
	Group:      group,
	Doc:        api.Text{Zh: "获取指定角色的员工列表。", En: "Lists the employees who have a role."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In: func(p *memberPage) api.Fields {
		return append(api.Fields{roleIDField("role_id", &p.RoleID).Required(nil)}, p.ownFields(mostMembers)...)
	},
	Out: func(out *memberList) api.Fields {
		return api.Fields{api.Object("result", out, func(out *memberList) api.Fields {
			return api.Fields{
				moreField("hasMore", &out.More),
				api.OptInt("nextCursor", &out.Next).Example("20").Describe("下一页的 offset；没有更多时不返回。", "The offset of the next page; absent when there is no more."),
				api.Objects("list", &out.List, memberFields).Describe("员工列表。", "The employees."),
			}
		})}
	},
	Codes: []*api.Code{roleUnknown, sizeInvalid, offsetInvalid, busy},

	Do: func(ctx context.Context, s *directory.Session, p *memberPage) (*memberList, error) {
		offset, size, err := p.own(mostMembers)
		if err != nil {
			return nil, err
		}
		ms, more, err := s.RoleMembers(ctx, p.RoleID, offset, size)
		if err != nil {
			return nil, err
		}
		out := &memberList{More: more, List: api.List(ms)}
		if next := offset + size; more {
			out.Next = &next
		}
		return out, nil
	},
})

// memberFields leaves manageScopes out for who manages all departments; an
// empty list is none.
func memberFields(m *directory.RoleMember) api.Fields {
	return api.Fields{
		api.String("userid", &m.UserID).Example("023420013644").Describe("员工的 userid。", "Id of the employee."),
		api.String("name", &m.Name).Example("李强").Describe("姓名。", "Name."),
		api.Objects("manageScopes", &m.Scope, func(d *directory.RoleScope) api.Fields {
			return api.Fields{
				api.Int("dept_id", &d.DeptID).Example("3").Describe("部门 ID。", "Id of the department."),
				api.String("name", &d.Name).Example("研发部").Describe("部门名称。", "Its name."),
			}
		}).Describe("管理范围；管理所有部门时不返回。", "Departments that the employee manages in the role; absent if these are all."),
	}
}
