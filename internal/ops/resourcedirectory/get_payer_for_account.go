package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getPayerForAccount struct{ AccountID string }

// GetPayerForAccount tells which account pays for a member
// (docs/spec/resource-directory.md#asking-who-pays).
var GetPayerForAccount = api.Define(&Operations, api.Op[getPayerForAccount, directory.Payer]{
	Route:    api.RPC(version, "GetPayerForAccount"),
	Also:     older("GetPayerForAccount"),
	Group:    "Account",
	Doc:      api.Text{Zh: "查询成员的结算账号。", En: "Returns the account that pays for a member."},
	ReadOnly: true,
	Callers:  api.ByItself,

	Before: enabled,
	In: func(in *getPayerForAccount) api.Fields {
		return api.Fields{accountIDField(&in.AccountID).Describe("成员或管理账号的 ID。", "Id of a member or of the management account.")}
	},
	Out: func(out *directory.Payer) api.Fields {
		return api.Fields{
			// Inferred: Terraform wants an empty plan for a member without a payer.
			api.String("PayerAccountId", &out.ID).OmitEmpty().Example("172841235500****").
				Describe("结算账号的 ID；自主结算时不返回。", "ID of the account that pays; absent when the account pays for itself."),
			api.String("PayerAccountName", &out.Name).OmitEmpty().Example("Alice").
				Describe("结算账号的名称；自主结算时不返回。", "Name of the account that pays; absent if the account pays for itself."),
		}
	},
	Codes: []*api.Code{noAccount},

	Do: func(ctx context.Context, s *directory.Session, in *getPayerForAccount) (*directory.Payer, error) {
		p, err := s.PayerOf(ctx, in.AccountID)
		return &p, err
	},
})
