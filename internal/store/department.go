package store

import "github.com/mingce/mingce/internal/directory"

// Department implements [directory.DepartmentTx].
func (t *tx) Department(id int64) (d directory.Department, err error) {
	ok, err := t.one(t.toWrite("SELECT id, parent_id, name FROM department WHERE org = ? AND id = ?"), args{t.org, id}, func(r *row) error {
		d = directory.Department{ID: r.Int(0), ParentID: r.Int(1), Name: r.Text(2)}
		return nil
	})
	return d, found(ok, err, directory.ErrDepartmentNotFound)
}

// MissingDepartments implements [directory.DepartmentTx].
func (t *tx) MissingDepartments(ids []int64) ([]int64, error) {
	l := lookup[int64]{ids: ids}
	if len(ids) == 0 {
		return nil, nil
	}
	if err := t.batch(t.readDepartments(&l)); err != nil {
		return nil, err
	}
	return l.missing(), nil
}

var departmentLookup = newLookupText("SELECT id FROM department WHERE org = ? AND id IN")

func (t *tx) readDepartments(l *lookup[int64]) *read {
	return l.read(t, departmentLookup, (*row).Int)
}

// PutDepartment implements [directory.DepartmentTx].
func (t *tx) PutDepartment(d directory.Department) {
	t.write(`INSERT INTO department (org, id, parent_id, name) VALUES (?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name`,
		t.org, d.ID, d.ParentID, d.Name)
}
