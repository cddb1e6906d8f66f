package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type createFolder struct {
	ParentFolderID, FolderName string
	Tags                       []directory.Tag
}

// CreateFolder adds a folder, at most five levels below the root
// (docs/spec/resource-directory.md#creating-a-folder).
var CreateFolder = define(api.Op[createFolder, oneFolder]{
	Route: api.RPC(version, "CreateFolder"),
	Also:  older("CreateFolder"),
	Group: "Folder",
	Doc:   api.Text{Zh: "创建资源夹，根资源夹下最多五级。", En: "Creates a folder, at most five levels below the root."},

	Before: enabled,
	In: func(in *createFolder) api.Fields {
		return api.Fields{
			parentField(&in.ParentFolderID),
			folderNameField("FolderName", &in.FolderName).Describe("资源夹名称，1 至 128 个字符，在父资源夹下唯一。", "Name of the folder, 1 to 128 characters, unique under its parent."),
			tagsField(&in.Tags, "资源夹的标签。", "Tags of the folder."),
		}
	},
	Out:   oneFolderFields,
	Codes: []*api.Code{folderNameLength, noFolder, folderDepth, folderQuota, folderNameUsed},

	Do: func(ctx context.Context, s *directory.Session, in *createFolder) (*oneFolder, error) {
		f, err := s.CreateFolder(ctx, directory.Folder{ParentID: in.ParentFolderID, Name: in.FolderName, Tags: in.Tags})
		if err != nil {
			return nil, err
		}
		return &oneFolder{answeredFolder(f)}, nil
	},
})
