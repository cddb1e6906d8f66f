package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// olderMemberPage asks for direct members of a department on an older path: for
// all of them unless both offset and size are given
// (docs/spec/dingtalk-older-paths.md#members-of-a-department-on-an-older-path).
type olderMemberPage struct {
	DeptID       int64
	Offset, Size *int64
	Order, Lang  string
}

// everybody is the size of a list that is not paged.
const everybody = 1 << 40

func olderMemberPageFields(p *olderMemberPage) api.Fields {
	return api.Fields{
		olderDepartmentField("department_id", &p.DeptID).Required(nil),
		api.OptInt("offset", &p.Offset).Range(0, 1<<53, wrongOffset).Example("0").
			Describe("偏移量，从 0 开始；与 size 同时给出才分页。", "How many members to leave out, from 0 on; only given together with size are there pages."),
		api.OptInt("size", &p.Size).Range(1, maxMembers, wrongSize).Example("100").
			Describef("分页大小，1 至 %d。", "Size of the page, 1 to %d.", maxMembers),
		api.String("order", &p.Order).OneOf(orderInvalid, string(directory.ByEntry), string(directory.ByEntryDesc), string(directory.ByChange),
			string(directory.ByChangeDesc), string(directory.ByCustom)).Example("custom").
			Describe("排序：entry_asc、entry_desc、modify_asc、modify_desc、custom（默认，自定义顺序，其次按姓名拼音）。",
				"Order: entry_asc, entry_desc, modify_asc, modify_desc, or custom (default): the members' order, then the sound of the name."),
		langField(&p.Lang),
	}
}

// olderMembers is a list of members; More is nil if the list is not paged.
type olderMembers struct {
	More  *bool
	Users []olderUser
}

func (p *olderMemberPage) members(ctx context.Context, s *directory.Session, names bool) (*olderMembers, error) {
	offset, size := int64(0), int64(everybody)
	paged := p.Offset != nil && p.Size != nil
	if paged {
		offset, size = *p.Offset, *p.Size
	}
	order := directory.ByCustom
	if p.Order != "" {
		order = directory.MemberOrder(p.Order)
	}
	page, err := s.Members(ctx, p.DeptID, order, offset, size, names)
	if err != nil {
		return nil, err
	}
	out := &olderMembers{Users: make([]olderUser, len(page.Members))}
	for i := range page.Members {
		if m := &page.Members[i]; names {
			out.Users[i] = olderUser{UserID: m.UserID, Name: m.Name}
		} else {
			out.Users[i] = olderMember(m, p.DeptID)
		}
	}
	if paged {
		more := page.Next > 0
		out.More = &more
	}
	return out, nil
}

func moreField(p **bool) api.Field {
	return api.OptBool("hasMore", p).Example("false").Describe("是否还有更多；只在分页时返回。", "Whether there are more; only of pages.")
}

// olderMembersFields are lists of members in full.
func olderMembersFields(out *olderMembers) api.Fields {
	return api.Fields{
		moreField(&out.More),
		api.Objects("userlist", &out.Users, func(u *olderUser) api.Fields {
			return append(olderUserFields(u),
				api.OptInt("order", &u.Order).Example("17").Describe("在该部门中的排序；设置后才返回。", "Place in this department, once it was set."),
				api.Bool("isLeader", &u.Leader).Example("false").Describe("是否该部门主管。", "Whether it leads this department."))
		}).Describe("成员列表。", "The members."),
	}
}
