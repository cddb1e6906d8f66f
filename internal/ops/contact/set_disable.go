package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type setDisable struct{ UserID, Reason, PermissionCode string }

// SetDisable disables an org account: the employee stays, but cannot log in
// (docs/spec/org-accounts.md#disabling-and-enabling-of-an-org-account).
var SetDisable = api.Define(&Operations, api.Op[setDisable, booleanResult]{
	Route:      api.REST("SetDisable", http.MethodPost, "/v1.0/contact/orgAccounts/disable"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "停用企业账号。", En: "Disables an org account."},
	Permission: orgAccountSecurity,

	In: func(in *setDisable) api.Fields {
		return api.Fields{accountUserID(&in.UserID), accountReason(&in.Reason), permissionCode(&in.PermissionCode)}
	},
	Out:   booleanResultFields,
	Codes: accountCodes,

	Do: func(ctx context.Context, s *directory.Session, in *setDisable) (*booleanResult, error) {
		return &booleanResult{true}, s.SetAccountDisabled(ctx, in.UserID, true, in.Reason)
	},
})

// accountReason is recorded in the history.
func accountReason(p *string) api.Field {
	return api.String("reason", p).Invalid(accountParam).Example("离职").
		Describe("原因，记入审计日志。", "Reason; recorded in the history.")
}
