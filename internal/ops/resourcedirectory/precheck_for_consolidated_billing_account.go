package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type precheckForConsolidatedBillingAccount struct{ AccountID string }

type billingPrecheck struct {
	Result  bool
	Reasons []billingReason
}

type billingReason struct{ Code, Message string }

// PrecheckForConsolidatedBillingAccount tells whether an account could pay for
// others (docs/spec/tags-and-members.md#who-could-pay).
var PrecheckForConsolidatedBillingAccount = api.Define(&Operations, api.Op[precheckForConsolidatedBillingAccount, billingPrecheck]{
	Route:    api.RPC(version, "PrecheckForConsolidatedBillingAccount"),
	Group:    "Account",
	Doc:      api.Text{Zh: "检查账号能否作为结算账号。", En: "Checks whether an account could pay for others."},
	ReadOnly: true,

	Before: enabled,
	In: func(in *precheckForConsolidatedBillingAccount) api.Fields {
		return api.Fields{
			api.String("BillingAccountId", &in.AccountID).Brings(directory.MemberField).Required(missingBillingAccount).Invalid(billingAccountInvalid).
				Check(billingAccountInvalid, accountIDRule, func() bool { return accountIDForm.MatchString(in.AccountID) }).
				Example("172841235500****").Describe("成员或管理账号的 ID。", "Id of a member or of the management account."),
		}
	},
	Out: func(out *billingPrecheck) api.Fields {
		return api.Fields{
			api.Bool("Result", &out.Result).Example("true").Describe("能否作为结算账号。", "Whether it could pay for others."),
			api.Objects("Reasons", &out.Reasons, func(r *billingReason) api.Fields {
				return api.Fields{
					api.String("Code", &r.Code).Example("AccountTypeMismatch").Describe("原因的代码。", "Code of the reason."),
					api.String("Message", &r.Message).Example("").Describe("原因的描述。", "The reason in words."),
				}
			}).Describe("不能的原因。", "Why it could not."),
		}
	},
	Codes: []*api.Code{noAccount},

	Do: func(ctx context.Context, s *directory.Session, in *precheckForConsolidatedBillingAccount) (*billingPrecheck, error) {
		out := &billingPrecheck{Reasons: []billingReason{}}
		var err error
		if out.Result, err = s.CanPay(ctx, in.AccountID); err == nil && !out.Result {
			out.Reasons = append(out.Reasons, billingReason{payerMismatch.Code, payerMismatch.Msg})
		}
		return out, err
	},
})
