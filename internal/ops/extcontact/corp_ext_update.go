package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpExtUpdate changes a contact in the mixed spelling of the older family; it
// answers nothing but the request id
// (docs/spec/external-contacts.md#update-in-the-older-family).
var CorpExtUpdate = define(api.Op[changedContact, none]{
	Route:      api.TOP("dingtalk.corp.ext.update"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "更新企业外部联系人（旧版）。", En: "Updates an external contact (older method)."},
	Failure:    api.ErrorResponse,
	Permission: permissionWrite,
	Sooner:     unknownFirst,

	In:    extUpdateNames.changedContact,
	Codes: updateCodes,

	Do: func(ctx context.Context, s *directory.Session, in *changedContact) (*none, error) {
		return nil, s.UpdateContact(ctx, in.Contact.UserID, in.Contact.update())
	},
})
