package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type gotResourceDirectory struct {
	Directory                                      madeDirectory
	ControlPolicy, MemberDeletion, DisplayNameSync string
}

// GetResourceDirectory reads the directory
// (docs/spec/resource-directory.md#reading-a-directory). There are no control policies here, members can be deleted, and display
// names are not synchronised with anything.
var GetResourceDirectory = api.Define(&Operations, api.Op[api.None, gotResourceDirectory]{
	Route:    api.RPC(version, "GetResourceDirectory"),
	Also:     older("GetResourceDirectory"),
	Group:    "ResourceDirectory",
	Doc:      api.Text{Zh: "查询资源目录信息。", En: "Returns the resource directory."},
	ReadOnly: true,
	Callers:  api.ByMembers,

	Out: func(out *gotResourceDirectory) api.Fields {
		return api.Fields{api.Object("ResourceDirectory", &out.Directory, func(d *madeDirectory) api.Fields {
			return append(directoryFields(d),
				api.String("ControlPolicyStatus", &out.ControlPolicy).Example("Disabled").Describe("管控策略状态：Enabled、PendingEnable、Disabled、PendingDisable。", "Status of control policies: Enabled, PendingEnable, Disabled or PendingDisable."),
				api.String("MemberDeletionStatus", &out.MemberDeletion).Example("Enabled").Describe("成员删除许可状态：Enabled、Disabled。", "Whether members can be deleted: Enabled or Disabled."),
				api.String("MemberAccountDisplayNameSyncStatus", &out.DisplayNameSync).Example("Disabled").Describe("成员显示名称同步状态：Enabled、Disabled。", "Whether display names are synchronised: Enabled or Disabled."))
		}).Describe("资源目录。", "The resource directory.")}
	},
	Codes: []*api.Code{notInUse},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*gotResourceDirectory, error) {
		rd, err := s.ResourceDirectory(ctx)
		if err != nil {
			return nil, err
		}
		return &gotResourceDirectory{answeredDirectory(rd), "Disabled", "Enabled", "Disabled"}, nil
	},
})
