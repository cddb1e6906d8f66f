package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// userCreated answers unionId in camel case, where reads say unionid.
type userCreated struct{ UserID, UnionID string }

// V2UserCreate adds an employee with one of the four kinds of account
// (docs/spec/org-accounts.md#creation-of-an-employee).
var V2UserCreate = api.Define(&Operations, api.Op[userInput, userCreated]{
	Route:      api.OAPI("", "/topapi/v2/user/create"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "创建员工：普通账号、SSO 企业账号、钉钉自建企业账号，或加入其他组织的企业账号。", En: "Adds an employee: a normal account, an SSO org account, an org account built in DingTalk, or an org account of another organisation."},
	Permission: permissionWrite,

	In: func(u *userInput) api.Fields {
		return append(api.Fields{
			api.String("userid", &u.UserID).Brings(directory.EmployeeField).Runes(0, directory.MaxUserID, userIDInvalid).Example("zhangsan").
				Describef("员工的 userid，1 至 %d 个字符，创建后不能更改；不传则自动生成。", "Id of the employee, 1 to %d characters, fixed once given; generated if absent.", directory.MaxUserID),
			api.OptString("name", &u.Name).Brings(directory.NameField).Required(nil).Runes(1, directory.MaxEmployeeName, nameInvalid).Example("张三").
				Describef("姓名，最长 %d 个字符。", "Name, up to %d characters.", directory.MaxEmployeeName),
			deptIDsField(&u.DeptIDs).Required(nil),
			emailField("login_email", &u.LoginEmail, directory.MaxLoginEmail).Brings(directory.LoginEmailField).
				Describe("登录邮箱，仅邮箱账号。", "Mail address to log in with, of mail accounts."),
			api.OptBool("exclusive_account", &u.Exclusive).Invalid(wrongParameter).
				Describe("是否创建企业账号。", "Whether to create an org account."),
			api.OptString("exclusive_account_type", &u.ExclusiveType).OneOf(wrongParameter, directory.AccountSSO, directory.AccountDingTalk).
				Describe("企业账号类型：sso 或 dingtalk。", "Kind of org account: sso or dingtalk."),
			api.OptString("login_id", &u.LoginID).Brings(directory.LoginField).Alias("loginId").Runes(0, directory.MaxLoginID, wrongParameter).
				Describe("钉钉自建企业账号的登录名，组织内唯一。", "Login id of an account built in DingTalk, unique in the organisation."),
			api.OptString("outer_exclusive_corpid", &u.OuterCorpID).Runes(0, directory.MaxOrgID, notOffered).
				Describe("要加入的企业账号所属组织；该组织须已授权。", "Organisation of the org account that is to join; it must have granted this."),
			api.OptString("outer_exclusive_userid", &u.OuterUserID).Runes(0, directory.MaxUserID, notOffered).
				Describe("要加入的企业账号在其组织的 userid。", "Its userid there."),
			languageField(&u.Language),
		}, sharedUserFields(u)...)
	},
	Out: func(out *userCreated) api.Fields {
		return api.Fields{api.Object("result", out, func(out *userCreated) api.Fields {
			return api.Fields{
				api.String("userid", &out.UserID).Example("zhangsan").Describe("新员工的 userid。", "Id of the new employee."),
				api.String("unionId", &out.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("新员工的 unionid。", "Its union id."),
			}
		})}
	},
	Codes: []*api.Code{nameInvalid, identityMissing, wrongKind, consentMissing, mobileInvalid, positionInvalid, extensionInvalid, wrongPassword, userExists,
		departmentUnknown, departmentOutOfRange, tooManyDepartments, managerInvalid, notOffered, alreadyJoined, mobileTaken, emailTaken,
		telephoneTaken, loginIDTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, u *userInput) (*userCreated, error) {
		if u.mixed() {
			return nil, directory.ErrEmployeeKind
		}
		id, unionID, err := s.CreateEmployee(ctx, u.newEmployee())
		if err != nil {
			return nil, err
		}
		return &userCreated{id, unionID}, nil
	},
})
