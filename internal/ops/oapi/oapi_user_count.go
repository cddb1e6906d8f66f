package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type userCount struct {
	OnlyActive bool
	Count      int64
}

// UserCount counts the people of the organisation
// (docs/spec/dingtalk-older-paths.md#number-of-people).
var UserCount = api.Define(&Operations, api.Op[userCount, userCount]{
	Route:      api.OAPI("", "/topapi/user/count"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "获取员工人数。", En: "Returns how many people the organisation has."},
	Permission: permissionMember,
	ReadOnly:   true,

	In: func(in *userCount) api.Fields {
		return api.Fields{
			api.Bool("only_active", &in.OnlyActive).Required(wrongParameter).Invalid(olderParameter).Example("false").
				Describe("是否只含已激活的员工；本服务的员工都已激活。", "Whether to count only those who are active; everybody is here."),
		}
	},
	Out: func(out *userCount) api.Fields {
		return api.Fields{api.Object("result", out, func(out *userCount) api.Fields {
			return api.Fields{api.Int("count", &out.Count).Example("5").Describe("员工人数。", "How many people.")}
		})}
	},
	Codes: []*api.Code{busy},

	Do: func(ctx context.Context, s *directory.Session, _ *userCount) (*userCount, error) {
		n, err := s.CountEmployees(ctx)
		return &userCount{Count: n}, err
	},
})
