package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listFoldersForParent struct {
	ParentFolderID, QueryKeyword string
	paging
	Tags []directory.Tag
}

type listedFolders struct {
	page
	Folders folders
}

// ListFoldersForParent lists the folders directly under one, newest first
// (docs/spec/resource-directory.md#listing-folders).
var ListFoldersForParent = api.Define(&Operations, api.Op[listFoldersForParent, listedFolders]{
	Route:    api.RPC(version, "ListFoldersForParent"),
	Also:     older("ListFoldersForParent"),
	Group:    "Folder",
	Doc:      api.Text{Zh: "查询父资源夹下的资源夹列表。", En: "Lists the folders directly under a folder."},
	ReadOnly: true,
	Callers:  api.ByDelegated,

	Before: enabled,
	In: func(in *listFoldersForParent) api.Fields {
		fs := append(api.Fields{parentField(&in.ParentFolderID), keywordField(&in.QueryKeyword)}, in.fields()...)
		return append(fs, tagsField(&in.Tags, "只列出有这些标签的资源夹。", "Lists only folders with all these tags."))
	},
	Out: func(out *listedFolders) api.Fields {
		return append(api.Fields{foldersField(&out.Folders)}, out.fields()...)
	},
	Codes: []*api.Code{noFolder},

	Do: func(ctx context.Context, s *directory.Session, in *listFoldersForParent) (*listedFolders, error) {
		in.settle()
		fs, total, err := s.Folders(ctx, directory.FolderFilter{
			ParentID: in.ParentFolderID, Keyword: in.QueryKeyword, Tags: in.Tags, Offset: in.offset(), Limit: in.PageSize,
		})
		if err != nil {
			return nil, err
		}
		out := &listedFolders{page: page{total, in.PageSize, in.PageNumber}, Folders: folders{make([]folder, len(fs))}}
		for i, f := range fs {
			f.ParentID = "" // not part of this answer
			out.Folders.Folder[i] = answeredFolder(f)
			out.Folders.Folder[i].Tags = &tagList{api.List(f.Tags)}
		}
		return out, nil
	},
})
