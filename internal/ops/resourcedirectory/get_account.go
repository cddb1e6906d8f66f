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
	Account account
	Secure  directory.SecureInfo

	HasSecureMobilePhone bool
	EmailStatus          string
	Tags                 []directory.Tag // nil: not requested
}

// GetAccount reads a member. Its tags are a plain list, unlike those of lists.
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
				api.String("EmailStatus", &out.EmailStatus).OmitEmpty().Example("WAIT_MODIFY").
					Describe("最近一次修改邮箱的状态：WAIT_MODIFY、CANCELLED、EXPIRED；没有修改或已生效时不返回。", "State of the last change of the mail address: WAIT_MODIFY, CANCELLED or EXPIRED; absent if there was none or it took effect."),
				api.String("SecureMobilePhone", &out.Secure.Phone).OmitEmpty().Personal().Example("86-139****1234").Describe("安全手机。", "The secure mobile phone."),
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
		secure, err := s.SecureInfo(ctx, in.AccountID)
		if err != nil {
			return nil, err
		}
		out := &gotAccount{Account: answeredAccount(a, directoryOf(a)), Secure: secure, HasSecureMobilePhone: secure.Phone != "", EmailStatus: secure.EmailStatus(s.Now())}
		out.Account.ResourceDirectoryPath = joined(a.Path)
		if in.IncludeTags {
			out.Tags = api.List(a.Tags)
		}
		return out, nil
	},
})
