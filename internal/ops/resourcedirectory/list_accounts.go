package resourcedirectory

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listAccounts struct {
	QueryKeyword string
	IncludeTags  bool
	paging
	MaxResults *int64
	NextToken  string
	Tags       []directory.Tag
	after      *directory.AccountPosition
}

type listedAccounts struct {
	Accounts   accounts
	NextToken  string
	TotalCount int64
	PageNumber *int64 // nil with tokens
	PageSize   *int64
}

// ListAccounts lists all members, newest first, by pages or, when MaxResults or
// NextToken is given, by tokens (docs/spec/resource-directory.md#listing-accounts).
var ListAccounts = api.Define(&Operations, api.Op[listAccounts, listedAccounts]{
	Route:    api.RPC(version, "ListAccounts"),
	Also:     older("ListAccounts"),
	Group:    "Account",
	Doc:      api.Text{Zh: "查询资源目录内的成员列表。", En: "Lists the members of the resource directory."},
	ReadOnly: true,
	Callers:  api.ByDelegated,

	Before: enabled,
	In: func(in *listAccounts) api.Fields {
		fs := append(api.Fields{keywordField(&in.QueryKeyword), includeTagsField(&in.IncludeTags)}, in.fields()...)
		return append(fs,
			api.OptInt("MaxResults", &in.MaxResults).Invalid(maxResultsInvalid).Range(1, maxPageSize, maxResultsInvalid).
				Example("10").Describef("用 Token 翻页时的每页条数，1 至 %d，默认 %d；给出它时忽略页码。", "Entries of a page when paging by token, 1 to %d, %d by default; page numbers are ignored then.", maxPageSize, defaultPageSize),
			api.String("NextToken", &in.NextToken).Invalid(nextTokenInvalid).
				Check(nextTokenInvalid, api.Text{Zh: "上一页返回的令牌", En: "a token that a page before answered"}, in.readToken).
				Example("").Describe("上一页返回的 NextToken。", "NextToken of the previous page."),
			tagsField(&in.Tags, "只列出有这些标签的成员。", "Lists only members with all these tags."))
	},
	Out: func(out *listedAccounts) api.Fields {
		return api.Fields{
			accountsField(&out.Accounts),
			api.String("NextToken", &out.NextToken).OmitEmpty().Describe("下一页的 Token；没有下一页时不返回。", "Token of the next page; absent on the last one."),
			api.OptInt("PageNumber", &out.PageNumber).Example("1").Describe("页码。", "Page."),
			api.OptInt("PageSize", &out.PageSize).Example("10").Describe("每页条数。", "Entries of a page."),
			api.Int("TotalCount", &out.TotalCount).Example("1").Describe("总条数。", "Entries on all pages."),
		}
	},

	Do: func(ctx context.Context, s *directory.Session, in *listAccounts) (*listedAccounts, error) {
		in.settle()
		f := directory.AccountFilter{Keyword: in.QueryKeyword, Tags: in.Tags, Offset: in.offset(), Limit: in.PageSize}
		byToken := in.MaxResults != nil || in.NextToken != ""
		if byToken {
			f.Offset, f.Limit, f.After = 0, defaultPageSize+1, in.after // one more shows whether there is a next page
			if in.MaxResults != nil {
				f.Limit = *in.MaxResults + 1
			}
		}
		as, total, err := s.Accounts(ctx, f)
		if err != nil {
			return nil, err
		}
		out := &listedAccounts{TotalCount: total, PageNumber: &in.PageNumber, PageSize: &in.PageSize}
		if byToken {
			out.PageNumber, out.PageSize = nil, nil
			if int64(len(as)) == f.Limit {
				as = as[:f.Limit-1]
				out.NextToken = tokenAfter(as[len(as)-1])
			}
		}
		directoryID := ""
		if len(as) > 0 {
			directoryID = directoryOf(as[0])
		}
		out.Accounts = answeredAccounts(as, directoryID, in.IncludeTags)
		return out, nil
	},
})

// tokenAfter returns the token of the position after an account, so that no
// account is skipped or repeated when others are added or deleted between
// pages.
func tokenAfter(a directory.Account) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(a.JoinedAt.UnixMilli(), 10) + "." + a.ID))
}

func (in *listAccounts) readToken() bool {
	if in.NextToken == "" {
		return true
	}
	text, err := base64.RawURLEncoding.DecodeString(in.NextToken)
	at, id, ok := strings.Cut(string(text), ".")
	ms, parsed := strconv.ParseInt(at, 10, 64)
	if err != nil || parsed != nil || !ok || !accountIDForm.MatchString(id) {
		return false
	}
	in.after = &directory.AccountPosition{JoinedAt: time.UnixMilli(ms), ID: id}
	return true
}
