package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type updateControlPolicy struct {
	policyNames
	language
	PolicyID string
	directory.ControlPolicyUpdate
}

// UpdateControlPolicy changes the values that are given; with none it succeeds
// and changes nothing (docs/spec/control-policies.md#updating-a-control-policy).
var UpdateControlPolicy = api.Define(&Operations, api.Op[updateControlPolicy, oneControlPolicy]{
	Route:    api.RPC(version, "UpdateControlPolicy"),
	Also:     older("UpdateControlPolicy"),
	Group:    "ControlPolicy",
	Doc:      api.Text{Zh: "修改自定义管控策略，最多 1 秒后生效。", En: "Changes a custom control policy, with effect within a second."},
	Resource: controlPolicyResource,

	Before: enabled,
	In: func(in *updateControlPolicy) api.Fields {
		return api.Fields{
			policyIDField(&in.PolicyID),
			in.named(api.OptString("NewPolicyName", &in.Name), value(&in.Name), newPolicyNameInvalid).
				Describef("新名称，1 至 %d 个字符。", "New name, 1 to %d characters.", directory.MaxControlName),
			descriptionField(api.OptString("NewDescription", &in.Description), value(&in.Description), newDescriptionInvalid).
				Describef("新描述，最多 %d 个字符；空值清除描述。", "New description, at most %d characters; an empty one clears it.", directory.MaxControlDescription),
			documentField(api.OptString("NewPolicyDocument", &in.Document), value(&in.Document), newPolicyDocumentInvalid).
				Describef("新的策略内容，最多 %d 个字符。", "New document, at most %d characters.", directory.MaxControlDocument),
		}
	},
	Out:   oneControlPolicyFields,
	Codes: []*api.Code{noControlPolicy, policySystem, policyNameUsed},

	Do: func(ctx context.Context, s *directory.Session, in *updateControlPolicy) (*oneControlPolicy, error) {
		p, err := s.UpdateControlPolicy(ctx, in.PolicyID, in.ControlPolicyUpdate)
		if err != nil {
			return nil, err
		}
		return &oneControlPolicy{in.answered(p)}, nil
	},
})
