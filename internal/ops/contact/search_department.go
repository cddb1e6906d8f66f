package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type foundDepartments struct {
	HasMore    bool
	TotalCount int64
	List       []int64
}

// SearchDepartment finds departments by name
// (docs/spec/org-accounts.md#search-by-name).
var SearchDepartment = api.Define(&Operations, api.Op[search, foundDepartments]{
	Route:      api.REST("SearchDepartment", http.MethodPost, "/v1.0/contact/departments/search"),
	Group:      "Department",
	Doc:        api.Text{Zh: "按名称或拼音搜索部门。", En: "Finds departments by name or pinyin."},
	Permission: "qyapi_addresslist_search",
	ReadOnly:   true,

	In: func(in *search) api.Fields {
		return searchFields(in, "部门名称的一部分，或全拼、首字母的开头。", "Any part of the name, or the beginning of its pinyin or of its initials.")
	},
	Out: func(out *foundDepartments) api.Fields {
		return api.Fields{hasMore(&out.HasMore), totalCount(&out.TotalCount),
			api.Ints("list", &out.List).Example("[2]").Describe("部门 ID。", "Department ids.")}
	},
	Codes: []*api.Code{searchParam, searchBusy},

	Do: func(ctx context.Context, s *directory.Session, in *search) (*foundDepartments, error) {
		m, err := s.SearchDepartments(ctx, in.QueryWord, *in.Offset, *in.Size)
		return &foundDepartments{m.More, m.Count, api.List(m.IDs)}, err
	},
})
