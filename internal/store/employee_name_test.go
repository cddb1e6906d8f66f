package store

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// A page of names does not read the rows of employees, which are wide: in a
// large organisation each of them would be on a page of its own.
func TestNamesOfMembersAreReadFromAnIndex(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, sqliteOptions(t))
	var steps []string
	err := s.view(ctx, "o", func(t2 *tx) error {
		sql, a := membersQuery(directory.MemberPage{DeptID: 1, Size: 100, Names: true}, "o")
		return t2.Each("EXPLAIN QUERY PLAN "+sql, a, func(r *row) error {
			steps = append(steps, r.Text(3))
			return nil
		})
	})
	if plan := strings.Join(steps, "\n"); err != nil || !strings.Contains(plan, "e USING COVERING INDEX employee_name") {
		t.Errorf("got %v and the plan\n%s\nwant the names from the index", err, plan)
	}
}
