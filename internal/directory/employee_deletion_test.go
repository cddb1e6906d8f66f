package directory_test

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// TestSeveralLeaveTogether: if one cannot be deleted, nobody is; members of
// other organisations end only when all can.
func TestSeveralLeaveTogether(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		s := d.app()
		d.wants("with nobody", s.DeleteEmployees(bg, []string{"org1001", "nobody"}), directory.ErrEmployeeNotFound)
		d.wants("with an owner of contacts", s.DeleteEmployees(bg, []string{"org1001", wangFang}), directory.ErrEmployeeFollows)
		d.wants("outside the range", d.appWith(directory.Scope{DeptIDs: []int64{2}}).DeleteEmployees(bg, []string{"org1001", liQiang}), directory.ErrOutOfScope)
		_, err := d.partner().Employee(bg, "b1001")
		d.must(err)
		d.must(s.DeleteEmployees(bg, []string{"org1002", "org1001", liQiang, "org1001"}))
		for _, id := range []string{"org1001", "org1002", liQiang} {
			_, err := s.Employee(bg, id)
			d.wants(id, err, directory.ErrEmployeeNotFound)
		}
		_, err = d.partner().Employee(bg, "b1001")
		d.wants("who joined with an account", err, directory.ErrEmployeeNotFound)
	})
}
