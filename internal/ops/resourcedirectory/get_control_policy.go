package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getControlPolicy struct {
	language
	PolicyID string
}

// GetControlPolicy reads a control policy with its document, byte for byte as it
// was written (docs/spec/control-policies.md#reading-a-control-policy).
var GetControlPolicy = api.Define(&Operations, api.Op[getControlPolicy, oneControlPolicy]{
	Route:    api.RPC(version, "GetControlPolicy"),
	Also:     older("GetControlPolicy"),
	Group:    "ControlPolicy",
	Doc:      api.Text{Zh: "查询管控策略及其内容。", En: "Returns a control policy with its document."},
	Resource: controlPolicyResource,
	ReadOnly: true,

	Before: enabled,
	In: func(in *getControlPolicy) api.Fields {
		return api.Fields{policyIDField(&in.PolicyID), in.field()}
	},
	Out:   oneControlPolicyFields,
	Codes: []*api.Code{noControlPolicy},

	Do: func(ctx context.Context, s *directory.Session, in *getControlPolicy) (*oneControlPolicy, error) {
		p, err := s.ControlPolicy(ctx, in.PolicyID)
		if err != nil {
			return nil, err
		}
		out := &oneControlPolicy{in.answered(p)}
		out.ControlPolicy.PolicyDocument = p.Document
		return out, nil
	},
})
