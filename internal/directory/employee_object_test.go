package directory_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func employeeValues() directory.Values {
	return directory.Values{"name": "周敏", "mobile": "86-13900010001", "deptIds": []int64{2}}
}

func (d *desk) editOf(kind directory.Kind, do directory.EditAction, id string, v directory.Values) directory.EditResult {
	d.t.Helper()
	return edit(d, directory.Edit{Kind: kind, Do: do, ID: id, Values: v})
}

func (d *desk) object(kind directory.Kind, id string) directory.Object {
	d.t.Helper()
	o, err := d.admin().Object(ctx, kind, id)
	d.must(err)
	return o
}

// versions are the versions that the history of an object shows, oldest first.
func (d *desk) versions(object string) (list []string) {
	d.t.Helper()
	es, err := d.dir.Audit(ctx, directory.AuditFilter{Org: directory.SampleOrg, Object: object})
	d.must(err)
	for _, e := range slices.Backward(es) {
		list = append(list, fmt.Sprint(e.Action, " ", e.Version))
	}
	return list
}

func TestEmployeeAsObject(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		made := d.editOf(directory.EmployeeKind, directory.CreateObject, "zhou", employeeValues()).After
		if made.ID != "zhou" || made.Version != 1 || made.Values.Text("mobile") != "86-13900010001" || made.Values["extra"] != nil {
			t.Errorf("new employee: %+v", made)
		}
		d.same("event", d.events(), []string{"user_add_org zhou"})
		change := func(v directory.Values) directory.EditResult {
			t.Helper()
			return d.editOf(directory.EmployeeKind, directory.ChangeObject, "zhou", v)
		}
		if r := change(directory.Values{"name": "周敏", "title": ""}); r.Changed || r.After.Version != 1 {
			t.Errorf("a change of nothing: %+v", r)
		}
		r := change(directory.Values{"title": "经理", "managerUserId": wangFang, "deptIds": []int64{3, 2}, "hiredDate": int64(1709222400000),
			"extra": map[string]any{"senior": true, "dept_order_list": []any{map[string]any{"dept_id": int64(3), "order": int64(7)}}}})
		if r.After.Version != 2 || !reflect.DeepEqual(r.After, d.object(directory.EmployeeKind, "zhou")) {
			t.Errorf("changed: %+v, stored %+v", r.After, d.object(directory.EmployeeKind, "zhou"))
		}
		d.same("event of the change", d.events(), []string{"user_modify_org zhou"})
		r = change(directory.Values{"admin": true})
		if r.After.Values["admin"] != true || r.After.Values["extra"] == nil {
			t.Errorf("administrator: %+v", r.After)
		}
		d.same("event of an administrator", d.events(), []string{"org_admin_add zhou"})
		r, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: directory.ChangeObject, ID: "zhou", KeepExtra: true,
			Values: directory.Values{"extra": map[string]any{"boss": true}}})
		d.must(err)
		if extra := r.After.Values["extra"].(map[string]any); extra["senior"] != true || extra["boss"] != true {
			t.Errorf("extra that is merged: %v", extra)
		}
		if r = change(directory.Values{"extra": map[string]any{"boss": true}}); len(r.After.Values["extra"].(map[string]any)) != 1 {
			t.Errorf("extra that is replaced: %v", r.After.Values["extra"])
		}
		d.same("versions", d.versions("zhou"), []string{"create 1", "update 2", "update 3", "update 4", "update 5"})
	})
}

func TestProblemsOfAnEmployeeAreToldAtOnce(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		try := func(do directory.EditAction, id string, v directory.Values) []string {
			t.Helper()
			_, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: do, ID: id, Values: v})
			return rules(err)
		}
		d.same("everything wrong", try(directory.CreateObject, wangFang, directory.Values{
			"name": "", "mobile": "86-123", "deptIds": []int64{2, 99}, "email": "a@b", "orgEmail": "x", "managerUserId": "nobody", "gender": "X", "hiredDate": int64(-1),
			"jobNumber": fmt.Sprintf("%051d", 1), "disabled": true, "nothing": "x", "extra": map[string]any{"senior": "yes", "wings": true, "nickname": "小周", "account": "account/other/x"},
		}), []string{"accountType valueInvalid", "deptIds departmentNotFound", "disabled valueInvalid", "email emailInvalid", "extra fieldUnknown", "extra valueInvalid", "extra valueInvalid",
			"gender valueInvalid", "hiredDate dateInvalid", "jobNumber tooLong", "managerUserId employeeNotFound", "mobile mobileInvalid", "name missing",
			"nothing fieldUnknown", "orgEmail emailInvalid", "userId idTaken"})
		d.same("nothing given", try(directory.CreateObject, "", directory.Values{}), []string{"deptIds missing", "mobile missing", "name missing"})
		d.editOf(directory.EmployeeKind, directory.CreateObject, "zhou", directory.Values{"name": "周敏", "mobile": "13900010001", "deptIds": []int64{2}, "email": "zhou@example.com", "telephone": "1"})
		d.same("values of another", try(directory.CreateObject, "", directory.Values{"name": "吴", "mobile": "86-13900010001", "deptIds": []int64{2}, "email": "Zhou@example.com", "telephone": "1"}),
			[]string{"email emailTaken", "mobile mobileTaken", "telephone telephoneTaken"})
		d.same("a fixed number", try(directory.ChangeObject, "zhou", directory.Values{"mobile": "86-13900010002", "deptIds": []int64{}}), []string{"deptIds missing", "mobile mobileFixed"})
		d.same("an owner", try(directory.RemoveObject, wangFang, nil), []string{" followsContacts"})
		_, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: directory.RemoveObject, ID: wangFang, NewOwner: "nobody"})
		d.same("an heir who does not exist", rules(err), []string{" ownerNotFound"})
		_, err = d.appWith(directory.Scope{DeptIDs: []int64{3}}).EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: directory.CreateObject, Values: directory.Values{
			"name": "吴", "mobile": "86-13900010003", "deptIds": []int64{2}, "admin": true}})
		d.same("an app", rules(err), []string{"admin outOfScope", "deptIds outOfScope"})
	})
}

func TestOrgAccountsAsObjects(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		hash, err := d.dir.HashPassword(ctx, "correct horse 1")
		d.must(err)
		d.editOf(directory.EmployeeKind, directory.CreateObject, "ding9", directory.Values{"name": "何", "deptIds": []int64{2}, "accountType": "dingtalk",
			"extra": map[string]any{"login_id": "he", "nickname": "小何", "password_hash": hash}})
		o := d.object(directory.EmployeeKind, "ding9")
		var extra map[string]any
		d.must(d.admin().Export(ctx, directory.ExportAll, func(x *directory.Snapshot) error {
			return x.Each(directory.EmployeeKind, func(o directory.Object) error {
				if o.ID == "ding9" {
					extra = o.Values["extra"].(map[string]any)
				}
				return nil
			})
		}))
		if extra["password_hash"] != hash || o.Values["extra"].(map[string]any)["password_hash"] != nil || extra["login_id"] != "he" {
			t.Errorf("extra: %v", extra)
		}
		if r := d.editOf(directory.EmployeeKind, directory.ChangeObject, "ding9", directory.Values{"disabled": true}); r.After.Values["disabled"] != true {
			t.Errorf("disabled: %v", r.After.Values)
		}
		_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: directory.ChangeObject, ID: "ding9",
			Values: directory.Values{"accountType": "joined", "extra": map[string]any{"password_hash": "$1$x", "account": "account/x"}}})
		d.same("identity", rules(err), []string{"accountType valueInvalid", "extra valueInvalid", "extra valueInvalid"})
		before := d.object(directory.EmployeeKind, "org1001") // a colleague at the partner has joined with it
		d.must(d.app().DeleteEmployee(ctx, "org1001", ""))
		if r := edit(d, directory.Edit{Kind: directory.EmployeeKind, Do: directory.RestoreObject, ID: "org1001"}); !reflect.DeepEqual(r.After.Values, before.Values) {
			t.Errorf("restored: %v, want %v", r.After.Values, before.Values)
		}
		r, err := d.dir.Session(directory.Principal{Kind: directory.AdminCaller, Org: directory.PartnerOrg}, "test", "x").
			EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: directory.RestoreObject, ID: "b1001"})
		d.same(fmt.Sprint("an account that is not offered: ", r), rules(err), []string{"extra accountNotOffered"})
		d.editOf(directory.EmployeeKind, directory.RemoveObject, "org1002", nil) // ends the membership at the partner, too
		if _, err := d.partner().Employee(ctx, "b1002"); !errors.Is(err, directory.ErrEmployeeNotFound) {
			t.Errorf("member of the partner: %v", err)
		}
	})
}

// anyEmployee returns values of an employee with random fields.
func anyEmployee(r *rand.Rand) directory.Values {
	all := directory.Values{
		"title": "经理", "jobNumber": "E1", "email": "zhou@example.com", "orgEmail": "z@corp.example", "telephone": "010-1", "workPlace": "杭州", "remark": "a\nb",
		"managerUserId": liQiang, "hiredDate": int64(1709222400000), "hideMobile": true, "gender": "F", "admin": true,
		"extra": map[string]any{
			"org_email_type": "base", "senior": true, "boss": true, "extension": `{"a":"b"}`, "extension_i18n": `{}`,
			"ext_attrs":          []any{map[string]any{"code": "c", "name": "n", "value": map[string]any{"text": "t"}}},
			"dept_order_list":    []any{map[string]any{"dept_id": int64(2), "order": int64(7)}},
			"dept_position_list": []any{map[string]any{"dept_id": int64(3), "title": "顾问", "is_main": true}},
		},
	}
	v := directory.Values{"name": "周敏", "mobile": "86-13900010001", "deptIds": []int64{2, 3}}
	if r.IntN(2) == 0 {
		v["accountType"], all["disabled"] = "dingtalk", true
		extra := all["extra"].(map[string]any)
		extra["login_id"], extra["nickname"], extra["avatarMediaId"], extra["mobile_verified"] = "zhou", "小周", "@l", true
	}
	for name, value := range all {
		if name == "extra" || r.IntN(4) > 0 {
			v[name] = value
		}
	}
	return v
}

func TestEmployeeOutOfTheBinIsTheSame(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		random := rand.New(rand.NewPCG(1, 2))
		for i := range 8 {
			id := fmt.Sprint("e", i)
			made := d.editOf(directory.EmployeeKind, directory.CreateObject, id, anyEmployee(random)).After
			d.must(d.admin().AddRoles(ctx, []int64{directory.SampleRole}, []string{id}))
			d.must(d.admin().SetRoleScope(ctx, id, directory.SampleRole, []int64{3}))
			d.must(d.admin().AppointSubAdministrator(ctx, id, nil))
			d.editOf(directory.DepartmentKind, directory.ChangeObject, "2", directory.Values{"managerUserIds": []string{id}})
			roles, err := d.admin().RolesOf(ctx, id)
			d.must(err)
			if i%2 == 0 {
				d.must(d.app().DeleteEmployee(ctx, id, ""))
			} else {
				d.editOf(directory.EmployeeKind, directory.RemoveObject, id, nil)
			}
			if left := d.object(directory.DepartmentKind, "2").Values["managerUserIds"]; left != nil {
				t.Fatalf("leaders without the deleted one: %v", left)
			}
			r := edit(d, directory.Edit{Kind: directory.EmployeeKind, Do: directory.RestoreObject, ID: id})
			if !reflect.DeepEqual(r.After.Values, made.Values) || r.After.Version != 3 || !r.After.CreatedAt.Equal(made.CreatedAt) || len(r.Left) > 0 {
				t.Errorf("restored: %+v, want %+v", r.After, made)
			}
			if now := d.object(directory.EmployeeKind, id); !reflect.DeepEqual(now, r.After) {
				t.Errorf("stored: %+v, want %+v", now, r.After)
			}
			again, err := d.admin().RolesOf(ctx, id)
			d.must(err)
			if !reflect.DeepEqual(again, roles) {
				t.Errorf("roles: %v, want %v", again, roles)
			}
			d.same("leaders", d.object(directory.DepartmentKind, "2").Values.Texts("managerUserIds"), []string{id})
			d.same("versions", d.versions(id)[:5], []string{"create 1", "add-role 1", "set-role-scope 1", "set-role-scope 1", "delete 2"})
			d.editOf(directory.EmployeeKind, directory.RemoveObject, id, nil)
			_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: directory.CreateObject, ID: id, Values: employeeValues()})
			d.same("its id for another one", rules(err), []string{"userId idTaken"})
			_, _, err = d.app().CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{UserID: id, Name: "吴", Mobile: "86-13900010009", DeptIDs: []int64{2}, AccountType: directory.AccountNormal}})
			if !errors.Is(err, directory.ErrEmployeeExists) {
				t.Errorf("its id by a vendor's call: %v", err)
			}
		}
	})
}

func TestWhatADeletionChangesElsewhere(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.editOf(directory.EmployeeKind, directory.ChangeObject, liQiang, directory.Values{"managerUserId": zhaoMin})
		dept := d.editOf(directory.DepartmentKind, directory.CreateObject, "", directory.Values{"name": "临时", "parentId": int64(2)}).After
		id := dept.Values.Number("deptId")
		d.editOf(directory.EmployeeKind, directory.CreateObject, "zhou", directory.Values{"name": "周敏", "mobile": "86-13900010001", "deptIds": []int64{id, 2}, "managerUserId": zhaoMin})
		d.editOf(directory.DepartmentKind, directory.ChangeObject, dept.ID, directory.Values{"managerUserIds": []string{"zhou"}})
		d.events()
		d.must(d.app().DeleteEmployees(ctx, []string{zhaoMin, "zhou"}))
		d.same("events", d.events(), []string{"user_modify_org " + liQiang, "org_dept_modify " + dept.ID, "user_leave_org " + zhaoMin, "org_admin_remove " + zhaoMin, "user_leave_org zhou"})
		d.same("subordinate", d.versions(liQiang), []string{"update 2", "update 3"})
		d.same("department", d.versions(dept.ID), []string{"create 1", "update 2", "update 3"})
		if o := d.object(directory.EmployeeKind, liQiang); o.Version != 3 || o.Values["managerUserId"] != nil {
			t.Errorf("subordinate: %+v", o)
		}
		d.must(d.app().DeleteDepartment(ctx, id))
		r := edit(d, directory.Edit{Kind: directory.EmployeeKind, Do: directory.RestoreObject, ID: "zhou"})
		if len(r.Left) != 2 || r.Left[0].Field != "deptIds" || r.Left[1].Value != zhaoMin || !slices.Equal(r.After.Values.Numbers("deptIds"), []int64{2}) {
			t.Errorf("restored: %+v, left %+v", r.After, r.Left)
		}
	})
}
