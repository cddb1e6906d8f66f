package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listControlPolicies struct {
	language
	PolicyType string
	paging
	Tags []directory.TagMatch
}

type controlPolicies struct{ ControlPolicy []controlPolicy }

type listedControlPolicies struct {
	page
	Policies controlPolicies
}

// ListControlPolicies lists control policies, the system policy first, then the
// newest (docs/spec/control-policies.md#listing-control-policies).
var ListControlPolicies = api.Define(&Operations, api.Op[listControlPolicies, listedControlPolicies]{
	Route:    api.RPC(version, "ListControlPolicies"),
	Also:     older("ListControlPolicies"),
	Group:    "ControlPolicy",
	Doc:      api.Text{Zh: "查询管控策略列表。", En: "Lists control policies."},
	ReadOnly: true,

	Before: enabled,
	In: func(in *listControlPolicies) api.Fields {
		fs := append(api.Fields{
			api.String("PolicyType", &in.PolicyType).Invalid(policyTypeInvalid).OneOf(policyTypeInvalid, systemType, customType).
				Example("Custom").Describe("管控策略类型：System、Custom；默认为全部。", "Only System or only Custom; both by default."),
			in.field(),
		}, in.fields()...)
		return append(fs, tagMatchesField(&in.Tags, "只列出有这些标签的管控策略。", "Lists only control policies with all these tags."))
	},
	Out: func(out *listedControlPolicies) api.Fields {
		return append(api.Fields{api.Object("ControlPolicies", &out.Policies, func(l *controlPolicies) api.Fields {
			return api.Fields{api.Objects("ControlPolicy", &l.ControlPolicy, controlPolicyFields).Describe("管控策略。", "The control policies.")}
		}).Describe("管控策略列表。", "The control policies.")}, out.fields()...)
	},

	Do: func(ctx context.Context, s *directory.Session, in *listControlPolicies) (*listedControlPolicies, error) {
		in.settle()
		ps, total, err := s.ControlPolicies(ctx, directory.ControlPolicyFilter{
			System: in.PolicyType == systemType, Custom: in.PolicyType == customType, Tags: in.Tags, Offset: in.offset(), Limit: in.PageSize,
		})
		if err != nil {
			return nil, err
		}
		out := &listedControlPolicies{page{total, in.PageSize, in.PageNumber}, controlPolicies{make([]controlPolicy, len(ps))}}
		for i, p := range ps {
			out.Policies.ControlPolicy[i] = in.answered(p)
			out.Policies.ControlPolicy[i].Tags = &tagList{api.List(p.Tags)}
		}
		return out, nil
	},
})
