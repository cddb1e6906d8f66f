package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type disableControlPolicy struct{}

// DisableControlPolicy detaches all control policies from everything, and deletes
// none
// (docs/spec/control-policies.md#enabling-and-disabling).
var DisableControlPolicy = api.Define(&Operations, api.Op[disableControlPolicy, enablement]{
	Route: api.RPC(version, "DisableControlPolicy"),
	Also:  older("DisableControlPolicy"),
	Group: "ControlPolicy",
	Doc:   api.Text{Zh: "关闭管控策略：解绑所有管控策略，但不删除。", En: "Disables control policies: all are detached from everything, and none is deleted."},

	Before: enabled,
	In:     func(*disableControlPolicy) api.Fields { return nil },
	Out:    enablementFields,
	Codes:  []*api.Code{disablingTooOften},

	Do: func(ctx context.Context, s *directory.Session, _ *disableControlPolicy) (*enablement, error) {
		before, err := s.DisableControlPolicies(ctx)
		if err != nil {
			return nil, err
		}
		return switched(before, directory.ControlPoliciesDisabled, "PendingDisable"), nil
	},
})
