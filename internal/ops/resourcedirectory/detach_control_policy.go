package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type detachControlPolicy struct{ PolicyID, TargetID string }

// DetachControlPolicy detaches a control policy from a folder or member, which keeps at least one
// (docs/spec/control-policies.md#detaching-a-control-policy).
var DetachControlPolicy = api.Define(&Operations, api.Op[detachControlPolicy, api.None]{
	Route: api.RPC(version, "DetachControlPolicy"),
	Also:  older("DetachControlPolicy"),
	Group: "ControlPolicy",
	Doc:   api.Text{Zh: "解绑资源夹或成员的管控策略，至少保留一个，最多 1 秒后生效。", En: "Detaches a control policy from a folder or member, which keeps at least one, with effect within a second."},

	Before: enabled,
	In: func(in *detachControlPolicy) api.Fields {
		return api.Fields{policyIDField(&in.PolicyID), targetIDField(&in.TargetID)}
	},
	Codes: []*api.Code{noControlPolicy, noTarget, policiesNotEnabled, noAttachment, attachmentLast},

	Do: func(ctx context.Context, s *directory.Session, in *detachControlPolicy) (*api.None, error) {
		return nil, s.DetachControlPolicy(ctx, in.PolicyID, in.TargetID)
	},
})
