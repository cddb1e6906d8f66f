package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listAncestors struct{ ChildID string }

type listedAncestors struct{ Folders folders }

// ListAncestors lists the folders above a folder or member, the root first
// (docs/spec/resource-directory.md#listing-ancestors).
var ListAncestors = api.Define(&Operations, api.Op[listAncestors, listedAncestors]{
	Route:    api.RPC(version, "ListAncestors"),
	Also:     older("ListAncestors"),
	Group:    "Folder",
	Doc:      api.Text{Zh: "查询所有上级资源夹，根资源夹在前。", En: "Lists all folders above, the root first."},
	ReadOnly: true,
	Callers:  api.ByDelegated,

	Before: enabled,
	In: func(in *listAncestors) api.Fields {
		return api.Fields{api.String("ChildId", &in.ChildID).Required(missingChildID).Invalid(childIDInvalid).
			Check(childIDInvalid, api.Text{Zh: "资源夹或成员的 ID", En: "the id of a folder or member"}, func() bool {
				return folderIDForm.MatchString(in.ChildID) || accountIDForm.MatchString(in.ChildID)
			}).
			Example("fd-i1c9nr****").Describe("资源夹或成员的 ID。", "ID of a folder or member.")}
	},
	Out:   func(out *listedAncestors) api.Fields { return api.Fields{foldersField(&out.Folders)} },
	Codes: []*api.Code{noFolder, noAccount},

	Do: func(ctx context.Context, s *directory.Session, in *listAncestors) (*listedAncestors, error) {
		fs, err := s.Ancestors(ctx, in.ChildID, accountIDForm.MatchString(in.ChildID))
		if err != nil {
			return nil, err
		}
		out := &listedAncestors{folders{make([]folder, len(fs))}}
		for i, f := range fs {
			f.ParentID = "" // not part of this answer
			out.Folders.Folder[i] = answeredFolder(f)
		}
		return out, nil
	},
})
