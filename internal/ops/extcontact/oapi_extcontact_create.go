package extcontact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type oapiExtcontactCreated struct{ UserID string }

// OapiExtcontactCreate adds a contact over the own gateway.
var OapiExtcontactCreate = api.Define(&Operations, api.Op[newContact, oapiExtcontactCreated]{
	Route:      api.OAPI(http.MethodPost, "/topapi/extcontact/create"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "添加外部联系人。", En: "Adds an external contact."},
	Failure:    api.FlatErrcode,
	Permission: permissionWrite,
	Sooner:     featureFirst,

	In:    plainNames.newContact,
	Out:   func(out *oapiExtcontactCreated) api.Fields { return api.Fields{newIDField(&out.UserID)} },
	Codes: createCodes(existsOwn),

	Do: func(ctx context.Context, s *directory.Session, in *newContact) (*oapiExtcontactCreated, error) {
		id, err := s.CreateContact(ctx, in.Contact.contact())
		if err != nil {
			return nil, err
		}
		return &oapiExtcontactCreated{id}, nil
	},
})
