package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type orgUserCount struct{ OnlyActive, Count int64 }

// UserGetOrgUserCount counts the people of the organisation
// (docs/spec/dingtalk-older-paths.md#number-of-people).
var UserGetOrgUserCount = api.Define(&Operations, api.Op[orgUserCount, orgUserCount]{
	Route:      api.OAPI("", "/user/get_org_user_count"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取员工人数（旧版）。", En: "Returns how many people the organisation has (older call)."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *orgUserCount) api.Fields {
		return api.Fields{
			api.Int("onlyActive", &in.OnlyActive).Required(nil).Range(0, 1, olderParameter).Invalid(olderParameter).Example("0").
				Describe("0 全部，1 只含已激活的员工；本服务的员工都已激活。", "0 everybody, 1 only those who are active; everybody is here."),
		}
	},
	Out: func(out *orgUserCount) api.Fields {
		return api.Fields{api.Int("count", &out.Count).Example("5").Describe("员工人数。", "How many people.")}
	},
	Codes: []*api.Code{busy},

	Do: func(ctx context.Context, s *directory.Session, _ *orgUserCount) (*orgUserCount, error) {
		n, err := s.CountEmployees(ctx)
		return &orgUserCount{Count: n}, err
	},
})
