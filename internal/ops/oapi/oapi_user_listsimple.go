package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type simpleUser struct{ UserID, Name string }

type simpleList struct {
	More bool
	Next *int64
	List []simpleUser
}

// UserListsimple lists the names of a department's direct members
// (docs/spec/org-accounts.md#members-of-a-department); the vendor has no v2 of it.
var UserListsimple = api.Define(&Operations, api.Op[memberPage, simpleList]{
	Route:      api.OAPI("", "/topapi/user/listsimple"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取部门员工的基础信息。", En: "Lists ids and names of a department's direct members."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In: func(p *memberPage) api.Fields {
		return memberPageFields(p, departmentUnknown, wrongOffset, wrongSize, wrongParameter)
	},
	Out: func(out *simpleList) api.Fields {
		return api.Fields{api.Object("result", out, func(out *simpleList) api.Fields {
			return append(pageFields(&out.More, &out.Next), api.Objects("list", &out.List, func(u *simpleUser) api.Fields {
				return api.Fields{
					api.String("userid", &u.UserID).Example("023420013645").Describe("员工的 userid。", "Id of the employee."),
					api.String("name", &u.Name).Example("张三").Describe("姓名。", "Name."),
				}
			}).Describe("员工列表。", "The members."))
		})}
	},
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, p *memberPage) (*simpleList, error) {
		page, err := s.Members(ctx, p.DeptID, p.order(), p.Cursor, p.Size, true)
		if err != nil {
			return nil, err
		}
		out := &simpleList{List: make([]simpleUser, len(page.Members))}
		out.More, out.Next = nextOf(page)
		for i, m := range page.Members {
			out.List[i] = simpleUser{m.UserID, m.Name}
		}
		return out, nil
	},
})
