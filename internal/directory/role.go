package directory

import "errors"

// Errors of roles and their groups. Methods wrap them with context; compare
// with errors.Is.
var (
	ErrRoleNotFound      = errors.New("role not found")
	ErrRoleGroupNotFound = errors.New("role group not found")
	ErrRoleName          = errors.New("name of the role is not acceptable")
	ErrRoleExists        = errors.New("a role of the group, or a group, has this name")
	ErrRoleDefault       = errors.New("roles of the default group cannot be changed")
	ErrRoleMembers       = errors.New("role has members")
	ErrRoleNotHeld       = errors.New("employee does not have the role")
)

// Limits of roles (docs/spec/dingtalk-roles.md#names-of-roles,
// docs/spec/dingtalk-roles.md#scope-of-a-member).
const (
	MaxRoleName  = 20
	MaxRoleScope = 50
)

// RoleGroup is a group of roles.
type RoleGroup struct {
	ID    int64
	Name  string
	Roles []Role // never nil where groups are read with their roles
}

// Role is what an employee does in the organisation, such as to approve bills.
// Ids of roles and groups are from one range.
type Role struct {
	ID      int64
	GroupID int64
	Name    string
}

// RoleMember is an employee who has a role.
type RoleMember struct {
	RoleID  int64
	UserID  string
	Name    string      // of the employee
	Limited bool        // manages only the departments in Scope; else all
	Scope   []RoleScope // of who is limited; then never nil
}

// RoleScope is a department that a member of a role manages.
type RoleScope struct {
	DeptID int64
	Name   string
}

// HeldRole is a role as one of the things an employee is.
type HeldRole struct {
	Role
	GroupName string
	Kind      RoleKind // of roles of the default group
}

// RoleKind tells the roles of the default group apart, by the vendor's numbers
// (docs/spec/dingtalk-roles.md#types-of-roles).
type RoleKind int64

// The roles of the default group. OwnRole is every other role.
const (
	OwnRole               RoleKind = 0
	MainAdministratorRole RoleKind = 101
	SubAdministratorRole  RoleKind = 102
	BossRole              RoleKind = 103
	LeaderRole            RoleKind = 104
)

// RoleTx reads and writes roles and their groups, but not those that every
// organisation has.
type RoleTx interface {
	RoleMemberTx
	// RoleGroups returns size groups from the offset-th on, without their
	// roles, in the order of their creation.
	RoleGroups(offset, size int64) ([]RoleGroup, error)
	// RoleGroup returns the group without its roles, or ErrRoleGroupNotFound.
	RoleGroup(id int64) (RoleGroup, error)
	// RolesIn returns the roles of the groups, each group's in the order of
	// their creation.
	RolesIn(groupIDs []int64) ([]Role, error)
	// Roles returns those of ids that exist, in no order.
	Roles(ids []int64) ([]Role, error)
	// InsertRoleGroup adds a group without roles after the others. A name that
	// looks like that of another one makes Update return ErrRoleExists.
	InsertRoleGroup(g RoleGroup)
	// InsertRole adds a role after the others of its group; see
	// InsertRoleGroup.
	InsertRole(r Role)
	// RenameRole gives the role the name it has in r; see InsertRoleGroup.
	RenameRole(r Role)
	// DeleteRole deletes a role without members.
	DeleteRole(id int64)
}

// RoleMemberTx reads and writes who has a role.
type RoleMemberTx interface {
	// RoleMembers returns size members from the offset-th on, by user id.
	RoleMembers(roleID, offset, size int64) ([]RoleMember, error)
	// Holders returns the members among userIDs of those roles, without names
	// and scopes.
	Holders(roleIDs []int64, userIDs []string) ([]RoleMember, error)
	// RolesHeld returns the roles that an employee is a member of, in the order
	// of their groups. GroupName is "" for a group that every organisation has,
	// and of a role of the default group only the id is known.
	RolesHeld(userID string) ([]HeldRole, error)
	// EmployeesWith returns size employees from the offset-th on, by user id,
	// who are what the kind says: main administrators, bosses or, with the
	// departments that they lead as their scope, leaders.
	EmployeesWith(kind RoleKind, offset, size int64) ([]RoleMember, error)
	// ScopeOf returns the member without names; the zero RoleMember if there is
	// none.
	ScopeOf(roleID int64, userID string) (RoleMember, error)
	// ManagersOf returns the members of roles whose scope names the department,
	// by role and user id, without names and scopes.
	ManagersOf(deptID int64) ([]RoleMember, error)
	// PutRoleMember writes a member and its scope.
	PutRoleMember(m RoleMember)
	DeleteRoleMember(roleID int64, userID string)
}
