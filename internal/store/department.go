package store

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

const selectDepartment = "SELECT id, parent_id, name, position, settings, version, created_at, updated_at FROM department WHERE org = ?"

var errDepartmentRows = map[string]error{
	"department_pkey": directory.ErrDepartmentIDTaken,
	"department_name": directory.ErrDepartmentExists,
}

func scanDepartment(r *row) (d directory.Department, err error) {
	d = directory.Department{ID: r.Int(0), ParentID: r.Int(1), Name: r.Text(2), Order: r.Int(3), Version: r.Int(5), CreatedAt: timeOrZero(r.Int(6)), UpdatedAt: timeOrZero(r.Int(7))}
	if settings := r.Text(4); settings != "{}" {
		err = json.Unmarshal([]byte(settings), &d.Settings)
	}
	return d, err
}

// Department implements [directory.DepartmentTx].
func (t *tx) Department(id int64) (d directory.Department, err error) {
	ok, err := t.One(t.toWrite(selectDepartment+" AND id = ?"), args{t.Org, id}, func(r *row) (err error) {
		d, err = scanDepartment(r)
		return err
	})
	return d, found(ok, err, directory.ErrDepartmentNotFound)
}

// departmentNamed reads the two kinds of rows separately and unsorted:
// otherwise an engine may skip the indexes on names and read all departments of
// the organisation for each new one.
const departmentNamed = `SELECT id FROM department WHERE org = ? AND parent_id = ? AND name_key = ?
	UNION ALL SELECT id FROM department WHERE org = ? AND parent_id = ? AND parent_id <> 0 AND name IN (?, ?) AND name_key IS NULL`

// DepartmentNamed implements [directory.DepartmentTx].
func (t *tx) DepartmentNamed(parent int64, name string) (id int64, err error) {
	key := directory.NameKey(name)
	err = t.Each(departmentNamed, args{t.Org, parent, key, t.Org, parent, name, key}, func(r *row) error {
		if found := r.Int(0); id == 0 || found < id {
			id = found
		}
		return nil
	})
	return id, err
}

// MissingDepartments implements [directory.DepartmentTx].
func (t *tx) MissingDepartments(ids []int64) ([]int64, error) {
	l := lookup[int64]{ids: ids}
	if len(ids) == 0 {
		return nil, nil
	}
	if err := t.Batch(t.readDepartments(&l, t.Writable())...); err != nil {
		return nil, err
	}
	return l.missing(), nil
}

var departmentLookup = newLookupText("SELECT id FROM department WHERE org = ? AND id IN")

func (t *tx) readDepartments(l *lookup[int64], lock bool) []*read {
	return l.reads(t, departmentLookup, lock, (*row).Int)
}

// The path of a new department extends that of its parent.
const insertDepartment = `INSERT INTO department (org, id, parent_id, name, name_key, position, settings, version, created_at, updated_at, path)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
	coalesce((SELECT p.path FROM department p WHERE p.org = ? AND p.id = ?), '/') || ?)`

// InsertDepartment implements [directory.DepartmentTx].
func (t *tx) InsertDepartment(d directory.Department) {
	t.WriteUniqueBy(errDepartmentRows, insertDepartment, t.Org, d.ID, d.ParentID, d.Name, directory.NameKey(d.Name), d.Order, jsonText(d.Settings),
		max(1, d.Version), millisOrZero(d.CreatedAt), millisOrZero(d.UpdatedAt), t.Org, d.ParentID, strconv.FormatInt(d.ID, 10)+"/")
	t.insertTerms(departmentTerms, directory.NameTerms(d.Name), d.ID)
}

// UpdateDepartment implements [directory.DepartmentTx].
func (t *tx) UpdateDepartment(before, d directory.Department) {
	t.WriteUniqueBy(errDepartmentRows, `UPDATE department SET parent_id = ?, name = ?, name_key = ?, position = ?, settings = ?,
			updated_at = ?, version = version + 1 WHERE org = ? AND id = ?`,
		d.ParentID, d.Name, directory.NameKey(d.Name), d.Order, jsonText(d.Settings), millisOrZero(d.UpdatedAt), t.Org, d.ID)
	t.changeName(departmentTerms, before.Name, d.Name, d.ID)
}

// pathText is the value of the column path, given the path from the department
// up to the root.
func pathText(path []int64) string {
	var b strings.Builder
	b.WriteByte('/')
	for i := len(path) - 1; i >= 0; i-- {
		b.WriteString(strconv.FormatInt(path[i], 10))
		b.WriteByte('/')
	}
	return b.String()
}

// parsePath reads the output of pathText.
func parsePath(text string) (path []int64, err error) {
	parts := strings.Split(strings.Trim(text, "/"), "/")
	path = make([]int64, len(parts))
	for i, p := range parts {
		if path[len(parts)-1-i], err = strconv.ParseInt(p, 10, 64); err != nil {
			return nil, err
		}
	}
	return path, nil
}

// below is the range of paths of a department and all departments below it.
func below(path string) (from, to string) { return path, path[:len(path)-1] + "0" } // "0" comes after "/"

// MoveDepartment implements [directory.DepartmentTx].
func (t *tx) MoveDepartment(path, parentPath []int64) {
	old := pathText(path)
	from, to := below(old)
	moved := pathText(parentPath) + strconv.FormatInt(path[0], 10) + "/"
	t.Write("UPDATE department SET path = ? || substr(path, ?) WHERE org = ? AND path >= ? AND path < ?", moved, len(old)+1, t.Org, from, to)
	t.countMoved(moved, path[1:], parentPath)
}

// DeleteDepartment implements [directory.DepartmentTx].
func (t *tx) DeleteDepartment(d directory.Department) {
	t.Write("DELETE FROM department WHERE org = ? AND id = ?", t.Org, d.ID)
	t.Write("DELETE FROM department_count WHERE org = ? AND dept_id = ?", t.Org, d.ID)
	t.Write("DELETE FROM role_scope WHERE org = ? AND dept_id = ?", t.Org, d.ID)
	t.deleteTerms(departmentTerms, directory.NameTerms(d.Name), d.ID)
}

// DepartmentPath implements [directory.DepartmentTreeTx].
func (t *tx) DepartmentPath(id int64) ([]int64, error) {
	paths, err := t.DepartmentPaths([]int64{id})
	if err != nil {
		return nil, err
	}
	path, ok := paths[id]
	if !ok {
		return nil, directory.ErrDepartmentNotFound
	}
	return path, nil
}

// DepartmentPaths implements [directory.DepartmentTreeTx].
func (t *tx) DepartmentPaths(ids []int64) (map[int64][]int64, error) {
	paths := make(map[int64][]int64, len(ids))
	if len(ids) == 0 {
		return paths, nil
	}
	places, values := in(ids)
	sql := "SELECT id, path FROM department WHERE org = ? AND id IN (" + places + ")"
	if t.Writable() {
		sql += forKeyShare
	}
	err := t.Each(sql, append(args{t.Org}, values...), func(r *row) (err error) {
		paths[r.Int(0)], err = parsePath(r.Text(1))
		return err
	})
	return paths, err
}

// SubDepartments implements [directory.DepartmentTreeTx].
func (t *tx) SubDepartments(parentID int64) (ds []directory.Department, err error) {
	ds = []directory.Department{}
	err = t.Each(selectDepartment+" AND parent_id = ? ORDER BY position, id", args{t.Org, parentID}, func(r *row) error {
		d, err := scanDepartment(r)
		ds = append(ds, d)
		return err
	})
	return ds, err
}

// DepartmentTree implements [directory.DepartmentTreeTx]. All departments are
// below the root, and come in the order of the primary key.
func (t *tx) DepartmentTree(id int64) (ds []directory.Department, err error) {
	sql, a := selectDepartment, args{t.Org}
	if id != directory.RootDepartment {
		path, err := t.path(id)
		if err != nil {
			return nil, err
		}
		from, to := below(path)
		sql, a = sql+" AND path >= ? AND path < ?", append(a, from, to)
	}
	err = t.Each(sql+" ORDER BY id", a, func(r *row) error {
		d, err := scanDepartment(r)
		ds = append(ds, d)
		return err
	})
	return ds, err
}

// SubDepartmentIDs implements [directory.DepartmentTreeTx].
func (t *tx) SubDepartmentIDs(parentID int64) (ids []int64, err error) {
	ids = []int64{}
	err = t.Each("SELECT id FROM department WHERE org = ? AND parent_id = ? ORDER BY position, id", args{t.Org, parentID}, func(r *row) error {
		ids = append(ids, r.Int(0))
		return nil
	})
	return ids, err
}

// path reads the column of a department. For a missing department it is a path
// with nothing below it.
func (t *tx) path(id int64) (path string, err error) {
	path = "/0/"
	_, err = t.One("SELECT path FROM department WHERE org = ? AND id = ?", args{t.Org, id}, func(r *row) error {
		path = r.Text(0)
		return nil
	})
	return path, err
}

// DepartmentHeight implements [directory.DepartmentTreeTx].
func (t *tx) DepartmentHeight(id int64) (height int, err error) {
	path, err := t.path(id)
	if err != nil {
		return 0, err
	}
	from, to := below(path)
	_, err = t.One("SELECT max(length(path) - length(replace(path, '/', ''))) FROM department WHERE org = ? AND path >= ? AND path < ?",
		args{t.Org, from, to}, func(r *row) error {
			if deepest := r.NullInt(0); deepest != nil {
				height = int(*deepest) - strings.Count(path, "/")
			}
			return nil
		})
	return height, err
}
