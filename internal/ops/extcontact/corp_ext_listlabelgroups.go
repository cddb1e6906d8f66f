package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type corpExtGroups struct{ Result []directory.LabelGroup }

// CorpExtListlabelgroups lists the label groups as JSON in a text
// (docs/spec/external-contacts.md#label-groups-in-the-older-family).
var CorpExtListlabelgroups = api.Define(&Operations, api.Op[topPage, corpExtGroups]{
	Route:      api.TOP("dingtalk.corp.ext.listlabelgroups"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取企业外部联系人标签列表（旧版）。", En: "Lists the label groups of external contacts (older method)."},
	Failure:    api.ErrorResponse,
	Permission: permissionRead,
	ReadOnly:   true,

	In: topPageFields,
	Out: func(out *corpExtGroups) api.Fields {
		return api.Fields{api.Objects("result", &out.Result, extGroupFields).AsText().
			Describe("标签组列表，JSON 文本。", "Label groups, as JSON in a text.")}
	},
	Codes: groupListCodes,

	Do: func(ctx context.Context, s *directory.Session, in *topPage) (*corpExtGroups, error) {
		offset, size := in.page()
		gs, err := s.LabelGroups(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &corpExtGroups{api.List(gs)}, nil
	},
})
