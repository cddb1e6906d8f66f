package directory

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// departmentEditor edits departments for people.
type departmentEditor struct{}

// departmentExtra is what a department stores beyond the fields of its object.
// Its lists may name people and departments that are gone, or that an import
// brings later: they have no effect here.
var departmentExtra = []extraField[DepartmentSettings]{
	extraText("source_identifier", func(p *DepartmentSettings) *string { return &p.SourceIdentifier }),
	extraBool("hide_dept", func(p *DepartmentSettings) *bool { return &p.Hidden }),
	extraList("dept_permits", func(p *DepartmentSettings) *[]int64 { return &p.DeptPermits }),
	extraList("user_permits", func(p *DepartmentSettings) *[]string { return &p.UserPermits }),
	extraBool("outer_dept", func(p *DepartmentSettings) *bool { return &p.Outer }),
	extraBool("outer_dept_only_self", func(p *DepartmentSettings) *bool { return &p.OuterOnlySelf }),
	extraList("outer_permit_depts", func(p *DepartmentSettings) *[]int64 { return &p.OuterPermitDepts }),
	extraList("outer_permit_users", func(p *DepartmentSettings) *[]string { return &p.OuterPermitUsers }),
	extraBool("create_dept_group", func(p *DepartmentSettings) *bool { return &p.CreateGroup }),
	extraBool("auto_approve_apply", func(p *DepartmentSettings) *bool { return &p.AutoApprove }),
	extraBool("auto_add_user", func(p *DepartmentSettings) *bool { return &p.AutoAddUser }),
	extraBool("group_contain_sub_dept", func(p *DepartmentSettings) *bool { return &p.GroupWithSub }),
	extraBool("group_contain_outer_dept", func(p *DepartmentSettings) *bool { return &p.GroupWithOuter }),
	extraBool("group_contain_hidden_dept", func(p *DepartmentSettings) *bool { return &p.GroupWithHidden }),
	extraText("org_dept_owner", func(p *DepartmentSettings) *string { return &p.GroupOwner }),
	extraText("ext", func(p *DepartmentSettings) *string { return &p.Ext }),
}

// object shows a department as people see it.
func (d Department) object(leaders []string) Object {
	return Object{Kind: DepartmentKind, ID: strconv.FormatInt(d.ID, 10), Version: d.Version, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt, Values: Values{
		"deptId": d.ID, "name": d.Name, "parentId": d.ParentID, "order": d.Order, "code": d.Settings.Code,
		"managerUserIds": leaders, extraName: showExtra(departmentExtra, &d.Settings),
	}.compact()}
}

// applyDepartment returns the department with the values that are given, but
// leaders.
func applyDepartment(d Department, v Values, keepExtra bool, p *problems) Department {
	d.Settings.LongPermits = true
	if _, given := v["name"]; given {
		d.Name = v.Text("name")
	}
	if _, given := v["parentId"]; given {
		d.ParentID = v.Number("parentId")
	}
	if d.ParentID == 0 && d.ID != RootDepartment {
		d.ParentID = RootDepartment
	}
	if _, given := v["order"]; given {
		d.Order = v.Number("order")
	}
	if _, given := v["code"]; given {
		d.Settings.Code = v.Text("code")
	}
	if extra, given := v[extraName]; given {
		applyExtra(departmentExtra, &d.Settings, extra, keepExtra, p)
	}
	return d
}

// readDepartmentID reads the id of a department, 0 if there can be none with it.
func readDepartmentID(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 || strconv.FormatInt(id, 10) != text {
		return 0
	}
	return id
}

// reachableDepartment returns the department and its path, or
// ErrDepartmentNotFound, also when the caller's range does not include it.
func (s *Session) reachableDepartment(tx Tx, text string) (d Department, path []int64, err error) {
	id := readDepartmentID(text)
	if id == 0 {
		return d, nil, fmt.Errorf("department %q: %w", text, ErrDepartmentNotFound)
	}
	if d, err = tx.Departments().Department(id); err != nil {
		return d, nil, err
	}
	path, err = s.departmentInRange(tx, id)
	if errors.Is(err, ErrDepartmentOutOfRange) {
		err = fmt.Errorf("outside the caller's range: %w", ErrDepartmentNotFound)
	}
	return d, path, err
}

func (departmentEditor) object(s *Session, tx Tx, id string) (Object, error) {
	d, _, err := s.reachableDepartment(tx, id)
	if err != nil {
		return Object{}, err
	}
	leaders, err := tx.Departments().LeadersOf(d.ID)
	return d.object(leaders), err
}

// checkDepartment tells every problem of a department that is to be written, but
// of its place and leaders. before is the stored department, or the zero
// Department. The caller has locked the tree.
func checkDepartment(tx Tx, before, d Department, p *problems) error {
	if err := checkDepartmentValues(before, d, p); err != nil {
		return err
	}
	if d.Name == before.Name && d.ParentID == before.ParentID || p.has("name") || p.has("parentId") {
		return nil
	}
	return p.refused(d.checkSiblings(tx), "name")
}

// checkDepartmentValues tells what is wrong with the values themselves.
func checkDepartmentValues(before, d Department, p *problems) error {
	if d.Name != "" && d.Name != before.Name && !p.has("name") {
		if err := p.refused((Department{Name: d.Name}).check(before), "name"); err != nil {
			return err
		}
	}
	if err := p.refused(d.Settings.checkPermitCount(before.Settings), extraName); err != nil {
		return err
	}
	for err, field := range d.valueErrors(before) {
		if err := p.once(err, field); err != nil {
			return err
		}
	}
	return nil
}

func (departmentEditor) create(s *Session, tx Tx, e Edit) (EditResult, error) {
	p := &problems{kind: DepartmentKind}
	p.check(e.Values, true)
	if err := lockTree(tx); err != nil {
		return EditResult{}, err
	}
	id, err := s.newDepartmentID(tx, e.ID, p)
	if err != nil {
		return EditResult{}, err
	}
	d := applyDepartment(Department{ID: id, CreatedAt: s.createdAt(e), UpdatedAt: s.now, Version: 1}, e.Values, e.KeepExtra, p)
	if err := s.checkPlace(tx, d.ParentID, p); err != nil {
		return EditResult{}, err
	}
	if err := checkDepartment(tx, Department{}, d, p); err != nil {
		return EditResult{}, err
	}
	for _, leader := range e.Values.Texts("managerUserIds") {
		p.add("managerUserIds", RuleEmployeeNotFound, leader) // nobody is a member yet
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	s.addDepartment(tx, d, "create")
	return EditResult{After: d.object(nil), Changed: true}, nil
}

// newDepartmentID is the id of a new department: the given one, or a random one.
func (s *Session) newDepartmentID(tx Tx, given string, p *problems) (int64, error) {
	if given != "" {
		id := readDepartmentID(given)
		if p.checkID(given); id == 0 {
			return 0, nil
		}
		taken, err := departmentIDTaken(tx, id)
		if taken {
			p.add("deptId", RuleIDTaken, given)
		}
		return id, err
	}
	for range 5 {
		id, err := strconv.ParseInt(s.dir.ids.Digits(9), 10, 64)
		if err != nil {
			return 0, err
		}
		if taken, err := departmentIDTaken(tx, id); err != nil || !taken {
			return id, err
		}
	}
	return 0, ErrConflict
}

// departmentIDTaken reports whether an id is, or was, that of a department.
func departmentIDTaken(tx Tx, id int64) (bool, error) {
	missing, err := tx.Departments().MissingDepartments([]int64{id})
	if err != nil || len(missing) == 0 {
		return err == nil, err
	}
	return usedID(tx, strconv.FormatInt(id, 10), departmentNoun)
}

// checkPlace tells whether a department can be put below a parent.
func (s *Session) checkPlace(tx Tx, parentID int64, p *problems) error {
	if p.has("parentId") {
		return nil
	}
	path, err := s.parentPath(tx, parentID)
	if err == nil && len(path) >= MaxDepartmentDepth {
		err = ErrDepartmentDepth
	}
	if err != nil {
		err = &FieldError{Value: strconv.FormatInt(parentID, 10), Err: err}
	}
	return p.refused(err, "parentId")
}

func (departmentEditor) change(s *Session, tx Tx, e Edit) (EditResult, error) {
	if err := lockTree(tx); err != nil {
		return EditResult{}, err
	}
	before, path, err := s.reachableDepartment(tx, e.ID)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(before.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: DepartmentKind}
	p.check(e.Values, false)
	if id, given := e.Values["deptId"]; given && id != before.ID {
		p.add("deptId", RuleValueInvalid, id)
	}
	after := applyDepartment(before, e.Values, e.KeepExtra, p)
	var parentPath []int64
	switch {
	case before.ID == RootDepartment:
		p.rootStays(before, after)
	case after.ParentID != before.ParentID && !p.has("parentId"):
		parentPath, err = s.mayMove(tx, before.ID, after.ParentID)
		if err := p.refused(err, "parentId"); err != nil {
			return EditResult{}, err
		}
	}
	if err := checkDepartment(tx, before, after, p); err != nil {
		return EditResult{}, err
	}
	leaders, err := s.givenLeaders(tx, before.ID, e.Values, p)
	if err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	r := EditResult{Before: before.object(leaders.old), After: after.object(leaders.want)}
	if len(DepartmentKind.Differences(r.Before.Values, r.After.Values)) == 0 {
		r.After = r.Before
		return r, nil
	}
	s.changeDepartment(tx, before, after, path, parentPath, leaders)
	r.Changed, r.After.Version, r.After.UpdatedAt = true, before.Version+1, s.now
	return r, nil
}

// givenLeaders returns the change of leaders, who must be direct members.
func (s *Session) givenLeaders(tx Tx, id int64, v Values, p *problems) (c leaderChange, err error) {
	if c.old, err = tx.Departments().LeadersOf(id); err != nil {
		return c, err
	}
	if _, c.given = v["managerUserIds"]; !c.given {
		c.want = c.old
		return c, nil
	}
	c.want = slices.Sorted(slices.Values(distinct(v.Texts("managerUserIds"))))
	es, err := tx.Employees().Employees(c.want)
	for _, userID := range c.want {
		if !slices.ContainsFunc(es, func(e Employee) bool { return e.UserID == userID && slices.Contains(e.DeptIDs, id) }) {
			p.add("managerUserIds", RuleEmployeeNotFound, userID)
		}
	}
	return c, err
}

func (departmentEditor) remove(s *Session, tx Tx, e Edit) (EditResult, error) {
	before, _, err := s.reachableDepartment(tx, e.ID)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(before.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: DepartmentKind}
	reasons, err := keepsDepartment(tx, before.ID)
	if err != nil {
		return EditResult{}, err
	}
	for _, reason := range reasons {
		if err := p.refused(reason, ""); err != nil {
			return EditResult{}, err
		}
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	return EditResult{Before: before.object(nil), Changed: true}, s.removeDepartment(tx, before)
}

// restore puts a department back under its id, below the parent that it had
// (docs/spec/history.md#restoration-of-a-department).
func (departmentEditor) restore(s *Session, tx Tx, e Edit) (EditResult, error) {
	var b binDepartment
	x, err := s.fromBin(tx, DepartmentKind, e.ID, &b)
	if err != nil {
		return EditResult{}, fmt.Errorf("department %s: %w", e.ID, err)
	}
	if err := lockTree(tx); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: DepartmentKind}
	d := b.Department
	d.Version, d.UpdatedAt = x.Version+1, s.now
	if err := s.checkPlace(tx, d.ParentID, p); err != nil {
		return EditResult{}, err
	}
	if !p.has("parentId") {
		if err := p.refused(d.checkSiblings(tx), "name"); err != nil {
			return EditResult{}, err
		}
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	var managers []RoleMember
	for _, m := range b.Scopes {
		now, err := tx.Roles().ScopeOf(m.RoleID, m.UserID)
		if err != nil {
			return EditResult{}, err
		}
		if now.UserID != "" && now.Limited {
			now.Scope = append(now.Scope, RoleScope{DeptID: d.ID})
			managers = append(managers, now)
		}
	}
	tx.Bin().DeleteBin(DepartmentKind, e.ID)
	s.addDepartment(tx, d, "restore")
	for _, m := range managers {
		tx.Roles().PutRoleMember(m)
	}
	return EditResult{After: d.object(nil), Changed: true}, nil
}
