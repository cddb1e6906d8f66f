package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// TestEventsOfRoles: what changes is told once, with history, and what changes
// nothing is not told (docs/spec/dingtalk-roles.md#events-of-roles).
func TestEventsOfRoles(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, s := context.Background(), o.at(directory.SampleOrg)
	group, err := s.CreateRoleGroup(ctx, "项目")
	role, err2 := s.CreateRole(ctx, group, "经理")
	o.must(errors.Join(err, err2,
		s.RenameRole(ctx, role, "组长"),
		s.RenameRole(ctx, role, "组长"), // changes nothing
		s.AddRoles(ctx, []int64{directory.SampleRole, role}, []string{"023420013644", "org1001"}),
		s.AddRoles(ctx, []int64{role}, []string{"org1001"}), // changes nothing
		s.SetRoleScope(ctx, "org1001", role, []int64{2}),
		s.RemoveRoles(ctx, []int64{role}, []string{"org1001", "023420013644", "org1002"}),
		s.DeleteRole(ctx, role)))
	got, payloads := o.organisationEvents(directory.SampleOrg)
	r, sample := fmt.Sprint(role), fmt.Sprint(directory.SampleRole)
	want := []string{fmt.Sprint("label_conf_add ", group), "label_conf_add " + r, "label_conf_modify " + r, "label_user_change " + sample,
		"label_user_change " + r, "label_user_change " + r, "label_conf_del " + r}
	if !slices.Equal(got, want) {
		t.Fatalf("events: got %v, want %v", got, want)
	}
	label := func(name string) []string {
		return []string{fmt.Sprintf(`{"id":%d,"name":%q,"hidden":false,"deleted":false,"color":0,"level":0,"scope":1,"parentId":%d,"extraInfo":""}`, role, name, group)}
	}
	if e := payloads[2]; e.Scope != "1" || !slices.Equal(e.Before, label("经理")) || !slices.Equal(e.After, label("组长")) || !slices.Equal(e.LabelIDs, []int64{role}) {
		t.Errorf("event of a renamed role: got %+v", e.RoleEvent)
	}
	for i, want := range map[int]directory.RoleEvent{
		3: {LabelIDs: []int64{directory.SampleRole}, UserIDs: []string{"org1001"}, Action: "add"}, // the other has it already
		4: {LabelIDs: []int64{role}, UserIDs: []string{"023420013644", "org1001"}, Action: "add"},
		5: {LabelIDs: []int64{role}, UserIDs: []string{"org1001", "023420013644"}, Action: "remove"},
	} {
		if got := fmt.Sprintf("%+v", payloads[i].RoleEvent); got != fmt.Sprintf("%+v", want) {
			t.Errorf("event %d: got %s, want %+v", i, got, want)
		}
	}
	var actions []string
	entries, err := o.dir.Audit(ctx, directory.AuditFilter{Org: directory.SampleOrg, Object: "org1001"})
	o.must(err)
	for _, e := range entries {
		actions = append(actions, e.Action+string(e.Before)+string(e.After))
	}
	if want := []string{"remove-role{\"role\":" + r + "}{}", "set-role-scope{}{\"departments\":[2],\"role\":" + r + "}",
		"add-role{}{\"role\":" + r + "}", "add-role{}{\"role\":" + sample + "}"}; !slices.Equal(actions, want) {
		t.Errorf("history of the employee: got %v, want %v", actions, want)
	}
}

// TestRolesOfAnEmployee: the roles of the default group follow what the
// employee is (docs/spec/dingtalk-roles.md#types-of-roles).
func TestRolesOfAnEmployee(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		ctx, s, who := context.Background(), o.at(directory.SampleOrg), "023420013644"
		roles := func() string {
			held, err := s.RolesOf(ctx, who)
			o.must(err)
			var list []string
			for _, r := range held {
				list = append(list, fmt.Sprint(r.GroupName, " ", r.Name, " ", r.Kind))
			}
			return strings.Join(list, ", ")
		}
		if got := roles(); got != "职能 财务 0" {
			t.Errorf("roles: got %s", got)
		}
		post := directory.DefaultRoleGroups(directory.SampleOrg)[2]
		role, err := s.CreateRole(ctx, post.ID, "经理")
		o.must(errors.Join(err, s.AddRoles(ctx, []int64{role}, []string{who}), s.SetBoss(ctx, who, true), s.SetAdministrator(ctx, who, true),
			s.AppointSubAdministrator(ctx, who, []int64{3}), s.UpdateDepartment(ctx, 3, directory.DepartmentUpdate{Leaders: []string{who}})))
		if got, want := roles(), "默认 负责人 103, 默认 主管 104, 默认 主管理员 101, 默认 子管理员 102, 岗位 经理 0, 职能 财务 0"; got != want {
			t.Errorf("roles: got %s, want %s", got, want)
		}
		o.must(errors.Join(s.DeleteEmployee(ctx, who, ""), s.DeleteRole(ctx, role)))
		_, err = s.RolesOf(ctx, who)
		o.want("roles of who left", err, directory.ErrEmployeeNotFound)
		_, err = o.by(directory.Scope{DeptIDs: []int64{2}}).RolesOf(ctx, directory.SampleAdministrator)
		o.want("roles of one outside the range", err, directory.ErrOutOfScope)
	})
}

// TestSubAdministrators: docs/spec/dingtalk-roles.md#administrators-and-who-is-in-charge.
func TestSubAdministrators(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, s, who := context.Background(), o.at(directory.SampleOrg), "023420013644"
	scope := func(want ...int64) {
		t.Helper()
		got, err := s.AdministratorScope(ctx, who)
		if o.must(err); !slices.Equal(got, want) {
			t.Errorf("departments: got %v, want %v", got, want)
		}
	}
	subs := func(want ...string) {
		t.Helper()
		got, err := s.SubAdministrators(ctx)
		if o.must(err); !slices.Equal(got, want) {
			t.Errorf("sub-administrators: got %v, want %v", got, want)
		}
	}
	scope()
	o.must(s.AppointSubAdministrator(ctx, who, []int64{3, 2}))
	scope(2, 3)
	subs(who)
	o.must(s.AppointSubAdministrator(ctx, who, nil)) // the same one, of all departments
	scope(directory.RootDepartment)
	o.must(errors.Join(s.SetAdministrator(ctx, who, true)))
	subs()
	o.must(errors.Join(s.SetAdministrator(ctx, who, false), s.DismissSubAdministrator(ctx, who), s.DismissSubAdministrator(ctx, who)))
	scope()
	o.want("unknown department", s.AppointSubAdministrator(ctx, who, []int64{99}), directory.ErrDepartmentNotFound)
	o.want("unknown employee", s.AppointSubAdministrator(ctx, "nobody", nil), directory.ErrEmployeeNotFound)
	got, _ := o.organisationEvents(directory.SampleOrg)
	if want := []string{"org_admin_add " + who, "org_admin_add " + who, "org_admin_remove " + who, "org_admin_remove " + who}; !slices.Equal(got, want) {
		t.Errorf("events: got %v, want %v", got, want)
	}
}

// TestRoleGoesWhileItIsGiven: nobody has a deleted role.
func TestRoleGoesWhileItIsGiven(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			role, err := session(p.fast).CreateRole(ctx, directory.SampleRoleGroup, fmt.Sprint("角色", round))
			p.must(err)
			return func(s *directory.Session) error { return s.AddRoles(ctx, []int64{role}, []string{"org1001"}) },
				func(s *directory.Session) error { return s.DeleteRole(ctx, role) },
				func(a, b error) {
					given := a == nil && errors.Is(b, directory.ErrRoleMembers)
					deleted := b == nil && errors.Is(a, directory.ErrRoleNotFound)
					if !given && !deleted {
						p.t.Errorf("round %d: got %v and %v, want one of them refused", round, a, b)
					}
				}
		})
	})
}

// TestEmployeeLeavesWhileARoleIsGiven: nobody who left has a role.
func TestEmployeeLeavesWhileARoleIsGiven(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			who := []string{"023420013644", "org1001"}[round]
			return func(s *directory.Session) error { return s.AddRoles(ctx, []int64{directory.SampleRole}, []string{who}) },
				func(s *directory.Session) error { return s.DeleteEmployee(ctx, who, "") },
				func(a, b error) {
					if p.must(b); a != nil && !errors.Is(a, directory.ErrEmployeeNotFound) {
						p.t.Errorf("round %d: got %v", round, a)
					}
					p.must(p.store.View(ctx, directory.SampleOrg, func(tx directory.Tx) error {
						held, err := tx.Roles().Holders([]int64{directory.SampleRole}, []string{who})
						if len(held) > 0 {
							p.t.Errorf("round %d: got a role of who left", round)
						}
						return err
					}))
				}
		})
	})
}
