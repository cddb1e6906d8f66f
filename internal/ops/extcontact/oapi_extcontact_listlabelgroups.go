package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type oapiExtcontactGroups struct{ Results []directory.LabelGroup }

// OapiExtcontactListlabelgroups lists the label groups over the own gateway, by
// POST or GET. A bad size has a different number here than in the list of
// contacts
// (docs/spec/external-contacts.md#size-and-offset-over-the-own-gateway).
var OapiExtcontactListlabelgroups = api.Define(&Operations, api.Op[ownPage, oapiExtcontactGroups]{
	Route:      api.OAPI("", "/topapi/extcontact/listlabelgroups"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取外部联系人标签列表。", En: "Lists the label groups of external contacts."},
	Failure:    api.FlatErrcode,
	Permission: permissionRead,
	ReadOnly:   true,

	In: ownPageFields,
	Out: func(out *oapiExtcontactGroups) api.Fields {
		return api.Fields{groupsField(&out.Results)}
	},
	Codes: append([]*api.Code{groupSizeInvalid, offsetInvalid}, groupListCodes...),

	Do: func(ctx context.Context, s *directory.Session, in *ownPage) (*oapiExtcontactGroups, error) {
		offset, size, err := in.page(groupSizeInvalid)
		if err != nil {
			return nil, err
		}
		gs, err := s.LabelGroups(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &oapiExtcontactGroups{api.List(gs)}, nil
	},
})
