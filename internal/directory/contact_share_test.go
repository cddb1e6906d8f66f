package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// TestSharesWithDeleted: deleted employees and departments are in no answer and
// make nothing visible, also when a new employee gets the id of a deleted
// employee; the contact's next change removes them from its row.
func TestSharesWithDeleted(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		admin := func() *directory.Session { return d.as(directory.CommandLine("")) }
		dept, err := admin().CreateDepartment(ctx, directory.Department{Name: "临时", ParentID: 1})
		d.must(err)
		hire := func() {
			_, _, err := admin().CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{UserID: "temp", Name: "临时工",
				DeptIDs: []int64{3}, AccountType: directory.AccountNormal, Mobile: "13700000001"}})
			d.must(err)
		}
		hire()
		share := func(c *directory.Contact) {
			c.ShareUserIDs, c.ShareDeptIDs, c.FollowerID = []string{"temp", liQiang}, []int64{dept, 2}, wangFang
		}
		id := d.add("客户", share)
		followed := d.add("客二", func(c *directory.Contact) { share(c); c.FollowerID = zhaoMin })
		shares := func(what string, wantUsers []string, wantDepts []int64) {
			t.Helper()
			one, err := d.app().Contact(ctx, id)
			d.must(err)
			page, err := d.app().ContactPage(ctx, 1, 1)
			d.must(err)
			found, err := d.app().SearchContacts(ctx, directory.ContactQuery{Text: "客户"})
			d.must(err)
			for how, c := range map[string]directory.Contact{"get": one, "list": page[0], "search": found.Contacts[0]} {
				if c.ID != id || !slices.Equal(c.ShareUserIDs, wantUsers) || !slices.Equal(c.ShareDeptIDs, wantDepts) {
					t.Errorf("%s, %s: got %v and %v, want %v and %v", what, how, c.ShareUserIDs, c.ShareDeptIDs, wantUsers, wantDepts)
				}
			}
		}
		sees := func(what string, want ...string) {
			t.Helper()
			cs, err := d.user("temp").ContactPage(ctx, 0, 10)
			d.must(err)
			d.same(what, d.names(cs), want)
		}
		shares("while all are there", []string{"temp", liQiang}, []int64{dept, 2})
		sees("the employee", "客户", "客二")

		d.must(admin().DeleteEmployee(ctx, "temp", ""))
		d.must(admin().DeleteDepartment(ctx, dept))
		shares("after the deletion", []string{liQiang}, []int64{2})
		d.clock.Add(int64(time.Hour))
		// Programs from before ids were kept could do this.
		d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			tx.Employees().InsertEmployee(directory.Employee{UserID: "temp", Name: "临时工", DeptIDs: []int64{3}, AccountType: directory.AccountNormal, CreatedAt: d.dir.Now()})
			return nil
		}))
		shares("somebody new has the id", []string{liQiang}, []int64{2})
		sees("somebody new")

		d.events()
		d.must(d.app().UpdateContact(ctx, id, directory.ContactUpdate{Remark: ptr("x")}))
		shares("after a change", []string{liQiang}, []int64{2})
		sees("after a change")
		h := d.history(id)
		want := fmt.Sprintf(`update {"share_dept_ids":[%d,2],"share_user_ids":["temp","%s"]} {"remark":"x","share_dept_ids":[2],"share_user_ids":["%s"]}`, dept, liQiang, liQiang)
		if len(h) != 2 || h[1] != want {
			t.Errorf("history: got %v, want %v at the end", h, want)
		}
		_, err = admin().HandOver(ctx, zhaoMin, wangFang, false)
		d.must(err)
		if h := d.history(followed); !strings.Contains(h[len(h)-1], `"share_user_ids":["`+liQiang+`"]`) {
			t.Errorf("history of a contact that was handed over: got %v, want that the share has ended", h)
		}
		sees("after a hand-over")
		d.same("events", d.events(), []string{"contact_modify_org " + id, "contact_modify_org " + followed})
	})
}
