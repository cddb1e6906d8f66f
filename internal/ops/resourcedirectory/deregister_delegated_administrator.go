package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// DeregisterDelegatedAdministrator ends what RegisterDelegatedAdministrator
// began (docs/spec/handshakes.md#delegated-administrators).
var DeregisterDelegatedAdministrator = api.Define(&Operations, api.Op[delegatedAdministrator, api.None]{
	Route: api.RPC(version, "DeregisterDelegatedAdministrator"),
	Also:  older("DeregisterDelegatedAdministrator"),
	Group: "DelegatedAdministrator",
	Doc:   api.Text{Zh: "取消成员的委派管理员身份。", En: "Ends that a member is a delegated administrator of a trusted service."},

	Before: enabled,
	In:     (*delegatedAdministrator).fields,
	Codes:  []*api.Code{noAccount, notDelegated},

	Do: func(ctx context.Context, s *directory.Session, in *delegatedAdministrator) (*api.None, error) {
		return nil, s.DeregisterDelegation(ctx, in.AccountID, in.ServicePrincipal)
	},
})
