package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type search struct {
	QueryWord    string
	Offset, Size *int64
	FullMatch    int64
}

type foundUsers struct {
	HasMore    bool
	TotalCount int64
	List       []string
}

// Codes of the searches.
var (
	searchParam = &api.Code{HTTP: http.StatusBadRequest, Code: "parameter.error", Msg: "参数错误",
		Why: api.Text{Zh: "queryWord 为空，或 offset、size 缺失或超出范围。", En: "queryWord is blank, or offset or size is missing or out of range."},
		Fix: api.Textf("offset 从 0 开始，size 为 1 至 %d。", "offset counts from 0, size is 1 to %d.", mostFound)}
	searchBusy = &api.Code{HTTP: http.StatusInternalServerError, Code: "system.busy", Msg: "系统错误", Cause: directory.ErrBusy,
		Why: systemBusy.Why, Fix: systemBusy.Fix}
)

// SearchUser finds employees by name (docs/spec/org-accounts.md#search-by-name).
var SearchUser = api.Define(&Operations, api.Op[search, foundUsers]{
	Route:      api.REST("SearchUser", http.MethodPost, "/v1.0/contact/users/search"),
	Group:      "User",
	Doc:        api.Text{Zh: "按姓名或拼音搜索员工。", En: "Finds employees by name or pinyin."},
	Permission: "qyapi_addresslist_search",
	ReadOnly:   true,

	In: func(in *search) api.Fields {
		return append(searchFields(in, "姓名的一部分，或全拼、首字母的开头。", "Any part of the name, or the beginning of its pinyin or of its initials."),
			api.Int("fullMatchField", &in.FullMatch).Invalid(searchParam).Range(0, 1, searchParam).Example("1").
				Describe("1 表示精确匹配姓名。", "1 matches whole names only."))
	},
	Out: func(out *foundUsers) api.Fields {
		return api.Fields{hasMore(&out.HasMore), totalCount(&out.TotalCount),
			api.Strings("list", &out.List).Example(`["org1001"]`).Describe("员工的 userId。", "User ids.")}
	},
	Codes: []*api.Code{searchParam, searchBusy},

	Do: func(ctx context.Context, s *directory.Session, in *search) (*foundUsers, error) {
		m, err := s.SearchEmployees(ctx, in.QueryWord, in.FullMatch == 1, *in.Offset, *in.Size)
		return &foundUsers{m.More, m.Count, api.List(m.IDs)}, err
	},
})

// Limits of a search. mostPages keeps the product of page and size from
// overflowing.
const (
	mostPages = 1_000_000
	mostFound = 100 // on a page
	mostWord  = 100 // characters
)

func searchFields(in *search, zh, en string) api.Fields {
	return api.Fields{
		api.String("queryWord", &in.QueryWord).Required(searchParam).Invalid(searchParam).Runes(1, mostWord, searchParam).Example("陈静").
			Check(searchParam, notBlank, func() bool { return !isBlank(in.QueryWord) }).Describe(zh, en),
		// According to the vendor's page this is the number of the page, not of
		// the first entry.
		api.OptInt("offset", &in.Offset).Required(searchParam).Invalid(searchParam).Range(0, mostPages, searchParam).Example("0").
			Describe("页码，从 0 开始。", "Number of the page, from 0."),
		api.OptInt("size", &in.Size).Required(searchParam).Invalid(searchParam).Range(1, mostFound, searchParam).Example("10").
			Describef("每页条数，1 至 %d。", "Size of a page, 1 to %d.", mostFound),
	}
}

func hasMore(p *bool) api.Field {
	return api.Bool("hasMore", p).Example("false").Describe("是否还有更多。", "Whether there is another page.")
}

func totalCount(p *int64) api.Field {
	return api.Int("totalCount", p).Example("1").Describe("总数；超过 1000 时为下限，是否还有更多见 hasMore。", "Number of matches. Above 1000 it is a lower bound: hasMore says whether there are more.")
}
