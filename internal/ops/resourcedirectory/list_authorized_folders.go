package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listedAuthorizedFolders struct {
	page
	Folders authorizedFolders
}

type authorizedFolders struct{ Folder []authorizedFolder }

type authorizedFolder struct{ ID, Name, Path string }

// ListAuthorizedFolders lists the folders that the caller may read with GetFolder,
// newest first
// (docs/spec/tags-and-members.md#listing-what-the-caller-may-read).
var ListAuthorizedFolders = api.Define(&Operations, api.Op[paging, listedAuthorizedFolders]{
	Route:    api.RPC(version, "ListAuthorizedFolders"),
	Group:    "Folder",
	Doc:      api.Text{Zh: "查询调用者有权查看的资源夹列表。", En: "Lists the folders that the caller may read."},
	Resource: folderResource,
	ReadOnly: true,
	Filters:  true,

	Before: enabled,
	In:     func(in *paging) api.Fields { return in.fields() },
	Out: func(out *listedAuthorizedFolders) api.Fields {
		return append(api.Fields{api.Object("Folders", &out.Folders, func(l *authorizedFolders) api.Fields {
			return api.Fields{api.Objects("Folder", &l.Folder, func(f *authorizedFolder) api.Fields {
				return api.Fields{
					api.String("FolderId", &f.ID).Example("fd-u8B321****").Describe("资源夹 ID。", "ID of the folder."),
					api.String("FolderName", &f.Name).Example("rdFolder").Describe("资源夹名称。", "Name of the folder."),
					api.String("ResourceDirectoryPath", &f.Path).Example("rd-3G****/r-Wm****/fd-u8B321****").Describe("在资源目录中的路径。", "Path in the resource directory."),
				}
			}).Describe("资源夹。", "The folders.")}
		}).Describe("资源夹列表。", "The folders.")}, out.fields()...)
	},

	Do: func(ctx context.Context, s *directory.Session, in *paging) (*listedAuthorizedFolders, error) {
		in.settle()
		placed, err := s.PlacedFolders(ctx)
		if err != nil {
			return nil, err
		}
		var all []authorizedFolder
		for _, f := range placed {
			if path := joined(f.Path); api.May(ctx, "GetFolder", "folder/"+path) {
				all = append(all, authorizedFolder{f.ID, f.Name, path})
			}
		}
		return &listedAuthorizedFolders{page{int64(len(all)), in.PageSize, in.PageNumber}, authorizedFolders{api.List(pageOf(all, in))}}, nil
	},
})
