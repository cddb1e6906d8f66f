package oapi

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserCreate adds an employee with a normal account
// (docs/spec/dingtalk-older-paths.md#writing-of-an-employee).
var UserCreate = api.Define(&Operations, api.Op[olderUserInput, userCreated]{
	Route:      api.OAPI(http.MethodPost, "/user/create"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "创建员工（旧版）。", En: "Adds an employee (older call)."},
	Permission: permissionWrite,

	In: func(u *olderUserInput) api.Fields {
		return append(api.Fields{
			api.String("userid", &u.UserID).Brings(directory.EmployeeField).Runes(0, directory.MaxUserID, userIDInvalid).Example("zhangsan").
				Describef("员工的 userid，1 至 %d 个字符，创建后不能更改；不传则自动生成。", "Id of the employee, 1 to %d characters, fixed once given; generated if absent.", directory.MaxUserID),
			api.OptString("name", &u.Name).Brings(directory.NameField).Required(nil).Runes(1, olderNameLength, olderName).Example("张三").
				Describef("姓名，最长 %d 个字符。", "Name, up to %d characters.", olderNameLength),
			api.OptString("mobile", &u.Mobile).Brings(directory.MobileField).Required(nil).Invalid(mobileInvalid).Personal().Example("13800009999").
				Describe("手机号，企业内唯一；中国大陆以外的号码写作 +xx-xxxxxx。", "Mobile, unique in the organisation; numbers outside mainland China as +xx-xxxxxx."),
			olderDeptIDsField(&u.DeptIDs).Required(nil),
		}, olderUserInputFields(u)...)
	},
	Out: func(out *userCreated) api.Fields {
		return api.Fields{
			api.String("userid", &out.UserID).Example("zhangsan").Describe("新员工的 userid。", "Id of the new employee."),
			api.String("unionId", &out.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("新员工的 unionid。", "Its union id."),
		}
	},
	Codes: []*api.Code{olderName, consentMissing, mobileInvalid, olderPosition, extensionInvalid, userExists, userIDInvalid, departmentUnknown,
		departmentOutOfRange, tooManyDepartments, managerInvalid, mobileTaken, emailTaken, telTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, u *olderUserInput) (*userCreated, error) {
		id, unionID, err := s.CreateEmployee(ctx, u.newEmployee())
		if err != nil {
			return nil, err
		}
		return &userCreated{id, unionID}, nil
	},
})
