package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func testRoles(t *testing.T, s directory.Store) {
	group := directory.RoleGroup{ID: 10, Name: "职能"}
	role := directory.Role{ID: 11, GroupID: 10, Name: "财务"}
	second := directory.Role{ID: 5, GroupID: 10, Name: "出纳"}
	for _, org := range []string{orgA, orgB} {
		update(t, s, org, func(tx directory.Tx) {
			tx.Roles().InsertRoleGroup(group)
			tx.Roles().InsertRole(role)
			tx.Roles().InsertRole(second)
		})
	}
	update(t, s, orgA, func(tx directory.Tx) { tx.Roles().InsertRoleGroup(directory.RoleGroup{ID: 3, Name: "后来"}) })
	groups := func(offset, size int64) []directory.RoleGroup {
		return read(t, s, orgA, func(tx directory.Tx) ([]directory.RoleGroup, error) { return tx.Roles().RoleGroups(offset, size) })
	}
	same(t, groups(0, 9), []directory.RoleGroup{group, {ID: 3, Name: "后来"}})
	same(t, groups(1, 1), []directory.RoleGroup{{ID: 3, Name: "后来"}})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Role, error) { return tx.Roles().RolesIn([]int64{10, 3}) }), []directory.Role{role, second})
	for name, insert := range map[string]func(directory.Tx){
		"group":           func(tx directory.Tx) { tx.Roles().InsertRoleGroup(directory.RoleGroup{ID: 4, Name: "职\u200b能"}) },
		"role":            func(tx directory.Tx) { tx.Roles().InsertRole(directory.Role{ID: 12, GroupID: 10, Name: "财务"}) },
		"role by renamed": func(tx directory.Tx) { tx.Roles().RenameRole(directory.Role{ID: 5, Name: "财务"}) },
	} {
		if err := s.Update(bg, orgA, func(tx directory.Tx) error { insert(tx); return nil }); !errors.Is(err, directory.ErrRoleExists) {
			t.Errorf("%s of a taken name: got %v, want %v", name, err, directory.ErrRoleExists)
		}
	}
	update(t, s, orgA, func(tx directory.Tx) { tx.Roles().RenameRole(directory.Role{ID: 5, Name: "会计"}) })
	update(t, s, orgA, func(tx directory.Tx) { tx.Roles().DeleteRole(11) })
	second.Name = "会计"
	byID := func(tx directory.Tx) ([]directory.Role, error) { return tx.Roles().Roles([]int64{5, 11}) }
	same(t, read(t, s, orgA, byID), []directory.Role{second})
	same(t, len(read(t, s, orgB, byID)), 2)
	refused(t, s, orgB, directory.ErrRoleGroupNotFound, func(tx directory.Tx) error { _, err := tx.Roles().RoleGroup(3); return err })
}

func testRoleMembers(t *testing.T, s directory.Store) {
	employee := func(id string) directory.Employee {
		return directory.Employee{UserID: id, Name: "n" + id, DeptIDs: []int64{1, 2}, Admin: id == "a", Boss: id == "b", AccountType: directory.AccountSSO, CreatedAt: start}
	}
	dept := func(i int64) directory.Department {
		return directory.Department{ID: i + 1, ParentID: i, Name: fmt.Sprint("d", i+1)}
	}
	some := directory.RoleMember{RoleID: 11, UserID: "a", Name: "na", Limited: true, Scope: []directory.RoleScope{{DeptID: 2, Name: "d2"}, {DeptID: 3, Name: "d3"}}}
	all := directory.RoleMember{RoleID: 11, UserID: "b", Name: "nb"}
	for _, org := range []string{orgA, orgB} {
		update(t, s, org, func(tx directory.Tx) {
			for i := range int64(3) {
				tx.Departments().InsertDepartment(dept(i))
			}
			tx.Employees().InsertEmployee(employee("a"))
			tx.Employees().InsertEmployee(employee("b"))
			tx.Roles().InsertRoleGroup(directory.RoleGroup{ID: 10, Name: "职能"})
			tx.Roles().InsertRole(directory.Role{ID: 11, GroupID: 10, Name: "财务"})
			tx.Roles().InsertRole(directory.Role{ID: 12, GroupID: 99, Name: "经理"})
			tx.Roles().PutRoleMember(some)
			tx.Roles().PutRoleMember(all)
			tx.Roles().PutRoleMember(directory.RoleMember{RoleID: 12, UserID: "a"})
			tx.Roles().PutRoleMember(directory.RoleMember{RoleID: 7, UserID: "b"}) // as those of the default group
		})
	}
	members := func(org string, offset, size int64) []directory.RoleMember {
		return read(t, s, org, func(tx directory.Tx) ([]directory.RoleMember, error) { return tx.Roles().RoleMembers(11, offset, size) })
	}
	same(t, members(orgA, 0, 9), []directory.RoleMember{some, all})
	same(t, members(orgA, 1, 1), []directory.RoleMember{all})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.HeldRole, error) { return tx.Roles().RolesHeld("a") }),
		[]directory.HeldRole{{Role: directory.Role{ID: 12, GroupID: 99, Name: "经理"}}, {Role: directory.Role{ID: 11, GroupID: 10, Name: "财务"}, GroupName: "职能"}})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.HeldRole, error) { return tx.Roles().RolesHeld("b") }),
		[]directory.HeldRole{{Role: directory.Role{ID: 7}}, {Role: directory.Role{ID: 11, GroupID: 10, Name: "财务"}, GroupName: "职能"}})
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]directory.RoleMember, error) {
		return tx.Roles().Holders([]int64{11, 13}, []string{"a", "c"})
	})), 1)
	with := func(kind directory.RoleKind) []directory.RoleMember {
		return read(t, s, orgA, func(tx directory.Tx) ([]directory.RoleMember, error) { return tx.Roles().EmployeesWith(kind, 0, 9) })
	}
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().SetLeaders(2, []string{"b"}) })
	same(t, with(directory.MainAdministratorRole), []directory.RoleMember{{UserID: "a", Name: "na"}})
	same(t, with(directory.BossRole), []directory.RoleMember{{UserID: "b", Name: "nb"}})
	same(t, with(directory.LeaderRole), []directory.RoleMember{{UserID: "b", Name: "nb", Limited: true, Scope: []directory.RoleScope{{DeptID: 2, Name: "d2"}}}})

	update(t, s, orgA, func(tx directory.Tx) { tx.Departments().DeleteDepartment(dept(2)) })
	some.Scope = some.Scope[:1]
	same(t, members(orgA, 0, 1), []directory.RoleMember{some})
	same(t, len(members(orgB, 0, 1)[0].Scope), 2)
	some.Limited, some.Scope = false, nil
	update(t, s, orgA, func(tx directory.Tx) { tx.Roles().PutRoleMember(some) })
	same(t, members(orgA, 0, 1), []directory.RoleMember{some})
	scope := func(user string) directory.RoleMember {
		return read(t, s, orgB, func(tx directory.Tx) (directory.RoleMember, error) { return tx.Roles().ScopeOf(11, user) })
	}
	same(t, scope("a"), directory.RoleMember{RoleID: 11, UserID: "a", Limited: true, Scope: []directory.RoleScope{{DeptID: 2}, {DeptID: 3}}})
	same(t, scope("c"), directory.RoleMember{})
	update(t, s, orgA, func(tx directory.Tx) { tx.Roles().DeleteRoleMember(11, "b") })
	same(t, members(orgA, 0, 9), []directory.RoleMember{some})
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().DeleteEmployee(employee("a")) })
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().InsertEmployee(employee("a")) })
	same(t, len(members(orgA, 0, 9)), 0)
	same(t, len(members(orgB, 0, 9)), 2)
}
