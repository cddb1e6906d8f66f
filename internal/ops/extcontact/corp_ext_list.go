package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type corpExtListed struct{ Result []directory.Contact }

// CorpExtList lists the contacts as JSON in a text
// (docs/spec/external-contacts.md#list-in-the-older-family).
var CorpExtList = api.Define(&Operations, api.Op[topPage, corpExtListed]{
	Route:      api.TOP("dingtalk.corp.ext.list"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取企业外部联系人列表（旧版）。", En: "Lists the external contacts (older method)."},
	Failure:    api.ErrorResponse,
	Permission: permissionRead,
	ReadOnly:   true,

	In: topPageFields,
	Out: func(out *corpExtListed) api.Fields {
		return api.Fields{api.Objects("result", &out.Result, extContactFields).AsText().
			Describe("外部联系人列表，JSON 文本。", "External contacts, as JSON in a text.")}
	},
	Codes: listCodes,

	Do: func(ctx context.Context, s *directory.Session, in *topPage) (*corpExtListed, error) {
		offset, size := in.page()
		cs, err := s.ContactPage(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &corpExtListed{api.List(cs)}, nil
	},
})
