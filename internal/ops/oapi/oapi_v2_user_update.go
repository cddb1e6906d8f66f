package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// V2UserUpdate changes an employee (docs/spec/org-accounts.md#update-of-an-employee).
// login_id is spelled loginId on the vendor's page.
var V2UserUpdate = api.Define(&Operations, api.Op[userInput, api.None]{
	Route:      api.OAPI("", "/topapi/v2/user/update"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "更新员工。没有给出的参数保持不变。", En: "Updates an employee. Parameters that are absent keep their value."},
	Permission: permissionWrite,

	In: func(u *userInput) api.Fields {
		return append(api.Fields{
			api.String("userid", &u.UserID).Brings(directory.EmployeeField).Required(nil).Runes(1, directory.MaxUserID, userIDMalformed).Example("023420013645").
				Describe("员工的 userid。", "Id of the employee."),
			api.OptString("name", &u.Name).Brings(directory.NameField).Runes(1, directory.MaxEmployeeName, nameInvalid).Example("张三").
				Describef("姓名，最长 %d 个字符。", "Name, up to %d characters.", directory.MaxEmployeeName),
			deptIDsField(&u.DeptIDs),
			api.OptString("loginId", &u.LoginID).Brings(directory.LoginField).Alias("login_id").Runes(0, directory.MaxLoginID, wrongParameter).
				Describe("钉钉自建企业账号的登录名，组织内唯一。", "Login id of an account built in DingTalk, unique in the organisation."),
			api.Strings("force_update_fields", &u.Force).Invalid(wrongParameter).OneOf(wrongParameter, forceManager, forceOrgEmail).Example(`["manager_userid"]`).
				Describe("允许清空的字段，以逗号分隔：manager_userid、org_email。", "Fields that may be cleared, separated by commas: manager_userid, org_email."),
			languageField(&u.Language),
		}, sharedUserFields(u)...)
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, deptsMissing, nameInvalid, mobileInvalid, mobileFixed, wrongKind, wrongPassword, positionInvalid,
		extensionInvalid, departmentUnknown, departmentOutOfRange, tooManyDepartments, managerInvalid, mobileTaken, emailTaken, telephoneTaken,
		loginIDTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, u *userInput) (*api.None, error) {
		update := u.update()
		update.DeptsOfOrgAccounts = true
		return nil, s.UpdateEmployee(ctx, u.UserID, update)
	},
})
