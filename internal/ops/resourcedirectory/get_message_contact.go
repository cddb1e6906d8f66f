package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getMessageContact struct{ ContactID string }

type gotMessageContact struct{ Contact messageContact }

// GetMessageContact reads a contact
// (docs/spec/resource-directory.md#reading-a-contact).
var GetMessageContact = api.Define(&Operations, api.Op[getMessageContact, gotMessageContact]{
	Route:    api.RPC(version, "GetMessageContact"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "查询联系人详情。", En: "Returns a message contact."},
	Resource: contactResource,
	ReadOnly: true,

	Before: inUse,
	In:     func(in *getMessageContact) api.Fields { return api.Fields{contactIDField(&in.ContactID)} },
	Out: func(out *gotMessageContact) api.Fields {
		return api.Fields{api.Object("Contact", &out.Contact, messageContactFields).Describe("联系人信息。", "The contact.")}
	},
	Codes: []*api.Code{noContact},

	Do: func(ctx context.Context, s *directory.Session, in *getMessageContact) (*gotMessageContact, error) {
		c, err := s.MessageContact(ctx, in.ContactID)
		if err != nil {
			return nil, err
		}
		return &gotMessageContact{answered(c, s)}, nil
	},
})
