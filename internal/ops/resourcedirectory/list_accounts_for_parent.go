package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listAccountsForParent struct {
	ParentFolderID, QueryKeyword string
	IncludeTags                  bool
	paging
	Tags []directory.Tag
}

type listedAccountsForParent struct {
	page
	Accounts accounts
}

// ListAccountsForParent lists the members directly in a folder, newest first
// (docs/spec/resource-directory.md#listing-accounts-of-a-folder).
var ListAccountsForParent = api.Define(&Operations, api.Op[listAccountsForParent, listedAccountsForParent]{
	Route:    api.RPC(version, "ListAccountsForParent"),
	Also:     older("ListAccountsForParent"),
	Group:    "Account",
	Doc:      api.Text{Zh: "查询资源夹下的成员列表。", En: "Lists the members directly in a folder."},
	ReadOnly: true,
	Callers:  api.ByDelegated,

	Before: enabled,
	In: func(in *listAccountsForParent) api.Fields {
		fs := append(api.Fields{parentField(&in.ParentFolderID), keywordField(&in.QueryKeyword), includeTagsField(&in.IncludeTags)}, in.fields()...)
		return append(fs, tagsField(&in.Tags, "只列出有这些标签的成员。", "Lists only members with all these tags."))
	},
	Out: func(out *listedAccountsForParent) api.Fields {
		return append(api.Fields{accountsField(&out.Accounts)}, out.fields()...)
	},
	Codes: []*api.Code{noFolder},

	Do: func(ctx context.Context, s *directory.Session, in *listAccountsForParent) (*listedAccountsForParent, error) {
		in.settle()
		rd, err := s.ResourceDirectory(ctx)
		if err != nil {
			return nil, err
		}
		as, total, err := s.AccountsIn(ctx, directory.AccountFilter{
			FolderID: in.ParentFolderID, Keyword: in.QueryKeyword, Tags: in.Tags, Offset: in.offset(), Limit: in.PageSize,
		})
		if err != nil {
			return nil, err
		}
		return &listedAccountsForParent{page{total, in.PageSize, in.PageNumber}, answeredAccounts(as, rd.ID, in.IncludeTags)}, nil
	},
})
