package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getDeletionStatus struct{ ContactID string }

type gotDeletionStatus struct{ directory.ContactDeletion }

// GetMessageContactDeletionStatus returns the progress of a deletion. A deleted
// contact, or one whose deletion was not requested, is unknown here
// (docs/spec/resource-directory.md#status-of-a-deletion).
var GetMessageContactDeletionStatus = api.Define(&Operations, api.Op[getDeletionStatus, gotDeletionStatus]{
	Route:    api.RPC(version, "GetMessageContactDeletionStatus"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "查询联系人的删除状态。", En: "Returns the status of a message contact's deletion."},
	Resource: contactResource,
	ReadOnly: true,

	Before: inUse,
	In:     func(in *getDeletionStatus) api.Fields { return api.Fields{contactIDField(&in.ContactID)} },
	Out: func(out *gotDeletionStatus) api.Fields {
		return api.Fields{api.Object("ContactDeletionStatus", &out.ContactDeletion, deletionFields).Describe("删除状态。", "Status of the deletion.")}
	},
	Codes: []*api.Code{noContact},

	Do: func(ctx context.Context, s *directory.Session, in *getDeletionStatus) (*gotDeletionStatus, error) {
		x, err := s.MessageContactDeletion(ctx, in.ContactID)
		if err != nil {
			return nil, err
		}
		if x.Reasons == nil {
			x.Reasons = []directory.DeletionFailure{}
		}
		return &gotDeletionStatus{x}, nil
	},
})

func deletionFields(x *directory.ContactDeletion) api.Fields {
	return api.Fields{
		api.String("Status", &x.Status).Example("Failed").Describe("Deleting 删除中，Failed 删除失败。", "Deleting or Failed."),
		api.String("ContactId", &x.ContactID).Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact."),
		api.Objects("FailReasonList", &x.Reasons, func(r *directory.DeletionFailure) api.Fields {
			return api.Fields{
				api.String("AccountId", &r.AccountID).Example("181761095690****").Describe("成员 ID。", "ID of the member."),
				api.Strings("MessageTypes", &r.MessageTypes).Example("AccountExpenses").
					Describe("该联系人是成员唯一接收人的消息分类。", "Kinds of messages that the contact is the member's only receiver of."),
			}
		}).Describe("删除失败的原因。", "Why the deletion failed."),
	}
}
