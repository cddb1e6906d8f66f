package directory_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestLabelAsObject(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		made := edit(d, directory.Edit{Kind: directory.LabelKind, Do: directory.CreateObject, ID: "900001", Values: directory.Values{"name": "样例", "group": "新组"}}).After
		group := strconv.FormatInt(made.Values.Number("groupId"), 10)
		if made.Version != 1 || made.Values.Number("color") == 0 || made.CreatedAt.IsZero() {
			t.Errorf("new label: %+v", made)
		}
		refused := func(what string, want []string, e directory.Edit) {
			t.Helper()
			_, err := d.admin().EditObject(ctx, e)
			d.same(what, rules(err), want)
		}
		refused("name and id taken", []string{"labelId idTaken", "name nameTaken"}, directory.Edit{Kind: directory.LabelKind, Do: directory.CreateObject, ID: "900001",
			Values: directory.Values{"name": "样例", "group": "新组"}})
		refused("nothing", []string{"group missing", "name missing"}, directory.Edit{Kind: directory.LabelKind, Do: directory.CreateObject})
		refused("the group's name", []string{"name nameTaken"}, directory.Edit{Kind: directory.LabelGroupKind, Do: directory.CreateObject, Values: directory.Values{"name": "新组"}})

		moved := edit(d, directory.Edit{Kind: directory.LabelKind, Do: directory.ChangeObject, ID: "900001", IfVersion: 1, Values: directory.Values{"group": "客户等级"}}).After
		if moved.Version != 2 || moved.Values.Text("group") != "客户等级" {
			t.Errorf("moved label: %+v", moved)
		}
		id := d.add("李四", func(c *directory.Contact) { c.LabelIDs = []int64{1, 900001} })
		edit(d, directory.Edit{Kind: directory.LabelKind, Do: directory.RemoveObject, ID: "900001"})
		c, err := d.admin().Object(ctx, directory.ContactKind, id)
		d.must(err)
		if got := c.Values.Numbers("labelIds"); len(got) != 1 || c.Version != 2 {
			t.Errorf("contact of the removed label: %+v", c)
		}
		edit(d, directory.Edit{Kind: directory.LabelGroupKind, Do: directory.RemoveObject, ID: group})
		refused("used id", []string{"groupId idTaken"}, directory.Edit{Kind: directory.LabelGroupKind, Do: directory.CreateObject, ID: "900001", Values: directory.Values{"name": "x组"}})

		back := edit(d, directory.Edit{Kind: directory.LabelKind, Do: directory.RestoreObject, ID: "900001"}).After
		if back.Version != 4 || back.Values.Text("name") != "样例" {
			t.Errorf("restored label: %+v", back)
		}
		seen, err := d.admin().Object(ctx, directory.LabelKind, "900001")
		d.must(err)
		if seen.Version != 4 || seen.Values.Text("group") != "客户等级" {
			t.Errorf("stored label: %+v", seen)
		}
		if _, err := d.admin().Object(ctx, directory.LabelGroupKind, group); !errors.Is(err, directory.ErrLabelNotFound) {
			t.Errorf("removed group: %v", err)
		}
		if g := edit(d, directory.Edit{Kind: directory.LabelGroupKind, Do: directory.RestoreObject, ID: group}).After; g.Values.Text("name") != "新组" {
			t.Errorf("restored group: %+v", g)
		}
		p, err := d.admin().Objects(ctx, directory.ObjectQuery{Kind: directory.LabelKind, Group: "客户等级", Limit: 10, Sort: directory.ByName})
		d.must(err)
		if len(p.Items) != 3 {
			t.Errorf("labels of a group: %+v", p)
		}
	})
}
