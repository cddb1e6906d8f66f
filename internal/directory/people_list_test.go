package directory_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// listAs reads a whole list in pages of one, and checks the count.
func listAs(d *desk, s *directory.Session, q directory.ObjectQuery) (ids []string) {
	d.t.Helper()
	q.Limit, q.Count = 1, true
	for {
		p, err := s.Objects(ctx, q)
		d.must(err)
		for _, o := range p.Items {
			ids = append(ids, o.ID)
		}
		if q.After = p.Next; p.Next == "" {
			if int(p.Total) != len(ids) {
				d.t.Errorf("%+v: total %d of %d", q, p.Total, len(ids))
			}
			return ids
		}
	}
}

func TestListsOfEmployees(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.clock.Add(int64(time.Second))
		d.editOf(directory.DepartmentKind, directory.CreateObject, "20", directory.Values{"name": "华东", "parentId": int64(2)})
		d.editOf(directory.EmployeeKind, directory.CreateObject, "a1", directory.Values{"name": "安安", "mobile": "86-13900010001", "deptIds": []int64{20, 3}, "email": "An@example.com"})
		d.clock.Add(int64(time.Second))
		changed := d.dir.Now()
		d.editOf(directory.EmployeeKind, directory.ChangeObject, liQiang, directory.Values{"title": "总监"})
		list := func(q directory.ObjectQuery) []string {
			t.Helper()
			q.Kind = directory.EmployeeKind
			return listAs(d, d.admin(), q)
		}
		d.same("created", list(directory.ObjectQuery{}), []string{liQiang, wangFang, zhaoMin, "org1001", "org1002", "a1"})
		d.same("created, reversed", list(directory.ObjectQuery{Reverse: true}), []string{"a1", "org1002", "org1001", zhaoMin, wangFang, liQiang})
		d.same("name", list(directory.ObjectQuery{Sort: directory.ByName}), []string{"org1002", "a1", liQiang, wangFang, zhaoMin, "org1001"})
		d.same("updated", list(directory.ObjectQuery{Sort: directory.ByUpdate, Reverse: true})[:2], []string{liQiang, "a1"})
		d.same("updated since", list(directory.ObjectQuery{UpdatedSince: changed}), []string{liQiang})
		d.same("department", list(directory.ObjectQuery{Dept: 2}), []string{wangFang, "org1001"})
		d.same("departments below", list(directory.ObjectQuery{Dept: 2, Recursive: true}), []string{wangFang, "org1001", "a1"})
		d.same("all below the root", list(directory.ObjectQuery{Dept: 1, Recursive: true, Text: "anan"}), []string{"a1"})
		d.same("mobile", list(directory.ObjectQuery{Mobile: "13900010001"}), []string{"a1"})
		d.same("mail", list(directory.ObjectQuery{Email: "an@EXAMPLE.com"}), []string{"a1"})
		d.editOf(directory.EmployeeKind, directory.ChangeObject, "a1", directory.Values{"orgEmail": "An.An@corp.example"})
		d.editOf(directory.EmployeeKind, directory.ChangeObject, wangFang, directory.Values{"orgEmail": "an@example.com"})
		d.editOf(directory.EmployeeKind, directory.CreateObject, "a2", directory.Values{"name": "宝宝", "deptIds": []int64{3}, "extra": map[string]any{"login_email": "Bao@login.example"}})
		d.same("business mail", list(directory.ObjectQuery{Email: "an.an@Corp.example"}), []string{"a1"})
		d.same("login mail", list(directory.ObjectQuery{Email: "bao@LOGIN.example"}), []string{"a2"})
		d.same("mail of two", list(directory.ObjectQuery{Email: "an@example.com"}), []string{wangFang, "a1"})
		d.editOf(directory.EmployeeKind, directory.ChangeObject, wangFang, directory.Values{"orgEmail": "f@corp.example"})
		d.same("mail that one gave up", list(directory.ObjectQuery{Email: "an@example.com"}), []string{"a1"})
		for _, id := range []string{"a1", "a2"} {
			d.editOf(directory.EmployeeKind, directory.RemoveObject, id, nil)
		}
		for email, want := range map[string]string{"AN@example.com": "a1", "an.an@corp.example": "a1", "bao@login.example": "a2"} {
			bin, err := d.admin().Bin(ctx, directory.BinFilter{Email: email})
			if err != nil || len(bin) != 1 || bin[0].ID != want {
				t.Errorf("bin by %s: %v, %v", email, bin, err)
			}
		}
		d.same("who was deleted", list(directory.ObjectQuery{Email: "bao@login.example"}), nil)
		for _, id := range []string{"a1", "a2"} {
			d.editOf(directory.EmployeeKind, directory.RestoreObject, id, nil)
		}
		d.same("pinyin", list(directory.ObjectQuery{Text: "liqiang"}), []string{liQiang})
		d.same("part of a name", list(directory.ObjectQuery{Text: "芳", Dept: 2}), []string{wangFang})
		d.same("a number as text", list(directory.ObjectQuery{Text: "139 0001 0001"}), []string{"a1"})
		d.same("nobody", list(directory.ObjectQuery{Dept: 99, Recursive: true}), nil)
		d.same("an app's range", listAs(d, d.appWith(directory.Scope{DeptIDs: []int64{2}, UserIDs: []string{zhaoMin}}), directory.ObjectQuery{Kind: directory.EmployeeKind}),
			[]string{wangFang, zhaoMin, "org1001", "a1"})
		if _, err := d.admin().Objects(ctx, directory.ObjectQuery{Kind: directory.EmployeeKind, Label: 1}); !errors.Is(err, directory.ErrQuery) {
			t.Errorf("a filter of contacts: %v", err)
		}
	})
}

func TestListsOfDepartments(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.clock.Add(int64(time.Second))
		for id, parent := range map[string]int64{"20": 2, "30": 3} {
			d.editOf(directory.DepartmentKind, directory.CreateObject, id, directory.Values{"name": "华东" + id, "parentId": parent})
		}
		d.editOf(directory.DepartmentKind, directory.ChangeObject, "2", directory.Values{"managerUserIds": []string{wangFang}})
		list := func(q directory.ObjectQuery) []string {
			t.Helper()
			q.Kind = directory.DepartmentKind
			return listAs(d, d.admin(), q)
		}
		d.same("created", list(directory.ObjectQuery{}), []string{"1", "2", "3", "20", "30"})
		d.same("name", list(directory.ObjectQuery{Sort: directory.ByName}), []string{"20", "30", "2", "3", "1"})
		d.same("parent", list(directory.ObjectQuery{Parent: 1}), []string{"2", "3"})
		d.same("below", list(directory.ObjectQuery{Parent: 1, Recursive: true}), []string{"2", "3", "20", "30"})
		d.same("pinyin", list(directory.ObjectQuery{Text: "huadong"}), []string{"20", "30"})
		d.same("an app's range", listAs(d, d.appWith(directory.Scope{DeptIDs: []int64{2}}), directory.ObjectQuery{Kind: directory.DepartmentKind}), []string{"2", "20"})
		p, err := d.admin().Objects(ctx, directory.ObjectQuery{Kind: directory.DepartmentKind, Parent: 1, Limit: 10})
		d.must(err)
		if len(p.Items) != 2 || !slices.Equal(p.Items[0].Values.Texts("managerUserIds"), []string{wangFang}) {
			t.Errorf("leaders: %+v", p.Items)
		}
	})
}

func TestUndoOfADeletionPutsBackWhatItChangedElsewhere(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.editOf(directory.EmployeeKind, directory.ChangeObject, liQiang, directory.Values{"managerUserId": zhaoMin, "extra": map[string]any{"senior": true}})
		d.editOf(directory.DepartmentKind, directory.ChangeObject, "1", directory.Values{"managerUserIds": []string{zhaoMin}})
		s := d.admin()
		d.must(s.DeleteEmployee(ctx, zhaoMin, ""))
		u, err := d.admin().Undo(ctx, directory.UndoSelection{RequestID: s.RequestID()}, directory.UndoOptions{})
		d.must(err)
		if u.State != directory.UndoDone || len(u.Conflicts) > 0 {
			t.Fatalf("undo: %+v", u)
		}
		d.same("manager", []string{d.object(directory.EmployeeKind, liQiang).Values.Text("managerUserId")}, []string{zhaoMin})
		d.same("leaders", d.object(directory.DepartmentKind, "1").Values.Texts("managerUserIds"), []string{zhaoMin})
	})
}
