package directory_test

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// TestVisibility is the table of who sees what and why
// (docs/spec/external-contacts.md#readers-of-a-contact). Departments: 1 with 2 and 3 below it, 20
// below 2, 200 below 20.
func TestVisibility(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
		tx.InsertDepartment(directory.Department{ID: 20, ParentID: 2, Name: "市场一组"})
		tx.InsertDepartment(directory.Department{ID: 200, ParentID: 20, Name: "小队"})
		for id, depts := range map[string][]int64{"deep": {200}, "two": {3, 20}, "none": {}, "root": {1}} {
			tx.InsertEmployee(directory.Employee{UserID: id, Name: id, DeptIDs: depts, AccountType: directory.AccountNormal})
		}
		return nil
	}))
	contacts := map[string]directory.Contact{
		"of 王芳":           {FollowerID: wangFang},
		"of deep":         {FollowerID: "deep"},
		"to 李强":           {FollowerID: "none", ShareUserIDs: []string{liQiang}},
		"to department 2": {FollowerID: "none", ShareDeptIDs: []int64{2}},
		"to 200":          {FollowerID: "none", ShareDeptIDs: []int64{200}},
		"to everybody":    {FollowerID: "none", ShareDeptIDs: []int64{1}},
		"of root":         {FollowerID: "root"},
	}
	const (
		admin, app, owner      = directory.VisibleToAdministrator, directory.VisibleToApp, directory.VisibleAsOwner
		byName, byDept, everyb = directory.VisibleByName, directory.VisibleByDepartment, directory.VisibleToAll
	)
	all := func(v directory.Visibility) map[string]directory.Visibility {
		m := map[string]directory.Visibility{}
		for name := range contacts {
			m[name] = v
		}
		return m
	}
	for name, c := range map[string]struct {
		reader *directory.Session
		want   map[string]directory.Visibility // absent: not visible
	}{
		"an app with every range": {d.app(), all(app)},
		"the command line":        {d.as(directory.CommandLine("")), all(admin)},
		"an administrator":        {d.user(zhaoMin), all(admin)},
		"nobody":                  {d.as(directory.Principal{Kind: directory.NobodyCaller}), nil},
		"an app without a range":  {d.appWith(directory.Scope{}), nil},
		"somebody unknown":        {d.user("stranger"), nil},
		"王芳, in 2":                {d.user(wangFang), map[string]directory.Visibility{"of 王芳": owner, "to department 2": byDept, "to everybody": everyb}},
		"李强, in 3":                {d.user(liQiang), map[string]directory.Visibility{"to 李强": byName, "to everybody": everyb}},
		"deep, in 200 below 2":    {d.user("deep"), map[string]directory.Visibility{"of deep": owner, "to department 2": byDept, "to 200": byDept, "to everybody": everyb}},
		"two, in 3 and 20":        {d.user("two"), map[string]directory.Visibility{"to department 2": byDept, "to everybody": everyb}},
		"none, in no department":  {d.user("none"), map[string]directory.Visibility{"to 李强": owner, "to department 2": owner, "to 200": owner, "to everybody": owner}},
		"root, in 1 itself":       {d.user("root"), map[string]directory.Visibility{"of root": owner, "to everybody": everyb}},
		"app for department 2": {d.appWith(directory.Scope{DeptIDs: []int64{2}}), map[string]directory.Visibility{
			"of 王芳": owner, "of deep": owner, "to department 2": byDept, "to 200": byDept, "to everybody": everyb}},
		"app for department 3": {d.appWith(directory.Scope{DeptIDs: []int64{3}}), map[string]directory.Visibility{"to 李强": byName, "to everybody": everyb}},
		"app for department 20": {d.appWith(directory.Scope{DeptIDs: []int64{20}}), map[string]directory.Visibility{
			"of deep": owner, "to department 2": byDept, "to 200": byDept, "to everybody": everyb}},
		"app for 李强":  {d.appWith(directory.Scope{UserIDs: []string{liQiang}}), map[string]directory.Visibility{"to 李强": byName, "to everybody": everyb}},
		"app for two": {d.appWith(directory.Scope{UserIDs: []string{"two"}}), map[string]directory.Visibility{"to department 2": byDept, "to everybody": everyb}},
	} {
		for what, contact := range contacts {
			got, err := c.reader.ContactVisibility(ctx, contact)
			d.must(err)
			if got != c.want[what] {
				t.Errorf("%s reads the contact %s: got %q, want %q", name, what, got, c.want[what])
			}
		}
	}
}
