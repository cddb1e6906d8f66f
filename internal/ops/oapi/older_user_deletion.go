package oapi

import (
	"context"
	"errors"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// userDeletion names the employees to be deleted: one, or a list
// (docs/spec/dingtalk-older-paths.md#deletion-of-several-employees).
type userDeletion struct {
	UserID  string
	UserIDs []string
}

// maxDeleted is how many can be deleted at once.
const maxDeleted = 20

func userListField(in *userDeletion) api.Field {
	return api.Strings("useridlist", &in.UserIDs).Brings(directory.EmployeesField).Invalid(userListInvalid).Example(`["023420013644"]`).
		MaxItems(maxDeleted, userListLength).Check(userListLength, api.Text{Zh: "不能为空", En: "must not be empty"}, func() bool { return len(in.UserIDs) > 0 }).
		Describef("要删除的员工，1 至 %d 个；有一个不能删除时都不删除。", "The employees, 1 to %d; if one cannot be deleted, none is.", maxDeleted)
}

func (in *userDeletion) deleteListed(ctx context.Context, s *directory.Session) error {
	err := s.DeleteEmployees(ctx, in.UserIDs)
	if errors.Is(err, directory.ErrEmployeeNotFound) {
		return &api.ArgumentError{Parameter: "useridlist", Code: userListInvalid, Rule: api.Text{Zh: "须为本企业员工", En: "must be employees of the organisation"}}
	}
	return err
}
