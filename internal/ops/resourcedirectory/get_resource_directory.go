package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getResourceDirectory struct{ asked }

type gotResourceDirectory struct {
	Directory                                      madeDirectory
	MemberDeletion, DisplayNameSync, Identity, Scp string
}

// GetResourceDirectory reads the directory. The older version names the status
// of control policies twice
// (docs/spec/resource-directory.md#reading-a-directory).
var GetResourceDirectory = api.Define(&Operations, api.Op[getResourceDirectory, gotResourceDirectory]{
	Route:    api.RPC(version, "GetResourceDirectory"),
	Also:     older("GetResourceDirectory"),
	Group:    "ResourceDirectory",
	Doc:      api.Text{Zh: "查询资源目录信息。", En: "Returns the resource directory."},
	ReadOnly: true,
	Callers:  api.ByMembers,

	In: func(*getResourceDirectory) api.Fields { return nil },
	Out: func(out *gotResourceDirectory) api.Fields {
		return api.Fields{api.Object("ResourceDirectory", &out.Directory, func(d *madeDirectory) api.Fields {
			return append(directoryFields(d),
				api.String("ControlPolicyStatus", &d.ControlPolicyStatus).Example("Disabled").Describe("管控策略状态：Enabled、PendingEnable、Disabled、PendingDisable。", "Status of control policies: Enabled, PendingEnable, Disabled or PendingDisable."),
				api.String("ScpStatus", &out.Scp).OmitEmpty().Example("Disabled").Describe("管控策略状态，仅旧版接口返回。", "The same status; the older version only."),
				api.String("MemberDeletionStatus", &out.MemberDeletion).Example("Enabled").Describe("成员删除许可状态：Enabled、Disabled。", "Whether members can be deleted: Enabled or Disabled."),
				api.String("MemberAccountDisplayNameSyncStatus", &out.DisplayNameSync).Example("Disabled").Describe("成员显示名称同步状态：Enabled、Disabled。", "Whether display names are synchronised: Enabled or Disabled."),
				api.String("IdentityInformation", &out.Identity).Example("example company").Describe("实名信息，即组织的名称。", "Who the directory belongs to: the name of the organisation."))
		}).Describe("资源目录。", "The resource directory.")}
	},
	Codes: []*api.Code{notInUse},

	Do: func(ctx context.Context, s *directory.Session, in *getResourceDirectory) (*gotResourceDirectory, error) {
		rd, err := s.ResourceDirectory(ctx)
		if err != nil {
			return nil, err
		}
		identity, err := s.DirectoryIdentity(ctx)
		if err != nil {
			return nil, err
		}
		out := &gotResourceDirectory{answeredDirectory(rd), onOrOff(rd.MemberDeletion), onOrOff(rd.DisplayNameSync), identity, ""}
		if in.older() {
			out.Scp = rd.ControlPolicyStatus
		}
		return out, nil
	},
})
