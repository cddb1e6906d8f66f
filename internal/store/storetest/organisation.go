package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// everyField returns an employee with every field set.
func everyField() directory.Employee {
	main := true
	return directory.Employee{
		UserID: "u1", Name: "王芳", DeptIDs: []int64{2, 1}, Mobile: "86-13800001001", Admin: true, Boss: true, AccountType: directory.AccountDingTalk,
		Disabled: true, CreatedAt: start, UpdatedAt: start.Add(time.Second), Version: 3, ManagerID: "u2", Account: "account/1", UnionID: "union1", PasswordHash: "$argon2id$",
		Profile: directory.Profile{
			JobNumber: "4", Title: "总监", OrgEmailType: "base", Nickname: "小王", AvatarMediaID: "@l", Gender: "F", HideMobile: true,
			MobileVerified: true, Senior: true, HiredDate: 1597573616828, Orders: []directory.DeptOrder{{DeptID: 2, Order: 7}},
			Positions: []directory.DeptPosition{{DeptID: 1, Title: "顾问", WorkPlace: "杭州", Main: &main}},
		},
		Private: directory.Private{
			Telephone: "1001", Email: "Wang@Example.com", OrgEmail: "w@corp.example", LoginEmail: "l@corp.example", LoginID: "wang",
			WorkPlace: "未来park", Remark: "备注", Extension: `{"a":"b"}`, ExtensionI18n: `{}`,
			ExtAttrs: []directory.ExtAttr{{Code: "c", Name: "n", Value: directory.ExtAttrValue{Text: "t", URL: "u", Images: "i"}}},
		},
	}
}

func testEmployees(t *testing.T, s directory.Store) {
	e := everyField()
	other := directory.Employee{UserID: "u2", Name: "李强", DeptIDs: []int64{1}, AccountType: directory.AccountNormal, Mobile: "86-13900000001", CreatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Employees().InsertEmployee(e)
		tx.Employees().InsertEmployee(other)
	})
	byID := func(id string) func(directory.Tx) (directory.Employee, error) {
		return func(tx directory.Tx) (directory.Employee, error) { return tx.Employees().Employee(id) }
	}
	same(t, read(t, s, orgA, byID("u1")), e)
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.Employee, error) { return tx.Employees().EmployeeByLogin("wang") }), e)
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Employee, error) { return tx.Employees().EmployeesByMobile(e.Mobile) }), []directory.Employee{e})
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]directory.Employee, error) {
		return tx.Employees().Employees([]string{"u1", "u2", "u3"})
	})), 2)
	refused(t, s, orgB, directory.ErrEmployeeNotFound, func(tx directory.Tx) error { _, err := tx.Employees().EmployeeByLogin("wang"); return err })
	testTaken(t, s, e, other)
	before := e
	e.Private.Email, e.Mobile, e.DeptIDs, e.Profile, e.Version = "", "", []int64{1}, directory.Profile{}, before.Version+1
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().UpdateEmployee(before, e) })
	same(t, read(t, s, orgA, byID("u1")), e)
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]string, error) { return tx.Employees().MemberIDs(2) }), []string{})
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]directory.Employee, error) { return tx.Employees().Subordinates("u2") })), 1)
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().DeleteEmployee(other) })
	e.ManagerID = ""
	same(t, read(t, s, orgA, byID("u1")), e)
	refused(t, s, orgA, directory.ErrEmployeeNotFound, func(tx directory.Tx) error { _, err := tx.Employees().Employee("u2"); return err })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]string, error) { return tx.Employees().MemberIDs(1) }), []string{"u1"})
}

// testTaken checks that values that must be unique in an organisation are
// refused by name, and may be repeated in another one.
func testTaken(t *testing.T, s directory.Store, e, other directory.Employee) {
	for name, c := range map[string]struct {
		want   error
		change func(*directory.Employee)
	}{
		"user id":   {directory.ErrEmployeeExists, func(n *directory.Employee) { n.UserID = e.UserID }},
		"mobile":    {directory.ErrEmployeeMobile, func(n *directory.Employee) { n.Mobile = other.Mobile }},
		"mail":      {directory.ErrEmployeeEmail, func(n *directory.Employee) { n.Private.Email = "wang@example.com" }},
		"telephone": {directory.ErrEmployeeTelephone, func(n *directory.Employee) { n.Private.Telephone = e.Private.Telephone }},
		"login id":  {directory.ErrLoginIDTaken, func(n *directory.Employee) { n.Private.LoginID = e.Private.LoginID }},
	} {
		n := directory.Employee{UserID: "new " + name, Name: "新", DeptIDs: []int64{1}, AccountType: directory.AccountNormal, CreatedAt: start}
		c.change(&n)
		insert := func(tx directory.Tx) error { tx.Employees().InsertEmployee(n); return nil }
		taken := read(t, s, orgA, func(tx directory.Tx) ([]error, error) { return tx.Employees().TakenValues(n) })
		if name != "user id" && (len(taken) != 1 || !errors.Is(taken[0], c.want)) {
			t.Errorf("%s taken: TakenValues says %v", name, taken)
		}
		if err := s.Update(bg, orgA, insert); !errors.Is(err, c.want) {
			t.Errorf("%s taken: got %v, want %v", name, err, c.want)
		}
		if err := s.Update(bg, orgB, insert); err != nil {
			t.Errorf("%s in another organisation: got %v", name, err)
		}
	}
	shared := directory.Employee{UserID: "sso", Name: "新", AccountType: directory.AccountSSO, Mobile: other.Mobile, CreatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().InsertEmployee(shared); tx.Employees().DeleteEmployee(shared) })
	joined := directory.Employee{UserID: "j1", Name: "新", AccountType: directory.AccountJoined, OuterOrg: orgB, OuterUserID: "x", CreatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().InsertEmployee(joined) })
	joined.UserID = "j2"
	if err := s.Update(bg, orgA, func(tx directory.Tx) error { tx.Employees().InsertEmployee(joined); return nil }); !errors.Is(err, directory.ErrAccountJoined) {
		t.Errorf("joined twice: got %v, want %v", err, directory.ErrAccountJoined)
	}
	update(t, s, orgA, func(tx directory.Tx) { joined.UserID = "j1"; tx.Employees().DeleteEmployee(joined) })
}

func testTree(t *testing.T, s directory.Store) {
	settings := directory.DepartmentSettings{SourceIdentifier: "hr", Code: "1", Hidden: true, DeptPermits: []int64{3}, UserPermits: []string{"u1"},
		Outer: true, OuterOnlySelf: true, OuterPermitDepts: []int64{4}, OuterPermitUsers: []string{"u2"}, CreateGroup: true, AutoApprove: true,
		AutoAddUser: true, GroupWithSub: true, GroupWithOuter: true, GroupWithHidden: true, GroupOwner: "u1", Ext: `{"a":"b"}`}
	dept := func(id, parent int64, order int64) directory.Department {
		return directory.Department{ID: id, ParentID: parent, Name: fmt.Sprint("d", id), Order: order, Version: 1}
	}
	full := dept(12, 1, 1)
	full.Settings, full.Version, full.CreatedAt, full.UpdatedAt = settings, 4, start, start.Add(time.Second)
	update(t, s, orgA, func(tx directory.Tx) { // 1 > (12 > 5, 2 > 3 > 30)
		for _, d := range []directory.Department{dept(1, 0, 0), full, dept(2, 1, 9), dept(5, 12, 0), dept(3, 2, 0), dept(30, 3, 0)} {
			tx.Departments().InsertDepartment(d)
		}
	})
	path := func(id int64) []int64 {
		return read(t, s, orgA, func(tx directory.Tx) ([]int64, error) { return tx.Departments().DepartmentPath(id) })
	}
	height := func(id int64) int {
		return read(t, s, orgA, func(tx directory.Tx) (int, error) { return tx.Departments().DepartmentHeight(id) })
	}
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.Department, error) { return tx.Departments().Department(12) }), full)
	same(t, path(30), []int64{30, 3, 2, 1})
	same(t, []int{height(1), height(2), height(30), height(12)}, []int{3, 2, 0, 1})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]int64, error) { return tx.Departments().SubDepartmentIDs(1) }), []int64{12, 2})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Department, error) { return tx.Departments().SubDepartments(2) }), []directory.Department{dept(3, 2, 0)})
	same(t, read(t, s, orgA, func(tx directory.Tx) (map[int64][]int64, error) {
		return tx.Departments().DepartmentPaths([]int64{5, 99, 1})
	}),
		map[int64][]int64{5: {5, 12, 1}, 1: {1}})
	tree := func(org string, id int64) []int64 {
		return read(t, s, org, func(tx directory.Tx) (ids []int64, err error) {
			ds, err := tx.Departments().DepartmentTree(id)
			for _, d := range ds {
				ids = append(ids, d.ID)
			}
			return ids, err
		})
	}
	same(t, [][]int64{tree(orgA, 1), tree(orgA, 2), tree(orgA, 30), tree(orgA, 99), tree(orgB, 1), tree(orgB, 2)},
		[][]int64{{1, 2, 3, 5, 12, 30}, {2, 3, 30}, {30}, nil, nil, nil})
	refused(t, s, orgB, directory.ErrDepartmentNotFound, func(tx directory.Tx) error { _, err := tx.Departments().DepartmentPath(2); return err })
	for want, d := range map[error]directory.Department{directory.ErrDepartmentIDTaken: dept(5, 2, 0), directory.ErrDepartmentExists: {ID: 77, ParentID: 1, Name: "d2"}} {
		if err := s.Update(bg, orgA, func(tx directory.Tx) error { tx.Departments().InsertDepartment(d); return nil }); !errors.Is(err, want) {
			t.Errorf("department %d: got %v, want %v", d.ID, err, want)
		}
	}
	update(t, s, orgA, func(tx directory.Tx) { // 2, with all below it, under 5
		tx.Departments().MoveDepartment([]int64{2, 1}, []int64{5, 12, 1})
		tx.Departments().UpdateDepartment(dept(2, 1, 9), dept(2, 5, 9))
	})
	same(t, path(30), []int64{30, 3, 2, 5, 12, 1})
	same(t, []int{height(12), height(1)}, []int{4, 5})
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.Department, error) { return tx.Departments().Department(2) }).Version, int64(2))
	update(t, s, orgA, func(tx directory.Tx) { tx.Departments().DeleteDepartment(dept(30, 3, 0)) })
	same(t, height(12), 3)
}

func testMembers(t *testing.T, s directory.Store) {
	employee := func(id string, depts ...int64) directory.Employee {
		return directory.Employee{UserID: id, Name: id, DeptIDs: depts, AccountType: directory.AccountSSO, CreatedAt: start}
	}
	update(t, s, orgA, func(tx directory.Tx) { // 1 > 2 > 20
		for i, d := range []int64{1, 2, 20} {
			tx.Departments().InsertDepartment(directory.Department{ID: d, ParentID: []int64{0, 1, 2}[i], Name: fmt.Sprint(d)})
		}
		for _, e := range []directory.Employee{employee("a", 1), employee("b", 2, 20), employee("c", 20), employee("d", 2)} {
			tx.Employees().InsertEmployee(e)
		}
	})
	counts := func(org string, id int64) (list []int64) {
		view(t, s, org, func(tx directory.Tx) error {
			direct, all, err := tx.Employees().CountMembers(id)
			list = []int64{direct, all}
			return err
		})
		return list
	}
	same(t, [][]int64{counts(orgA, 1), counts(orgA, 2), counts(orgA, 20), counts(orgA, 9), counts(orgB, 2)}, [][]int64{{1, 4}, {2, 3}, {2, 2}, {0, 0}, {0, 0}})
	leaders := func(tx directory.Tx) ([]string, error) { return tx.Departments().LeadersOf(2) }
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().SetLeaders(2, []string{"b", "d", "c"}) }) // c is no member
	same(t, read(t, s, orgA, leaders), []string{"b", "d"})
	changed := employee("b", 2)
	changed.Name, changed.UpdatedAt = "z", start.Add(time.Minute)
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().UpdateEmployee(employee("b", 2, 20), changed) }) // stays a member, so still a leader
	same(t, read(t, s, orgA, leaders), []string{"b", "d"})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]int64, error) { return tx.Employees().LedBy("b") }), []int64{2})
	same(t, read(t, s, orgA, func(tx directory.Tx) (map[int64][]string, error) {
		return tx.Departments().LeadersOfAll([]int64{1, 2, 20})
	}),
		map[int64][]string{2: {"b", "d"}})
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().SetLeaders(2, nil) })
	same(t, read(t, s, orgA, leaders), []string{})
	page := func(p directory.MemberPage) (ids []string) {
		p.DeptID = 2
		for _, m := range read(t, s, orgA, func(tx directory.Tx) ([]directory.DeptMember, error) { return tx.Employees().Members(p) }) {
			ids = append(ids, m.UserID)
		}
		return ids
	}
	for order, want := range map[directory.MemberOrder][]string{
		directory.ByCustom: {"d", "b"}, directory.ByEntry: {"b", "d"}, directory.ByEntryDesc: {"d", "b"},
		directory.ByChange: {"d", "b"}, directory.ByChangeDesc: {"b", "d"},
	} {
		same(t, page(directory.MemberPage{Order: order, Size: 10}), want)
		same(t, page(directory.MemberPage{Order: order, Size: 10, Skip: 1}), want[1:])
		same(t, page(directory.MemberPage{Order: order, Size: 1, Names: true}), want[:1])
		first := read(t, s, orgA, func(tx directory.Tx) ([]directory.DeptMember, error) {
			return tx.Employees().Members(directory.MemberPage{DeptID: 2, Order: order, Size: 1})
		})
		same(t, page(directory.MemberPage{Order: order, Size: 10, After: &first[0].Key}), want[1:])
	}
}

func testJoinGrants(t *testing.T, s directory.Store) {
	all := directory.JoinGrant{ToOrg: "dingz", UpdatedAt: start}
	some := directory.JoinGrant{ToOrg: orgB, DeptIDs: []int64{2}, UpdatedAt: start}
	account := directory.Employee{UserID: "x", Name: "x", DeptIDs: []int64{3}, AccountType: directory.AccountSSO, Account: "acc", CreatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) {
		for i, d := range []int64{1, 2, 3} {
			tx.Departments().InsertDepartment(directory.Department{ID: d, ParentID: int64(i), Name: fmt.Sprint(d)})
		}
		tx.Employees().InsertEmployee(account)
		tx.Employees().PutJoinGrant(all)
		tx.Employees().PutJoinGrant(some)
	})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.JoinGrant, error) { return tx.Employees().JoinGrants() }), []directory.JoinGrant{some, all})
	offer := func(tx directory.Tx) (directory.JoinOffer, error) {
		return tx.Employees().JoinOffer(directory.AccountRef{Org: orgA, UserID: "x"})
	}
	same(t, read(t, s, orgB, offer), directory.JoinOffer{Type: directory.AccountSSO, Account: "acc", DeptIDs: []int64{2}, Paths: [][]int64{{3, 2, 1}}})
	same(t, read(t, s, "dingz", offer).DeptIDs == nil, true)
	refused(t, s, "dingc", directory.ErrAccountNotOffered, func(tx directory.Tx) error { _, err := offer(tx); return err })
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().DeleteJoinGrant(orgB) })
	refused(t, s, orgB, directory.ErrAccountNotOffered, func(tx directory.Tx) error { _, err := offer(tx); return err })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.JoinGrant, error) { return tx.Employees().JoinGrants() }), []directory.JoinGrant{all})
}

func testConsents(t *testing.T, s directory.Store) {
	phone := directory.Consent{ID: "k1", Person: "86-13900001234", GivenAt: start}
	mail := directory.Consent{ID: "k2", Person: "new@example.com", GivenAt: start.Add(time.Hour)}
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().PutConsent(mail); tx.Employees().PutConsent(phone) })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Consent, error) { return tx.Employees().Consents() }), []directory.Consent{phone, mail})
	of := func(person string) func(directory.Tx) (directory.Consent, error) {
		return func(tx directory.Tx) (directory.Consent, error) { return tx.Employees().Consent(person) }
	}
	same(t, read(t, s, orgA, of(phone.Person)), phone)
	refused(t, s, orgB, directory.ErrConsentNotFound, func(tx directory.Tx) error { _, err := tx.Employees().Consent(phone.Person); return err })
	phone.ID, phone.GivenAt = "k3", start.Add(2*time.Hour)
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().PutConsent(phone) })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Consent, error) { return tx.Employees().Consents() }), []directory.Consent{mail, phone})
	update(t, s, orgB, func(tx directory.Tx) {
		tx.Employees().DeleteConsent(mail.Person)
		tx.Employees().SweepConsents(start.Add(24 * time.Hour))
	})
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().SweepConsents(start.Add(2 * time.Hour)) })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Consent, error) { return tx.Employees().Consents() }), []directory.Consent{phone})
	update(t, s, orgA, func(tx directory.Tx) { tx.Employees().DeleteConsent(phone.Person) })
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]directory.Consent, error) { return tx.Employees().Consents() })), 0)
}

func testUnionIDs(t *testing.T, s directory.Store) {
	e := everyField()
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Employees().InsertEmployee(e)
		tx.Contacts().InsertContact(contact(1))
		tx.Employees().PutContactUnionID("union2", contact(1).ID)
		tx.Employees().PutContactUnionID("union3", "gone")
	})
	for union, want := range map[string]string{"union1": "u1 false", "union2": contact(1).ID + " true"} {
		view(t, s, orgA, func(tx directory.Tx) error {
			id, external, err := tx.Employees().UserByUnionID(union)
			same(t, fmt.Sprint(id, " ", external), want)
			return err
		})
	}
	for _, c := range [][2]string{{orgA, "union3"}, {orgA, "x"}, {orgB, "union1"}} {
		refused(t, s, c[0], directory.ErrEmployeeNotFound, func(tx directory.Tx) error { _, _, err := tx.Employees().UserByUnionID(c[1]); return err })
	}
	before := read(t, s, orgA, func(tx directory.Tx) (directory.Contact, error) { return tx.Contacts().Contact(contact(1).ID) })
	after := before
	after.Mobile = "13999999999"
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Contacts().UpdateContact(before, after)
		tx.Employees().PutContactUnionID("union4", after.ID)
	})
	holds := func(union string, want bool) {
		t.Helper()
		view(t, s, orgA, func(tx directory.Tx) error {
			_, _, err := tx.Employees().UserByUnionID(union)
			if (err == nil) != want {
				t.Errorf("union id %s: got %v, want it known: %t", union, err, want)
			}
			return nil
		})
	}
	holds("union2", false) // belongs to the previous number
	holds("union4", true)
	update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().DeleteContact(after) })
	update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().InsertContact(contact(1)) })
	holds("union4", false)
}
