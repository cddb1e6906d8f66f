package directory_test

import (
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// TestLongVisibilityLists: a call that allows longer lists sets them, and other
// updates leave them alone.
func TestLongVisibilityLists(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		s := d.app()
		ids := make([]int64, directory.MaxLongPermits+1)
		for i := range ids {
			id, err := s.CreateDepartment(bg, directory.Department{Name: fmt.Sprint("部门", i), ParentID: 3})
			d.must(err)
			ids[i] = id
		}
		name, short := "市场一部", ids[:directory.MaxDepartmentPermits]
		update := func(u directory.DepartmentUpdate) error { return s.UpdateDepartment(bg, 2, u) }
		d.wants("a longer list", update(directory.DepartmentUpdate{DeptPermits: ids[:51]}), directory.ErrDepartmentPermitCount)
		d.wants("beyond all limits", update(directory.DepartmentUpdate{DeptPermits: ids, LongPermits: true}), directory.ErrDepartmentPermitCount)
		d.must(update(directory.DepartmentUpdate{DeptPermits: ids[1:], LongPermits: true}))
		d.must(update(directory.DepartmentUpdate{Name: &name}))
		d.must(update(directory.DepartmentUpdate{OuterPermitDepts: short}))
		v, err := s.Department(bg, 2)
		d.must(err)
		if n := len(v.Settings.DeptPermits); n != directory.MaxLongPermits {
			t.Errorf("got %d entries, want %d", n, directory.MaxLongPermits)
		}
	})
}
