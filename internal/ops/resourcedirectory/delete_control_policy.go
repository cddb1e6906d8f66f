package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type deleteControlPolicy struct{ PolicyID string }

// DeleteControlPolicy deletes a control policy that is not attached
// (docs/spec/control-policies.md#deleting-a-control-policy).
var DeleteControlPolicy = api.Define(&Operations, api.Op[deleteControlPolicy, api.None]{
	Route:    api.RPC(version, "DeleteControlPolicy"),
	Also:     older("DeleteControlPolicy"),
	Group:    "ControlPolicy",
	Doc:      api.Text{Zh: "删除没有绑定的自定义管控策略。", En: "Deletes a custom control policy that is not attached."},
	Resource: controlPolicyResource,

	Before: enabled,
	In:     func(in *deleteControlPolicy) api.Fields { return api.Fields{policyIDField(&in.PolicyID)} },
	Codes:  []*api.Code{noControlPolicy, policySystem, policyAttached},

	Do: func(ctx context.Context, s *directory.Session, in *deleteControlPolicy) (*api.None, error) {
		return nil, s.DeleteControlPolicy(ctx, in.PolicyID)
	},
})
