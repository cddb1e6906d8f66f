package oapi

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserGetUseridByUnionid finds an employee or external contact by union id
// (docs/spec/dingtalk-older-paths.md#people-by-mobile-or-union-id).
var UserGetUseridByUnionid = api.Define(&Operations, api.Op[userGetbyunionid, userByUnionID]{
	Route:      api.OAPI("", "/user/getUseridByUnionid"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "根据 unionid 获取 userid（旧版）。", En: "Returns the user id of a union id (older call)."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *userGetbyunionid) api.Fields {
		return api.Fields{
			api.String("unionid", &in.UnionID).Brings(directory.UnionIDField).Required(nil).Runes(1, directory.MaxUnionID, userUnknown).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").
				Describe("unionid。", "The union id."),
		}
	},
	Out: func(out *userByUnionID) api.Fields {
		return api.Fields{
			api.Int("contactType", &out.ContactType).Example("0").Describe("0 员工，1 外部联系人。", "0 employee, 1 external contact."),
			api.String("userid", &out.UserID).Example("023420013645").Describe("userid。", "The user id."),
		}
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, busy},

	Do: findByUnionID,
})
