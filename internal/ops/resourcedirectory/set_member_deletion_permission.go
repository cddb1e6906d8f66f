package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type setMemberDeletionPermission struct{ Status string }

type memberDeletionPermission struct{ Status, AccountID, DirectoryID string }

// SetMemberDeletionPermission allows or forbids that members are deleted
// (docs/spec/tags-and-members.md#permission-to-delete-members).
var SetMemberDeletionPermission = api.Define(&Operations, api.Op[setMemberDeletionPermission, memberDeletionPermission]{
	Route: api.RPC(version, "SetMemberDeletionPermission"),
	Also:  older("SetMemberDeletionPermission"),
	Group: "ResourceDirectory",
	Doc:   api.Text{Zh: "开启或关闭成员删除许可。", En: "Allows or forbids that members are deleted."},

	Before: enabled,
	In:     func(in *setMemberDeletionPermission) api.Fields { return api.Fields{statusField(&in.Status)} },
	Out: func(out *memberDeletionPermission) api.Fields {
		return api.Fields{
			api.String("MemberDeletionStatus", &out.Status).Example("Enabled").Describe("成员删除许可状态：Enabled、Disabled。", "Enabled or Disabled."),
			api.String("ManagementAccountId", &out.AccountID).Example("151266687691****").Describe("管理账号 ID。", "ID of the management account."),
			api.String("ResourceDirectoryId", &out.DirectoryID).Example("rd-3G****").Describe("资源目录 ID。", "ID of the resource directory."),
		}
	},
	Codes: []*api.Code{memberDenied, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *setMemberDeletionPermission) (*memberDeletionPermission, error) {
		rd, err := s.SetMemberDeletion(ctx, in.Status == statusEnabled)
		if err != nil {
			return nil, err
		}
		return &memberDeletionPermission{in.Status, rd.AccountID, rd.ID}, nil
	},
})
