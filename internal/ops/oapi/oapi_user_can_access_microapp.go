package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type microappAccess struct {
	AppID     int64
	UserID    string
	CanAccess bool
}

// UserCanAccessMicroapp tells whether somebody may administer an app
// (docs/spec/dingtalk-older-paths.md#administrators).
var UserCanAccessMicroapp = api.Define(&Operations, api.Op[microappAccess, microappAccess]{
	Route:      api.OAPI("", "/user/can_access_microapp"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取管理员的应用管理权限（旧版）。", En: "Tells whether an administrator may administer an app (older call)."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *microappAccess) api.Fields {
		user := olderUserField(&in.UserID)
		user.Name = "userId"
		return api.Fields{
			api.Int("appId", &in.AppID).Required(nil).Example("1001").Describe("应用的 agentId。", "The app's agentId."),
			user,
		}
	},
	Out: func(out *microappAccess) api.Fields {
		return api.Fields{api.Bool("canAccess", &out.CanAccess).Example("true").Describe("管理员对本企业的应用为 true。", "true for administrators and an app of the organisation.")}
	},
	Codes: []*api.Code{userUnknown, userOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *microappAccess) (*microappAccess, error) {
		may, err := s.AdministersApp(ctx, in.UserID, in.AppID)
		return &microappAccess{CanAccess: may}, err
	},
})
