package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type queryStatus struct{ UserID, PermissionCode string }

type accountStatus struct{ Disable bool }

// QueryStatus returns whether an org account is disabled
// (docs/spec/org-accounts.md#status-of-an-org-account).
var QueryStatus = api.Define(&Operations, api.Op[queryStatus, accountStatus]{
	Route:      api.REST("QueryStatus", http.MethodGet, "/v1.0/contact/orgAccounts/status"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "查询企业账号的启用状态。", En: "Returns whether an org account is disabled."},
	Permission: orgAccountSecurity,
	ReadOnly:   true,

	In: func(in *queryStatus) api.Fields {
		return api.Fields{accountUserID(&in.UserID), permissionCode(&in.PermissionCode)}
	},
	Out: func(out *accountStatus) api.Fields {
		return api.Fields{api.Bool("disable", &out.Disable).Example("true").Describe("true 停用，false 可用。", "Whether the account is disabled.")}
	},
	Codes: accountCodes,

	Do: func(ctx context.Context, s *directory.Session, in *queryStatus) (*accountStatus, error) {
		disabled, err := s.AccountDisabled(ctx, in.UserID)
		return &accountStatus{disabled}, err
	},
})
