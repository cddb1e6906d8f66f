package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type addMessageContact struct {
	Name, EmailAddress, PhoneNumber, Title string
	MessageTypes                           []string
	countries
}

type addedMessageContact struct{ ContactID, CreateDate string }

// AddMessageContact adds a contact that must then be verified
// (docs/spec/resource-directory.md#adding-a-contact).
var AddMessageContact = api.Define(&Operations, api.Op[addMessageContact, addedMessageContact]{
	Route:    api.RPC(version, "AddMessageContact"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "添加联系人。", En: "Adds a message contact."},
	Resource: contactsResource,

	Before: inUse,
	In: func(in *addMessageContact) api.Fields {
		return api.Fields{
			nameField(api.String("Name", &in.Name).Required(missingName), plain(&in.Name)),
			emailField(api.String("EmailAddress", &in.EmailAddress).Required(missingEmail), plain(&in.EmailAddress)),
			phoneField(api.String("PhoneNumber", &in.PhoneNumber), plain(&in.PhoneNumber), &in.countries),
			titleField(api.String("Title", &in.Title).Required(missingTitle)),
			// The aliyun CLI can send an empty list, MessageTypes=[]
			// (docs/spec/resource-directory.md#message-types).
			typesField(&in.MessageTypes).Required(missingTypes).
				Check(missingTypes, api.Text{Zh: "至少一个类别", En: "at least one kind"}, func() bool { return len(in.MessageTypes) > 0 }),
		}
	},
	Out: func(out *addedMessageContact) api.Fields {
		return api.Fields{api.Object("Contact", out, func(out *addedMessageContact) api.Fields {
			return api.Fields{
				api.String("ContactId", &out.ContactID).Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact."),
				api.String("CreateDate", &out.CreateDate).Example("2023-03-27 17:19:21").Describe("创建时间。", "Time of creation."),
			}
		}).Describe("联系人信息。", "The contact.")}
	},
	Codes: []*api.Code{nameUsed, contactQuota, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *addMessageContact) (*addedMessageContact, error) {
		c, err := s.AddMessageContact(ctx, directory.MessageContact{
			Name: in.Name, Title: in.Title, MessageTypes: in.MessageTypes,
			Email: directory.Channel{Address: in.EmailAddress}, Phone: directory.Channel{Address: in.PhoneNumber},
		})
		if err != nil {
			return nil, err
		}
		return &addedMessageContact{c.ID, c.CreatedAt.In(directory.Zone).Format(dateForm)}, nil
	},
})
