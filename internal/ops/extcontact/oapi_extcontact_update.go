package extcontact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// OapiExtcontactUpdate changes a contact over the own gateway.
var OapiExtcontactUpdate = api.Define(&Operations, api.Op[changedContact, api.None]{
	Route:      api.OAPI(http.MethodPost, "/topapi/extcontact/update"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "更新外部联系人。", En: "Updates an external contact."},
	Failure:    api.FlatErrcode,
	Permission: permissionWrite,
	Sooner:     unknownFirst,

	In:    plainNames.changedContact,
	Codes: updateCodes,

	Do: func(ctx context.Context, s *directory.Session, in *changedContact) (*api.None, error) {
		return nil, s.UpdateContact(ctx, in.Contact.UserID, in.Contact.update())
	},
})
