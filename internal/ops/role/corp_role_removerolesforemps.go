package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpRoleRemoverolesforemps takes roles from employees
// (docs/spec/dingtalk-roles.md#methods-of-the-top-gateway).
var CorpRoleRemoverolesforemps = api.Define(&Operations, api.Op[pairs, api.StatusResult]{
	Route:      api.TOP("dingtalk.corp.role.removerolesforemps"),
	Group:      group,
	Doc:        api.Text{Zh: "批量删除员工的角色信息（旧版）。", En: "Takes each of the roles from each of the employees (older method)."},
	Failure:    api.InResult,
	Permission: permissionWrite,

	In:    pairResultFields,
	Out:   api.StatusResultFields,
	Codes: pairCodes,

	Do: func(ctx context.Context, s *directory.Session, in *pairs) (*api.StatusResult, error) {
		if err := s.RemoveRoles(ctx, in.RoleIDs, in.UserIDs); err != nil {
			return nil, err
		}
		return &api.StatusResult{Status: api.Succeeded}, nil
	},
})
