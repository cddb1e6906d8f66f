package directory_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func contactValues() directory.Values {
	return directory.Values{"name": "李四", "mobile": "86-13900000002", "followerUserId": wangFang, "labelIds": []int64{1}, "title": "采购"}
}

// rules are the refused fields and their rules.
func rules(err error) (list []string) {
	refused := new(directory.ObjectError)
	if !errors.As(err, &refused) {
		return []string{"error: " + err.Error()}
	}
	for _, p := range refused.Problems {
		list = append(list, p.Field+" "+p.Rule)
	}
	slices.Sort(list)
	return list
}

func edit(d *desk, e directory.Edit) directory.EditResult {
	d.t.Helper()
	r, err := d.admin().EditObject(ctx, e)
	d.must(err)
	return r
}

func TestContactAsObject(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		made := edit(d, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: contactValues()}).After
		if made.Version != 1 || made.Values.Text("mobile") != "86-13900000002" || made.Values["remark"] != nil {
			t.Errorf("new contact: %+v", made)
		}
		d.same("event", d.events(), []string{"contact_add_org " + made.ID})
		change := func(v directory.Values) directory.EditResult {
			return edit(d, directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: made.ID, Values: v})
		}
		if r := change(directory.Values{"title": "采购"}); r.Changed || r.After.Version != 1 {
			t.Errorf("a change of nothing: %+v", r)
		}
		r := change(directory.Values{"title": "", "mobile": "13900000003", "labelIds": []int64{2, 1}})
		if r.After.Version != 2 || r.After.Values["title"] != nil || r.After.Values.Text("mobile") != "86-13900000003" {
			t.Errorf("changed contact: %+v", r.After)
		}
		if got := directory.ContactKind.Differences(r.Before.Values, r.After.Values); len(got) != 3 || got[0].Field != "mobile" || got[1].After != nil {
			t.Errorf("differences: %+v", got)
		}
		_, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: made.ID, IfVersion: 1, Values: directory.Values{"title": "x"}})
		if !errors.Is(err, directory.ErrVersion) {
			t.Errorf("change of an old version: %v", err)
		}
		seen, err := d.admin().Object(ctx, directory.ContactKind, made.ID)
		d.must(err)
		if seen.Version != 2 || !slices.Equal(seen.Values.Numbers("labelIds"), []int64{2, 1}) {
			t.Errorf("stored contact: %+v", seen)
		}
	})
}

func TestProblemsOfAContactAreToldAtOnce(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		v := contactValues()
		v["name"], v["mobile"], v["followerUserId"], v["labelIds"], v["email"], v["shareDeptIds"], v["nothing"] = "", "86-123", "nobody", []int64{1, 99}, "a@b", []int64{98}, "x"
		_, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v})
		d.same("problems", rules(err), []string{"email emailInvalid", "followerUserId ownerNotFound", "labelIds labelNotFound", "mobile mobileInvalid",
			"name missing", "nothing fieldUnknown", "shareDeptIds departmentNotFound"})
		v = contactValues()
		v["mobile"] = "86-13800000001"
		_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: zhangSan, Values: v})
		d.same("its own id", rules(err), []string{"userId idTaken"})
		_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v})
		d.same("taken", rules(err), []string{"mobile mobileTaken"})
		d.same("events of refused edits", d.events(), nil)
	})
}

func TestContactOutOfTheBin(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		id := d.add("李四", func(c *directory.Contact) { c.ShareUserIDs, c.Remark = []string{liQiang}, ptr("备注") })
		d.must(d.app().DeleteContact(ctx, id)) // by a vendor's call
		bin, err := d.admin().Bin(ctx, directory.BinFilter{Text: "李"})
		d.must(err)
		if len(bin) != 1 || bin[0].ID != id || bin[0].Version != 2 {
			t.Fatalf("bin: %+v", bin)
		}
		_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: id, Values: contactValues()})
		d.same("its id for another one", rules(err), []string{"userId idTaken"})
		d.must(d.admin().DeleteEmployee(ctx, liQiang, ""))
		r := edit(d, directory.Edit{Kind: directory.ContactKind, Do: directory.RestoreObject, ID: id})
		if r.After.Version != 3 || r.After.Values.Text("remark") != "备注" || len(r.Left) != 1 || r.Left[0].Value != liQiang {
			t.Errorf("restored: %+v, left %+v", r.After, r.Left)
		}
		_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.RestoreObject, ID: id})
		if !errors.Is(err, directory.ErrNotInBin) {
			t.Errorf("restored twice: %v", err)
		}
	})
}

func TestEditsInOneTransaction(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		create := directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: "900001", Values: contactValues()}
		change := directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: "900001", Values: directory.Values{"title": "总监"}}
		taken := create
		taken.ID = "900002" // the number of the first
		for _, o := range []directory.EditOptions{{}, {Preview: true, Partial: true}} {
			rs, err := d.admin().EditObjects(ctx, []directory.Edit{create, change, taken}, o)
			if o.Partial {
				d.must(err)
				if rs[1].After.Version != 2 || rs[2].Err == nil {
					t.Errorf("partial preview: %+v", rs)
				}
			} else {
				d.same("problems", rules(err), []string{"mobile mobileTaken"})
			}
			if _, err := d.admin().Object(ctx, directory.ContactKind, "900001"); !errors.Is(err, directory.ErrContactNotFound) {
				t.Errorf("%+v left something behind: %v", o, err)
			}
			d.same("events", d.events(), nil)
		}
	})
}

func TestListsOfContacts(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		b := d.add("李四", func(c *directory.Contact) { c.CompanyName, c.ShareDeptIDs = ptr("钉钉"), []int64{2} })
		a := d.add("安安", func(c *directory.Contact) { c.LabelIDs, c.Email = []int64{2}, ptr("An@example.com") })
		d.clock.Add(int64(time.Hour))
		d.must(d.app().UpdateContact(ctx, zhangSan, directory.ContactUpdate{Title: ptr("总监")}))
		list := func(q directory.ObjectQuery) (ids []string) {
			t.Helper()
			q.Kind, q.Limit, q.Count = directory.ContactKind, 1, true
			for {
				p, err := d.admin().Objects(ctx, q)
				d.must(err)
				for _, o := range p.Items {
					ids = append(ids, o.ID)
				}
				if q.After = p.Next; p.Next == "" {
					if int(p.Total) != len(ids) {
						t.Errorf("%+v: total %d of %d", q, p.Total, len(ids))
					}
					return ids
				}
			}
		}
		d.same("created", list(directory.ObjectQuery{}), []string{zhangSan, b, a})
		d.same("name, reversed", list(directory.ObjectQuery{Sort: directory.ByName, Reverse: true}), []string{b, zhangSan, a})
		d.same("updated", list(directory.ObjectQuery{Sort: directory.ByUpdate, Reverse: true})[:1], []string{zhangSan})
		d.same("text", list(directory.ObjectQuery{Text: "lisi"}), []string{b})
		d.same("digits", list(directory.ObjectQuery{Text: "0001"}), []string{zhangSan, b})
		d.same("label", list(directory.ObjectQuery{Label: 2}), []string{a})
		d.same("department", list(directory.ObjectQuery{Dept: 1, Recursive: true}), []string{b})
		d.same("mobile", list(directory.ObjectQuery{Mobile: "13800000001"}), []string{zhangSan})
		d.same("mail", list(directory.ObjectQuery{Email: "an@EXAMPLE.com"}), []string{a})
		d.same("owner and text", list(directory.ObjectQuery{Follower: wangFang, Text: "安"}), []string{a})
		d.same("nobody", list(directory.ObjectQuery{Follower: liQiang}), nil)
	})
}
