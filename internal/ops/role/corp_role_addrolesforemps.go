package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// pairResultFields spells the list of roles as the vendor does, and as the
// parameter is called in one client.
func pairResultFields(in *pairs) api.Fields {
	fs := in.fields("rolelid_list", "userid_list", mostUsersInBatch)
	fs[0] = fs[0].Alias("roleid_list")
	return fs
}

// CorpRoleAddrolesforemps gives roles to employees
// (docs/spec/dingtalk-roles.md#methods-of-the-top-gateway).
var CorpRoleAddrolesforemps = api.Define(&Operations, api.Op[pairs, api.StatusResult]{
	Route:      api.TOP("dingtalk.corp.role.addrolesforemps"),
	Group:      group,
	Doc:        api.Text{Zh: "批量为员工增加角色信息（旧版）。", En: "Gives each of the employees each of the roles (older method)."},
	Failure:    api.InResult,
	Permission: permissionWrite,

	In:    pairResultFields,
	Out:   api.StatusResultFields,
	Codes: pairCodes,

	Do: func(ctx context.Context, s *directory.Session, in *pairs) (*api.StatusResult, error) {
		if err := s.AddRoles(ctx, in.RoleIDs, in.UserIDs); err != nil {
			return nil, err
		}
		return &api.StatusResult{Status: api.Succeeded}, nil
	},
})
