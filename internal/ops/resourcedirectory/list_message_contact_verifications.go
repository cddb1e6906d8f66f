package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listMessageContactVerifications struct {
	ContactID string
	paging
}

type listedMessageContactVerifications struct {
	page
	ContactVerifications []contactVerification
}

type contactVerification struct{ ContactID, Target string }

// ListMessageContactVerifications lists the addresses of a contact that wait
// for verification
// (docs/spec/resource-directory.md#listing-pending-verifications).
var ListMessageContactVerifications = api.Define(&Operations, api.Op[listMessageContactVerifications, listedMessageContactVerifications]{
	Route:    api.RPC(version, "ListMessageContactVerifications"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "查询联系人的待验证信息。", En: "Lists the addresses of a message contact that wait for verification."},
	Resource: contactResource,
	ReadOnly: true,

	Before: inUse,
	In: func(in *listMessageContactVerifications) api.Fields {
		return append(api.Fields{contactIDField(&in.ContactID)}, in.fields()...)
	},
	Out: func(out *listedMessageContactVerifications) api.Fields {
		return append(out.fields(), api.Objects("ContactVerifications", &out.ContactVerifications, func(v *contactVerification) api.Fields {
			return api.Fields{
				api.String("ContactId", &v.ContactID).Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact."),
				api.String("Target", &v.Target).Personal().Example("someone***@example.com").Describe("待验证的邮箱地址或手机号码。", "Mail address or phone number to be verified."),
			}
		}).Describe("待验证信息列表。", "Addresses that wait for verification."))
	},
	Codes: []*api.Code{noContact},

	Do: func(ctx context.Context, s *directory.Session, in *listMessageContactVerifications) (*listedMessageContactVerifications, error) {
		in.settle()
		targets, err := s.MessageContactVerifications(ctx, in.ContactID)
		if err != nil {
			return nil, err
		}
		total := int64(len(targets))
		out := &listedMessageContactVerifications{page: page{total, in.PageSize, in.PageNumber}, ContactVerifications: []contactVerification{}}
		for _, t := range targets[min(in.offset(), total):min(in.offset()+in.PageSize, total)] {
			out.ContactVerifications = append(out.ContactVerifications, contactVerification{in.ContactID, t})
		}
		return out, nil
	},
})
