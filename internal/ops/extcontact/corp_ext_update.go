package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpExtUpdate changes a contact in the mixed spelling of the older family; it
// answers only the request id
// (docs/spec/external-contacts.md#update-in-the-older-family).
var CorpExtUpdate = api.Define(&Operations, api.Op[changedContact, api.None]{
	Route:      api.TOP("dingtalk.corp.ext.update"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "更新企业外部联系人（旧版）。", En: "Updates an external contact (older method)."},
	Failure:    api.ErrorResponse,
	Permission: permissionWrite,
	Sooner:     unknownFirst,

	In:    extUpdateNames.changedContact,
	Codes: updateCodes,

	Do: func(ctx context.Context, s *directory.Session, in *changedContact) (*api.None, error) {
		return nil, s.UpdateContact(ctx, in.Contact.UserID, in.Contact.update())
	},
})
