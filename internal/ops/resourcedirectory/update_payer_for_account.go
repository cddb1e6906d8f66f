package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type updatePayerForAccount struct {
	AccountID string
	PayerID   *string // Terraform sends "" when the user removes the payer
}

// UpdatePayerForAccount makes another account pay for a member
// (docs/spec/tags-and-members.md#changing-who-pays).
var UpdatePayerForAccount = api.Define(&Operations, api.Op[updatePayerForAccount, api.None]{
	Route:    api.RPC(version, "UpdatePayerForAccount"),
	Group:    "Account",
	Doc:      api.Text{Zh: "更换成员的结算账号。", En: "Changes the account that pays for a member."},
	Resource: accountResource,

	Before: enabled,
	In: func(in *updatePayerForAccount) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			api.OptString("PayerAccountId", &in.PayerID).Invalid(payerInvalid).
				Check(payerInvalid, accountIDRule, func() bool { return *in.PayerID == "" || accountIDForm.MatchString(*in.PayerID) }).
				Example("123233441234****").Describe("结算账号 ID，须在资源目录内；必须给出，空值或成员自身表示自主结算。", "Account that pays, of this resource directory; must be given. Empty, or the member itself: it pays for itself."),
		}
	},
	Codes: []*api.Code{missingPayer, newPayerElsewhere, noAccount, payerMismatch, enterpriseMismatch, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *updatePayerForAccount) (*api.None, error) {
		if in.PayerID == nil {
			return nil, &api.ArgumentError{Parameter: "PayerAccountId", Missing: true, Code: missingPayer}
		}
		return nil, s.SetPayer(ctx, in.AccountID, *in.PayerID)
	},
})
