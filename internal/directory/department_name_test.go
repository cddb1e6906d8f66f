package directory_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestDepartmentNamesThatLookAlikeAreOne(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		s := d.commandLine(directory.SampleOrg)
		create := func(parent int64, name string) (int64, error) {
			return s.CreateDepartment(bg, directory.Department{ParentID: parent, Name: name})
		}
		first, err := create(1, "Café")
		d.must(err)
		for _, name := range []string{"Café", "Cafe\u0301", "Ca\u200bfé", "Ｃａｆé", "Café\u3000"} {
			_, err := create(1, name)
			d.wants("another "+name, err, directory.ErrDepartmentExists)
		}
		below, err := create(first, "Café")
		d.must(err)
		other, err := create(1, "Cafe")
		d.must(err)
		d.wants("a name taken in other letters", s.UpdateDepartment(bg, other, directory.DepartmentUpdate{Name: ptr("Cafe\u0301")}), directory.ErrDepartmentExists)
		d.wants("a move beside it", s.UpdateDepartment(bg, below, directory.DepartmentUpdate{ParentID: ptr(int64(1))}), directory.ErrDepartmentExists)
		d.must(s.UpdateDepartment(bg, first, directory.DepartmentUpdate{Name: ptr("Cafe\u0301")}))
		_, err = create(1, "\u200b")
		d.wants("a name of nothing", err, directory.ErrDepartmentName)

		// Names from before the rule have no key, and are compared as they are.
		_, err = create(1, "研\u200b发部")
		d.wants("beside a name of the sample", err, directory.ErrDepartmentExists)
	})
}

// TestAlikeNamesAtOnce: of many names that look alike at the same moment, one
// is accepted.
func TestAlikeNamesAtOnce(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		var all sync.WaitGroup
		var mu sync.Mutex
		made := 0
		for _, name := range []string{"Café", "Cafe\u0301", "Ca\u200bfé", "Ｃａｆé", "C\u200bafé", "Caf\u200bé"} {
			s := d.commandLine(directory.SampleOrg)
			all.Go(func() {
				_, err := s.CreateDepartment(bg, directory.Department{ParentID: 1, Name: name})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					made++
				case !errors.Is(err, directory.ErrDepartmentExists):
					t.Errorf("%s: got %v, want %v", name, err, directory.ErrDepartmentExists)
				}
			})
		}
		all.Wait()
		if made != 1 {
			t.Errorf("got %d departments of names that look alike, want 1", made)
		}
	})
}
