package directory_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// The core refuses values that no operation has checked.
func TestTheCoreHoldsToLimits(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	s := d.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "test")
	long := func(n int) string { return strings.Repeat("名", n) }
	contact := directory.Contact{Name: "客户", FollowerID: wangFang, LabelIDs: []int64{1}, StateCode: "86", Mobile: "13700001111"}
	employee := directory.Employee{Name: "新人", DeptIDs: []int64{2}, Mobile: "13700002222", AccountType: directory.AccountNormal}
	message := directory.MessageContact{Name: "tom", Title: "Other", MessageTypes: []string{"ServiceMessage"}, Email: directory.Channel{Address: "t@example.com"}}
	refused := map[string]error{}
	for what, change := range map[string]func(*directory.Contact){
		"title":  func(c *directory.Contact) { c.Title = ptr(long(201)) },
		"remark": func(c *directory.Contact) { c.Remark = ptr(long(2001)) },
	} {
		c := contact
		change(&c)
		if _, err := s.CreateContact(ctx, c); !errors.Is(err, directory.ErrContactText) {
			refused["contact "+what] = err
		}
	}
	for want, change := range map[error]func(*directory.Employee){
		directory.ErrEmployeeText: func(e *directory.Employee) { e.Profile.Title = long(201) },
		directory.ErrJobNumber:    func(e *directory.Employee) { e.Profile.JobNumber = long(65) },
		directory.ErrEmployeeMail: func(e *directory.Employee) { e.Private.Email = "a@b" },
		directory.ErrUserIDForm:   func(e *directory.Employee) { e.UserID = long(65) },
	} {
		e := employee
		change(&e)
		if _, _, err := s.CreateEmployee(ctx, directory.NewEmployee{Employee: e}); !errors.Is(err, want) {
			refused["employee: "+want.Error()] = err
		}
	}
	for want, change := range map[error]func(*directory.MessageContact){
		directory.ErrMessageContactNameLength: func(c *directory.MessageContact) { c.Name = long(13) },
		directory.ErrMessageContactNameForm:   func(c *directory.MessageContact) { c.Name = "tom1" },
		directory.ErrMessageContactEmail:      func(c *directory.MessageContact) { c.Email.Address = "mailto:t@example.com" },
		directory.ErrMessageContactPhone:      func(c *directory.MessageContact) { c.Phone.Address = "+86-13900001234" },
		directory.ErrMessageContactCountry:    func(c *directory.MessageContact) { c.Phone.Address = "852-61239999" },
		directory.ErrMessageContactTitle:      func(c *directory.MessageContact) { c.Title = "Boss" },
	} {
		c := message
		change(&c)
		if _, err := s.AddMessageContact(ctx, c); !errors.Is(err, want) {
			refused["message contact: "+want.Error()] = err
		}
	}
	if _, err := s.CreateDepartment(ctx, directory.Department{Name: "部门", ParentID: 1, Settings: directory.DepartmentSettings{Code: long(31)}}); !errors.Is(err, directory.ErrDepartmentText) {
		refused["department"] = err
	}
	if _, err := s.CreateAccount(ctx, directory.NewAccount{DisplayName: long(51)}); !errors.Is(err, directory.ErrDisplayNameLength) {
		refused["account"] = err
	}
	if _, err := s.CreateFolder(ctx, directory.Folder{Name: "a/b"}); !errors.Is(err, directory.ErrFolderNameForm) {
		refused["folder"] = err
	}
	receiver := directory.Subscription{URL: "https://example.com/callback", Token: directory.NewSecret("mingceToken123"), AESKey: directory.NewSecret(strings.Repeat("a", 43))}
	for want, change := range map[error]func(*directory.Subscription){
		directory.ErrReceiverToken: func(r *directory.Subscription) { r.Token = directory.NewSecret(strings.Repeat("t", 64)) },
		directory.ErrReceiverKey:   func(r *directory.Subscription) { r.AESKey = directory.NewSecret(strings.Repeat("a", 42) + "=") },
		directory.ErrReceiverURL:   func(r *directory.Subscription) { r.URL = "https://example.com/" + strings.Repeat("x", 1005) },
	} {
		r := receiver
		change(&r)
		if err := s.RegisterReceiver(ctx, r); !errors.Is(err, want) {
			refused["receiver: "+want.Error()] = err
		}
	}
	leaders := directory.DepartmentUpdate{Leaders: strings.Fields(strings.Repeat("m ", 101))}
	if err := s.UpdateDepartment(ctx, 2, leaders); !errors.Is(err, directory.ErrDepartmentText) {
		refused["leaders"] = err
	}
	for what, err := range refused {
		t.Errorf("%s: got %v, want its error", what, err)
	}
}

// A value stored under other rules stays, and other fields can be changed.
func TestWhatWasStoredBeforeStays(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	if err := d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
		tx.Employees().InsertEmployee(directory.Employee{UserID: "old", Name: "老员工", DeptIDs: []int64{2}, Mobile: "86-13700003333", AccountType: directory.AccountNormal,
			Private: directory.Private{Email: ".dot@b", Remark: strings.Repeat("r", 2100)}})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s := d.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "test")
	if err := s.UpdateEmployee(ctx, "old", directory.EmployeeUpdate{Title: ptr("经理"), Email: ptr(".dot@b")}); err != nil {
		t.Errorf("another field: got %v, want success", err)
	}
	if err := s.UpdateEmployee(ctx, "old", directory.EmployeeUpdate{Email: ptr(".dot@c")}); !errors.Is(err, directory.ErrEmployeeMail) {
		t.Errorf("another address: got %v, want %v", err, directory.ErrEmployeeMail)
	}
	// Merging adds to the extension, and the limit applies to the result.
	for i, want := range []error{nil, directory.ErrEmployeeExtension} {
		text := `{"k` + string(rune('0'+i)) + `":"` + strings.Repeat("v", 1500) + `"}`
		if err := s.UpdateEmployee(ctx, "old", directory.EmployeeUpdate{Extension: &text, MergeExt: true}); !errors.Is(err, want) {
			t.Errorf("merge %d: got %v, want %v", i, err, want)
		}
	}
}
