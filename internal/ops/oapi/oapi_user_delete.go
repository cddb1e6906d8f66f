package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserDelete removes an employee, or several
// (docs/spec/dingtalk-older-paths.md#deletion-of-several-employees).
var UserDelete = api.Define(&Operations, api.Op[userDeletion, api.None]{
	Route:      api.OAPI("", "/user/delete"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "删除员工（旧版）。仍负责外部联系人的员工不能删除。", En: "Removes an employee, unless it still owns external contacts (older call)."},
	Permission: permissionWrite,

	In: func(in *userDeletion) api.Fields {
		return api.Fields{
			api.String("userid", &in.UserID).Brings(directory.EmployeeField).Runes(0, directory.MaxUserID, userUnknown).Example("023420013644").
				Describe("员工的 userid；给出 useridlist 时不起作用，否则必填。", "Id of the employee; required unless useridlist is given, which takes precedence."),
			userListField(in),
		}
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, ownsContacts, busy},

	Do: func(ctx context.Context, s *directory.Session, in *userDeletion) (*api.None, error) {
		switch {
		case in.UserIDs != nil:
			return nil, in.deleteListed(ctx, s)
		case in.UserID == "":
			return nil, &api.ArgumentError{Parameter: "userid", Missing: true}
		}
		return nil, s.DeleteEmployee(ctx, in.UserID, "")
	},
})
