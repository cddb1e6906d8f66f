package store

import (
	"strings"
	"testing"
)

// Looking up a department's name costs the same with any number of siblings.
func TestDepartmentNameIsLookedUpByIndex(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, sqliteOptions(t))
	looks := 0
	err := s.view(ctx, "o", func(t2 *tx) error {
		a := args{"o", 1, "k", "o", 1, "n", "k"}
		return t2.Each("EXPLAIN QUERY PLAN "+departmentNamed, a, func(r *row) error {
			step := r.Text(3)
			if !strings.Contains(step, "department USING") {
				return nil
			}
			if looks++; !strings.Contains(step, "parent_id=? AND name") {
				t.Errorf("got %q, want a search by name", step)
			}
			return nil
		})
	})
	if err != nil || looks != 2 {
		t.Errorf("got %d searches, %v, want 2", looks, err)
	}
}
