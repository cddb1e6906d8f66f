package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpExtcontactListlabelgroups lists the label groups
// (docs/spec/external-contacts.md#label-groups-in-an-answer).
var CorpExtcontactListlabelgroups = api.Define(&Operations, api.Op[topPage, groupPage]{
	Route:      api.TOP("dingtalk.corp.extcontact.listlabelgroups"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取企业外部联系人标签列表。", En: "Lists the label groups of external contacts."},
	Failure:    api.InResult,
	Permission: permissionRead,
	ReadOnly:   true,

	In: topPageFields,
	Out: func(out *groupPage) api.Fields {
		return api.Fields{api.Object("result", out, func(out *groupPage) api.Fields {
			return append(api.Fields{groupsField(&out.Results)}, api.StatusFields(&out.Status)...)
		})}
	},
	Codes: groupListCodes,

	Do: func(ctx context.Context, s *directory.Session, in *topPage) (*groupPage, error) {
		offset, size := in.page()
		gs, err := s.LabelGroups(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &groupPage{api.List(gs), api.Succeeded}, nil
	},
})
