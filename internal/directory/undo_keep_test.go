package directory_test

import (
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// contactEdits are edits of n new contacts with numbers from first on.
func contactEdits(n, first int) []directory.Edit {
	edits := make([]directory.Edit, n)
	for i := range edits {
		v := contactValues()
		v["mobile"], v["title"] = number(first+i), "before"
		edits[i] = directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v}
	}
	return edits
}

func number(i int) string { return fmt.Sprintf("86-139%08d", i) }

// all does edits in one request, and returns the ids of their objects.
func (d *desk) all(request string, edits []directory.Edit) []string {
	d.t.Helper()
	results, err := d.request(request).EditObjects(ctx, edits, directory.EditOptions{})
	d.must(err)
	ids := make([]string, len(results))
	for i, r := range results {
		ids[i] = r.After.ID
	}
	return ids
}

// each makes an edit of each object.
func each(ids []string, do directory.EditAction, values func(i int) directory.Values) []directory.Edit {
	edits := make([]directory.Edit, len(ids))
	for i, id := range ids {
		edits[i] = directory.Edit{Kind: directory.ContactKind, ID: id, Do: do}
		if values != nil {
			edits[i].Values = values(i)
		}
	}
	return edits
}

// TestUndoThatKeepsWhatIsRefused: an object that cannot come back is kept with all
// that was changed before its deletion, and the others are undone.
func TestUndoThatKeepsWhatIsRefused(t *testing.T) {
	for _, objects := range []int{3, 230} {
		t.Run(fmt.Sprint(objects), func(t *testing.T) {
			deskOnEveryEngine(t, func(t *testing.T, d *desk) {
				made := d.all("made", contactEdits(objects, 0))
				d.all("day", each(made, directory.ChangeObject, func(int) directory.Values { return directory.Values{"title": "after"} }))
				d.all("day", each(made, directory.RemoveObject, nil))
				d.all("taken", contactEdits(1, 1)) // the number of the second

				sel := directory.UndoSelection{RequestID: "day"}
				u, conflicts := d.undo(sel, directory.UndoOptions{})
				d.same("conflicts", conflicts, []string{made[1] + " mobileTaken [mobile]"})
				if u.State != directory.UndoPreviewed || d.values(made[0]) != nil {
					t.Errorf("an undo in conflict: %+v", u)
				}
				u, conflicts = d.undo(sel, directory.UndoOptions{DecideAll: directory.DecideKeep})
				d.same("conflicts that are decided", conflicts, nil)
				want := directory.UndoCounts{Objects: int64(objects), Undone: int64(objects) - 1, Kept: 1}
				if u.State != directory.UndoDone || u.Counts != want {
					t.Errorf("got %s %+v, want %+v", u.State, u.Counts, want)
				}
				if d.values(made[1]) != nil || d.values(made[2]).Text("title") != "before" {
					t.Errorf("left: %v, undone: %v", d.values(made[1]), d.values(made[2]))
				}
			})
		})
	}
}
