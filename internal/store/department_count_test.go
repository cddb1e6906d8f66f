package store

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func TestCheckCountsDepartments(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open()
		err := s.Update(ctx, "o", func(tx directory.Tx) error {
			tx.InsertDepartment(directory.Department{ID: 1, Name: "总部"})
			tx.InsertDepartment(directory.Department{ID: 2, ParentID: 1, Name: "市场部"})
			tx.InsertEmployee(directory.Employee{UserID: "u1", Name: "王芳", DeptIDs: []int64{2}, AccountType: directory.AccountNormal, CreatedAt: time.Now()})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			damage string
			wrong  bool
		}{{"", false}, {"UPDATE department_count SET people = people + 1 WHERE dept_id = 1", true}, {"DELETE FROM department_count", true}} {
			if c.damage != "" {
				if err := s.update(ctx, "o", func(t *tx) error { t.Write(c.damage); return nil }); err != nil {
					t.Fatal(err)
				}
			}
			var found []string
			err := s.CheckDepartmentCounts(ctx, math.MaxInt64, func(format string, a ...any) { found = append(found, fmt.Sprintf(format, a...)) })
			if err != nil || (len(found) > 0) != c.wrong {
				t.Errorf("after %q: got %v, %v, want findings: %v", c.damage, found, err, c.wrong)
			}
		}
	})
}
