package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type setEnable struct{ UserID, PermissionCode string }

// SetEnable enables an org account again
// (docs/spec/org-accounts.md#disabling-and-enabling-of-an-org-account).
var SetEnable = api.Define(&Operations, api.Op[setEnable, booleanResult]{
	Route:      api.REST("SetEnable", http.MethodPost, "/v1.0/contact/orgAccounts/enable"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "启用企业账号。", En: "Enables an org account."},
	Permission: orgAccountSecurity,

	In: func(in *setEnable) api.Fields {
		return api.Fields{accountUserID(&in.UserID), permissionCode(&in.PermissionCode)}
	},
	Out:   booleanResultFields,
	Codes: accountCodes,

	Do: func(ctx context.Context, s *directory.Session, in *setEnable) (*booleanResult, error) {
		return &booleanResult{true}, s.SetAccountDisabled(ctx, in.UserID, false, "")
	},
})
