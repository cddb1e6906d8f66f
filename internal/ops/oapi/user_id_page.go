package oapi

import (
	"github.com/mingce/mingce/internal/api"
)

// userIDPage asks for a page of a list of user ids.
type userIDPage struct{ Offset, Size int64 }

func userIDPageFields(p *userIDPage, most int64, offset, size *api.Code) api.Fields {
	return api.Fields{
		api.Int("offset", &p.Offset).Required(wrongParameter).Invalid(offset).Range(0, 1<<53, offset).Example("0").
			Describe("偏移量，从 0 开始，之后用 next_cursor。", "Where the page begins: 0, then next_cursor."),
		api.Int("size", &p.Size).Required(wrongParameter).Invalid(size).Range(1, most, size).Example("50").
			Describef("分页大小，1 至 %d。", "Size of the page, 1 to %d.", most),
	}
}

// userIDList is a page of user ids.
type userIDList struct {
	IDs     []string
	More    bool
	Next    *int64
	Success bool
}

func newUserIDList(ids []string, next int64) *userIDList {
	out := &userIDList{IDs: api.List(ids), More: next > 0, Success: true}
	if next > 0 {
		out.Next = &next
	}
	return out
}

// hrmFields are a page of the calls under smartwork/hrm.
func hrmFields(out *userIDList) api.Fields {
	return api.Fields{
		api.Object("result", out, func(out *userIDList) api.Fields {
			return api.Fields{
				api.Strings("data_list", &out.IDs).Example(`["023420013644"]`).Describe("员工的 userid。", "User ids."),
				api.OptInt("next_cursor", &out.Next).Example("50").Describe("下一页的 offset；没有更多时不返回。", "offset of the next page; absent when there is no more."),
			}
		}),
		api.Bool("success", &out.Success).Example("true").Describe("是否成功。", "Whether the call succeeded."),
	}
}

// hrmSize is the largest page of the calls under smartwork/hrm.
const hrmSize = 50
