package directory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// at returns a session of the organisation's administrator.
func (o *office) at(org string) *directory.Session {
	return o.dir.Session(directory.CommandLine(org), "test", "request")
}

// by returns a session of an app with that range.
func (o *office) by(scope directory.Scope) *directory.Session {
	return o.dir.Session(directory.Principal{Kind: directory.AppCaller, Org: directory.SampleOrg, ID: "app",
		Permissions: []string{directory.AllPermissions}, Scope: scope}, "test", "request")
}

func (o *office) hire(s *directory.Session, n directory.NewEmployee) string {
	o.t.Helper()
	if n.Name == "" {
		n.Name = "周杰"
	}
	if n.AccountType == "" {
		n.AccountType = directory.AccountNormal
	}
	if n.AccountType == directory.AccountNormal && n.Mobile == "" {
		n.Mobile = fmt.Sprintf("139%08d", o.calls.Add(1))
	}
	if n.DeptIDs == nil {
		n.DeptIDs = []int64{2}
	}
	id, _, err := s.CreateEmployee(context.Background(), n)
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// organisationEvents returns what was recorded of an organisation, as type and payload.
func (o *office) organisationEvents(org string) (list []string, payloads []directory.OrganisationEvent) {
	o.t.Helper()
	items, err := o.dir.Outbox(context.Background(), directory.EventKind, 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, i := range items {
		if i.Org != org {
			continue
		}
		var e directory.OrganisationEvent
		if err := json.Unmarshal([]byte(i.Payload), &e); err != nil {
			o.t.Errorf("payload of %s: %v", i.Topic, err)
		}
		list = append(list, i.Topic+" "+i.Object)
		payloads = append(payloads, e)
	}
	return list, payloads
}

func TestEventsOfADirectory(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, s := context.Background(), o.at(directory.SampleOrg)
	id := o.hire(s, directory.NewEmployee{Employee: directory.Employee{UserID: "zhou"}})
	name, mail := "周杰伦", "zhou@example.com"
	dept, err := s.CreateDepartment(ctx, directory.Department{ParentID: 1, Name: "新部"})
	order := int64(3)
	err = errors.Join(err,
		s.UpdateEmployee(ctx, id, directory.EmployeeUpdate{Name: &name, Email: &mail}),
		s.UpdateEmployee(ctx, id, directory.EmployeeUpdate{Name: &name}), // changes nothing
		s.SetAdministrator(ctx, id, true),
		s.SetAdministrator(ctx, id, true), // changes nothing
		s.UpdateDepartment(ctx, dept, directory.DepartmentUpdate{Order: &order}),
		s.UpdateDepartment(ctx, dept, directory.DepartmentUpdate{Order: &order}), // changes nothing
		s.DeleteDepartment(ctx, dept),
		s.DeleteEmployee(ctx, id, ""),
	)
	if err != nil {
		t.Fatal(err)
	}
	got, payloads := o.organisationEvents(directory.SampleOrg)
	d := fmt.Sprint(dept)
	want := []string{"user_add_org zhou", "org_dept_create " + d, "user_modify_org zhou", "org_admin_add zhou", "org_dept_modify " + d,
		"org_dept_remove " + d, "user_leave_org zhou", "org_admin_remove zhou"}
	if !slices.Equal(got, want) {
		t.Fatalf("events: got %v, want %v", got, want)
	}
	change := payloads[2].Diff
	if len(change) != 1 || change[0].UserID != "zhou" || change[0].Prev["name"] != "周杰" || change[0].Curr["name"] != "周杰伦" ||
		change[0].Curr["email"] != "zhou@example.com" || len(change[0].Curr) != 2 {
		t.Errorf("payload of user_modify_org: got %+v, want old and new name and mail", change)
	}
	if !slices.Equal(payloads[1].DeptIDs, []int64{dept}) || payloads[0].OptStaffID != "" {
		t.Errorf("payloads: got %+v", payloads[:2])
	}
}

func TestEventNamesThePersonWhoActs(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	s := o.dir.Session(directory.Principal{Kind: directory.UserCaller, Org: directory.SampleOrg, ID: "102530009661373952"}, "test", "r")
	o.hire(s, directory.NewEmployee{})
	if _, payloads := o.organisationEvents(directory.SampleOrg); payloads[0].OptStaffID != "102530009661373952" {
		t.Errorf("got operator %q, want 102530009661373952", payloads[0].OptStaffID)
	}
}

func TestPasswordsAreHashedAndChecked(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, s := context.Background(), o.at(directory.SampleOrg)
	const password = "init_password220"
	account := directory.Employee{UserID: "ding1", AccountType: directory.AccountDingTalk, Private: directory.Private{LoginID: "zhou"}}
	o.hire(s, directory.NewEmployee{Employee: account, Password: password})
	for _, c := range []struct {
		org, login, password string
		want                 error
	}{
		{directory.SampleOrg, "zhou", password, nil},
		{directory.SampleOrg, "zhou", "init_password221", directory.ErrPasswordWrong},
		{directory.SampleOrg, "zhou", "", directory.ErrPasswordWrong},
		{directory.SampleOrg, "nobody", password, directory.ErrPasswordWrong},
		{directory.SampleOrg, "", "", directory.ErrPasswordWrong},
		{directory.PartnerOrg, "zhou", password, directory.ErrPasswordWrong},
	} {
		const back = "https://app.example.com/back"
		app, err := o.dir.Session(directory.CommandLine(c.org), "test", "r").CreateApp(ctx, directory.App{Name: "app", RedirectURIs: []string{back}})
		if err != nil {
			t.Fatal(err)
		}
		request := directory.LoginRequest{Kind: directory.OAuthLogin, ClientID: app.Key, RedirectURI: back, ResponseType: "code", Scope: "openid"}
		code, err := o.dir.LogIn(ctx, request, c.login, c.password, "192.0.2.1", "r")
		if !errors.Is(err, c.want) || (err == nil) != (code != "") {
			t.Errorf("login of %q in %s: got %q, %v; want %v", c.login, c.org, code, err, c.want)
		}
	}
	v, err := s.Employee(ctx, "ding1")
	if err != nil || v.PasswordHash != "" {
		t.Errorf("a view shows the hash %q, %v", v.PasswordHash, err)
	}
	entries, err := o.dir.Audit(ctx, directory.AuditFilter{Org: directory.SampleOrg, Object: "ding1"})
	entries = slices.DeleteFunc(entries, func(e directory.AuditEntry) bool { return e.Action != "create" })
	if text := string(entries[0].After); err != nil || strings.Contains(text, password) || strings.Contains(text, "argon2id") || !strings.Contains(text, `"password":true`) {
		t.Errorf("history of a password: got %s, %v", text, err)
	}
}

// TestMembersInEveryOrder lists a department in each order and page size, with
// and without the memory of where pages ended, and finds everybody once.
func TestMembersInEveryOrder(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		ctx, s := context.Background(), o.at(directory.SampleOrg)
		dept, err := s.CreateDepartment(ctx, directory.Department{ParentID: 1, Name: "大部"})
		if err != nil {
			t.Fatal(err)
		}
		names := []string{"赵", "钱", "孙", "李", "周", "吴", "Zoe", "anna", "安", "王"}
		var ids []string
		for i, name := range names {
			o.clock.Add(int64(time.Second) * int64(i%3)) // some join at the same time
			e := directory.Employee{UserID: fmt.Sprint("m", i), Name: name, DeptIDs: []int64{dept}}
			if i%4 == 0 {
				e.Profile.Orders = []directory.DeptOrder{{DeptID: dept, Order: int64(i)}}
			}
			ids = append(ids, o.hire(o.at(directory.SampleOrg), directory.NewEmployee{Employee: e}))
		}
		o.clock.Add(int64(time.Second))
		title := "经理"
		if err := o.at(directory.SampleOrg).UpdateEmployee(ctx, "m3", directory.EmployeeUpdate{Title: &title}); err != nil {
			t.Fatal(err)
		}
		first := map[directory.MemberOrder]string{directory.ByCustom: "m8", directory.ByEntry: "m0", directory.ByEntryDesc: "m9", directory.ByChangeDesc: "m3"}
		for _, order := range []directory.MemberOrder{directory.ByCustom, directory.ByEntry, directory.ByEntryDesc, directory.ByChange, directory.ByChangeDesc} {
			whole := o.pages(dept, order, 100, true)
			if want, ok := first[order]; ok && whole[0] != want {
				t.Errorf("%s: got %s first, want %s", order, whole[0], want)
			}
			if got := slices.Sorted(slices.Values(whole)); !slices.Equal(got, ids) {
				t.Errorf("%s: got %v, want each of %v once", order, got, ids)
			}
			for size := int64(1); size <= 4; size++ {
				for _, remembered := range []bool{true, false} {
					if got := o.pages(dept, order, size, remembered); !slices.Equal(got, whole) {
						t.Errorf("%s in pages of %d, memory %v: got %v, want %v", order, size, remembered, got, whole)
					}
				}
			}
		}
		if got, want := o.pages(dept, directory.ByCustom, 100, true), []string{"m8", "m4", "m8"}; got[0] != want[0] || got[1] != want[1] {
			t.Errorf("custom order: got %v, want the larger orders first", got)
		}
	})
}

// pages lists a department page by page; without memory, where each page ended
// is forgotten as after a restart.
func (o *office) pages(dept int64, order directory.MemberOrder, size int64, remembered bool) (ids []string) {
	o.t.Helper()
	for cursor := int64(0); ; {
		if !remembered {
			o.dir.Forget()
		}
		page, err := o.at(directory.SampleOrg).Members(context.Background(), dept, order, cursor, size, cursor%2 == 0)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, m := range page.Members {
			ids = append(ids, m.UserID)
		}
		if cursor = page.Next; cursor == 0 {
			return ids
		}
	}
}

// TestPagesSurviveChanges: a member who leaves between two pages makes no other
// member missing or repeated.
func TestPagesSurviveChanges(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, s := context.Background(), o.at(directory.SampleOrg)
	dept, err := s.CreateDepartment(ctx, directory.Department{ParentID: 1, Name: "大部"})
	for i := range 6 {
		o.hire(s, directory.NewEmployee{Employee: directory.Employee{UserID: fmt.Sprint("m", i), Name: fmt.Sprint("n", i), DeptIDs: []int64{dept}}})
	}
	page, err2 := s.Members(ctx, dept, directory.ByCustom, 0, 3, true)
	err3 := s.DeleteEmployee(ctx, "m1", "")
	err4 := s.DeleteEmployee(ctx, "m2", "") // the last one of the page
	page, err5 := s.Members(ctx, dept, directory.ByCustom, page.Next, 3, true)
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	if len(page.Members) != 3 || page.Members[0].UserID != "m3" {
		t.Errorf("second page: got %v, want m3, m4, m5", page.Members)
	}
}

func TestDeletingAnOwnerOfContacts(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, s := context.Background(), o.at(directory.SampleOrg)
	if err := s.DeleteEmployee(ctx, "023420013645", ""); !errors.Is(err, directory.ErrEmployeeFollows) {
		t.Errorf("without an heir: got %v, want %v", err, directory.ErrEmployeeFollows)
	}
	if err := s.DeleteEmployee(ctx, "023420013645", "023420013644"); err != nil {
		t.Errorf("with an heir: got %v", err)
	}
	c, err := s.Contact(ctx, "123420013632")
	if err != nil || c.FollowerID != "023420013644" {
		t.Errorf("owner afterwards: got %q, %v; want the heir", c.FollowerID, err)
	}
}

func TestManagersAndLeadersGoWithTheEmployee(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, s := context.Background(), o.at(directory.SampleOrg)
	o.hire(s, directory.NewEmployee{Employee: directory.Employee{UserID: "boss"}})
	o.hire(s, directory.NewEmployee{Employee: directory.Employee{UserID: "clerk", ManagerID: "boss"}})
	err := s.UpdateDepartment(ctx, 2, directory.DepartmentUpdate{Leaders: []string{"boss"}})
	v, err2 := s.Employee(ctx, "boss")
	if !slices.Equal(v.LeaderIn, []int64{2}) {
		t.Errorf("boss leads: got %v, want [2]", v.LeaderIn)
	}
	err3 := s.DeleteEmployee(ctx, "boss", "")
	clerk, err4 := s.Employee(ctx, "clerk")
	d, err5 := s.Department(ctx, 2)
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	if clerk.ManagerID != "" || len(d.Leaders) != 0 {
		t.Errorf("after the boss left: got manager %q and leaders %v, want none", clerk.ManagerID, d.Leaders)
	}
}

// TestSharedAccountsOfTheReader tests the look-ups across tenants: they return
// only accounts that have joined the reader's organisation, and of them only
// what was granted.
func TestSharedAccountsOfTheReader(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		ctx := context.Background()
		refs := []directory.AccountRef{{Org: directory.SampleOrg, UserID: "org1001"}, {Org: directory.SampleOrg, UserID: "org1002"},
			{Org: directory.SampleOrg, UserID: "023420013645"}, {Org: directory.SampleOrg, UserID: "org9"}, {Org: "dingnobody", UserID: "org1001"}}
		shared := func(org string) map[string]directory.SharedAccount {
			found := map[string]directory.SharedAccount{}
			err := o.store.View(ctx, org, func(tx directory.Tx) error {
				as, err := tx.Employees().SharedAccounts(refs)
				for _, a := range as {
					found[a.UserID] = a
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		ids := func(m map[string]directory.SharedAccount) []string { return slices.Sorted(maps.Keys(m)) }
		before := shared(directory.PartnerOrg)
		if got := ids(before); !slices.Equal(got, []string{"org1001", "org1002"}) {
			t.Errorf("accounts that joined: got %v, want org1001 and org1002", got)
		}
		if a := before["org1002"]; a.Mobile != "" || a.Disabled || a.OrgName != "示例科技" || a.Type != directory.AccountDingTalk {
			t.Errorf("without a grant: got %+v, want neither mobile nor state", a)
		}
		grant := func(fields ...string) {
			if err := o.at(directory.SampleOrg).GrantVisibility(ctx, []string{directory.PartnerOrg}, "102530009661373952", fields); err != nil {
				t.Fatal(err)
			}
		}
		grant(directory.GrantMobile)
		if a := shared(directory.PartnerOrg)["org1002"]; a.Mobile != "86-13800001002" || a.Disabled {
			t.Errorf("granted mobile: got %+v, want the mobile and no state", a)
		}
		grant(directory.GrantStatus)
		if a := shared(directory.PartnerOrg)["org1002"]; a.Mobile != "" || !a.Disabled {
			t.Errorf("granted status: got %+v, want the state and no mobile", a)
		}
		if got := ids(shared("dingthird")); len(got) != 0 {
			t.Errorf("an organisation without joined accounts: got %v, want nothing", got)
		}
		err := o.at(directory.PartnerOrg).DeleteEmployee(ctx, "b1002", "")
		if got := ids(shared(directory.PartnerOrg)); err != nil || !slices.Equal(got, []string{"org1001"}) {
			t.Errorf("after one left: got %v, %v; want org1001", got, err)
		}
	})
}

func TestJoiningNeedsAGrantThatCoversTheAccount(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		ctx, a, b := context.Background(), o.at(directory.SampleOrg), o.at(directory.PartnerOrg)
		account := directory.Employee{UserID: "ding1", AccountType: directory.AccountDingTalk, Private: directory.Private{LoginID: "zhou"}}
		o.hire(a, directory.NewEmployee{Employee: account, Password: "init_password220"})
		child, err := a.CreateDepartment(ctx, directory.Department{ParentID: 2, Name: "下级"})
		if err != nil {
			t.Fatal(err)
		}
		join := func() error {
			_, _, err := b.CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{UserID: "b2001", Name: "周杰", DeptIDs: []int64{1},
				AccountType: directory.AccountJoined, OuterOrg: directory.SampleOrg, OuterUserID: "ding1"}})
			return err
		}
		refused := func(when string) {
			t.Helper()
			if err := join(); !errors.Is(err, directory.ErrAccountNotOffered) {
				t.Errorf("%s: got %v, want %v", when, err, directory.ErrAccountNotOffered)
			}
		}
		refused("without a grant")
		if err := a.GrantJoin(ctx, directory.JoinGrant{ToOrg: directory.PartnerOrg, DeptIDs: []int64{3}}); err != nil {
			t.Fatal(err)
		}
		refused("granted for another department")
		if err := a.GrantJoin(ctx, directory.JoinGrant{ToOrg: directory.PartnerOrg}); err != nil {
			t.Fatal(err)
		}
		if err := a.WithdrawJoin(ctx, directory.PartnerOrg); err != nil {
			t.Fatal(err)
		}
		refused("after it was withdrawn")
		if err := errors.Join(
			a.GrantJoin(ctx, directory.JoinGrant{ToOrg: directory.PartnerOrg, DeptIDs: []int64{2}}),
			a.UpdateEmployee(ctx, "ding1", directory.EmployeeUpdate{DeptIDs: []int64{child}}),
			join(),
		); err != nil {
			t.Errorf("granted for the department above: got %v", err)
		}
		if err := join(); !errors.Is(err, directory.ErrEmployeeExists) {
			t.Errorf("again: got %v, want %v", err, directory.ErrEmployeeExists)
		}
		for to, want := range map[string]error{directory.SampleOrg: directory.ErrGrantTarget, "dingnobody": directory.ErrGrantTarget} {
			if err := a.GrantJoin(ctx, directory.JoinGrant{ToOrg: to}); !errors.Is(err, want) {
				t.Errorf("grant to %s: got %v, want %v", to, err, want)
			}
		}
		if err := a.GrantJoin(ctx, directory.JoinGrant{ToOrg: directory.PartnerOrg, DeptIDs: []int64{999}}); !errors.Is(err, directory.ErrDepartmentNotFound) {
			t.Errorf("grant for an unknown department: got %v, want %v", err, directory.ErrDepartmentNotFound)
		}
	})
}

func TestUnionIDs(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, a, b := context.Background(), o.at(directory.SampleOrg), o.at(directory.PartnerOrg)
	union := func(s *directory.Session, id string) string {
		v, err := s.Employee(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return v.UnionID
	}
	person := directory.NewEmployee{Employee: directory.Employee{UserID: "p1", Mobile: "13900000001", DeptIDs: []int64{1}}}
	o.hire(a, person)
	inA := union(a, "p1")
	if err := a.DeleteEmployee(ctx, "p1", ""); err != nil {
		t.Fatal(err)
	}
	person.UserID = "p2"
	o.hire(a, person)
	o.hire(b, person)
	if got := union(a, "p2"); got != inA {
		t.Errorf("the person added again: got %s, want %s as before", got, inA)
	}
	if got := union(b, "p2"); got == inA || len(got) != len(inA) {
		t.Errorf("the person in another organisation: got %s, want another than %s", got, inA)
	}
	account := directory.NewEmployee{Employee: directory.Employee{UserID: "sso1", AccountType: directory.AccountSSO}}
	o.hire(a, account)
	first := union(a, "sso1")
	if err := a.DeleteEmployee(ctx, "sso1", ""); err != nil {
		t.Fatal(err)
	}
	account.Name, account.DeptIDs = "新人", []int64{1}
	if _, _, err := a.CreateEmployee(ctx, account); !errors.Is(err, directory.ErrEmployeeExists) {
		t.Errorf("a new account under an old user id: got %v, want %v", err, directory.ErrEmployeeExists)
	}
	if _, err := a.EditObject(ctx, directory.Edit{Kind: directory.EmployeeKind, Do: directory.RestoreObject, ID: "sso1"}); err != nil {
		t.Fatal(err)
	}
	if got := union(a, "sso1"); got != first {
		t.Errorf("the restored account: got the union id %s, want %s as before", got, first)
	}
}

func TestRangeOfAnApp(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	ctx, admin := context.Background(), o.at(directory.SampleOrg)
	below, err := admin.CreateDepartment(ctx, directory.Department{ParentID: 2, Name: "下级"})
	if err != nil {
		t.Fatal(err)
	}
	o.hire(admin, directory.NewEmployee{Employee: directory.Employee{UserID: "deep", DeptIDs: []int64{below, 3}}})
	s := o.by(directory.Scope{DeptIDs: []int64{2}, UserIDs: []string{"102530009661373952"}})
	for id, want := range map[string]error{"023420013645": nil, "deep": nil, "102530009661373952": nil, "023420013644": directory.ErrOutOfScope, "nobody": directory.ErrEmployeeNotFound} {
		if _, err := s.Employee(ctx, id); !errors.Is(err, want) {
			t.Errorf("employee %s: got %v, want %v", id, err, want)
		}
	}
	seen, hidden, err := s.Employees(ctx, []string{"deep", "023420013644", "nobody", "023420013645"})
	if err != nil || len(seen) != 2 || seen[0].UserID != "deep" || !slices.Equal(hidden, []string{"023420013644", "nobody"}) {
		t.Errorf("several: got %d seen, hidden %v, %v; want deep and 023420013645 seen", len(seen), hidden, err)
	}
	for id, want := range map[int64]error{2: nil, below: nil, 1: directory.ErrDepartmentOutOfRange, 3: directory.ErrDepartmentOutOfRange, 999: directory.ErrDepartmentNotFound} {
		if _, err := s.Department(ctx, id); !errors.Is(err, want) {
			t.Errorf("department %d: got %v, want %v", id, err, want)
		}
	}
	if _, err := o.by(directory.Scope{}).Employee(ctx, "deep"); !errors.Is(err, directory.ErrOutOfScope) {
		t.Errorf("no range at all: got %v, want %v", err, directory.ErrOutOfScope)
	}
}
