package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type updateMessageContact struct {
	ContactID                      string
	directory.MessageContactUpdate // nil leaves the value as it is
	countries
}

// UpdateMessageContact changes a contact; absent fields stay as they are
// (docs/spec/resource-directory.md#updating-a-contact).
var UpdateMessageContact = api.Define(&Operations, api.Op[updateMessageContact, api.None]{
	Route:    api.RPC(version, "UpdateMessageContact"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "更新联系人信息。", En: "Updates a message contact."},
	Resource: contactResource,

	Before: inUse,
	In: func(in *updateMessageContact) api.Fields {
		return api.Fields{
			contactIDField(&in.ContactID),
			nameField(api.OptString("Name", &in.Name), value(&in.Name)),
			emailField(api.OptString("EmailAddress", &in.EmailAddress), value(&in.EmailAddress)),
			phoneField(api.OptString("PhoneNumber", &in.PhoneNumber), value(&in.PhoneNumber), &in.countries),
			titleField(api.OptString("Title", &in.Title)),
			typesField(&in.MessageTypes),
		}
	},
	Codes: []*api.Code{noContact, statusMismatch, nameUsed, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *updateMessageContact) (*api.None, error) {
		return nil, s.UpdateMessageContact(ctx, in.ContactID, in.MessageContactUpdate)
	},
})
