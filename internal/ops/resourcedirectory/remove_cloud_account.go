package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type removeCloudAccount struct{ AccountID string }

// RemoveCloudAccount lets a cloud account leave the directory. Message contacts
// in effect for it keep receiving its messages
// (docs/spec/resource-directory.md#removing-a-cloud-account).
var RemoveCloudAccount = api.Define(&Operations, api.Op[removeCloudAccount, api.None]{
	Route: api.RPC(version, "RemoveCloudAccount"),
	Also:  older("RemoveCloudAccount"),
	Group: "Account",
	Doc:   api.Text{Zh: "移除云账号类型的成员。", En: "Removes a member of type cloud account."},

	Before: enabled,
	In:     func(in *removeCloudAccount) api.Fields { return api.Fields{accountIDField(&in.AccountID)} },
	Codes:  []*api.Code{noAccount, accountTypeMismatch},

	Do: func(ctx context.Context, s *directory.Session, in *removeCloudAccount) (*api.None, error) {
		return nil, s.RemoveAccount(ctx, in.AccountID)
	},
})
