package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type cancelChangeAccountEmail struct{ AccountID string }

// CancelChangeAccountEmail works on a change that was not confirmed yet, in time or
// not (docs/spec/secure-info.md#mail-address-of-a-member).
var CancelChangeAccountEmail = api.Define(&Operations, api.Op[cancelChangeAccountEmail, api.None]{
	Route: api.RPC(version, "CancelChangeAccountEmail"),
	Also:  older("CancelChangeAccountEmail"),
	Group: "Account",
	Doc:   api.Text{Zh: "取消修改资源账号的邮箱。", En: "Cancels the open change of a resource account's mail address."},

	Before: enabled,
	In: func(in *cancelChangeAccountEmail) api.Fields {
		return api.Fields{accountIDField(&in.AccountID)}
	},
	Codes: []*api.Code{noAccount, accountTypeMismatch, noEmailChange},

	Do: func(ctx context.Context, s *directory.Session, in *cancelChangeAccountEmail) (*api.None, error) {
		return nil, s.CancelChangeAccountEmail(ctx, in.AccountID)
	},
})
