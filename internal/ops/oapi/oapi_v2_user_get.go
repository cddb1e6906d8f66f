package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type v2UserGet struct{ UserID, Language, LoginID string }

// V2UserGet reads an employee, by user id or by the login id of one of the
// organisation's own accounts (docs/spec/org-accounts.md#reading-of-an-employee).
var V2UserGet = api.Define(&Operations, api.Op[v2UserGet, userOutput]{
	Route:      api.OAPI("", "/topapi/v2/user/get"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "查询员工详情。", En: "Returns one employee."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *v2UserGet) api.Fields {
		return api.Fields{
			api.String("userid", &in.UserID).Brings(directory.EmployeeField).Runes(0, directory.MaxUserID, userIDInvalid).Example("023420013645").
				Describe("员工的 userid；给出 login_id 时不起作用，否则必填。", "Id of the employee; required unless login_id is given, which takes precedence."),
			api.String("login_id", &in.LoginID).Brings(directory.LoginField).Invalid(wrongParameter).
				Describe("本企业钉钉自建企业账号的登录名。", "Login id of one of the organisation's own accounts built in DingTalk."),
			languageField(&in.Language),
		}
	},
	Out: func(out *userOutput) api.Fields {
		return api.Fields{api.Object("result", out, func(out *userOutput) api.Fields {
			return append(userFields(out), moreUserFields(out)...)
		})}
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *v2UserGet) (*userOutput, error) {
		var v directory.EmployeeView
		var err error
		switch {
		case in.LoginID != "":
			v, err = s.EmployeeByLogin(ctx, in.LoginID)
		case in.UserID == "":
			return nil, &api.ArgumentError{Parameter: "userid", Missing: true}
		default:
			v, err = s.Employee(ctx, in.UserID)
		}
		if err != nil {
			return nil, err
		}
		out := userOf(&v)
		return &out, nil
	},
})
