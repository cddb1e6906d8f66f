package store

// DepartmentParents implements [directory.VisibilityTx].
func (t *tx) DepartmentParents() (map[int64]int64, error) {
	parents := map[int64]int64{}
	err := t.each("SELECT id, parent_id FROM department WHERE org = ?", args{t.org}, func(r *row) error {
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
	err := t.each("SELECT user_id, dept_ids FROM employee WHERE org = ? AND user_id IN ("+places+")", append(args{t.org}, values...), func(r *row) (err error) {
		depts[r.Text(0)], err = readList[int64](r, 1)
		return err
	})
	return depts, err
}
