package directory

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// departmentNoun names departments in the history.
const departmentNoun = "department"

// CreateDepartment adds a department and returns its id. It returns
// ErrDepartmentName, ErrDepartmentCharacter, ErrDepartmentText, ErrDepartmentPermits,
// ErrParentNotFound, ErrDepartmentOutOfRange, ErrDepartmentDepth or
// ErrDepartmentExists.
func (s *Session) CreateDepartment(ctx context.Context, d Department) (int64, error) {
	if err := d.check(Department{}); err != nil {
		return 0, fmt.Errorf("create department: %w", err)
	}
	if err := d.checkValues(Department{}); err != nil {
		return 0, fmt.Errorf("create department: %w", err)
	}
	var err error
	// The id is random. If it is taken, another one is tried.
	for range 5 {
		if d.ID, err = strconv.ParseInt(s.dir.ids.Digits(9), 10, 64); err != nil {
			return 0, err
		}
		err = s.update(ctx, func(tx Tx) error { return s.createDepartment(tx, d) })
		if !errors.Is(err, ErrDepartmentIDTaken) {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("create department: %w", err)
	}
	return d.ID, nil
}

func (s *Session) createDepartment(tx Tx, d Department) error {
	if err := lockTree(tx); err != nil {
		return err
	}
	path, err := s.parentPath(tx, d.ParentID)
	if err != nil {
		return err
	}
	if len(path) >= MaxDepartmentDepth {
		return ErrDepartmentDepth
	}
	if err := d.checkPermits(tx); err != nil {
		return err
	}
	if err := d.checkSiblings(tx); err != nil {
		return err
	}
	if used, err := usedID(tx, strconv.FormatInt(d.ID, 10), departmentNoun); err != nil {
		return err
	} else if used {
		return ErrDepartmentIDTaken
	}
	d.CreatedAt, d.UpdatedAt, d.Version = s.now, s.now, 1
	s.addDepartment(tx, d, "create")
	return nil
}

// addDepartment writes a new or restored department, with history and event.
func (s *Session) addDepartment(tx Tx, d Department, action string) {
	tx.Departments().InsertDepartment(d)
	id := strconv.FormatInt(d.ID, 10)
	s.audit(tx, Change{Noun: departmentNoun, Object: id, Action: action, Version: d.Version, After: d.record()})
	s.organisationEvent(tx, DepartmentCreated, id, OrganisationEvent{DeptIDs: []int64{d.ID}})
}

// lockTree serialises calls that move, create or rename departments: it locks
// the root before any other department. Otherwise two moves could form a cycle,
// a move and a creation below it could exceed the maximal depth or leave the
// new department with a stale path, and two names that look alike could both be
// accepted.
func lockTree(tx Tx) error {
	_, err := tx.Departments().Department(RootDepartment)
	if errors.Is(err, ErrDepartmentNotFound) {
		return nil // the parent will be missing, too
	}
	return err
}

// parentPath is departmentInRange for a new parent.
func (s *Session) parentPath(tx Tx, id int64) ([]int64, error) {
	path, err := s.departmentInRange(tx, id)
	if errors.Is(err, ErrDepartmentNotFound) {
		err = fmt.Errorf("department %d: %w", id, ErrParentNotFound)
	}
	return path, err
}

// check checks what needs no other row. before is the stored department, or the
// zero Department.
func (d Department) check(before Department) error {
	if d.Name != before.Name && !isLine(d.Name) || !showsName(d.Name, MaxDepartmentName) {
		return ErrDepartmentName
	}
	if strings.ContainsAny(d.Name, "-,，") { // docs/spec/org-accounts.md#department-names
		return ErrDepartmentCharacter
	}
	return d.Settings.checkPermitCount(before.Settings)
}

// checkPermitCount checks the lengths of the visibility lists that are not the
// stored ones: those may be of a call that allows longer lists.
func (p DepartmentSettings) checkPermitCount(before DepartmentSettings) error {
	for _, pair := range [2]struct {
		depts, oldDepts []int64
		users, oldUsers []string
	}{{p.DeptPermits, before.DeptPermits, p.UserPermits, before.UserPermits}, {p.OuterPermitDepts, before.OuterPermitDepts, p.OuterPermitUsers, before.OuterPermitUsers}} {
		tooMany := len(pair.depts)+len(pair.users) > MaxDepartmentPermits
		if p.LongPermits {
			tooMany = max(len(pair.depts), len(pair.users)) > MaxLongPermits
		}
		if tooMany && !(slices.Equal(pair.depts, pair.oldDepts) && slices.Equal(pair.users, pair.oldUsers)) {
			return ErrDepartmentPermitCount
		}
	}
	return nil
}

// checkValues returns ErrDepartmentText for a value that is too long or too
// small; before is the stored department, or the zero Department.
func (d Department) checkValues(before Department) error {
	for err := range d.valueErrors(before) {
		return err
	}
	return nil
}

// valueErrors are the errors of checkValues. With each comes the field of the
// department's object that it is about, unless the error names one.
func (d Department) valueErrors(before Department) iter.Seq2[error, string] {
	bounds := func(p DepartmentSettings) []bound {
		return []bound{{SourceField, p.SourceIdentifier, MaxDepartmentSource, ErrDepartmentText}, {CodeField, p.Code, MaxDepartmentCode, ErrDepartmentText},
			{ExtensionField, p.Ext, MaxDepartmentExt, ErrDepartmentText}}
	}
	return func(yield func(error, string) bool) {
		if d.Order < 0 && !yield(ErrDepartmentText, "order") {
			return
		}
		stored := bounds(before.Settings)
		for _, b := range bounds(d.Settings) {
			if err := checkBounds(stored, []bound{b}); err != nil && !yield(err, extraName) {
				return
			}
		}
	}
}

// checkSiblings returns ErrDepartmentExists if another department of the parent
// has a name that looks the same. The caller has locked the tree.
func (d Department) checkSiblings(tx Tx) error {
	if d.ParentID == 0 {
		return nil
	}
	other, err := tx.Departments().DepartmentNamed(d.ParentID, d.Name)
	if err == nil && other != 0 && other != d.ID {
		err = ErrDepartmentExists
	}
	return err
}

// checkPermits checks that the people and departments in the visibility lists
// exist (docs/spec/org-accounts.md#visibility-lists-of-a-department).
func (d Department) checkPermits(tx Tx) error {
	depts, err := tx.Departments().MissingDepartments(distinct(slices.Concat(d.Settings.DeptPermits, d.Settings.OuterPermitDepts)))
	if err != nil {
		return err
	}
	users, err := tx.Employees().MissingEmployees(distinct(slices.Concat(d.Settings.UserPermits, d.Settings.OuterPermitUsers)))
	if err == nil && len(depts)+len(users) > 0 {
		err = ErrDepartmentPermits
	}
	return err
}

// DepartmentUpdate says what to change: nil leaves the value as it is.
type DepartmentUpdate struct {
	ParentID, Order                 *int64
	Name, SourceIdentifier, Code    *string
	Hidden, Outer, OuterOnlySelf    *bool
	CreateGroup, AutoApprove        *bool
	AutoAddUser, GroupWithSub       *bool
	GroupWithOuter, GroupWithHidden *bool
	GroupOwner, Ext                 *string
	DeptPermits, OuterPermitDepts   []int64
	UserPermits, OuterPermitUsers   []string
	Leaders                         []string
	ClearLeaders                    bool // an empty list of leaders removes all leaders
	LongPermits                     bool // the visibility lists may be as long as in older calls
}

// UpdateDepartment changes a department. It returns ErrDepartmentNotFound,
// ErrDepartmentOutOfRange, ErrDepartmentRoot, ErrDepartmentName,
// ErrDepartmentCharacter, ErrDepartmentPermits, ErrDepartmentPermitCount, ErrParentNotFound,
// ErrDepartmentCycle, ErrDepartmentDepth, ErrEmployeeMember,
// ErrDepartmentOwner or ErrDepartmentExists.
func (s *Session) UpdateDepartment(ctx context.Context, id int64, u DepartmentUpdate) error {
	err := s.update(ctx, func(tx Tx) error { return s.updateDepartment(tx, id, u) })
	if err != nil {
		return fmt.Errorf("update department %d: %w", id, err)
	}
	return nil
}

func (s *Session) updateDepartment(tx Tx, id int64, u DepartmentUpdate) error {
	if u.ParentID != nil || u.Name != nil {
		if err := lockTree(tx); err != nil {
			return err
		}
	}
	before, err := tx.Departments().Department(id)
	if err != nil {
		return err
	}
	path, err := s.departmentInRange(tx, id)
	if err != nil {
		return err
	}
	after := u.Apply(before)
	if id == RootDepartment && (after.ParentID != before.ParentID || after.Name != before.Name) {
		return ErrDepartmentRoot
	}
	if err := after.checkValues(before); err != nil {
		return err
	}
	if u.Name != nil || u.DeptPermits != nil || u.UserPermits != nil || u.OuterPermitDepts != nil || u.OuterPermitUsers != nil {
		if err := after.check(before); err != nil {
			return err
		}
		if err := after.checkPermits(tx); err != nil {
			return err
		}
	}
	var parentPath []int64
	if after.ParentID != before.ParentID {
		if parentPath, err = s.mayMove(tx, id, after.ParentID); err != nil {
			return err
		}
	}
	if after.ParentID != before.ParentID || after.Name != before.Name {
		if err := after.checkSiblings(tx); err != nil {
			return err
		}
	}
	leaders, err := s.newLeaders(tx, id, u)
	if err != nil {
		return err
	}
	if u.GroupOwner != nil && *u.GroupOwner != "" {
		if err := membersOf(tx, id, []string{*u.GroupOwner}); errors.Is(err, ErrEmployeeMember) {
			return ErrDepartmentOwner
		} else if err != nil {
			return err
		}
	}
	s.changeDepartment(tx, before, after, path, parentPath, leaders)
	return nil
}

// changeDepartment writes what differs between two states of a department, whose
// present path is path, and its new leaders. If it moves, parentPath is the path
// of its new parent. It only writes.
func (s *Session) changeDepartment(tx Tx, before, after Department, path, parentPath []int64, leaders leaderChange) {
	old, changed := diff(before.record(), after.record())
	if leaders.changed() {
		old["dept_manager_userid_list"], changed["dept_manager_userid_list"] = leaders.old, leaders.want
		tx.Employees().SetLeaders(before.ID, leaders.want)
	}
	object := strconv.FormatInt(before.ID, 10)
	if len(changed) > 0 {
		after.UpdatedAt, after.Version = s.now, before.Version+1
		if after.ParentID != before.ParentID {
			tx.Departments().MoveDepartment(path, parentPath)
		}
		tx.Departments().UpdateDepartment(before, after)
		s.organisationEvent(tx, DepartmentChanged, object, OrganisationEvent{DeptIDs: []int64{before.ID}})
	}
	s.audit(tx, Change{Noun: departmentNoun, Object: object, Action: "update", Version: after.Version, Before: old, After: changed})
}

// mayMove checks that the new parent is neither the department itself nor below
// it, and that nothing below it gets deeper than allowed. It returns the new
// parent's path. The caller has locked the tree.
func (s *Session) mayMove(tx Tx, id, parentID int64) (parentPath []int64, err error) {
	if parentPath, err = s.parentPath(tx, parentID); err != nil {
		return nil, err
	}
	if slices.Contains(parentPath, id) {
		return nil, ErrDepartmentCycle
	}
	height, err := tx.Departments().DepartmentHeight(id)
	if err == nil && len(parentPath)+1+height > MaxDepartmentDepth {
		err = ErrDepartmentDepth
	}
	return parentPath, err
}

// leaderChange is how an update changes a department's leaders.
type leaderChange struct {
	old, want []string
	given     bool
}

func (c leaderChange) changed() bool { return c.given && !slices.Equal(c.old, c.want) }

// newLeaders returns the change of leaders, who must be members of the
// department (docs/spec/org-accounts.md#leaders-of-a-department).
func (s *Session) newLeaders(tx Tx, id int64, u DepartmentUpdate) (c leaderChange, err error) {
	if c.given = len(u.Leaders) > 0 || u.ClearLeaders; !c.given {
		return c, nil
	}
	if len(u.Leaders) > MaxDepartmentLeaders {
		return c, &FieldError{Field: LeadersField, Most: MaxDepartmentLeaders, Err: ErrDepartmentText}
	}
	c.want = slices.Sorted(slices.Values(distinct(u.Leaders)))
	if err := membersOf(tx, id, c.want); err != nil {
		return c, err
	}
	c.old, err = tx.Departments().LeadersOf(id)
	return c, err
}

// membersOf returns ErrEmployeeMember for the first of userIDs who is no direct
// member of the department.
func membersOf(tx Tx, deptID int64, userIDs []string) error {
	es, err := tx.Employees().Employees(userIDs)
	if err != nil {
		return err
	}
	for _, id := range userIDs {
		if !slices.ContainsFunc(es, func(e Employee) bool { return e.UserID == id && slices.Contains(e.DeptIDs, deptID) }) {
			return fmt.Errorf("employee %s: %w", id, ErrEmployeeMember)
		}
	}
	return nil
}

// Apply returns the department as the update leaves it.
func (u DepartmentUpdate) Apply(d Department) Department {
	p := &d.Settings
	p.LongPermits = u.LongPermits
	for field, v := range map[*string]*string{&d.Name: u.Name, &p.SourceIdentifier: u.SourceIdentifier, &p.Code: u.Code, &p.GroupOwner: u.GroupOwner, &p.Ext: u.Ext} {
		if v != nil {
			*field = *v
		}
	}
	for field, v := range map[*int64]*int64{&d.ParentID: u.ParentID, &d.Order: u.Order} {
		if v != nil {
			*field = *v
		}
	}
	for field, v := range map[*bool]*bool{
		&p.Hidden: u.Hidden, &p.Outer: u.Outer, &p.OuterOnlySelf: u.OuterOnlySelf, &p.CreateGroup: u.CreateGroup, &p.AutoApprove: u.AutoApprove,
		&p.AutoAddUser: u.AutoAddUser, &p.GroupWithSub: u.GroupWithSub, &p.GroupWithOuter: u.GroupWithOuter, &p.GroupWithHidden: u.GroupWithHidden,
	} {
		if v != nil {
			*field = *v
		}
	}
	if u.DeptPermits != nil {
		p.DeptPermits = distinct(u.DeptPermits)
	}
	if u.UserPermits != nil {
		p.UserPermits = distinct(u.UserPermits)
	}
	if u.OuterPermitDepts != nil {
		p.OuterPermitDepts = distinct(u.OuterPermitDepts)
	}
	if u.OuterPermitUsers != nil {
		p.OuterPermitUsers = distinct(u.OuterPermitUsers)
	}
	return d
}

// record is the department as audit entries show it.
func (d Department) record() Record {
	p := d.Settings
	r := Record{"name": d.Name, "parent_id": d.ParentID, "order": d.Order}
	for name, text := range map[string]string{"source_identifier": p.SourceIdentifier, "code": p.Code, "org_dept_owner": p.GroupOwner, "ext": p.Ext} {
		if text != "" {
			r[name] = text
		}
	}
	for name, set := range map[string]bool{
		"hide_dept": p.Hidden, "outer_dept": p.Outer, "outer_dept_only_self": p.OuterOnlySelf, "create_dept_group": p.CreateGroup,
		"auto_approve_apply": p.AutoApprove, "auto_add_user": p.AutoAddUser, "group_contain_sub_dept": p.GroupWithSub,
		"group_contain_outer_dept": p.GroupWithOuter, "group_contain_hidden_dept": p.GroupWithHidden,
	} {
		if set {
			r[name] = true
		}
	}
	for name, ids := range map[string][]int64{"dept_permits": p.DeptPermits, "outer_permit_depts": p.OuterPermitDepts} {
		if len(ids) > 0 {
			r[name] = ids
		}
	}
	for name, ids := range map[string][]string{"user_permits": p.UserPermits, "outer_permit_users": p.OuterPermitUsers} {
		if len(ids) > 0 {
			r[name] = ids
		}
	}
	return r
}
