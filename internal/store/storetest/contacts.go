package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// contact returns a complete contact; n makes its id and number unique.
func contact(n int) directory.Contact {
	return directory.Contact{
		ID: fmt.Sprintf("1%017d", n), Name: "张三", FollowerID: "u1", LabelIDs: []int64{1, 2393865715},
		StateCode: "86", Mobile: fmt.Sprintf("138%08d", n),
		Title: ptr("经理"), CompanyName: ptr(""), Address: ptr("中关村"), Remark: nil, Email: ptr("a@example.com"),
		ShareDeptIDs: []int64{}, ShareUserIDs: []string{"u2"}, CreatedAt: start, UpdatedAt: start, Version: 1,
	}
}

func getContact(id string) func(directory.Tx) (directory.Contact, error) {
	return func(tx directory.Tx) (directory.Contact, error) { return tx.Contacts().Contact(id) }
}

func testContacts(t *testing.T, s directory.Store) {
	c := contact(1)
	bare := directory.Contact{ID: "2", Name: "李四", FollowerID: "u1", StateCode: "852", Mobile: "12345", CreatedAt: start, UpdatedAt: start, Version: 1}
	update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().InsertContact(c) })
	update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().InsertContact(bare) })
	c.Ordinal, bare.Ordinal = 1, 2
	same(t, read(t, s, orgA, getContact(c.ID)), c)
	same(t, read(t, s, orgA, getContact(bare.ID)), bare) // lists and texts that were never set stay unset

	after := c
	after.Name, after.FollowerID, after.Title, after.CompanyName, after.Remark = "张三丰", "u2", nil, ptr("公司"), ptr("r")
	after.LabelIDs, after.ShareDeptIDs, after.ShareUserIDs = []int64{1, 3}, nil, []string{}
	after.StateCode, after.Mobile, after.Email, after.UpdatedAt, after.Version = "1", "2025550123", nil, start.Add(time.Minute), 2
	update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().UpdateContact(c, after) })
	same(t, read(t, s, orgA, getContact(c.ID)), after)

	byPhone := func(phone string) func(directory.Tx) (string, error) {
		return func(tx directory.Tx) (string, error) { return tx.Contacts().ContactByPhone(phone) }
	}
	same(t, read(t, s, orgA, byPhone("1-2025550123")), c.ID)
	refused(t, s, orgA, directory.ErrContactNotFound, func(tx directory.Tx) error { _, err := tx.Contacts().ContactByPhone(c.Phone()); return err })
	refused(t, s, orgA, directory.ErrContactNotFound, func(tx directory.Tx) error { _, err := tx.Contacts().Contact("3"); return err })

	twin := contact(5)
	twin.StateCode, twin.Mobile = after.StateCode, after.Mobile
	err := s.Update(bg, orgA, func(tx directory.Tx) error { tx.Contacts().InsertContact(twin); return nil })
	if !errors.Is(err, directory.ErrContactExists) {
		t.Errorf("insert of a taken number: got %v, want %v", err, directory.ErrContactExists)
	}
	err = s.Update(bg, orgA, func(tx directory.Tx) error {
		moved := bare
		moved.StateCode, moved.Mobile = after.StateCode, after.Mobile
		tx.Contacts().UpdateContact(bare, moved)
		return nil
	})
	if !errors.Is(err, directory.ErrMobileTaken) {
		t.Errorf("update to a taken number: got %v, want %v", err, directory.ErrMobileTaken)
	}
	next := contact(6)
	update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().InsertContact(next) })
	next.Ordinal = 3 // the refused insert left no gap
	same(t, read(t, s, orgA, getContact(next.ID)), next)
}

func testContactWithReferences(t *testing.T, s directory.Store) {
	c := contact(1)
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Contacts().InsertContact(c)
		tx.Employees().InsertEmployee(directory.Employee{UserID: "u1", AccountType: directory.AccountNormal, CreatedAt: start})
		tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1, Labels: []directory.Label{{ID: 7, GroupID: 1}}}, 0)
		tx.Departments().InsertDepartment(directory.Department{ID: 2})
	})
	c.Ordinal = 1
	refs := directory.References{UserIDs: []string{"x", "u1"}, LabelIDs: []int64{7, 8, 9}, DeptIDs: []int64{2, 1}}
	for name, run := range map[string]func(func(directory.Tx) error) error{
		"view":   func(fn func(directory.Tx) error) error { return s.View(bg, orgA, fn) },
		"update": func(fn func(directory.Tx) error) error { return s.Update(bg, orgA, fn) },
	} {
		err := run(func(tx directory.Tx) error {
			got, missing, err := tx.Contacts().ContactWithReferences(c.ID, refs)
			same(t, got, c)
			same(t, missing, directory.MissingReferences{UserIDs: []string{"x"}, LabelIDs: []int64{8, 9}, DeptIDs: []int64{1}})
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		err = run(func(tx directory.Tx) error {
			got, missing, err := tx.Contacts().ContactWithReferences("", directory.References{LabelIDs: []int64{7}})
			same(t, got, directory.Contact{})
			same(t, missing, directory.MissingReferences{})
			return err
		})
		if err != nil {
			t.Errorf("%s without a contact: %v", name, err)
		}
	}
	refused(t, s, orgA, directory.ErrContactNotFound, func(tx directory.Tx) error {
		_, _, err := tx.Contacts().ContactWithReferences("none", refs)
		return err
	})
}

// testContactList reads the list page by page while rows are added and changed:
// nothing is repeated or left out.
func testContactList(t *testing.T, s directory.Store) {
	for n := range 25 {
		update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().InsertContact(contact(100 - n)) })
	}
	var got []string
	last := int64(0)
	for page := 0; ; page++ {
		cs := read(t, s, orgA, func(tx directory.Tx) ([]directory.Contact, error) { return tx.Contacts().ContactsAfter(last, 10) })
		for _, c := range cs {
			if c.Ordinal <= last {
				t.Errorf("got ordinal %d after %d, want a larger one", c.Ordinal, last)
			}
			last = c.Ordinal
			got = append(got, c.ID)
		}
		if len(cs) < 10 {
			break
		}
		update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().InsertContact(contact(200 - page)) })
		update(t, s, orgA, func(tx directory.Tx) { tx.Contacts().UpdateContact(cs[0], cs[0]) })
	}
	var want []string
	for n := range 25 {
		want = append(want, contact(100-n).ID)
	}
	want = append(want, contact(200).ID, contact(199).ID)
	same(t, got, want)
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]directory.Contact, error) { return tx.Contacts().ContactsAfter(last, 10) })), 0)
}

func testMessageContacts(t *testing.T, s directory.Store) {
	c := directory.MessageContact{
		ID: "c-1", Name: "tom", Title: "CEO", MessageTypes: []string{"ServiceMessage", "FaultMessage"}, Status: directory.Active,
		Email:   directory.Channel{Address: "someone@example.com", Verified: true, Pending: "other@example.com"},
		Phone:   directory.Channel{Address: "86-13900001234"},
		Members: []string{"1000000000000001"}, Version: 3, CreatedAt: start, UpdatedAt: start.Add(time.Second),
	}
	upper := directory.MessageContact{ID: "c-2", Name: "Tom", Title: "Other", MessageTypes: []string{}, Status: directory.Verifying, Version: 1, CreatedAt: start, UpdatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.ResourceDirectory().PutResourceDirectory(directory.ResourceDirectory{ID: "rd-1", CreatedAt: start})
		tx.MessageContacts().InsertMessageContact(c)
	})
	update(t, s, orgA, func(tx directory.Tx) { tx.MessageContacts().InsertMessageContact(upper) }) // names differ by case
	get := func(id string) func(directory.Tx) (directory.MessageContact, error) {
		return func(tx directory.Tx) (directory.MessageContact, error) {
			return tx.MessageContacts().MessageContact(id)
		}
	}
	same(t, read(t, s, orgA, get("c-1")), c)
	same(t, read(t, s, orgA, get("c-2")), upper)
	same(t, read(t, s, orgA, func(tx directory.Tx) (int64, error) { return tx.MessageContacts().CountMessageContacts() }), int64(2))

	after := c
	after.Name, after.Title, after.MessageTypes, after.Status = "jerry", "Other", []string{"FaultMessage"}, directory.Deleting
	after.Email, after.Phone = directory.Channel{Address: "other@example.com", Verified: true}, directory.Channel{}
	after.Members, after.Version, after.UpdatedAt = []string{"1000000000000002"}, 4, start.Add(time.Minute)
	err := s.Update(bg, orgA, func(tx directory.Tx) error {
		before, holder, err := tx.MessageContacts().MessageContactForUpdate("c-1", "Tom")
		same(t, before, c)
		same(t, holder, "c-2")
		tx.MessageContacts().UpdateMessageContact(before, after)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, read(t, s, orgA, get("c-1")), after)
	err = s.Update(bg, orgA, func(tx directory.Tx) error {
		taken := after
		taken.Name = "Tom"
		tx.MessageContacts().UpdateMessageContact(after, taken)
		return nil
	})
	if !errors.Is(err, directory.ErrMessageContactName) {
		t.Errorf("update to a taken name: got %v, want %v", err, directory.ErrMessageContactName)
	}
	refused(t, s, orgA, directory.ErrMessageContactNotFound, func(tx directory.Tx) error { _, err := tx.MessageContacts().MessageContact("c-9"); return err })
	refused(t, s, orgA, directory.ErrMessageContactNotFound, func(tx directory.Tx) error {
		_, holder, err := tx.MessageContacts().MessageContactForUpdate("", "Tom")
		same(t, holder, "c-2")
		return err
	})
}

func testAudit(t *testing.T, s directory.Store) {
	entry := func(org, object string, n int) directory.AuditEntry {
		return directory.AuditEntry{
			Time: start.Add(time.Duration(n) * time.Second), Org: org, Actor: "app1", API: "dingtalk.corp.extcontact.update",
			RequestID: fmt.Sprint("r", n), Noun: "contact", Object: object, Action: "update",
			Before: []byte(`{"name":"old"}`), After: fmt.Appendf(nil, `{"name":"new %d"}`, n),
		}
	}
	all := []directory.AuditEntry{entry(orgA, "c1", 1), entry(orgA, "c2", 2), entry(orgB, "c1", 3), entry(orgA, "c1", 4)}
	for _, e := range all {
		update(t, s, e.Org, func(tx directory.Tx) { tx.Audit().InsertAudit(e) })
	}
	ask := func(org string, f directory.AuditFilter) []directory.AuditEntry {
		t.Helper()
		es := read(t, s, org, func(tx directory.Tx) ([]directory.AuditEntry, error) { return tx.Audit().Audit(f) })
		var seq int64
		for i, last := range es {
			if i > 0 && last.Seq >= seq {
				t.Errorf("got seq %d after %d, want newest first", last.Seq, seq)
			}
			seq, es[i].Seq = last.Seq, 0
		}
		return es
	}
	same(t, ask("", directory.AuditFilter{Limit: 10}), []directory.AuditEntry{all[3], all[2], all[1], all[0]})
	same(t, ask("", directory.AuditFilter{Object: "c1", Limit: 2}), []directory.AuditEntry{all[3], all[2]})
	same(t, ask(orgA, directory.AuditFilter{Org: orgA, Limit: 2}), []directory.AuditEntry{all[3], all[1]})
	same(t, ask(orgA, directory.AuditFilter{Org: orgA, Object: "c1", Limit: 10}), []directory.AuditEntry{all[3], all[0]})
	same(t, ask(orgB, directory.AuditFilter{Limit: 10}), all[2:3]) // a tenant's transaction sees its own only
	same(t, len(ask(orgA, directory.AuditFilter{Org: orgA, Object: "none", Limit: 10})), 0)
}

func testTenants(t *testing.T, s directory.Store) {
	for _, org := range []string{orgA, orgB} {
		update(t, s, org, func(tx directory.Tx) {
			c := contact(1)
			c.Name = org
			tx.Contacts().InsertContact(c)
			tx.Departments().InsertDepartment(directory.Department{ID: 1, Name: org})
			tx.Employees().InsertEmployee(directory.Employee{UserID: "u1", Name: org, Mobile: "86-13800001001", CreatedAt: start})
			tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1, Name: org, Labels: []directory.Label{{ID: 1, GroupID: 1, Name: org}}}, 0)
			tx.ResourceDirectory().PutResourceDirectory(directory.ResourceDirectory{ID: org, CreatedAt: start})
			tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: "c-1", Name: "tom", Title: org, Members: []string{org}, CreatedAt: start})
			tx.Grants().PutGrant(directory.Grant{ToOrg: "dingx", OptUserID: org, UpdatedAt: start})
			tx.Audit().InsertAudit(directory.AuditEntry{Org: org, Noun: "contact", Object: "1", After: fmt.Appendf(nil, `{"name":%q}`, org), Time: start})
		})
	}
	for _, org := range []string{orgA, orgB} {
		view(t, s, org, func(tx directory.Tx) error {
			c, err := tx.Contacts().Contact(contact(1).ID)
			same(t, c.Name, org)
			same(t, c.Ordinal, int64(1))
			d, err2 := tx.Departments().Department(1)
			same(t, d.Name, org)
			e, err3 := tx.Employees().EmployeeByMobile("86-13800001001")
			same(t, e.Name, org)
			gs, err4 := tx.Labels().LabelGroups(0, 10)
			same(t, len(gs), 1)
			same(t, gs[0].Labels[0].Name, org)
			rd, err5 := tx.ResourceDirectory().ResourceDirectory()
			same(t, rd.ID, org)
			m, err6 := tx.MessageContacts().MessageContact("c-1")
			same(t, m.Title, org)
			same(t, m.Members, []string{org})
			grants, err7 := tx.Grants().Grants()
			same(t, len(grants), 1)
			same(t, grants[0].OptUserID, org)
			es, err8 := tx.Audit().Audit(directory.AuditFilter{Org: orgB, Limit: 10})
			same(t, len(es), 1)
			same(t, es[0].Org, org)
			cs, err9 := tx.Contacts().ContactsAfter(0, 10)
			same(t, len(cs), 1)
			return errors.Join(err, err2, err3, err4, err5, err6, err7, err8, err9)
		})
	}
	view(t, s, "dingthird", func(tx directory.Tx) error {
		missing, err := tx.Employees().MissingEmployees([]string{"u1"})
		same(t, missing, []string{"u1"})
		if _, err := tx.Contacts().Contact(contact(1).ID); !errors.Is(err, directory.ErrContactNotFound) {
			t.Errorf("contact of another organisation: got %v, want %v", err, directory.ErrContactNotFound)
		}
		return err
	})
	if err := s.Update(bg, orgA, func(tx directory.Tx) error {
		tx.Audit().InsertAudit(directory.AuditEntry{Org: orgB})
		return nil
	}); err == nil {
		t.Error("write for another organisation: got no error, want one")
	}
}
