package oapi

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserUpdate changes an employee
// (docs/spec/dingtalk-older-paths.md#writing-of-an-employee).
var UserUpdate = api.Define(&Operations, api.Op[olderUserInput, api.None]{
	Route:      api.OAPI(http.MethodPost, "/user/update"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "更新员工（旧版）。没有给出的参数保持不变。", En: "Updates an employee (older call). Parameters that are absent keep their value."},
	Permission: permissionWrite,

	In: func(u *olderUserInput) api.Fields {
		return append(api.Fields{
			olderUserField(&u.UserID),
			api.OptString("name", &u.Name).Brings(directory.NameField).Runes(1, olderNameLength, olderName).Example("张三").
				Describef("姓名，最长 %d 个字符。", "Name, up to %d characters.", olderNameLength),
			api.OptString("mobile", &u.Mobile).Brings(directory.MobileField).Invalid(mobileInvalid).Personal().Example("13800001001").
				Describe("手机号；不能更改，只能与现有的相同。", "Mobile; it cannot be changed, so it can only be the present one."),
			olderDeptIDsField(&u.DeptIDs),
			langField(&u.Language),
		}, olderUserInputFields(u)...)
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, olderName, mobileInvalid, mobileFixed, wrongKind, olderPosition, extensionInvalid, departmentUnknown,
		departmentOutOfRange, tooManyDepartments, managerInvalid, emailTaken, telTaken, busy},

	Do: func(ctx context.Context, s *directory.Session, u *olderUserInput) (*api.None, error) {
		update := u.update()
		// An empty text clears these, too: the older call has no force_update_fields.
		update.ClearManager, update.ClearOrgEmail = u.ManagerID != nil, u.OrgEmail != nil
		return nil, s.UpdateEmployee(ctx, u.UserID, update)
	},
})
