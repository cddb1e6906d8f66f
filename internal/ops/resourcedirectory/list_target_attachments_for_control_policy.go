package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listTargetAttachments struct {
	PolicyID string
	paging
}

type targetAttachment struct{ TargetID, TargetName, TargetType, AttachDate string }

type targetAttachments struct{ TargetAttachment []targetAttachment }

type listedTargets struct {
	page
	Targets targetAttachments
}

// ListTargetAttachmentsForControlPolicy lists what a control policy is attached
// to, newest first
// (docs/spec/control-policies.md#listing-what-a-control-policy-is-attached-to).
var ListTargetAttachmentsForControlPolicy = api.Define(&Operations, api.Op[listTargetAttachments, listedTargets]{
	Route:    api.RPC(version, "ListTargetAttachmentsForControlPolicy"),
	Also:     older("ListTargetAttachmentsForControlPolicy"),
	Group:    "ControlPolicy",
	Doc:      api.Text{Zh: "查询管控策略绑定的资源夹和成员。", En: "Lists the folders and members that a control policy is attached to."},
	ReadOnly: true,

	Before: enabled,
	In: func(in *listTargetAttachments) api.Fields {
		return append(api.Fields{policyIDField(&in.PolicyID)}, in.fields()...)
	},
	Out: func(out *listedTargets) api.Fields {
		return append(api.Fields{api.Object("TargetAttachments", &out.Targets, func(l *targetAttachments) api.Fields {
			return api.Fields{api.Objects("TargetAttachment", &l.TargetAttachment, targetFields).Describe("绑定的对象。", "The targets.")}
		}).Describe("绑定的对象列表。", "The targets.")}, out.fields()...)
	},
	Codes: []*api.Code{noControlPolicy},

	Do: func(ctx context.Context, s *directory.Session, in *listTargetAttachments) (*listedTargets, error) {
		in.settle()
		ts, total, err := s.ControlTargets(ctx, directory.ControlTargetFilter{PolicyID: in.PolicyID, Offset: in.offset(), Limit: in.PageSize})
		if err != nil {
			return nil, err
		}
		out := &listedTargets{page{total, in.PageSize, in.PageNumber}, targetAttachments{make([]targetAttachment, len(ts))}}
		for i, t := range ts {
			out.Targets.TargetAttachment[i] = targetAttachment{t.ID, t.Name, targetType(t), policyTime(t.At)}
		}
		return out, nil
	},
})

func targetFields(t *targetAttachment) api.Fields {
	return api.Fields{
		api.String("TargetId", &t.TargetID).Example("fd-ZDNPiT****").Describe("资源夹或成员的 ID。", "ID of the folder or member."),
		api.String("TargetName", &t.TargetName).Example("root").Describe("名称：资源夹名称或成员显示名称。", "Name of the folder, or display name of the member."),
		api.String("TargetType", &t.TargetType).Example("Root").Describe("类型：Root 根资源夹，Folder 资源夹，Account 成员。", "Root, Folder or Account."),
		api.String("AttachDate", &t.AttachDate).Example("2021-03-19T02:56:24Z").Describe("绑定时间（UTC）。", "Time of attaching (UTC)."),
	}
}

func targetType(t directory.ControlTarget) string {
	switch {
	case t.Root:
		return "Root"
	case t.Account:
		return "Account"
	}
	return "Folder"
}
