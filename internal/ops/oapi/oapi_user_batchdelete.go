package oapi

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// UserBatchdelete removes several employees
// (docs/spec/dingtalk-older-paths.md#deletion-of-several-employees).
var UserBatchdelete = api.Define(&Operations, api.Op[userDeletion, api.None]{
	Route:      api.OAPI(http.MethodPost, "/user/batchdelete"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "批量删除员工（旧版）。", En: "Removes several employees (older call)."},
	Permission: permissionWrite,

	In: func(in *userDeletion) api.Fields {
		return api.Fields{userListField(in)}
	},
	Codes: []*api.Code{userOutOfRange, ownsContacts, busy},

	Do: func(ctx context.Context, s *directory.Session, in *userDeletion) (*api.None, error) {
		if in.UserIDs == nil {
			return nil, &api.ArgumentError{Parameter: "useridlist", Missing: true}
		}
		return nil, in.deleteListed(ctx, s)
	},
})
