package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CorpRoleDeleterole deletes a role that nobody has
// (docs/spec/dingtalk-roles.md#methods-of-the-top-gateway).
var CorpRoleDeleterole = api.Define(&Operations, api.Op[namedRole, api.StatusResult]{
	Route:      api.TOP("dingtalk.corp.role.deleterole"),
	Group:      group,
	Doc:        api.Text{Zh: "删除角色信息（旧版）。", En: "Deletes a role that no employee has (older method)."},
	Failure:    api.InResult,
	Permission: permissionWrite,

	In:    namedRoleFields,
	Out:   api.StatusResultFields,
	Codes: deleteCodes,

	Do: func(ctx context.Context, s *directory.Session, in *namedRole) (*api.StatusResult, error) {
		if err := s.DeleteRole(ctx, in.ID); err != nil {
			return nil, err
		}
		return &api.StatusResult{Status: api.Succeeded}, nil
	},
})
