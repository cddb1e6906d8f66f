package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getEnablementStatus struct{}

// GetControlPolicyEnablementStatus tells whether control policies are enabled
// (docs/spec/control-policies.md#enabling-and-disabling).
var GetControlPolicyEnablementStatus = api.Define(&Operations, api.Op[getEnablementStatus, enablement]{
	Route:    api.RPC(version, "GetControlPolicyEnablementStatus"),
	Also:     older("GetControlPolicyEnablementStatus"),
	Group:    "ControlPolicy",
	Doc:      api.Text{Zh: "查询管控策略的状态。", En: "Tells whether control policies are enabled."},
	ReadOnly: true,

	Before: enabled,
	In:     func(*getEnablementStatus) api.Fields { return nil },
	Out:    enablementFields,

	Do: func(ctx context.Context, s *directory.Session, _ *getEnablementStatus) (*enablement, error) {
		rd, err := s.ResourceDirectory(ctx)
		if err != nil {
			return nil, err
		}
		return &enablement{rd.ControlPolicyStatus}, nil
	},
})
