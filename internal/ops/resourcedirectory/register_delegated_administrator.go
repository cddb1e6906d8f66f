package resourcedirectory

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type delegatedAdministrator struct {
	AccountID, ServicePrincipal string
	asked
}

func (in *delegatedAdministrator) fields() api.Fields {
	return api.Fields{accountIDField(&in.AccountID), servicePrincipalField(&in.ServicePrincipal).Required(missingServicePrincipal)}
}

// RegisterDelegatedAdministrator makes a member administer a service
// (docs/spec/handshakes.md#delegated-administrators).
var RegisterDelegatedAdministrator = api.Define(&Operations, api.Op[delegatedAdministrator, api.None]{
	Route: api.RPC(version, "RegisterDelegatedAdministrator"),
	Also:  older("RegisterDelegatedAdministrator"),
	Group: "DelegatedAdministrator",
	Doc:   api.Text{Zh: "将成员设为可信服务的委派管理员。", En: "Makes a member a delegated administrator of a trusted service."},

	Before: enabled,
	In:     (*delegatedAdministrator).fields,
	Codes:  []*api.Code{noAccount, delegatedAlready, delegationQuota, olderDelegationQuota},

	Do: func(ctx context.Context, s *directory.Session, in *delegatedAdministrator) (*api.None, error) {
		err := s.RegisterDelegation(ctx, in.AccountID, in.ServicePrincipal)
		if in.older() && errors.Is(err, directory.ErrDelegationQuota) {
			return nil, fmt.Errorf("%w: %v", errOlderDelegationQuota, err)
		}
		return nil, err
	},
})
