package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listAttachmentsForTarget struct {
	language
	TargetID string
}

type attachedPolicy struct {
	controlPolicy
	AttachDate string
}

type attachedPolicies struct{ ControlPolicyAttachment []attachedPolicy }

type listedAttachments struct{ Attachments attachedPolicies }

// ListControlPolicyAttachmentsForTarget lists all control policies that are
// attached to a folder or member, newest first
// (docs/spec/control-policies.md#listing-what-is-attached-to-a-target).
var ListControlPolicyAttachmentsForTarget = api.Define(&Operations, api.Op[listAttachmentsForTarget, listedAttachments]{
	Route:    api.RPC(version, "ListControlPolicyAttachmentsForTarget"),
	Also:     older("ListControlPolicyAttachmentsForTarget"),
	Group:    "ControlPolicy",
	Doc:      api.Text{Zh: "查询资源夹或成员绑定的管控策略。", En: "Lists the control policies attached to a folder or member."},
	ReadOnly: true,

	Before: enabled,
	In: func(in *listAttachmentsForTarget) api.Fields {
		return api.Fields{targetIDField(&in.TargetID), in.field()}
	},
	Out: func(out *listedAttachments) api.Fields {
		return api.Fields{api.Object("ControlPolicyAttachments", &out.Attachments, func(l *attachedPolicies) api.Fields {
			return api.Fields{api.Objects("ControlPolicyAttachment", &l.ControlPolicyAttachment, func(a *attachedPolicy) api.Fields {
				return append(policyFields(&a.controlPolicy),
					api.String("AttachDate", &a.AttachDate).Example("2021-03-19T02:56:24Z").Describe("绑定时间（UTC）。", "Time of attaching (UTC)."))
			}).Describe("绑定的管控策略。", "The control policies.")}
		}).Describe("绑定的管控策略列表。", "The control policies.")}
	},
	Codes: []*api.Code{noTarget},

	Do: func(ctx context.Context, s *directory.Session, in *listAttachmentsForTarget) (*listedAttachments, error) {
		as, err := s.ControlAttachments(ctx, in.TargetID)
		if err != nil {
			return nil, err
		}
		out := &listedAttachments{attachedPolicies{make([]attachedPolicy, len(as))}}
		for i, a := range as {
			out.Attachments.ControlPolicyAttachment[i] = attachedPolicy{in.answered(a.Policy), policyTime(a.At)}
		}
		return out, nil
	},
})
