package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type moveAccount struct{ AccountID, DestinationFolderID string }

// MoveAccount moves a member to another folder. It is refused with 429 while a
// contact is being unbound from a folder above the member
// (docs/spec/resource-directory.md#moving-an-account).
var MoveAccount = api.Define(&Operations, api.Op[moveAccount, api.None]{
	Route: api.RPC(version, "MoveAccount"),
	Also:  older("MoveAccount"),
	Group: "Account",
	Doc:   api.Text{Zh: "将成员移动到另一个资源夹。", En: "Moves a member to another folder."},

	Before: enabled,
	In: func(in *moveAccount) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			folderIDField("DestinationFolderId", &in.DestinationFolderID, destinationInvalid).Brings(directory.FolderField).Required(missingDestination).
				Example("fd-bVaRIG****").Describe("目标资源夹 ID。", "ID of the folder to move to."),
		}
	},
	Codes: []*api.Code{noAccount, noFolder, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *moveAccount) (*api.None, error) {
		return nil, s.MoveAccount(ctx, in.AccountID, in.DestinationFolderID)
	},
})
