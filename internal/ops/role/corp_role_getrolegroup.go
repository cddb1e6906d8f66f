package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type groupResult struct {
	shownGroup
	api.Status
}

// CorpRoleGetrolegroup reads a group with its roles
// (docs/spec/dingtalk-roles.md#methods-of-the-top-gateway).
var CorpRoleGetrolegroup = api.Define(&Operations, api.Op[namedGroup, groupResult]{
	Route:      api.TOP("dingtalk.corp.role.getrolegroup"),
	Group:      group,
	Doc:        api.Text{Zh: "获取角色组信息（旧版）。", En: "Reads a group of roles (older method)."},
	Failure:    api.InResult,
	Permission: permissionGroups,
	ReadOnly:   true,

	In: namedGroupFields,
	Out: func(out *groupResult) api.Fields {
		return api.Fields{api.Object("result", out, func(out *groupResult) api.Fields {
			return append(api.StatusFields(&out.Status), out.field("open_role"))
		})}
	},
	Codes: []*api.Code{groupUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *namedGroup) (*groupResult, error) {
		g, err := s.RoleGroup(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &groupResult{shownGroup{g}, api.Succeeded}, nil
	},
})
