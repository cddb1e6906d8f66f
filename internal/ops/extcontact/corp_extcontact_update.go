package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpExtcontactUpdate changes a contact, as the seed page describes it
// (docs/spec/external-contacts.md#answer-of-an-update).
var CorpExtcontactUpdate = api.Define(&Operations, api.Op[changedContact, api.StatusResult]{
	Route:      api.TOP("dingtalk.corp.extcontact.update"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "更新企业外部联系人。", En: "Updates an external contact of the organisation."},
	Failure:    api.InResult,
	Permission: permissionWrite,
	Sooner:     unknownFirst,

	In:    plainNames.changedContact,
	Out:   api.StatusResultFields,
	Codes: updateCodes,

	Do: func(ctx context.Context, s *directory.Session, in *changedContact) (*api.StatusResult, error) {
		if err := s.UpdateContact(ctx, in.Contact.UserID, in.Contact.update()); err != nil {
			return nil, err
		}
		return &api.StatusResult{Status: api.Succeeded}, nil
	},
})
