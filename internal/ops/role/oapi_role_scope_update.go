package role

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type scopeUpdate struct {
	UserID  string
	RoleID  int64
	DeptIDs []int64
}

// OapiRoleScopeUpdate sets which departments an employee manages in a role
// (docs/spec/dingtalk-roles.md#scope-of-a-member).
var OapiRoleScopeUpdate = api.Define(&Operations, api.Op[scopeUpdate, api.None]{
	Route:      api.OAPI("POST", "/topapi/role/scope/update"),
	Group:      group,
	Doc:        api.Text{Zh: "设定角色成员管理范围。", En: "Sets which departments an employee manages in a role."},
	Permission: permissionWrite,

	In: func(in *scopeUpdate) api.Fields {
		return api.Fields{
			api.String("userid", &in.UserID).Brings(directory.EmployeeField).Required(scopeUserInvalid).Runes(1, directory.MaxUserID, scopeUserInvalid).Example("023420013644").
				Describe("拥有该角色的员工的 userid。", "Id of an employee who has the role."),
			roleIDField("role_id", &in.RoleID).Required(scopeRoleMissing).Invalid(scopeRoleUnknown),
			api.Ints("dept_ids", &in.DeptIDs).Brings(directory.DepartmentsField).Invalid(scopeDepartments).MaxItems(directory.MaxRoleScope, scopeDepartments).Example("2,3").
				Describef("部门 ID，以逗号分隔，最多 %d 个；不传或为空表示所有部门。", "Ids of departments with commas between them, at most %d; absent or empty for all.", directory.MaxRoleScope),
		}
	},
	Codes: []*api.Code{scopeRoleUnknown, roleDefault, scopeUserUnknown, userOutOfRange, scopeRoleNotHeld, departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *scopeUpdate) (*api.None, error) {
		if len(in.DeptIDs) == 0 {
			in.DeptIDs = nil
		}
		return nil, s.SetRoleScope(ctx, in.UserID, in.RoleID, in.DeptIDs)
	},
})
