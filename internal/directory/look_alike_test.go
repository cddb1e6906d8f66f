package directory_test

import (
	"errors"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// TestLoginIDsArePlain: the login page trims blanks off a name, so a person
// whose login id has some at its ends could never log in.
func TestLoginIDsArePlain(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	s := o.at(directory.SampleOrg)
	account := directory.Employee{UserID: "ding1", AccountType: directory.AccountDingTalk, Private: directory.Private{LoginID: "zhou jie"}}
	o.hire(s, directory.NewEmployee{Employee: account, Password: "init_password220"})
	o.hire(s, directory.NewEmployee{Employee: directory.Employee{UserID: "own"}})
	for _, id := range []string{" zhou", "zhou ", "zh\nou", "zhou\u200b", "zhou\u3000jie", "e\u0301"} {
		other := directory.Employee{UserID: "ding2", Name: "周杰", DeptIDs: []int64{2}, AccountType: directory.AccountDingTalk, Private: directory.Private{LoginID: id}}
		_, _, err := s.CreateEmployee(bg, directory.NewEmployee{Employee: other, Password: "init_password220"})
		for how, err := range map[string]error{
			"created":     err,
			"changed":     s.UpdateEmployee(bg, "ding1", directory.EmployeeUpdate{DeptIDs: []int64{2}, LoginID: &id}),
			"transformed": s.MakeOrgAccount(bg, "own", directory.NewOrgAccount{Type: directory.AccountDingTalk, LoginID: id, Password: "init_password220"}),
		} {
			if !errors.Is(err, directory.ErrEmployeeText) {
				t.Errorf("login id %q, %s: got %v, want %v", id, how, err, directory.ErrEmployeeText)
			}
		}
	}
}

// TestNamesShowSomething: a name of only invisible characters, or of several
// lines, is refused.
func TestNamesShowSomething(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		admin := d.commandLine(directory.SampleOrg)
		for _, name := range []string{"", " ", "\u3000", "\n", "\u200b", "\u2060\u00ad", "\u3164",
			"王\n芳", "王\r\n芳", "王\t芳", "王芳\n", "王\u0085芳", "王\u2028芳", "王\u2029芳", "王\x00芳", "王\x7f芳"} {
			_, _, hired := admin.CreateEmployee(bg, directory.NewEmployee{Employee: directory.Employee{Name: name, Mobile: "13900008877", DeptIDs: []int64{1}, AccountType: directory.AccountNormal}})
			d.wants("an employee", hired, directory.ErrEmployeeName)
			d.wants("a new name", admin.UpdateEmployee(bg, wangFang, directory.EmployeeUpdate{Name: &name}), directory.ErrEmployeeName)
			_, err := d.app().CreateContact(bg, directory.Contact{Name: name, FollowerID: wangFang, LabelIDs: []int64{1}, StateCode: "86", Mobile: "13900008876"})
			d.wants("a contact", err, directory.ErrContactName)
			_, err = admin.CreateLabel(bg, "状态", name)
			d.wants("a label", err, directory.ErrLabelName)
			_, err = admin.CreateApp(bg, directory.App{Name: name})
			d.wants("an app", err, directory.ErrAppSetting)
			_, err = admin.CreateLabel(bg, name, "客户")
			d.wants("a group of labels", err, directory.ErrLabelName)
			_, err = d.app().CreateDepartment(bg, directory.Department{Name: name, ParentID: directory.RootDepartment})
			d.wants("a department", err, directory.ErrDepartmentName)
			err = d.commandLine("corp1").CreateOrg(bg, name, directory.Employee{UserID: "admin", Name: "管理员"})
			d.wants("an organisation", err, directory.ErrOrgSetting)
		}
	})
}
