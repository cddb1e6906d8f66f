package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

func TestHandOver(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		second := d.add("李四", nil)
		other := d.add("王五", func(c *directory.Contact) { c.FollowerID = zhaoMin })
		d.events()
		admin := d.as(directory.CommandLine(""))

		ids, err := admin.HandOver(ctx, wangFang, liQiang, true)
		d.must(err)
		d.same("what a dry run would move", ids, []string{zhangSan, second})
		d.same("still of 王芳", d.found(directory.ContactQuery{FollowerID: wangFang}), []string{"张三", "李四"})
		d.same("events of a dry run", d.events(), nil)

		ids, err = admin.HandOver(ctx, wangFang, liQiang, false)
		d.must(err)
		d.same("moved", ids, []string{zhangSan, second})
		d.same("of 王芳", d.found(directory.ContactQuery{FollowerID: wangFang}), []string{})
		d.same("of 李强", d.found(directory.ContactQuery{FollowerID: liQiang}), []string{"张三", "李四"})
		d.same("of 赵敏", d.found(directory.ContactQuery{FollowerID: zhaoMin}), []string{"王五"})
		d.same("events", d.events(), []string{"contact_modify_org " + zhangSan, "contact_modify_org " + second})
		if h := d.history(zhangSan); !slices.Contains(h, `update {"follower_user_id":"`+wangFang+`"} {"follower_user_id":"`+liQiang+`"}`) {
			t.Errorf("history of the contact: got %v, want the change of its owner", h)
		}
		if h := d.history(wangFang); len(h) != 1 || !strings.HasPrefix(h[0], "hand-over ") || !strings.Contains(h[0], second) {
			t.Errorf("history of the employee: got %v, want one entry with the contacts", h)
		}
		c, err := d.app().Contact(ctx, other)
		d.must(err)
		if c.FollowerID != zhaoMin {
			t.Errorf("a contact of another employee: got owner %s, want %s", c.FollowerID, zhaoMin)
		}

		ids, err = admin.HandOver(ctx, wangFang, liQiang, false)
		d.must(err)
		d.same("handed over twice", ids, []string{})
	})
}

func TestHandOverRefusals(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	for name, c := range map[string]struct {
		to   string
		want error
	}{
		"to oneself": {wangFang, directory.ErrHandOverToSelf}, "to nobody": {"nobody", directory.ErrEmployeeNotFound},
		"to somebody of another organisation": {"b0001", directory.ErrEmployeeNotFound},
	} {
		for _, dry := range []bool{true, false} {
			if _, err := d.as(directory.CommandLine("")).HandOver(ctx, wangFang, c.to, dry); !errors.Is(err, c.want) {
				t.Errorf("%s, dry run %v: got %v, want %v", name, dry, err, c.want)
			}
		}
	}
	// The contacts of a deleted employee can be handed over.
	d.add("李四", func(c *directory.Contact) { c.FollowerID = liQiang })
	d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
		cs, err := tx.ContactList().ContactsFollowedBy(liQiang)
		after := cs[0]
		after.FollowerID = "gone"
		tx.Contacts().UpdateContact(cs[0], after)
		return err
	}))
	ids, err := d.as(directory.CommandLine("")).HandOver(ctx, "gone", wangFang, false)
	d.must(err)
	if len(ids) != 1 {
		t.Errorf("contacts of a deleted employee: got %v, want one", ids)
	}
}

// TestNoContactIsOrphaned deletes an employee while callers give contacts to
// that employee: whichever call is first, no contact is left without an owner.
func TestNoContactIsOrphaned(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		admin := d.as(directory.CommandLine(""))
		var wg sync.WaitGroup
		for i := range 8 {
			s := d.app()
			wg.Go(func() {
				_, err := s.CreateContact(ctx, directory.Contact{Name: "客", FollowerID: liQiang, LabelIDs: []int64{1}, StateCode: "86", Mobile: fmt.Sprintf("1370000000%d", i)})
				if err != nil && !errors.Is(err, directory.ErrEmployeeNotFound) && !errors.Is(err, directory.ErrBusy) {
					t.Errorf("create: got %v, want success or %v", err, directory.ErrEmployeeNotFound)
				}
			})
		}
		err := admin.DeleteEmployee(ctx, liQiang, "")
		wg.Wait()
		owned := len(d.found(directory.ContactQuery{FollowerID: liQiang}))
		switch {
		case err == nil && owned > 0:
			t.Errorf("the employee is deleted and owns %d contacts", owned)
		case err != nil && !errors.Is(err, directory.ErrEmployeeFollows) && !errors.Is(err, directory.ErrBusy):
			t.Errorf("delete: got %v, want success or %v", err, directory.ErrEmployeeFollows)
		}
		// The owner of the sample contact leaves it to an heir.
		d.must(admin.DeleteEmployee(ctx, wangFang, zhaoMin))
		if c, err := d.app().Contact(ctx, zhangSan); err != nil || c.FollowerID != zhaoMin {
			t.Errorf("contact of an employee who left: got owner %s, %v; want %s", c.FollowerID, err, zhaoMin)
		}
	})
}
