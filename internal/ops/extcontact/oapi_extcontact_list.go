package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type oapiExtcontactListed struct{ Results []directory.Contact }

// OapiExtcontactList lists the contacts over the own gateway, by POST or GET.
var OapiExtcontactList = api.Define(&Operations, api.Op[ownPage, oapiExtcontactListed]{
	Route:      api.OAPI("", "/topapi/extcontact/list"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取外部联系人列表。", En: "Lists the external contacts."},
	Failure:    api.FlatErrcode,
	Permission: permissionRead,
	ReadOnly:   true,

	In: ownPageFields,
	Out: func(out *oapiExtcontactListed) api.Fields {
		return api.Fields{resultsField(&out.Results, ownContactFields)}
	},
	Codes: append([]*api.Code{sizeInvalid, offsetInvalid}, listCodes...),

	Do: func(ctx context.Context, s *directory.Session, in *ownPage) (*oapiExtcontactListed, error) {
		offset, size, err := in.page(sizeInvalid)
		if err != nil {
			return nil, err
		}
		cs, err := s.ContactPage(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &oapiExtcontactListed{api.List(cs)}, nil
	},
})
