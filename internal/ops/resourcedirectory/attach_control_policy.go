package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type attachControlPolicy struct{ PolicyID, TargetID string }

// AttachControlPolicy attaches a control policy to a folder or member
// (docs/spec/control-policies.md#attaching-a-control-policy).
var AttachControlPolicy = api.Define(&Operations, api.Op[attachControlPolicy, api.None]{
	Route: api.RPC(version, "AttachControlPolicy"),
	Also:  older("AttachControlPolicy"),
	Group: "ControlPolicy",
	Doc:   api.Text{Zh: "为资源夹或成员绑定管控策略，最多 1 秒后生效。", En: "Attaches a control policy to a folder or member, with effect within a second."},

	Before: enabled,
	In: func(in *attachControlPolicy) api.Fields {
		return api.Fields{policyIDField(&in.PolicyID), targetIDField(&in.TargetID)}
	},
	Codes: []*api.Code{noControlPolicy, noTarget, policiesNotEnabled, attachmentExists, attachmentQuota},

	Do: func(ctx context.Context, s *directory.Session, in *attachControlPolicy) (*api.None, error) {
		return nil, s.AttachControlPolicy(ctx, in.PolicyID, in.TargetID)
	},
})
