package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listMessageContacts struct {
	ContactID, Member string
	paging
}

type listedMessageContacts struct {
	page
	Contacts []messageContact
}

// ListMessageContacts lists contacts, newest first. An unknown ContactId or
// Member answers an empty list (docs/spec/resource-directory.md#listing-contacts).
var ListMessageContacts = api.Define(&Operations, api.Op[listMessageContacts, listedMessageContacts]{
	Route:    api.RPC(version, "ListMessageContacts"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "查询联系人列表。", En: "Lists message contacts."},
	Resource: contactsResource,
	ReadOnly: true,

	Before: inUse,
	In: func(in *listMessageContacts) api.Fields {
		return append(api.Fields{
			api.String("ContactId", &in.ContactID).Brings(directory.MessageContactField).Invalid(contactIDInvalid).
				Check(contactIDInvalid, contactIDRule, func() bool { return in.ContactID == "" || contactIDForm.MatchString(in.ContactID) }).
				Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact."),
			api.String("Member", &in.Member).Example("fd-ZDNPiT****").
				Describe("直接绑定的资源目录、资源夹或成员的 ID。", "ID of a resource directory, folder or member that the contact is bound to directly."),
		}, in.fields()...)
	},
	Out: func(out *listedMessageContacts) api.Fields {
		return append(out.fields(), api.Objects("Contacts", &out.Contacts, func(c *messageContact) api.Fields {
			return append(messageContactFields(c), api.String("AssociatedDate", &c.AssociatedDate).OmitEmpty().
				Example("2023-03-27 17:19:21").Describe("绑定时间。", "Time of the binding."))
		}).Describe("联系人列表。", "The contacts."))
	},

	Do: func(ctx context.Context, s *directory.Session, in *listMessageContacts) (*listedMessageContacts, error) {
		in.settle()
		cs, total, err := s.MessageContacts(ctx, directory.MessageContactFilter{
			ID: in.ContactID, Member: in.Member, Offset: in.offset(), Limit: in.PageSize,
		})
		if err != nil {
			return nil, err
		}
		out := &listedMessageContacts{page{total, in.PageSize, in.PageNumber}, make([]messageContact, len(cs))}
		for i, c := range cs {
			out.Contacts[i] = answered(c, s)
		}
		return out, nil
	},
})
