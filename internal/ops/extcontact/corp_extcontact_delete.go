package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpExtcontactDelete deletes a contact (docs/spec/external-contacts.md#answer-of-a-deletion).
// The vendor spells its parameter userid here and user_id on the own gateway.
var CorpExtcontactDelete = api.Define(&Operations, api.Op[namedContact, api.StatusResult]{
	Route:      api.TOP("dingtalk.corp.extcontact.delete"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "删除企业外部联系人。", En: "Deletes an external contact of the organisation."},
	Failure:    api.InResult,
	Permission: permissionWrite,

	In:    func(in *namedContact) api.Fields { return api.Fields{userIDField(in, "userid", "user_id")} },
	Out:   api.StatusResultFields,
	Codes: oneCodes,

	Do: func(ctx context.Context, s *directory.Session, in *namedContact) (*api.StatusResult, error) {
		if err := s.DeleteContact(ctx, in.UserID); err != nil {
			return nil, err
		}
		return &api.StatusResult{Status: api.Succeeded}, nil
	},
})
