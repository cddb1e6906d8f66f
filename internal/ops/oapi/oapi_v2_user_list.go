package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type userList struct {
	More bool
	Next *int64
	List []userOutput
}

// V2UserList lists the direct members of a department
// (docs/spec/org-accounts.md#members-of-a-department).
var V2UserList = api.Define(&Operations, api.Op[memberPage, userList]{
	Route:      api.OAPI("", "/topapi/v2/user/list"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取部门员工详情。", En: "Lists the direct members of a department in full."},
	Permission: permissionMembers,
	ReadOnly:   true,

	In: func(p *memberPage) api.Fields {
		return memberPageFields(p, wrongPaging, wrongPaging, wrongPaging, wrongPaging)
	},
	Out: func(out *userList) api.Fields {
		return api.Fields{api.Object("result", out, func(out *userList) api.Fields {
			return append(pageFields(&out.More, &out.Next), api.Objects("list", &out.List, func(u *userOutput) api.Fields {
				return append(userFields(u),
					api.Int("dept_order", &u.DeptOrder).Example("1").Describe("在该部门中的排序。", "Place in this department."),
					api.Bool("leader", &u.Leader).Example("false").Describe("是否该部门主管。", "Whether it leads this department."))
			}).Describe("员工列表。", "The members."))
		})}
	},
	Codes: []*api.Code{membersUnread, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, p *memberPage) (*userList, error) {
		page, err := s.Members(ctx, p.DeptID, p.order(), p.Cursor, p.Size, false)
		if err != nil {
			return nil, err
		}
		out := &userList{List: make([]userOutput, len(page.Members))}
		out.More, out.Next = nextOf(page)
		for i := range page.Members {
			m := &page.Members[i]
			out.List[i] = userOf(&m.EmployeeView)
			out.List[i].DeptOrder, out.List[i].Leader = m.Order, m.Leader
		}
		return out, nil
	},
})
