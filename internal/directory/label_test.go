package directory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// labels is the groups with their labels in one line each.
func (d *desk) labels(s *directory.Session) (list []string) {
	d.t.Helper()
	gs, err := s.LabelGroups(ctx, 0, 100)
	d.must(err)
	for _, g := range gs {
		var names []string
		for _, l := range g.Labels {
			names = append(names, l.Name)
		}
		list = append(list, g.Name+": "+strings.Join(names, " "))
	}
	return list
}

func TestLabelManagement(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		admin := d.as(directory.CommandLine(""))
		l, err := admin.CreateLabel(ctx, "客户等级", "核心")
		d.must(err)
		added, err := admin.CreateLabel(ctx, "状态", "潜在")
		d.must(err)
		_, err = admin.CreateLabel(ctx, "状态", "重要") // the name is taken in another group only
		d.must(err)
		d.must(admin.RenameLabel(ctx, 2, "一般"))
		d.must(admin.RenameLabel(ctx, 5, "关系"))
		d.same("labels", d.labels(admin), []string{"客户等级: 重要 一般 核心", "关系: 渠道商", "行业: 制造业", "状态: 潜在 重要"})
		for name, err := range map[string]error{
			"a name twice": func() error { _, err := admin.CreateLabel(ctx, "状态", "潜在"); return err }(), "renamed to a taken name": admin.RenameLabel(ctx, l.ID, "重要"),
			"group renamed to a taken name":  admin.RenameLabel(ctx, 4, "状态"),
			"a name that looks like another": func() error { _, err := admin.CreateLabel(ctx, "状\u200b态", "潜在\u200b"); return err }(),
			"renamed to look like another":   admin.RenameLabel(ctx, l.ID, "重要\u3000"), "group renamed to look like another": admin.RenameLabel(ctx, 4, "状\u00ad态"),
		} {
			if !errors.Is(err, directory.ErrLabelExists) {
				t.Errorf("%s: got %v, want %v", name, err, directory.ErrLabelExists)
			}
		}
		for name, err := range map[string]error{"unknown": admin.RenameLabel(ctx, 99, "x"), "of another organisation": admin.RenameLabel(ctx, 11, "x")} {
			if !errors.Is(err, directory.ErrLabelNotFound) {
				t.Errorf("%s: got %v, want %v", name, err, directory.ErrLabelNotFound)
			}
		}
		for name, text := range map[string]string{"empty": "", "blank": " ", "invisible": "\u200b", "65 characters": strings.Repeat("长", 65)} {
			if _, err := admin.CreateLabel(ctx, "状态", text); !errors.Is(err, directory.ErrLabelName) {
				t.Errorf("%s name: got %v, want %v", name, err, directory.ErrLabelName)
			}
		}
		d.must(d.app().UpdateContact(ctx, zhangSan, directory.ContactUpdate{LabelIDs: []int64{added.ID}}))
		d.same("partner", d.labels(d.partner()), []string{"客户: 普通"})
	})
}

func TestDeletedLabelLeavesItsContacts(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		both := d.add("李四", func(c *directory.Contact) { c.LabelIDs = []int64{3, 1, 2} })
		none := d.add("王五", func(c *directory.Contact) { c.LabelIDs = []int64{3} })
		d.events()
		admin := d.as(directory.CommandLine(""))
		n, err := admin.DeleteLabel(ctx, 1)
		d.must(err)
		if n != 2 {
			t.Errorf("contacts that had the label: got %d, want 2", n)
		}
		d.same("events", d.events(), []string{"contact_modify_org " + zhangSan, "contact_modify_org " + both})
		want := map[string]string{zhangSan: "[]", both: "[3 2]", none: "[3]"}
		for id, labels := range want {
			c, err := d.app().Contact(ctx, id)
			d.must(err)
			if got := fmt.Sprint(c.LabelIDs); got != labels || c.LabelIDs == nil {
				t.Errorf("labels of %s: got %s, want %s", c.Name, got, labels)
			}
		}
		d.same("history of the contact", d.history(both)[1:], []string{`update {"label_ids":[3,1,2]} {"label_ids":[3,2]}`})
		d.same("history of the label", d.history("1"), []string{`delete {"group":"客户等级","name":"重要"} {}`})
		d.same("found by the label", d.found(directory.ContactQuery{LabelID: 1}), []string{})

		if _, err := admin.DeleteLabel(ctx, 1); !errors.Is(err, directory.ErrLabelNotFound) {
			t.Errorf("deleted twice: got %v, want %v", err, directory.ErrLabelNotFound)
		}
		n, err = admin.DeleteLabel(ctx, 5) // the group of label 3
		d.must(err)
		if n != 2 {
			t.Errorf("contacts that had a label of the group: got %d, want 2", n)
		}
		d.same("labels", d.labels(admin), []string{"客户等级: 普通", "行业: 制造业"})
	})
}

func TestDefaultLabels(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	s := d.dir.Session(directory.CommandLine("dingnew"), "test", "new")
	d.must(s.CreateOrg(ctx, "新公司", directory.Employee{}))
	d.same("labels of a new organisation", d.labels(s), []string{"类型: 客户 渠道商 供应商 合作伙伴 面试人员 其他类型", "级别: 一般 重要 核心",
		"状态: 潜在 意向 洽谈 成交 流失", "人事招聘状态: 待邀约 待面试 初试 复试 入职"})

	must := func(p directory.ObjectPage, err error) []directory.Object { d.must(err); return p.Items }
	for _, kind := range []directory.Kind{directory.LabelKind, directory.LabelGroupKind} {
		for _, o := range must(s.Objects(ctx, directory.ObjectQuery{Kind: kind, Limit: 50})) {
			if o.CreatedAt.IsZero() || o.UpdatedAt.IsZero() {
				t.Errorf("%s %s was made at no time", kind, o.ID)
			}
		}
	}

	gs := directory.DefaultLabelGroups(1561077309) // as the vendor's sample counts
	if first, last := gs[0].Labels[0], gs[3].Labels[4]; first.ID != 1561077310 || last.ID != 1561077331 || gs[1].Labels[0].ID != 1561077317 {
		t.Errorf("ids: got first %d, last %d, first of the second group %d; want 1561077310, 1561077331, 1561077317", first.ID, last.ID, gs[1].Labels[0].ID)
	}
}
