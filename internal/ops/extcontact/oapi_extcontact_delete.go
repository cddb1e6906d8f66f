package extcontact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// OapiExtcontactDelete deletes a contact over the own gateway.
var OapiExtcontactDelete = api.Define(&Operations, api.Op[namedContact, api.None]{
	Route:      api.OAPI(http.MethodPost, "/topapi/extcontact/delete"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "删除外部联系人。", En: "Deletes an external contact."},
	Failure:    api.FlatErrcode,
	Permission: permissionWrite,

	In:    byUserID,
	Codes: oneCodes,

	Do: func(ctx context.Context, s *directory.Session, in *namedContact) (*api.None, error) {
		return nil, s.DeleteContact(ctx, in.UserID)
	},
})
