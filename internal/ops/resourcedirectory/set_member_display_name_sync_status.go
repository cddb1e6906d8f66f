package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type setMemberDisplayNameSyncStatus struct{ Status string }

type displayNameSync struct{ Status string }

// SetMemberDisplayNameSyncStatus says whether texts name members by their display
// names (docs/spec/tags-and-members.md#names-of-members-in-texts).
var SetMemberDisplayNameSyncStatus = api.Define(&Operations, api.Op[setMemberDisplayNameSyncStatus, displayNameSync]{
	Route: api.RPC(version, "SetMemberDisplayNameSyncStatus"),
	Group: "ResourceDirectory",
	Doc:   api.Text{Zh: "开启或关闭成员显示名称同步。", En: "Switches the synchronisation of members' display names on or off."},

	Before: enabled,
	In:     func(in *setMemberDisplayNameSyncStatus) api.Fields { return api.Fields{statusField(&in.Status)} },
	Out: func(out *displayNameSync) api.Fields {
		return api.Fields{api.String("MemberAccountDisplayNameSyncStatus", &out.Status).Example("Enabled").Describe("成员显示名称同步状态：Enabled、Disabled。", "Enabled or Disabled.")}
	},
	Codes: []*api.Code{memberDenied, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *setMemberDisplayNameSyncStatus) (*displayNameSync, error) {
		_, err := s.SetDisplayNameSync(ctx, in.Status == statusEnabled)
		return &displayNameSync{in.Status}, err
	},
})
