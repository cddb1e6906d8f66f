package directory_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestDepartmentAsObject(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		full := directory.Values{"name": "华东", "parentId": int64(2), "order": int64(5), "code": "HD", "extra": map[string]any{
			"source_identifier": "hr", "hide_dept": true, "dept_permits": []any{int64(3)}, "user_permits": []any{"gone"}, "outer_dept": true, "outer_dept_only_self": true,
			"outer_permit_depts": []any{int64(3)}, "outer_permit_users": []any{liQiang}, "create_dept_group": true, "auto_approve_apply": true, "auto_add_user": true,
			"group_contain_sub_dept": true, "group_contain_outer_dept": true, "group_contain_hidden_dept": true, "org_dept_owner": liQiang, "ext": `{"a":"b"}`,
		}}
		made := d.editOf(directory.DepartmentKind, directory.CreateObject, "9001", full).After
		full["deptId"] = int64(9001)
		if !reflect.DeepEqual(made.Values, full) || made.Version != 1 || !reflect.DeepEqual(made, d.object(directory.DepartmentKind, "9001")) {
			t.Errorf("new department: %+v, want %v", made, full)
		}
		d.same("event", d.events(), []string{"org_dept_create 9001"})
		change := func(v directory.Values) directory.EditResult {
			t.Helper()
			return d.editOf(directory.DepartmentKind, directory.ChangeObject, "9001", v)
		}
		if r := change(directory.Values{"name": "华东"}); r.Changed {
			t.Errorf("a change of nothing: %+v", r)
		}
		d.editOf(directory.EmployeeKind, directory.CreateObject, "zhou", directory.Values{"name": "周敏", "mobile": "86-13900010001", "deptIds": []int64{9001}})
		r := change(directory.Values{"managerUserIds": []string{"zhou"}, "parentId": int64(3), "code": "", "extra": map[string]any{}})
		if r.After.Version != 2 || len(r.After.Values) != 5 || !reflect.DeepEqual(r.After, d.object(directory.DepartmentKind, "9001")) {
			t.Errorf("changed: %+v", r.After)
		}
		d.must(d.admin().UpdateEmployee(ctx, "zhou", directory.EmployeeUpdate{DeptIDs: []int64{1}}))
		if o := d.object(directory.DepartmentKind, "9001"); o.Version != 3 || o.Values["managerUserIds"] != nil {
			t.Errorf("without the leader: %+v", o)
		}
		d.must(d.admin().AppointSubAdministrator(ctx, "zhou", []int64{9001}))
		before := d.object(directory.DepartmentKind, "9001")
		d.must(d.app().DeleteDepartment(ctx, 9001))
		restored := edit(d, directory.Edit{Kind: directory.DepartmentKind, Do: directory.RestoreObject, ID: "9001"}).After
		if !reflect.DeepEqual(restored.Values, before.Values) || restored.Version != 5 {
			t.Errorf("restored: %+v, want %+v", restored, before)
		}
		scope, err := d.admin().AdministratorScope(ctx, "zhou")
		d.must(err)
		d.same("scope of the sub-administrator", []string{fmt.Sprint(scope)}, []string{"[9001]"})
		d.same("versions", d.versions("9001"), []string{"create 1", "update 2", "update 3", "delete 4", "restore 5"})
		d.editOf(directory.DepartmentKind, directory.RemoveObject, "9001", nil)
		_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.DepartmentKind, Do: directory.CreateObject, ID: "9001", Values: directory.Values{"name": "新"}})
		d.same("its id for another one", rules(err), []string{"deptId idTaken"})
	})
}

func TestProblemsOfADepartmentAreToldAtOnce(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		try := func(do directory.EditAction, id string, v directory.Values) []string {
			t.Helper()
			_, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.DepartmentKind, Do: do, ID: id, Values: v})
			return rules(err)
		}
		d.same("everything wrong", try(directory.CreateObject, "2", directory.Values{"name": "a-b", "parentId": int64(99), "order": int64(-1), "code": fmt.Sprintf("%031d", 1),
			"managerUserIds": []string{wangFang}, "extra": map[string]any{"hide_dept": int64(1), "x": "y"}, "nothing": true}),
			[]string{"code tooLong", "deptId idTaken", "extra fieldUnknown", "extra valueInvalid", "managerUserIds employeeNotFound", "name characterInvalid", "nothing fieldUnknown",
				"order valueInvalid", "parentId departmentNotFound"})
		d.same("a sibling's name", try(directory.CreateObject, "", directory.Values{"name": "市场部"}), []string{"name nameTaken"})
		d.same("the root", try(directory.ChangeObject, "1", directory.Values{"name": "新", "parentId": int64(2)}), []string{"name isRoot", "parentId isRoot"})
		d.same("removal of the root", try(directory.RemoveObject, "1", nil), []string{" isRoot"})
		below := d.editOf(directory.DepartmentKind, directory.CreateObject, "", directory.Values{"name": "华东", "parentId": int64(2)}).After
		d.same("removal", try(directory.RemoveObject, "2", nil), []string{" hasChildren", " hasMembers"})
		d.same("below itself", try(directory.ChangeObject, "2", directory.Values{"parentId": below.Values["deptId"]}), []string{"parentId departmentCycle"})
		d.editOf(directory.DepartmentKind, directory.RemoveObject, below.ID, nil)
		d.editOf(directory.DepartmentKind, directory.CreateObject, "", directory.Values{"name": "华东", "parentId": int64(2)})
		d.same("restoration beside its name", try(directory.RestoreObject, below.ID, nil), []string{"name nameTaken"})
	})
}
