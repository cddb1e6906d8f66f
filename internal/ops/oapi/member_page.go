package oapi

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// memberPage asks for a page of a department's direct members
// (docs/spec/org-accounts.md#members-of-a-department).
type memberPage struct {
	DeptID, Cursor, Size int64
	Order, Language      string
	Limited              bool
}

// maxMembers is the largest page.
const maxMembers = 100

// memberPageFields are the parameters, with the code of each: the calls answer
// different codes.
func memberPageFields(p *memberPage, dept, offset, size, order *api.Code) api.Fields {
	return api.Fields{
		api.Int("dept_id", &p.DeptID).Brings(directory.DepartmentField).Required(nil).Invalid(dept).Range(1, 1<<62, dept).Example("2").
			Describe("部门 ID，根部门为 1；只返回直属成员。", "Department, the root being 1; only its direct members are listed."),
		api.Int("cursor", &p.Cursor).Required(nil).Invalid(offset).Range(0, 1<<53, offset).Example("0").
			Describe("分页游标，从 0 开始，之后用 next_cursor。", "Where the page begins: 0, then next_cursor."),
		api.Int("size", &p.Size).Required(nil).Invalid(size).Range(1, maxMembers, size).Example("10").
			Describef("分页大小，1 至 %d。", "Size of the page, 1 to %d.", maxMembers),
		api.String("order_field", &p.Order).OneOf(order, string(directory.ByEntry), string(directory.ByEntryDesc), string(directory.ByChange),
			string(directory.ByChangeDesc), string(directory.ByCustom)).Example("custom").
			Describe("排序：entry_asc、entry_desc、modify_asc、modify_desc、custom（默认，自定义顺序，其次按姓名拼音）。",
				"Order: entry_asc, entry_desc, modify_asc, modify_desc, or custom (default): the members' order, then the sound of the name."),
		api.Bool("contain_access_limit", &p.Limited).Invalid(order).Example("false").
			Describe("是否返回访问受限的员工；本服务没有访问受限的员工。", "Whether to list employees with limited access; there are none here."),
		languageField(&p.Language),
	}
}

func (p *memberPage) order() directory.MemberOrder {
	if p.Order == "" {
		return directory.ByCustom
	}
	return directory.MemberOrder(p.Order)
}

// pageFields are the fields of every page besides its list.
func pageFields(more *bool, next **int64) api.Fields {
	return api.Fields{
		api.Bool("has_more", more).Example("false").Describe("是否还有更多。", "Whether there are more."),
		api.OptInt("next_cursor", next).Example("10").Describe("下一页的游标；没有更多时不返回。", "Cursor of the next page; absent when there is no more."),
	}
}

func nextOf(list directory.MemberList) (more bool, next *int64) {
	if list.Next == 0 {
		return false, nil
	}
	return true, &list.Next
}
