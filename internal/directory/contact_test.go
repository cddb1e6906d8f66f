package directory_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/enginetest"
	"github.com/mingce/mingce/internal/store/storetest"
)

var ctx = context.Background()

func ptr[T any](v T) *T { return &v }

func TestEventsOfContacts(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	id := d.add("李四", func(c *directory.Contact) { c.CompanyName, c.ShareDeptIDs = ptr("钉钉"), []int64{2} })
	items, err := d.dir.Outbox(ctx, directory.EventKind, 10)
	d.must(err)
	want := fmt.Sprintf(`{"userId":%q,"name":"李四","mobile":"13900000001","stateCode":"86","followerUserId":%q,"labelIds":[1],"shareDeptIds":[2],`+
		`"shareUserIds":[],"companyName":"钉钉","title":"","remark":"","errcode":0,"errmsg":"ok"}`, id, wangFang)
	if len(items) != 1 || items[0].Payload != want {
		t.Errorf("event: got %+v, want %s", items, want)
	}
	d.same("create", d.events(), []string{"contact_add_org " + id})

	d.must(d.app().UpdateContact(ctx, id, directory.ContactUpdate{Name: ptr("李四")}))
	d.same("an update that changes nothing", d.events(), nil)
	d.must(d.app().UpdateContact(ctx, id, directory.ContactUpdate{Title: ptr("")}))
	d.same("an unset text becomes empty", d.events(), []string{"contact_modify_org " + id})
	if err := d.app().UpdateContact(ctx, id, directory.ContactUpdate{LabelIDs: []int64{99}}); !errors.Is(err, directory.ErrLabelNotFound) {
		t.Errorf("unknown label: got %v, want %v", err, directory.ErrLabelNotFound)
	}
	d.same("an update that fails", d.events(), nil)

	d.must(d.app().DeleteContact(ctx, id))
	items, err = d.dir.Outbox(ctx, directory.EventKind, 10)
	d.must(err)
	if want := fmt.Sprintf(`{"userId":%q}`, id); len(items) != 1 || items[0].Payload != want {
		t.Errorf("event: got %+v, want %s", items, want)
	}
	d.same("delete", d.events(), []string{"contact_leave_org " + id})
}

func TestDeletedContact(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		id := d.add("李四", func(c *directory.Contact) { c.ShareUserIDs = []string{liQiang} })
		d.must(d.app().DeleteContact(ctx, id))
		for name, err := range map[string]error{
			"deleted twice":        d.app().DeleteContact(ctx, id),
			"updated":              d.app().UpdateContact(ctx, id, directory.ContactUpdate{Name: ptr("x")}),
			"another organisation": d.partner().DeleteContact(ctx, zhangSan),
		} {
			if !errors.Is(err, directory.ErrContactNotFound) {
				t.Errorf("%s: got %v, want %v", name, err, directory.ErrContactNotFound)
			}
		}
		h := d.history(id)
		if len(h) != 2 || !strings.HasPrefix(h[1], `delete {`) || !strings.Contains(h[1], "李四") || !strings.HasSuffix(h[1], " {}") {
			t.Errorf("history: got %v, want create and delete with the last state", h)
		}
		for _, q := range []directory.ContactQuery{{Text: "李"}, {LabelID: 1, Text: "lisi"}} {
			m, err := d.app().SearchContacts(ctx, q)
			d.must(err)
			d.same("found after it was deleted", d.names(m.Contacts), []string{})
		}
		// Its number is free again.
		_, err := d.app().CreateContact(ctx, directory.Contact{Name: "王五", FollowerID: wangFang, LabelIDs: []int64{1}, StateCode: "86", Mobile: "13900000001"})
		d.must(err)
	})
}

func TestContactQuota(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{MaxContacts: 3})
	d.add("a", nil)
	id := d.add("b", nil)
	c := directory.Contact{Name: "c", FollowerID: wangFang, LabelIDs: []int64{1}, StateCode: "86", Mobile: "13811111111"}
	if _, err := d.app().CreateContact(ctx, c); !errors.Is(err, directory.ErrContactQuota) {
		t.Errorf("a fourth: got %v, want %v", err, directory.ErrContactQuota)
	}
	c.Mobile = "13800000001"
	if _, err := d.app().CreateContact(ctx, c); !errors.Is(err, directory.ErrContactExists) {
		t.Errorf("a fourth with a taken number: got %v, want %v", err, directory.ErrContactExists)
	}
	d.must(d.app().DeleteContact(ctx, id))
	d.add("c", nil)
}

// TestListAgainstAModel creates and deletes at random and compares every page
// with a plain list.
func TestListAgainstAModel(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		var model []string // ids
		model = append(model, zhangSan)
		for i := range 60 {
			model = append(model, d.add(fmt.Sprint("客", i), nil))
		}
		r := rand.New(rand.NewPCG(1, 2))
		for round := range 40 {
			i := r.IntN(len(model))
			d.must(d.app().DeleteContact(ctx, model[i]))
			model = slices.Delete(model, i, i+1)
			if round%3 == 0 {
				model = append(model, d.add(fmt.Sprint("新", round), nil))
			}
			offset, size := r.IntN(len(model)+3), 1+r.IntN(7)
			d.clock.Add(int64(16 * time.Minute)) // a remembered page end shows the list as it was
			cs, err := d.app().ContactPage(ctx, int64(offset), int64(size))
			d.must(err)
			var got []string
			for _, c := range cs {
				got = append(got, c.ID)
			}
			from := min(offset, len(model))
			if want := model[from:min(from+size, len(model))]; !slices.Equal(got, want) {
				t.Fatalf("round %d, offset %d, size %d: got %v, want %v", round, offset, size, got, want)
			}
		}
		d.count(t, len(model))
	})
}

func (d *desk) count(t *testing.T, want int) {
	t.Helper()
	err := d.store.View(ctx, directory.SampleOrg, func(tx directory.Tx) error {
		n, err := tx.ContactList().CountContacts()
		if n != int64(want) {
			t.Errorf("count: got %d, want %d", n, want)
		}
		return err
	})
	d.must(err)
}

// TestPagesUnderDeletions goes through the list page by page while contacts that
// were served already, and others, are deleted and created.
func TestPagesUnderDeletions(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ids := []string{zhangSan}
		for i := range 40 {
			ids = append(ids, d.add(fmt.Sprint("客", i), nil))
		}
		var served []string
		for offset := int64(0); ; {
			cs, err := d.app().ContactPage(ctx, offset, 7)
			d.must(err)
			if len(cs) == 0 {
				break
			}
			for _, c := range cs {
				served = append(served, c.ID)
			}
			offset += int64(len(cs))
			d.must(d.app().DeleteContact(ctx, cs[0].ID))
			d.add(fmt.Sprint("新", offset), nil)
			d.clock.Add(int64(time.Minute))
			if offset > 100 {
				t.Fatal("the pages do not end")
			}
			if offset >= int64(len(ids)) {
				break
			}
		}
		if !slices.Equal(served[:len(ids)], ids) {
			t.Errorf("got %v, want each of %v once", served, ids)
		}
	})
}

func TestPlacesAreForgotten(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	for i := range 4 {
		d.add(fmt.Sprint("客", i), nil)
	}
	page := func(s *directory.Session, offset int64) []string {
		cs, err := s.ContactPage(ctx, offset, 2)
		d.must(err)
		return d.names(cs)
	}
	d.same("first page", page(d.app(), 0), []string{"张三", "客0"})
	d.must(d.app().DeleteContact(ctx, zhangSan))
	d.same("the same caller goes on", page(d.app(), 2), []string{"客1", "客2"})
	d.same("another caller counts", page(d.user(zhaoMin), 2), []string{"客2", "客3"})
	d.clock.Add(int64(16 * time.Minute))
	d.same("after 16 minutes everybody counts", page(d.app(), 2), []string{"客2", "客3"})
}

func TestOwnerOutsideTheScope(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	narrow := func() *directory.Session { return d.appWith(directory.Scope{DeptIDs: []int64{3}}) }
	c := directory.Contact{Name: "c", FollowerID: wangFang, LabelIDs: []int64{1}, StateCode: "86", Mobile: "13811111111"}
	if _, err := narrow().CreateContact(ctx, c); !errors.Is(err, directory.ErrOutOfScope) {
		t.Errorf("create: got %v, want %v", err, directory.ErrOutOfScope)
	}
	c.FollowerID = liQiang
	id, err := narrow().CreateContact(ctx, c)
	d.must(err)
	if err := narrow().UpdateContact(ctx, id, directory.ContactUpdate{FollowerID: ptr(wangFang)}); !errors.Is(err, directory.ErrOutOfScope) {
		t.Errorf("update: got %v, want %v", err, directory.ErrOutOfScope)
	}
	for name, err := range map[string]error{
		"get":    func() error { _, err := narrow().Contact(ctx, zhangSan); return err }(),
		"update": narrow().UpdateContact(ctx, zhangSan, directory.ContactUpdate{Name: ptr("x")}), "delete": narrow().DeleteContact(ctx, zhangSan),
	} {
		if !errors.Is(err, directory.ErrContactNotFound) {
			t.Errorf("%s of a contact that the app does not see: got %v, want %v", name, err, directory.ErrContactNotFound)
		}
	}
	cs, err := narrow().ContactPage(ctx, 0, 10)
	d.must(err)
	d.same("what the app sees", d.names(cs), []string{"c"})
}

// TestPagesOverTwoServers pages through the list while contacts are deleted;
// two servers on one database serve the pages in turn. In the second round each
// server has served other pages at the same offsets before.
func TestPagesOverTwoServers(t *testing.T) {
	t.Parallel()
	url := enginetest.Database(t)
	one := openDesk(t, storetest.OpenDatabase(t, url), directory.Settings{})
	two := newDesk(t, storetest.OpenDatabase(t, url), directory.Settings{})
	two.n.Store(1000)
	ids := []string{zhangSan}
	for i := range 40 {
		ids = append(ids, one.add(fmt.Sprint("客", i), nil))
	}
	for round := range 2 {
		var served []string
		desks := []*desk{one, two}
		for page := round; ; page++ {
			cs, err := desks[page%2].app().ContactPage(ctx, int64(len(served)), 4)
			one.must(err)
			if len(cs) == 0 {
				break
			}
			for _, c := range cs {
				served = append(served, c.ID)
			}
			one.must(one.app().DeleteContact(ctx, cs[0].ID))
		}
		if !slices.Equal(served, ids) {
			t.Fatalf("round %d: got %v, want each of %v once", round, served, ids)
		}
		ids = slices.DeleteFunc(ids, func(id string) bool {
			_, err := one.app().Contact(ctx, id)
			return errors.Is(err, directory.ErrContactNotFound)
		})
	}
}
