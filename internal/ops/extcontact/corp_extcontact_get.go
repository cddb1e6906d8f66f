package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type corpExtcontactGot struct {
	api.Status
	Contact directory.Contact
}

// CorpExtcontactGet reads a contact; as with the vendor, there is a result
// inside result (docs/spec/external-contacts.md#one-contact).
var CorpExtcontactGet = api.Define(&Operations, api.Op[namedContact, corpExtcontactGot]{
	Route:      api.TOP("dingtalk.corp.extcontact.get"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取企业外部联系人详情。", En: "Returns one external contact."},
	Failure:    api.InResult,
	Permission: permissionRead,
	ReadOnly:   true,

	In: byUserID,
	Out: func(out *corpExtcontactGot) api.Fields {
		return api.Fields{api.Object("result", out, func(out *corpExtcontactGot) api.Fields {
			return append(api.StatusFields(&out.Status),
				api.Object("result", &out.Contact, contactFields).Describe("外部联系人。", "The external contact."))
		})}
	},
	Codes: oneCodes,

	Do: func(ctx context.Context, s *directory.Session, in *namedContact) (*corpExtcontactGot, error) {
		c, err := s.Contact(ctx, in.UserID)
		if err != nil {
			return nil, err
		}
		return &corpExtcontactGot{api.Succeeded, c}, nil
	},
})
