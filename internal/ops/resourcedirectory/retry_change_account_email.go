package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type retryChangeAccountEmail struct{ AccountID string }

// RetryChangeAccountEmail works on a change that was not confirmed yet, in time or
// not (docs/spec/secure-info.md#mail-address-of-a-member).
var RetryChangeAccountEmail = api.Define(&Operations, api.Op[retryChangeAccountEmail, api.None]{
	Route: api.RPC(version, "RetryChangeAccountEmail"),
	Also:  older("RetryChangeAccountEmail"),
	Group: "Account",
	Doc:   api.Text{Zh: "重新发送修改资源账号邮箱的验证邮件。", En: "Sends the mail of the open change of a resource account's mail address again."},

	Before: enabled,
	In: func(in *retryChangeAccountEmail) api.Fields {
		return api.Fields{accountIDField(&in.AccountID)}
	},
	Codes: []*api.Code{noAccount, accountTypeMismatch, noEmailChange},

	Do: func(ctx context.Context, s *directory.Session, in *retryChangeAccountEmail) (*api.None, error) {
		return nil, s.RetryChangeAccountEmail(ctx, in.AccountID)
	},
})
