package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type createControlPolicy struct {
	policyNames
	language
	directory.ControlPolicy
	EffectScope, ControlPolicyType string
}

// CreateControlPolicy adds a control policy, which is attached to nothing yet
// (docs/spec/control-policies.md#creating-a-control-policy).
var CreateControlPolicy = api.Define(&Operations, api.Op[createControlPolicy, oneControlPolicy]{
	Route: api.RPC(version, "CreateControlPolicy"),
	Also:  older("CreateControlPolicy"),
	Group: "ControlPolicy",
	Doc:   api.Text{Zh: "创建自定义管控策略。", En: "Creates a custom control policy."},

	Before: enabled,
	In: func(in *createControlPolicy) api.Fields {
		return api.Fields{
			in.named(api.String("PolicyName", &in.Name).Required(missingPolicyName), plain(&in.Name), policyNameInvalid).
				Describef("管控策略名称，1 至 %d 个字符，在资源目录内唯一。", "Name of the control policy, 1 to %d characters, unique in the resource directory.", directory.MaxControlName),
			api.String("EffectScope", &in.EffectScope).Required(missingEffectScope).Invalid(effectScopeInvalid).OneOf(effectScopeInvalid, ramScope).
				Example("RAM").Describe("生效范围：RAM，即 RAM 用户和角色。", "Whom it binds: RAM, which is RAM users and roles."),
			documentField(api.String("PolicyDocument", &in.Document).Required(missingPolicyDocument), plain(&in.Document), policyDocumentInvalid).
				Describef("策略内容，最多 %d 个字符。", "The document, at most %d characters.", directory.MaxControlDocument),
			descriptionField(api.String("Description", &in.Description), plain(&in.Description), descriptionInvalid).
				Describef("描述，最多 %d 个字符。", "Description, at most %d characters.", directory.MaxControlDescription),
			tagsField(&in.Tags, "管控策略的标签。", "Tags of the control policy."),
			api.String("ControlPolicyType", &in.ControlPolicyType).Invalid(controlPolicyTypeInvalid).
				Check(controlPolicyTypeInvalid, api.Text{Zh: "不支持", En: "not supported"}, func() bool { return in.ControlPolicyType == "" }).
				Example("").Describe("不支持，请勿填写。", "Not supported; leave it out."),
		}
	},
	Out:   oneControlPolicyFields,
	Codes: []*api.Code{policyQuota, policyNameUsed},

	Do: func(ctx context.Context, s *directory.Session, in *createControlPolicy) (*oneControlPolicy, error) {
		p, err := s.CreateControlPolicy(ctx, in.ControlPolicy)
		if err != nil {
			return nil, err
		}
		return &oneControlPolicy{in.answered(p)}, nil
	},
})
