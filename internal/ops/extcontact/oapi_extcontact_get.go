package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type oapiExtcontactGot struct{ Result directory.Contact }

// OapiExtcontactGet reads a contact over the own gateway, by POST or GET
// (docs/spec/external-contacts.md#http-methods-of-reads-and-writes).
var OapiExtcontactGet = api.Define(&Operations, api.Op[namedContact, oapiExtcontactGot]{
	Route:      api.OAPI("", "/topapi/extcontact/get"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取外部联系人详情。", En: "Returns one external contact."},
	Failure:    api.FlatErrcode,
	Permission: permissionRead,
	ReadOnly:   true,

	In: byUserID,
	Out: func(out *oapiExtcontactGot) api.Fields {
		return api.Fields{api.Object("result", &out.Result, ownContactFields).Describe("外部联系人。", "The external contact.")}
	},
	Codes: oneCodes,

	Do: func(ctx context.Context, s *directory.Session, in *namedContact) (*oapiExtcontactGot, error) {
		c, err := s.Contact(ctx, in.UserID)
		if err != nil {
			return nil, err
		}
		return &oapiExtcontactGot{c}, nil
	},
})
