package directory_test

import (
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

// few and many are undone in one transaction and in several.
const few, many = 3, 430

// TestUndoThatFreesWhatItNeeds: what an earlier step of the same undo gives up is
// free, however the undo is cut into transactions.
func TestUndoThatFreesWhatItNeeds(t *testing.T) {
	for _, objects := range []int{few, many} {
		t.Run(fmt.Sprint("numbers that move on/", objects), func(t *testing.T) {
			deskOnEveryEngine(t, func(t *testing.T, d *desk) {
				made := d.all("made", contactEdits(objects, 0))
				d.all("day", each(made, directory.ChangeObject, func(i int) directory.Values {
					if i == 0 {
						return directory.Values{"mobile": number(1_000_000)}
					}
					return directory.Values{"mobile": number(i - 1)}
				}))
				d.undone("day", objects)
				if got := d.values(made[1]).Text("mobile"); got != number(1) {
					t.Errorf("got %s, want %s", got, number(1))
				}
			})
		})
		t.Run(fmt.Sprint("numbers of new contacts/", objects), func(t *testing.T) {
			deskOnEveryEngine(t, func(t *testing.T, d *desk) {
				made := d.all("made", contactEdits(objects, 0))
				d.all("day", each(made, directory.RemoveObject, nil))
				d.all("day", contactEdits(objects, 0))
				d.undone("day", 2*objects)
				if got := d.values(made[1]).Text("mobile"); got != number(1) {
					t.Errorf("got %s, want %s", got, number(1))
				}
			})
		})
		t.Run(fmt.Sprint("a new label/", objects), func(t *testing.T) {
			deskOnEveryEngine(t, func(t *testing.T, d *desk) {
				made := d.all("made", contactEdits(objects, 0))
				d.all("day", []directory.Edit{{Kind: directory.LabelKind, Do: directory.CreateObject, ID: "77", Values: directory.Values{"name": "新", "group": "客户等级"}}})
				d.all("day", each(made, directory.ChangeObject, func(int) directory.Values { return directory.Values{"labelIds": []int64{1, 77}} }))
				d.undone("day", objects+1)
			})
		})
		t.Run(fmt.Sprint("departments/", objects), func(t *testing.T) {
			deskOnEveryEngine(t, func(t *testing.T, d *desk) {
				var edits []directory.Edit
				dept := func(do directory.EditAction, i int, name string, parent int) {
					edits = append(edits, directory.Edit{Kind: directory.DepartmentKind, Do: do, ID: fmt.Sprint(1000 + i), Values: directory.Values{"name": name, "parentId": int64(parent)}})
				}
				for i := range objects {
					dept(directory.CreateObject, 2*i, fmt.Sprint("a", i), 1)
					dept(directory.CreateObject, 2*i+1, fmt.Sprint("b", i), 1000+2*i)
				}
				d.all("made", edits)
				edits = nil
				for i := range objects { // each pair changes places, and names with the next one
					dept(directory.ChangeObject, 2*i+1, fmt.Sprint("b", i), 1)
					dept(directory.ChangeObject, 2*i, fmt.Sprint("a", i), 1000+2*i+1)
				}
				d.all("day", edits)
				d.undone("day", 2*objects)
			})
		})
	}
}

// undone expects that so many objects are undone without conflicts.
func (d *desk) undone(request string, objects int) {
	d.t.Helper()
	u, conflicts := d.undo(directory.UndoSelection{RequestID: request}, directory.UndoOptions{})
	d.same("conflicts", conflicts[:min(3, len(conflicts))], nil)
	if u.State != directory.UndoDone || u.Counts.Undone != int64(objects) {
		d.t.Errorf("got %s %+v, want %d undone", u.State, u.Counts, objects)
	}
}

// TestUndoThatDoesNotFit: an undo that brings back more than there is room for
// changes nothing, also if each of its transactions would fit alone.
func TestUndoThatDoesNotFit(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.Open, "postgres": storetest.OpenPostgres} {
		for _, objects := range []int{few, many} {
			t.Run(fmt.Sprint(name, "/", objects), func(t *testing.T) {
				t.Parallel()
				const others = 20
				d := openDesk(t, open(t), directory.Settings{MaxContacts: int64(objects) + others})
				made := d.all("made", contactEdits(objects, 0))
				d.all("day", each(made, directory.RemoveObject, nil))
				page, err := d.admin().Objects(ctx, directory.ObjectQuery{Kind: directory.ContactKind, Count: true, Limit: 1})
				d.must(err)
				d.all("others", contactEdits(others+1-int(page.Total), 1_000_000)) // one too many

				sel := directory.UndoSelection{RequestID: "day"}
				u, conflicts := d.undo(sel, directory.UndoOptions{})
				d.same("conflicts", conflicts, []string{made[0] + " quotaFull []"})
				if u.State != directory.UndoPreviewed || d.values(made[1]) != nil {
					t.Errorf("an undo in conflict: %s %+v", u.State, u.Counts)
				}
				u, conflicts = d.undo(sel, directory.UndoOptions{DecideAll: directory.DecideKeep})
				d.same("conflicts that are decided", conflicts, nil)
				if u.State != directory.UndoDone || u.Counts.Undone != int64(objects)-1 || u.Counts.Kept != 1 {
					t.Errorf("got %s %+v, want all but one", u.State, u.Counts)
				}
			})
		}
	}
}
