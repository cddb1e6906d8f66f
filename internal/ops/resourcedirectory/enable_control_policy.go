package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type enableControlPolicy struct{}

// EnableControlPolicy attaches the system policy to every folder and member
// (docs/spec/control-policies.md#enabling-and-disabling).
var EnableControlPolicy = api.Define(&Operations, api.Op[enableControlPolicy, enablement]{
	Route: api.RPC(version, "EnableControlPolicy"),
	Also:  older("EnableControlPolicy"),
	Group: "ControlPolicy",
	Doc:   api.Text{Zh: "开启管控策略：系统策略 FullAliyunAccess 绑定到所有资源夹和成员。", En: "Enables control policies: the system policy FullAliyunAccess is attached to every folder and member."},

	Before: enabled,
	In:     func(*enableControlPolicy) api.Fields { return nil },
	Out:    enablementFields,
	Codes:  []*api.Code{enablingTooOften},

	Do: func(ctx context.Context, s *directory.Session, _ *enableControlPolicy) (*enablement, error) {
		before, err := s.EnableControlPolicies(ctx)
		if err != nil {
			return nil, err
		}
		return switched(before, directory.ControlPoliciesEnabled, "PendingEnable"), nil
	},
})
