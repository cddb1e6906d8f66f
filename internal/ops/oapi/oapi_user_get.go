package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserGet reads an employee
// (docs/spec/dingtalk-older-paths.md#reading-of-an-employee-on-an-older-path).
var UserGet = api.Define(&Operations, api.Op[userRef, olderUser]{
	Route:      api.OAPI("", "/user/get"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "查询员工详情（旧版）。", En: "Returns one employee (older call)."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *userRef) api.Fields {
		return api.Fields{olderUserField(&in.UserID), langField(&in.Lang)}
	},
	Out: func(out *olderUser) api.Fields {
		return append(olderUserFields(out), moreOlderUserFields(out)...)
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *userRef) (*olderUser, error) {
		v, err := s.Employee(ctx, in.UserID)
		if err != nil {
			return nil, err
		}
		out := olderUserOf(&v)
		return &out, nil
	},
})
