package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type userGetbyunionid struct{ UnionID string }

type userByUnionID struct {
	ContactType int64
	UserID      string
}

// contactType is the type of an external contact in getbyunionid; an employee's
// is 0.
const contactType = 1

// UserGetbyunionid finds an employee or external contact by union id
// (docs/spec/org-accounts.md#search-by-union-id).
var UserGetbyunionid = api.Define(&Operations, api.Op[userGetbyunionid, userByUnionID]{
	Route:      api.OAPI("", "/topapi/user/getbyunionid"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "根据 unionid 获取 userid。", En: "Returns the user id of a union id."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *userGetbyunionid) api.Fields {
		return api.Fields{
			api.String("unionid", &in.UnionID).Brings(directory.UnionIDField).Required(nil).Runes(1, directory.MaxUnionID, wrongParameter).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").
				Describe("unionid。", "The union id."),
		}
	},
	Out: func(out *userByUnionID) api.Fields {
		return api.Fields{api.Object("result", out, func(out *userByUnionID) api.Fields {
			return api.Fields{
				api.Int("contact_type", &out.ContactType).Example("0").Describe("0 员工，1 外部联系人。", "0 employee, 1 external contact."),
				api.String("userid", &out.UserID).Example("023420013645").Describe("userid。", "The user id."),
			}
		})}
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, busy},

	Do: findByUnionID,
})

func findByUnionID(ctx context.Context, s *directory.Session, in *userGetbyunionid) (*userByUnionID, error) {
	id, contact, err := s.UserByUnionID(ctx, in.UnionID)
	if err != nil {
		return nil, err
	}
	out := &userByUnionID{UserID: id}
	if contact {
		out.ContactType = contactType
	}
	return out, nil
}
