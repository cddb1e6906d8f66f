package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpExtcontactList lists the contacts in the order of their creation; the status
// comes after them (docs/spec/external-contacts.md#list-of-contacts).
var CorpExtcontactList = api.Define(&Operations, api.Op[topPage, contactPage]{
	Route:      api.TOP("dingtalk.corp.extcontact.list"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "获取企业外部联系人列表。", En: "Lists the external contacts of the organisation."},
	Failure:    api.InResult,
	Permission: permissionRead,
	ReadOnly:   true,

	In: topPageFields,
	Out: func(out *contactPage) api.Fields {
		return api.Fields{api.Object("result", out, func(out *contactPage) api.Fields {
			return append(api.Fields{resultsField(&out.Results, contactFields)}, api.StatusFields(&out.Status)...)
		})}
	},
	Codes: listCodes,

	Do: func(ctx context.Context, s *directory.Session, in *topPage) (*contactPage, error) {
		offset, size := in.page()
		cs, err := s.ContactPage(ctx, offset, size)
		if err != nil {
			return nil, err
		}
		return &contactPage{api.List(cs), api.Succeeded}, nil
	},
})
