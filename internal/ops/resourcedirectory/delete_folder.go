package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type deleteFolder struct{ FolderID string }

// DeleteFolder deletes an empty folder. Message contacts are no longer bound to
// it (docs/spec/resource-directory.md#deleting-a-folder).
var DeleteFolder = api.Define(&Operations, api.Op[deleteFolder, api.None]{
	Route: api.RPC(version, "DeleteFolder"),
	Also:  older("DeleteFolder"),
	Group: "Folder",
	Doc:   api.Text{Zh: "删除空资源夹。", En: "Deletes a folder that is empty."},

	Before: enabled,
	In:     func(in *deleteFolder) api.Fields { return api.Fields{theFolderField(&in.FolderID)} },
	Codes:  []*api.Code{folderIDInvalid, noFolder, folderHasFolders, folderHasAccounts},

	Do: func(ctx context.Context, s *directory.Session, in *deleteFolder) (*api.None, error) {
		return nil, s.DeleteFolder(ctx, in.FolderID)
	},
})
