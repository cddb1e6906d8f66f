// Package role holds the roles of an organisation: the calls of DingTalk's own
// gateway under /topapi/role/ and /role/, and the older TOP methods
// dingtalk.corp.role.*. Each operation has a file of its own; what several
// share (fields, pages, codes) is in role.go, page.go and codes.go. The rules
// are in package directory, the envelopes in the gateways.
package role

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Operations are the operations of this package
// (docs/spec/dingtalk-roles.md#calls-of-the-own-gateway,
// docs/spec/dingtalk-roles.md#methods-of-the-top-gateway).
var Operations api.Registry

// Permission codes (docs/spec/dingtalk-roles.md#permissions-for-roles).
const (
	permissionWrite   = "qyapi_manage_addresslist"
	permissionGroups  = "qyapi_get_department_list"
	permissionMembers = "qyapi_get_department_member"
)

const group = "Role"

// Most entries of a list (docs/spec/dingtalk-roles.md#giving-and-taking-roles).
const (
	mostRoles        = 20
	mostUsersToAdd   = 20
	mostUsersInBatch = 100
)

// namedRole is the parameter of calls for one role.
type namedRole struct{ ID int64 }

func roleIDField(name string, p *int64) api.Field {
	return api.Int(name, p).Example("2130459002").Describe("角色 ID，由角色列表返回。", "Id of the role; the list of roles returns it.")
}

// namedRoleFields names the role role_id, as most calls do.
func namedRoleFields(in *namedRole) api.Fields {
	return api.Fields{roleIDField("role_id", &in.ID).Required(nil)}
}

func groupIDField(name string, p *int64) api.Field {
	return api.Int(name, p).Example("2130459001").Describe("角色组 ID，由角色列表返回。", "Id of the group; the list of roles returns it.")
}

// pairs is the parameters of calls that give or take roles.
type pairs struct {
	RoleIDs []int64
	UserIDs []string
}

// pairFields are lists, or texts with commas.
func (in *pairs) fields(roles, users string, mostUsers int) api.Fields {
	return api.Fields{
		api.Ints(roles, &in.RoleIDs).CommaList().Required(nil).MaxItems(mostRoles, nil).Example("2130459002").
			Describef("角色 ID，以逗号分隔，最多 %d 个。", "Ids of roles with commas between them, at most %d.", mostRoles),
		api.Strings(users, &in.UserIDs).CommaList().Brings(directory.EmployeesField).Required(nil).MaxItems(mostUsers, nil).Example("023420013644").
			Describef("员工的 userid，以逗号分隔，最多 %d 个。", "Ids of employees with commas between them, at most %d.", mostUsers),
	}
}

func groupNameField(name string, p *string) api.Field {
	return api.String(name, p).Example("职能").Describe("角色组名称。", "Name of the group.")
}

func roleNameField(name string, p *string) api.Field {
	return api.String(name, p).Brings(directory.NameField).Runes(1, directory.MaxRoleName, nil).Example("财务").
		Describef("角色名称，1 至 %d 个字符，组内不重复。", "Name of the role, 1 to %d characters, unique in its group.", directory.MaxRoleName)
}

// roleFields is a role in an answer, under the names of the call.
func roleFields(id, name string) func(*directory.Role) api.Fields {
	return func(r *directory.Role) api.Fields {
		return api.Fields{
			api.Int(id, &r.ID).Example("2130459002").Describe("角色 ID。", "Id of the role."),
			api.String(name, &r.Name).Example("财务").Describe("角色名称。", "Name of the role."),
		}
	}
}

// rolesField are the roles of a group.
func rolesField(g *directory.RoleGroup, id, name string) api.Field {
	return api.Objects("roles", &g.Roles, roleFields(id, name)).Describe("角色列表。", "Roles of the group.")
}

// shownGroup is the answer of calls for one group.
type shownGroup struct{ Group directory.RoleGroup }

func (out *shownGroup) field(item string) api.Field {
	return api.Object("role_group", &out.Group, func(g *directory.RoleGroup) api.Fields {
		return api.Fields{groupNameField("group_name", &g.Name), rolesField(g, "role_id", "role_name").Item(item)}
	}).Describe("角色组。", "The group.")
}
