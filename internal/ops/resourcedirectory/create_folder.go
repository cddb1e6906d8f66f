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
var CreateFolder = api.Define(&Operations, api.Op[createFolder, oneFolder]{
	Route: api.RPC(version, "CreateFolder"),
	Also:  older("CreateFolder"),
	Group: "Folder",
	Doc:   api.Textf("创建资源夹，根资源夹下最多 %d 级。", "Creates a folder, at most %d levels below the root.", directory.MaxFolderDepth),

	Before: enabled,
	In: func(in *createFolder) api.Fields {
		return api.Fields{
			parentField(&in.ParentFolderID),
			folderNameField("FolderName", &in.FolderName).
				Describef("资源夹名称，1 至 %d 个字符，在父资源夹下唯一。", "Name of the folder, 1 to %d characters, unique under its parent.", directory.MaxFolderName),
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
