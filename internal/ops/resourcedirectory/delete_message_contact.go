package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type deleteMessageContact struct {
	ContactID              string
	RetainContactInMembers *bool // nil: true
}

type deletedMessageContact struct{ Status string }

// DeleteMessageContact deletes a contact. Without RetainContactInMembers the
// deletion completes later: poll GetMessageContactDeletionStatus
// (docs/spec/resource-directory.md#deleting-a-contact).
var DeleteMessageContact = api.Define(&Operations, api.Op[deleteMessageContact, deletedMessageContact]{
	Route:    api.RPC(version, "DeleteMessageContact"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "删除联系人。", En: "Deletes a message contact."},
	Resource: contactResource,

	Before: inUse,
	In: func(in *deleteMessageContact) api.Fields {
		return api.Fields{
			contactIDField(&in.ContactID),
			api.OptBool("RetainContactInMembers", &in.RetainContactInMembers).Invalid(retainInvalid).Example("true").
				Describe("是否在成员中保留该联系人，默认 true。", "Whether members keep the contact; true by default."),
		}
	},
	Out: func(out *deletedMessageContact) api.Fields {
		return api.Fields{api.String("Status", &out.Status).Example("Deleting").Describe("Deleting 删除中，Deleted 已删除。", "Deleting or Deleted.")}
	},
	Codes: []*api.Code{noContact, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *deleteMessageContact) (*deletedMessageContact, error) {
		status, err := s.DeleteMessageContact(ctx, in.ContactID, in.RetainContactInMembers == nil || *in.RetainContactInMembers)
		if err != nil {
			return nil, err
		}
		return &deletedMessageContact{status}, nil
	},
})
