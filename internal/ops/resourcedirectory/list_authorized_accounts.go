package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// ListAuthorizedAccounts lists the members that the caller may read with
// GetAccount, newest first
// (docs/spec/tags-and-members.md#listing-what-the-caller-may-read).
var ListAuthorizedAccounts = api.Define(&Operations, api.Op[paging, listedAccountsForParent]{
	Route:    api.RPC(version, "ListAuthorizedAccounts"),
	Group:    "Account",
	Doc:      api.Text{Zh: "查询调用者有权查看的成员列表。", En: "Lists the members that the caller may read."},
	Resource: accountResource,
	ReadOnly: true,
	Filters:  true,

	Before: enabled,
	In:     func(in *paging) api.Fields { return in.fields() },
	Out: func(out *listedAccountsForParent) api.Fields {
		return append(api.Fields{accountsField(&out.Accounts)}, out.fields()...)
	},

	Do: func(ctx context.Context, s *directory.Session, in *paging) (*listedAccountsForParent, error) {
		in.settle()
		all, err := authorizedAccounts(ctx, s)
		if err != nil {
			return nil, err
		}
		as := pageOf(all, in)
		directoryID := ""
		if len(as) > 0 {
			directoryID = directoryOf(as[0])
		}
		return &listedAccountsForParent{page{int64(len(all)), in.PageSize, in.PageNumber}, answeredAccounts(as, directoryID, false)}, nil
	},
})

// authorizedAccounts reads all members: only the caller's policy tells how many
// there are on all pages.
func authorizedAccounts(ctx context.Context, s *directory.Session) (all []directory.Account, err error) {
	const step = 1000
	for f := (directory.AccountFilter{Limit: step}); ; {
		as, _, err := s.Accounts(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, a := range as {
			if api.May(ctx, "GetAccount", "account/"+joined(a.Path)) {
				all = append(all, a)
			}
		}
		if len(as) < step {
			return all, nil
		}
		last := as[len(as)-1]
		f.After = &directory.AccountPosition{JoinedAt: last.JoinedAt, ID: last.ID}
	}
}

// pageOf cuts a page out of a list.
func pageOf[T any](all []T, p *paging) []T {
	from := min(p.offset(), int64(len(all)))
	return all[from:min(from+p.PageSize, int64(len(all)))]
}
