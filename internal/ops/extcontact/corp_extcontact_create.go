package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type corpExtcontactCreated struct {
	api.Status
	UserID string
}

// CorpExtcontactCreate adds a contact
// (docs/spec/external-contacts.md#answer-of-a-creation).
var CorpExtcontactCreate = api.Define(&Operations, api.Op[newContact, corpExtcontactCreated]{
	Route:      api.TOP("dingtalk.corp.extcontact.create"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "添加企业外部联系人。", En: "Adds an external contact to the organisation."},
	Failure:    api.InResult,
	Permission: permissionWrite,
	Sooner:     featureFirst,

	In: plainNames.newContact,
	Out: func(out *corpExtcontactCreated) api.Fields {
		return api.Fields{api.Object("result", out, func(out *corpExtcontactCreated) api.Fields {
			return append(api.StatusFields(&out.Status), newIDField(&out.UserID))
		})}
	},
	Codes: createCodes(exists),

	Do: func(ctx context.Context, s *directory.Session, in *newContact) (*corpExtcontactCreated, error) {
		id, err := s.CreateContact(ctx, in.Contact.contact())
		if err != nil {
			return nil, err
		}
		return &corpExtcontactCreated{api.Succeeded, id}, nil
	},
})

func newIDField(id *string) api.Field {
	return api.String("userid", id).Example("123420013632").Describe("新外部联系人的 userId。", "Id of the new contact.")
}
