package directory

import (
	"errors"
	"slices"
)

// CheckEdit returns what is wrong with an edit in itself: the problems that its
// editor would tell of the values and of how they differ from the object, but not
// those of other objects, which an import knows better, as its earlier rows may
// have made or changed them (docs/spec/import.md#check-of-a-file). before is the
// object as it will be by then, zero for a new one. Nothing is read or written.
func (s *Session) CheckEdit(before Object, e Edit) ([]Problem, error) {
	p := &problems{kind: e.Kind}
	p.check(e.Values, before.ID == "")
	if before.ID == "" && e.ID != "" && !e.NewID {
		p.checkID(e.ID)
	}
	err := editors[e.Kind].own(s, before, e, p)
	return p.list, err
}

// checkID tells if an id that a new object brings is not acceptable.
func (p *problems) checkID(id string) {
	good := false
	switch p.kind {
	case ContactKind, EmployeeKind:
		if length(id) > MaxUserID {
			p.list = append(p.list, Problem{Field: p.kind.IDField(), Rule: RuleTooLong, Value: clipText(id), Most: MaxUserID})
			return
		}
		good = IsPlain(id)
	case DepartmentKind:
		good = readDepartmentID(id) != 0
	case LabelKind, LabelGroupKind:
		good = readLabelID(id) != 0
	case MessageContactKind:
		good = messageContactIDForm.MatchString(id)
	}
	if !good {
		p.add(p.kind.IDField(), RuleValueInvalid, id)
	}
}

func (contactEditor) own(_ *Session, before Object, e Edit, p *problems) error {
	was, err := Contact{ID: before.ID}.apply(before.Values, &problems{kind: ContactKind})
	if err != nil {
		return err
	}
	c, err := was.apply(e.Values, p)
	if err != nil {
		return err
	}
	return checkContactValues(was, c, p)
}

func (employeeEditor) own(s *Session, before Object, e Edit, p *problems) error {
	was := Employee{}
	base := Employee{UserID: e.ID}
	if before.ID != "" {
		var err error
		if was, _, err = s.applyEmployee(Employee{UserID: before.ID}, before.Values, false, &problems{kind: EmployeeKind}); err != nil {
			return err
		}
		base = was
	}
	after, account, err := s.applyEmployee(base, e.Values, e.KeepExtra, p)
	if err != nil {
		return err
	}
	after = s.movedAccount(e, after, account)
	s.checkIdentity(was, after, account, p)
	return s.checkEmployeeValues(was, after, s.hadAccount(e), p)
}

func (departmentEditor) own(_ *Session, before Object, e Edit, p *problems) error {
	was := Department{}
	base := Department{ID: readDepartmentID(e.ID)}
	if before.ID != "" {
		base.ID = readDepartmentID(before.ID)
		was = applyDepartment(base, before.Values, false, &problems{kind: DepartmentKind})
		base = was
	}
	after := applyDepartment(base, e.Values, e.KeepExtra, p)
	p.rootStays(was, after)
	return checkDepartmentValues(was, after, p)
}

// rootStays tells if the root department would get another name or place.
func (p *problems) rootStays(before, after Department) {
	if before.ID != RootDepartment {
		return
	}
	if after.ParentID != before.ParentID && !p.has("parentId") {
		p.add("parentId", RuleIsRoot, after.ParentID)
	}
	if after.Name != before.Name && !p.has("name") {
		p.add("name", RuleIsRoot, after.Name)
	}
}

func (labelEditor) own(_ *Session, before Object, e Edit, p *problems) error {
	name, group := before.Values.Text("name"), before.Values.Text("group")
	if e.Values.Number("groupId") != 0 { // it names the group as well
		p.list = slices.DeleteFunc(p.list, func(q Problem) bool { return q.Field == "group" && q.Rule == RuleMissing })
	}
	return errors.Join(p.checkLabelName("name", name, e.Values.Text("name")), p.checkLabelName("group", group, e.Values.Text("group")))
}

func (labelGroupEditor) own(_ *Session, before Object, e Edit, p *problems) error {
	p.checkColor(e.Values.Number("color"))
	return p.checkLabelName("name", before.Values.Text("name"), e.Values.Text("name"))
}

// own has nothing to tell: [ContactCourse] tells all of a message contact.
func (messageContactEditor) own(*Session, Object, Edit, *problems) error { return nil }
