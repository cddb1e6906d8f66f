package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type deleteAccount struct {
	AccountID           string
	AbandonableCheckIDs []string
}

type deletedAccount struct{ DeletionType string }

// DeleteAccount deletes a member of type resource account, at once. The checks
// that AbandonableCheckId names concern the vendor's cloud; SDKs send the list
// as JSON text (docs/spec/resource-directory.md#deleting-a-resource-account).
var DeleteAccount = api.Define(&Operations, api.Op[deleteAccount, deletedAccount]{
	Route: api.RPC(version, "DeleteAccount"),
	Also:  older("DeleteAccount"),
	Group: "Account",
	Doc:   api.Text{Zh: "删除资源账号类型的成员。", En: "Deletes a member of type resource account."},

	Before: enabled,
	In: func(in *deleteAccount) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			api.Strings("AbandonableCheckId", &in.AbandonableCheckIDs).Invalid(abandonableInvalid).
				Example("NON_SP_cs").Describe("可以放弃的检查项 ID；本服务没有检查项，接受并忽略。", "Ids of checks to skip; there are none here, so they are accepted and ignored."),
		}
	},
	Out: func(out *deletedAccount) api.Fields {
		return api.Fields{api.String("DeletionType", &out.DeletionType).Example("0").
			Describe("删除类型：0 直接删除，1 静默期删除。", "0: deleted at once; 1: after a period of silence.")}
	},
	Codes: []*api.Code{noAccount, accountTypeMismatch},

	Do: func(ctx context.Context, s *directory.Session, in *deleteAccount) (*deletedAccount, error) {
		kind, err := s.DeleteAccount(ctx, in.AccountID)
		if err != nil {
			return nil, err
		}
		return &deletedAccount{kind}, nil
	},
})
