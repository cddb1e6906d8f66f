package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type corpExtAdded struct{ UserID string }

// CorpExtAdd adds a contact in the spelling of the older family. It has no
// result object, so its failures are error_response 50 with the number as
// sub_code (docs/spec/external-contacts.md#creation-in-the-older-family).
var CorpExtAdd = api.Define(&Operations, api.Op[newContact, corpExtAdded]{
	Route:      api.TOP("dingtalk.corp.ext.add"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "添加企业外部联系人（旧版）。", En: "Adds an external contact (older method)."},
	Failure:    api.ErrorResponse,
	Permission: permissionWrite,
	Sooner:     featureFirst,

	In:    extAddNames.newContact,
	Out:   func(out *corpExtAdded) api.Fields { return api.Fields{newIDField(&out.UserID)} },
	Codes: createCodes(exists),

	Do: func(ctx context.Context, s *directory.Session, in *newContact) (*corpExtAdded, error) {
		id, err := s.CreateContact(ctx, in.Contact.contact())
		if err != nil {
			return nil, err
		}
		return &corpExtAdded{id}, nil
	},
})
