package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type corpExtcontactUpdate struct{ Contact contactInput }

// CorpExtcontactUpdate is seed 000_086062a6549f3f03.txt.
var CorpExtcontactUpdate = define(api.Op[corpExtcontactUpdate, statusResult]{
	Route:      api.TOP("dingtalk.corp.extcontact.update"),
	Group:      "ExternalContact",
	Doc:        api.Text{Zh: "更新企业外部联系人。", En: "Updates an external contact of the organisation."},
	Failure:    api.InResult,
	Permission: permissionWrite,

	In: func(in *corpExtcontactUpdate) api.Fields {
		return api.Fields{
			api.Object("contact", &in.Contact, updateFields).Required(nil).
				Describe("外部联系人信息。没有给出的可选字段保持不变，空文本和空列表会清空。", "The external contact. Optional fields that are absent keep their value; empty texts and lists clear it."),
		}
	},
	Out:   statusResultFields,
	Codes: []*api.Code{contactUnknownInUpdate, labelUnknown, userUnknown, departmentUnknown, nameInvalid, mobileInvalid, mobileTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, in *corpExtcontactUpdate) (*statusResult, error) {
		if err := s.UpdateContact(ctx, in.Contact.UserID, in.Contact.update()); err != nil {
			return nil, err
		}
		return &statusResult{succeeded}, nil
	},
})
