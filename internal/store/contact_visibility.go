package store

import (
	"time"

	"github.com/mingce/mingce/internal/store/engine"
)

// DepartmentParents implements [directory.VisibilityTx].
func (t *tx) DepartmentParents() (map[int64]int64, error) {
	parents := map[int64]int64{}
	err := t.Each("SELECT id, parent_id FROM department WHERE org = ?", args{t.Org}, func(r *row) error {
		parents[r.Int(0)] = r.Int(1)
		return nil
	})
	return parents, err
}

// DepartmentsOf implements [directory.VisibilityTx].
func (t *tx) DepartmentsOf(userIDs []string) (map[string][]int64, error) {
	depts := map[string][]int64{}
	if len(userIDs) == 0 {
		return depts, nil
	}
	places, values := in(userIDs)
	err := t.Each("SELECT user_id, dept_ids FROM employee WHERE org = ? AND user_id IN ("+places+")", append(args{t.Org}, values...), func(r *row) (err error) {
		depts[r.Text(0)], err = readList[int64](r, 1)
		return err
	})
	return depts, err
}

// Present implements [directory.VisibilityTx].
func (t *tx) Present(userIDs []string, deptIDs []int64) (added map[string]time.Time, depts map[int64]bool, err error) {
	added, depts = map[string]time.Time{}, map[int64]bool{}
	var reads []*read
	if len(userIDs) > 0 {
		places, values := in(userIDs)
		reads = append(reads, engine.Each("SELECT user_id, created_at FROM employee WHERE org = ? AND user_id IN ("+places+")", append(args{t.Org}, values...), func(r *row) error {
			added[r.Text(0)] = fromMillis(r.Int(1))
			return nil
		}))
	}
	if len(deptIDs) > 0 {
		places, values := in(deptIDs)
		reads = append(reads, engine.Each("SELECT id FROM department WHERE org = ? AND id IN ("+places+")", append(args{t.Org}, values...), func(r *row) error {
			depts[r.Int(0)] = true
			return nil
		}))
	}
	if len(reads) == 0 {
		return added, depts, nil
	}
	return added, depts, t.Batch(reads...)
}
