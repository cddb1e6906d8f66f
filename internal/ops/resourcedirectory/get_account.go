package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getAccount struct {
	AccountID   string
	IncludeTags bool
}

type gotAccount struct {
	Account              account
	HasSecureMobilePhone bool
	Tags                 []directory.Tag // nil: not requested
}

// GetAccount reads a member. Its tags are a plain list, unlike those of lists.
// Members have no addresses here, so there is never a secure mobile phone
// (docs/spec/resource-directory.md#reading-an-account).
var GetAccount = api.Define(&Operations, api.Op[getAccount, gotAccount]{
	Route:    api.RPC(version, "GetAccount"),
	Also:     older("GetAccount"),
	Group:    "Account",
	Doc:      api.Text{Zh: "查询成员信息。", En: "Returns a member."},
	ReadOnly: true,
	Callers:  api.ByDelegated | api.ByItself,

	Before: enabled,
	In: func(in *getAccount) api.Fields {
		return api.Fields{accountIDField(&in.AccountID), includeTagsField(&in.IncludeTags)}
	},
	Out: func(out *gotAccount) api.Fields {
		return api.Fields{api.Object("Account", &out.Account, func(a *account) api.Fields {
			return append(accountFields(a),
				api.Bool("HasSecureMobilePhone", &out.HasSecureMobilePhone).Example("false").Describe("是否设置了安全手机。", "Whether it has a secure mobile phone."),
				api.Objects("Tags", &out.Tags, answeredTag).Describe("标签。", "The tags."))
		}).Describe("成员。", "The member.")}
	},
	Codes: []*api.Code{noAccount},

	Do: func(ctx context.Context, s *directory.Session, in *getAccount) (*gotAccount, error) {
		a, err := s.Account(ctx, in.AccountID)
		if err != nil {
			return nil, err
		}
		out := &gotAccount{Account: answeredAccount(a, directoryOf(a))}
		out.Account.ResourceDirectoryPath = joined(a.Path)
		if in.IncludeTags {
			out.Tags = api.List(a.Tags)
		}
		return out, nil
	},
})
