package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type userByMobile struct{ Mobile, UserID string }

// UserGetByMobile finds an employee by its mobile
// (docs/spec/dingtalk-older-paths.md#people-by-mobile-or-union-id).
var UserGetByMobile = api.Define(&Operations, api.Op[userByMobile, userByMobile]{
	Route:      api.OAPI("", "/user/get_by_mobile"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "根据手机号查询员工（旧版）。", En: "Finds an employee by mobile (older call)."},
	Permission: permissionMobile,
	ReadOnly:   true,

	In: func(in *userByMobile) api.Fields {
		return api.Fields{
			api.String("mobile", &in.Mobile).Brings(directory.MobileField).Required(nil).Invalid(mobileUnreadable).Personal().Example("13800001001").
				Describe("手机号；中国大陆以外的号码写作 +xx-xxxxxx。", "Mobile; numbers outside mainland China as +xx-xxxxxx."),
		}
	},
	Out: func(out *userByMobile) api.Fields {
		return api.Fields{api.String("userid", &out.UserID).Example("023420013645").Describe("员工的 userid。", "Id of the employee.")}
	},
	Codes: []*api.Code{mobileUnreadable, userUnknown, userOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *userByMobile) (*userByMobile, error) {
		id, _, err := s.EmployeesByMobile(ctx, in.Mobile, false)
		return &userByMobile{UserID: id}, err
	},
})
