package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getFolder struct{ FolderID string }

// GetFolder reads a folder with its path
// (docs/spec/resource-directory.md#reading-a-folder).
var GetFolder = api.Define(&Operations, api.Op[getFolder, oneFolder]{
	Route:    api.RPC(version, "GetFolder"),
	Also:     older("GetFolder"),
	Group:    "Folder",
	Doc:      api.Text{Zh: "查询资源夹信息。", En: "Returns a folder."},
	ReadOnly: true,
	Callers:  api.ByDelegated,

	Before: enabled,
	In:     func(in *getFolder) api.Fields { return api.Fields{theFolderField(&in.FolderID)} },
	Out:    oneFolderFields,
	Codes:  []*api.Code{noFolder},

	Do: func(ctx context.Context, s *directory.Session, in *getFolder) (*oneFolder, error) {
		f, path, err := s.Folder(ctx, in.FolderID)
		if err != nil {
			return nil, err
		}
		out := &oneFolder{answeredFolder(f)}
		out.Folder.Path = joined(path)
		return out, nil
	},
})
