package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type v2UserDelete struct{ UserID string }

// V2UserDelete removes an employee (docs/spec/org-accounts.md#deletion-of-an-employee).
var V2UserDelete = api.Define(&Operations, api.Op[v2UserDelete, api.None]{
	Route:      api.OAPI("", "/topapi/v2/user/delete"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "删除员工。仍负责外部联系人的员工不能删除。", En: "Removes an employee, unless it still owns external contacts."},
	Permission: permissionWrite,

	In: func(in *v2UserDelete) api.Fields {
		return api.Fields{
			api.String("userid", &in.UserID).Brings(directory.EmployeeField).Required(nil).Runes(1, directory.MaxUserID, userIDUnknown).Example("023420013644").
				Describe("员工的 userid。", "Id of the employee."),
		}
	},
	Codes: []*api.Code{userIDUnknown, userOutOfRange, ownsContacts, busy},

	Do: func(ctx context.Context, s *directory.Session, in *v2UserDelete) (*api.None, error) {
		return nil, s.DeleteEmployee(ctx, in.UserID, "")
	},
})
