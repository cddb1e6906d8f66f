package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type updateFolder struct{ FolderID, NewFolderName string }

// UpdateFolder renames a folder. The root cannot be renamed
// (docs/spec/resource-directory.md#renaming-a-folder).
var UpdateFolder = api.Define(&Operations, api.Op[updateFolder, oneFolder]{
	Route: api.RPC(version, "UpdateFolder"),
	Also:  older("UpdateFolder"),
	Group: "Folder",
	Doc:   api.Text{Zh: "修改资源夹名称。", En: "Changes the name of a folder."},

	Before: enabled,
	In: func(in *updateFolder) api.Fields {
		return api.Fields{
			theFolderField(&in.FolderID),
			folderNameField("NewFolderName", &in.NewFolderName).
				Describef("新的资源夹名称，1 至 %d 个字符，在父资源夹下唯一。", "New name of the folder, 1 to %d characters, unique under its parent.", directory.MaxFolderName),
		}
	},
	Out:   oneFolderFields,
	Codes: []*api.Code{folderNameLength, folderIDInvalid, noFolder, folderNameUsed},

	Do: func(ctx context.Context, s *directory.Session, in *updateFolder) (*oneFolder, error) {
		f, err := s.RenameFolder(ctx, in.FolderID, in.NewFolderName)
		if err != nil {
			return nil, err
		}
		return &oneFolder{answeredFolder(f)}, nil
	},
})
