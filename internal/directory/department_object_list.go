package directory

import "slices"

// list reads all departments of which it returns a page: there are few enough.
func (departmentEditor) list(s *Session, tx Tx, q ObjectQuery) (ObjectPage, error) {
	if q.Label != 0 || q.Follower != "" || q.Dept != 0 || q.Mobile != "" || q.Email != "" || !q.UpdatedSince.IsZero() || q.Group != "" {
		return ObjectPage{}, ErrQuery
	}
	ds, err := s.departmentsToList(tx, q)
	if err != nil {
		return ObjectPage{}, err
	}
	if q.Text != "" {
		ways := nameWays(q.Text)
		ds = slices.DeleteFunc(ds, func(d Department) bool { return !nameFound(d.Name, ways) })
		q.Text = ""
	}
	all := make([]Object, len(ds))
	for i, d := range ds {
		all[i] = d.object(nil)
	}
	page, err := pageOf(all, q)
	if err != nil || len(page.Items) == 0 {
		return page, err
	}
	ids := make([]int64, len(page.Items))
	for i, o := range page.Items {
		ids[i] = o.Values.Number("deptId")
	}
	leaders, err := tx.Departments().LeadersOfAll(ids)
	for i, id := range ids {
		if len(leaders[id]) > 0 {
			page.Items[i].Values["managerUserIds"] = leaders[id]
		}
	}
	return page, err
}

// departmentsToList returns those in the caller's range that are below
// q.Parent, if there is one.
func (s *Session) departmentsToList(tx Tx, q ObjectQuery) ([]Department, error) {
	if q.Parent != 0 && !q.Recursive && !s.limited() {
		return tx.Departments().SubDepartments(q.Parent)
	}
	root := q.Parent
	if root == 0 {
		root = RootDepartment
	}
	ds, err := tx.Departments().DepartmentTree(root)
	if err != nil {
		return nil, err
	}
	if s.limited() {
		ids := make([]int64, len(ds))
		for i, d := range ds {
			ids[i] = d.ID
		}
		paths, err := tx.Departments().DepartmentPaths(ids)
		if err != nil {
			return nil, err
		}
		ds = slices.DeleteFunc(ds, func(d Department) bool { return !s.caller.Scope.covers(paths[d.ID]) })
	}
	if q.Parent != 0 {
		ds = slices.DeleteFunc(ds, func(d Department) bool { return d.ID == q.Parent || !q.Recursive && d.ParentID != q.Parent })
	}
	return ds, nil
}

// nameFound reports whether one of the ways finds a name.
func nameFound(name string, ways []termWay) bool {
	terms := nameTerms(name)
	return slices.ContainsFunc(ways, func(w termWay) bool {
		_, ok := w.first(terms)
		return w.key != "" && ok
	})
}
