package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type checkAccountDelete struct{ AccountID string }

// CheckAccountDelete checks whether a member can be deleted
// (docs/spec/tags-and-members.md#checking-a-deletion).
var CheckAccountDelete = api.Define(&Operations, api.Op[checkAccountDelete, api.None]{
	Route:    api.RPC(version, "CheckAccountDelete"),
	Also:     older("CheckAccountDelete"),
	Group:    "Account",
	Doc:      api.Text{Zh: "检查成员能否删除。", En: "Checks whether a member can be deleted."},
	Resource: accountResource,

	Before: enabled,
	In:     func(in *checkAccountDelete) api.Fields { return api.Fields{accountIDField(&in.AccountID)} },
	Codes:  []*api.Code{noAccount, deletionNotAllowed, rootDeletes, accountTypeMismatch, unknownAccountError, policyStatusInvalid, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *checkAccountDelete) (*api.None, error) {
		return nil, s.CheckAccountDeletion(ctx, in.AccountID)
	},
})
