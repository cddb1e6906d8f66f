package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// request is a session whose changes have one request id.
func (d *desk) request(id string) *directory.Session {
	return d.dir.Session(directory.Principal{Kind: directory.AdminCaller, ID: "administrator", Org: directory.SampleOrg}, "test", id)
}

// values are the fields of a contact, or nil if there is none.
func (d *desk) values(id string) directory.Values {
	o, err := d.admin().Object(ctx, directory.ContactKind, id)
	if errors.Is(err, directory.ErrContactNotFound) {
		return nil
	}
	d.must(err)
	return o.Values
}

func (d *desk) undo(sel directory.UndoSelection, o directory.UndoOptions) (directory.Undo, []string) {
	d.t.Helper()
	u, err := d.admin().Undo(ctx, sel, o)
	if err != nil && !errors.Is(err, directory.ErrUndoConflict) {
		d.t.Fatal(err)
	}
	var conflicts []string
	for _, c := range u.Conflicts {
		conflicts = append(conflicts, fmt.Sprint(c.ID, " ", c.Conflict, " ", c.Fields))
	}
	slices.Sort(conflicts)
	return u, conflicts
}

func TestUndoOfARequest(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		kept := d.values(zhangSan)
		change := directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: zhangSan, Values: directory.Values{"title": "总监", "remark": "a"}}
		create := directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: "900001", Values: contactValues()}
		label := directory.Edit{Kind: directory.LabelKind, Do: directory.CreateObject, ID: "77", Values: directory.Values{"name": "新", "group": "新组"}}
		use := directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: "900001", Values: directory.Values{"labelIds": []int64{77}}}
		_, err := d.request("bulk").EditObjects(ctx, []directory.Edit{change, create, label, use}, directory.EditOptions{})
		d.must(err)

		if u, _ := d.undo(directory.UndoSelection{RequestID: "bulk"}, directory.UndoOptions{Preview: true}); u.State != "previewed" || u.Counts.Undone != 4 {
			t.Errorf("preview: %+v", u)
		}
		u, conflicts := d.undo(directory.UndoSelection{RequestID: "bulk"}, directory.UndoOptions{})
		d.same("conflicts", conflicts, nil)
		if u.State != "done" || u.Counts.Undone != 4 || d.values("900001") != nil {
			t.Errorf("undo: %+v", u)
		}
		if got := directory.ContactKind.Differences(kept, d.values(zhangSan)); len(got) != 0 {
			t.Errorf("not put back: %+v", got)
		}
		if u, _ := d.undo(directory.UndoSelection{RequestID: "bulk"}, directory.UndoOptions{}); u.Counts.Undone != 0 || u.Counts.Unchanged != 4 {
			t.Errorf("undone twice: %+v", u)
		}
		again, conflicts := d.undo(directory.UndoSelection{UndoID: u.ID}, directory.UndoOptions{})
		d.same("conflicts of the undo of the undo", conflicts, nil)
		if again.Counts.Undone != 4 || !slices.Equal(d.values("900001").Numbers("labelIds"), []int64{77}) || d.values(zhangSan).Text("title") != "总监" {
			t.Errorf("undo of the undo: %+v, %+v", again, d.values("900001"))
		}
		if stored, err := d.admin().UndoResult(ctx, u.ID); err != nil || stored.State != "done" || stored.Counts.Undone != 4 {
			t.Errorf("stored: %+v, %v", stored, err)
		}
		if _, err := d.admin().Undo(ctx, directory.UndoSelection{RequestID: "nothing"}, directory.UndoOptions{}); !errors.Is(err, directory.ErrUndoNotFound) {
			t.Errorf("unknown request: %v", err)
		}
	})
}

func TestConflictsOfAnUndo(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		made := directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: "900001", Values: contactValues()}
		label := directory.Edit{Kind: directory.LabelKind, Do: directory.CreateObject, ID: "77", Values: directory.Values{"name": "新", "group": "客户等级"}}
		change := directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: zhangSan, Values: directory.Values{"title": "总监", "remark": "a"}}
		_, err := d.request("bulk").EditObjects(ctx, []directory.Edit{made, label, change}, directory.EditOptions{})
		d.must(err)
		d.must(d.app().UpdateContact(ctx, "900001", directory.ContactUpdate{Remark: ptr("later")}))
		d.must(d.app().UpdateContact(ctx, zhangSan, directory.ContactUpdate{Title: ptr("经理"), CompanyName: ptr("其他"), LabelIDs: []int64{1, 77}}))

		sel := directory.UndoSelection{RequestID: "bulk"}
		want := []string{"123420013632 changedSince [title]", "77 referenced [contact:123420013632]", "900001 changedSince [remark]"}
		_, conflicts := d.undo(sel, directory.UndoOptions{})
		d.same("conflicts", conflicts, want)
		_, conflicts = d.undo(sel, directory.UndoOptions{DecideAll: "undo"})
		d.same("conflicts that cannot be decided so", conflicts, want[1:2])
		if got := d.values(zhangSan); got.Text("remark") != "a" || d.values("900001") == nil {
			t.Error("a refused undo changed something")
		}
		u, conflicts := d.undo(sel, directory.UndoOptions{DecideAll: "undo", Decisions: map[string]string{"label:77": "keep", "contact:123420013632": "keep"}})
		d.same("decided", conflicts, nil)
		if got := d.values(zhangSan); got.Text("title") != "经理" || got["remark"] != nil || d.values("900001") != nil || u.Counts.Kept != 1 || u.Counts.Undone != 2 {
			t.Errorf("decided undo: %+v, %+v", u, got)
		}
	})
}

func TestUndoOfAPersonsDay(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.app().UpdateContact(ctx, zhangSan, directory.ContactUpdate{Title: ptr("before")}))
		d.clock.Add(int64(time.Hour))
		since := d.dir.Now()
		d.must(d.app().UpdateContact(ctx, zhangSan, directory.ContactUpdate{Title: ptr("wrong")}))
		d.must(d.app().UpdateContact(ctx, zhangSan, directory.ContactUpdate{Title: ptr("worse"), Remark: ptr("x")}))
		d.must(d.app().DeleteContact(ctx, zhangSan))
		// Somebody else took the number meanwhile.
		other := edit(d, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: directory.Values{"name": "李四", "mobile": "86-13800000001", "followerUserId": wangFang, "labelIds": []int64{1}}})
		sel := directory.UndoSelection{Actor: "dingsampleappkey01", Since: since}
		_, conflicts := d.undo(sel, directory.UndoOptions{DecideAll: "undo"})
		d.same("conflicts", conflicts, []string{zhangSan + " mobileTaken [mobile]"})
		edit(d, directory.Edit{Kind: directory.ContactKind, Do: directory.RemoveObject, ID: other.After.ID})
		_, conflicts = d.undo(sel, directory.UndoOptions{})
		d.same("conflicts", conflicts, nil)
		if got := d.values(zhangSan); got.Text("title") != "before" || got["remark"] != nil {
			t.Errorf("undone: %+v", got)
		}
		versions, err := d.admin().Versions(ctx, directory.ContactKind, zhangSan)
		d.must(err)
		var list []string
		for _, v := range slices.Backward(versions) {
			list = append(list, fmt.Sprint(v.Version, " ", v.Action, " ", v.Values.Text("title")))
		}
		d.same("versions", list, []string{"1 create ", "2 update before", "3 update wrong", "4 update worse", "5 delete ", "6 restore worse", "7 update before"})
		entries, _, err := d.admin().History(ctx, directory.HistoryFilter{Object: zhangSan, Limit: 10})
		d.must(err)
		if len(entries) != 6 || entries[0].UndoID == "" || entries[0].Changes[0].Field != "title" || entries[2].ActorName == "" {
			t.Errorf("history: %+v", entries)
		}
	})
}

func TestLargeUndoRunsInBatches(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	var edits []directory.Edit
	for i := range 700 {
		v := contactValues()
		v["mobile"] = fmt.Sprintf("86-1390001%04d", i)
		edits = append(edits, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v})
	}
	_, err := d.request("bulk").EditObjects(ctx, edits, directory.EditOptions{})
	d.must(err)
	u, _ := d.undo(directory.UndoSelection{RequestID: "bulk"}, directory.UndoOptions{})
	if u.State != "done" || u.Counts.Undone != 700 {
		t.Errorf("undo: %+v", u)
	}
	u, _ = d.undo(directory.UndoSelection{UndoID: u.ID}, directory.UndoOptions{})
	if u.State != "done" || u.Counts.Undone != 700 {
		t.Errorf("undo of the undo: %+v", u)
	}
}

// Whichever way an import is taken back, it says so: the same file brings its rows again.
func TestAnImportThatIsUndoneSaysSo(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		imported := func(request string, state directory.ImportState) directory.Import {
			t.Helper()
			s := d.request(request)
			i, err := s.NewImport(ctx, directory.Import{Kind: "contacts", State: directory.ImportRunning, Owner: "here"})
			d.must(err)
			d.must(s.BeginImport(ctx, i, "here", nil))
			v := contactValues()
			v["mobile"] = fmt.Sprintf("86-13900%06d", len(request))
			_, err = s.EditObjects(ctx, []directory.Edit{{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v}}, directory.EditOptions{})
			d.must(err)
			i, err = s.ChangeImport(ctx, i.ID, func(i *directory.Import) error {
				i.State, i.Owner, i.EndedAt = state, "", s.Now()
				return nil
			})
			d.must(err)
			return i
		}
		state := func(i directory.Import) directory.ImportState {
			i, err := d.admin().Import(ctx, i.ID)
			d.must(err)
			return i.State
		}
		whole, byRequest, stopped := imported("a", directory.ImportDone), imported("bb", directory.ImportDone), imported("ccc", directory.ImportStopped)
		d.undo(directory.UndoSelection{ImportID: whole.ID}, directory.UndoOptions{})
		d.undo(directory.UndoSelection{RequestID: "bb"}, directory.UndoOptions{Preview: true})
		if got := state(byRequest); got != directory.ImportDone {
			t.Errorf("after a preview: %s", got)
		}
		d.undo(directory.UndoSelection{RequestID: "bb"}, directory.UndoOptions{})
		d.undo(directory.UndoSelection{ImportID: stopped.ID}, directory.UndoOptions{})
		for _, i := range []directory.Import{whole, byRequest, stopped} {
			if got := state(i); got != directory.ImportUndone {
				t.Errorf("%s after the undo: %s", i.RequestID, got)
			}
		}
	})
}

// Who is told that an undo goes on asks for it at once.
func TestAnUndoThatGoesOnCanBeRead(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		edits := make([]directory.Edit, 201) // more than one transaction takes
		for i := range edits {
			v := contactValues()
			v["mobile"] = fmt.Sprintf("86-13900%06d", i)
			edits[i] = directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v}
		}
		_, err := d.request("many").EditObjects(ctx, edits, directory.EditOptions{})
		d.must(err)
		told := false
		u, _ := d.undo(directory.UndoSelection{RequestID: "many"}, directory.UndoOptions{Begun: func(u directory.Undo) {
			told = true
			if now, err := d.admin().UndoResult(ctx, u.ID); err != nil || now.State != directory.UndoRunning {
				t.Errorf("while it goes on: %+v, %v", now, err)
			}
		}})
		if !told || u.State != directory.UndoDone {
			t.Errorf("told %v, %+v", told, u)
		}
		again, _ := d.undo(directory.UndoSelection{RequestID: "many"}, directory.UndoOptions{})
		if now, err := d.admin().UndoResult(ctx, again.ID); err != nil || now.Counts.Unchanged != 201 {
			t.Errorf("one with nothing to do: %+v, %v", now, err)
		}
	})
}
