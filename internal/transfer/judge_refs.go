package transfer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// lateReference is a reference of a row that may name a later row.
type lateReference struct {
	row   int64
	kind  directory.Kind
	id    string
	field string
	texts []string
	at    Problem
	ids   bool // the texts are ids
}

// personText is a text that may be a user id, a number or a name of an employee,
// and personNames the space of names of employees that the file makes.
const (
	personText  directory.ObjectKey = "person"
	personNames                     = "employee name"
)

// mostPeople is how many texts are remembered between batches.
const mostPeople = 20_000

// found are the employees of the directory that a text may mean.
type foundPeople struct {
	id      bool
	byPhone []string
	byName  []string
}

// wantReferences asks for what the references of a row name. It reports whether
// departments and labels are needed.
func (j *judge) wantReferences(p *pending) (depts, labels bool) {
	for _, f := range p.Kind.Fields() {
		if f.Reference == "" {
			continue
		}
		switch v := p.Values[f.Name]; f.Reference {
		case directory.EmployeeKind:
			switch v := v.(type) {
			case string:
				j.looked.want(directory.EmployeeKind, personText, v)
			case []string:
				for _, id := range v {
					j.looked.want(directory.EmployeeKind, personText, id)
				}
			}
		case directory.DepartmentKind:
			depts = depts || !directory.Equal(v, nil)
		case directory.LabelKind, directory.LabelGroupKind:
			labels = labels || !directory.Equal(v, nil)
		}
	}
	for _, r := range p.References {
		switch referred(p.Kind, r.Field) {
		case directory.EmployeeKind:
			j.looked.want(directory.EmployeeKind, personText, r.Text)
		case directory.DepartmentKind:
			depts = true
		default:
			labels = true
		}
	}
	if p.Kind == directory.ContactKind {
		j.looked.want(directory.EmployeeKind, personText, j.options.Owner)
	}
	return depts || p.Kind == directory.DepartmentKind, labels || p.Kind == directory.LabelKind || p.Kind == directory.LabelGroupKind
}

// referred is the kind that a field names.
func referred(kind directory.Kind, field string) directory.Kind {
	if field == pathField {
		return directory.DepartmentKind
	}
	f, _ := kind.Field(field)
	return f.Reference
}

// findPeople reads the employees that texts may mean.
func (j *judge) findPeople(f *directory.Finder, texts []string) error {
	if len(j.people) > mostPeople {
		clear(j.people)
	}
	l := newLookups()
	var unknown []string
	for _, text := range texts {
		if _, known := j.people[text]; known {
			continue
		}
		unknown = append(unknown, text)
		l.want(directory.EmployeeKind, directory.KeyID, text)
		l.want(directory.EmployeeKind, directory.KeyName, text)
		l.want(directory.EmployeeKind, directory.KeyMobile, j.mobile(text))
	}
	if len(unknown) == 0 {
		return nil
	}
	if err := l.read(f, func(keySpace) bool { return false }); err != nil {
		return err
	}
	for _, text := range unknown {
		j.people[text] = foundPeople{
			id:      len(l.get(directory.EmployeeKind, directory.KeyID, text)) > 0,
			byPhone: l.get(directory.EmployeeKind, directory.KeyMobile, j.mobile(text)),
			byName:  l.get(directory.EmployeeKind, directory.KeyName, text),
		}
	}
	return nil
}

// mobile is a text as a number, or "".
func (j *judge) mobile(text string) string {
	if strings.Trim(text, "+-() .0123456789") != "" {
		return ""
	}
	number, _, code := readNumber(text, j.options.Country, true)
	if code != "" {
		return ""
	}
	return number
}

// person resolves a text (docs/spec/import.md#people-in-files). several says
// that it means more than one employee. made is set if the import makes the id.
func (j *judge) person(text string) (id string, made, several bool, err error) {
	known := j.people[text]
	if known.id || j.seen.get(space(directory.EmployeeKind, directory.KeyID), text) != 0 {
		return text, false, false, nil
	}
	if mobile := j.mobile(text); mobile != "" {
		id, made, several, err = j.onePerson(space(directory.EmployeeKind, directory.KeyMobile), mobile, known.byPhone)
		if id != "" || several || err != nil {
			return id, made, several, err
		}
	}
	return j.onePerson(personNames, directory.NameKey(text), known.byName)
}

// onePerson returns the only employee among those of the directory and one that
// an earlier row is about.
func (j *judge) onePerson(space, value string, ids []string) (id string, made, several bool, err error) {
	row := j.seen.get(space, value)
	switch {
	case row == manyRows || len(ids) > 1:
		return "", false, true, nil
	case row == 0 && len(ids) == 1:
		return ids[0], false, false, nil
	case row == 0:
		return "", false, false, nil
	}
	id, made = "", true
	if row&madeBit != 0 {
		id = j.ids.make(directory.EmployeeKind, int64(row&^madeBit), 0)
	} else {
		p, err := j.log.get(int64(row))
		if err != nil {
			return "", false, false, err
		}
		id, made = p.ID, p.Made
	}
	if len(ids) == 1 && ids[0] != id {
		return "", false, true, nil
	}
	return id, made, false, nil
}

// resolve replaces the references of a row by ids. What cannot be found is added
// to its errors.
func (j *judge) resolve(p *pending) error {
	byField := map[string][]Reference{}
	for _, r := range p.References {
		byField[r.Field] = append(byField[r.Field], r)
	}
	for _, f := range p.Kind.Fields() {
		if f.Reference == "" {
			continue
		}
		refs, ids := byField[f.Name], false
		if refs == nil {
			refs, ids = j.given(p, f.Name), true
		}
		if len(refs) == 0 {
			continue
		}
		var err error
		switch f.Reference {
		case directory.EmployeeKind:
			err = j.resolvePeople(p, &f, refs, ids)
		case directory.DepartmentKind:
			j.resolveDepartments(p, &f, refs)
		case directory.LabelKind:
			j.resolveLabels(p, refs)
		case directory.LabelGroupKind:
			j.resolveGroup(p, refs[0])
		}
		if err != nil {
			return err
		}
	}
	if p.Kind == directory.DepartmentKind {
		j.resolvePath(p, byField[pathField])
	}
	return nil
}

// given are the references that a record of JSON Lines gives as ids.
func (j *judge) given(p *pending, field string) (refs []Reference) {
	at := Problem{Line: p.line, Header: field, Field: field}
	add := func(text string) {
		at.Value = text
		refs = append(refs, Reference{Field: field, Text: text, At: at})
	}
	switch v := p.Values[field].(type) {
	case string:
		if v != "" {
			add(v)
		}
	case int64:
		if v != 0 {
			add(strconv.FormatInt(v, 10))
		}
	case []string:
		for _, id := range v {
			add(id)
		}
	case []int64:
		for _, id := range v {
			add(strconv.FormatInt(id, 10))
		}
	}
	return refs
}

func (p *pending) refuse(at Problem, code string) {
	at.Code = code
	p.errs = append(p.errs, at)
}

func (j *judge) resolvePeople(p *pending, f *directory.ObjectField, refs []Reference, ids bool) error {
	codes := [2]string{"employeeNotFound", "employeeAmbiguous"}
	if f.Name == "followerUserId" {
		codes = [2]string{"ownerNotFound", "ownerAmbiguous"}
	}
	mayBeLate := f.Name == "managerUserId" || f.Name == "managerUserIds"
	var list, shown []string
	failed := false
	for _, r := range refs {
		id, made, several, err := j.person(r.Text)
		if err != nil {
			return err
		}
		switch {
		case several:
			p.refuse(r.At, codes[1])
			failed = true
		case id == "" && mayBeLate:
			later := ids
			if !ids {
				if later, err = j.isLater(r.Text); err != nil {
					return err
				}
			}
			if later {
				j.postpone(p, f.Name, refs, ids)
				return nil
			}
			p.refuse(r.At, codes[0])
			failed = true
		case id == "":
			p.refuse(r.At, codes[0])
			failed = true
		case !slices.Contains(list, id):
			list = append(list, id)
			shown = append(shown, shownIf(made, r.Text))
		}
	}
	if failed {
		delete(p.Values, f.Name)
		return nil
	}
	p.show(f.Name, shown)
	if f.Type == directory.TextsField {
		p.Values[f.Name] = list
	} else {
		p.Values[f.Name] = list[0]
	}
	return nil
}

func shownIf(made bool, text string) string {
	if made {
		return text
	}
	return ""
}

// show keeps the texts that a preview shows, if there are any.
func (p *pending) show(field string, texts []string) {
	if slices.ContainsFunc(texts, func(s string) bool { return s != "" }) {
		if p.shown == nil {
			p.shown = map[string][]string{}
		}
		p.shown[field] = texts
	}
}

// postpone leaves a field to the end of the file.
func (j *judge) postpone(p *pending, field string, refs []Reference, ids bool) {
	l := lateReference{row: p.row, kind: p.Kind, field: field, at: refs[0].At, ids: ids}
	for _, r := range refs {
		l.texts = append(l.texts, r.Text)
	}
	delete(p.Values, field)
	p.late = append(p.late, l)
}

func (j *judge) resolveDepartments(p *pending, f *directory.ObjectField, refs []Reference) {
	var list []int64
	var shown []string
	failed := false
	for _, r := range refs {
		n := j.department(p, r)
		if n == nil {
			failed = true
			continue
		}
		if !slices.Contains(list, n.id) {
			list = append(list, n.id)
			shown = append(shown, shownIf(n.made, j.tree.path(n.id)))
		}
	}
	if failed {
		delete(p.Values, f.Name)
		return
	}
	p.show(f.Name, shown)
	if f.Type == directory.NumbersField {
		p.Values[f.Name] = list
	} else {
		p.Values[f.Name] = list[0]
	}
}

// department resolves a text, and makes the department if that is wanted. If it
// cannot, it tells why and returns nil.
func (j *judge) department(p *pending, r Reference) *treeNode {
	found, path, several := j.tree.find(r.Text)
	switch {
	case found != nil:
		return found
	case several:
		p.refuse(r.At, "departmentAmbiguous")
		return nil
	case !j.options.CreateDepartments || slices.Contains(path, "") || isNumber(r.Text):
		p.refuse(r.At, "departmentNotFound")
		return nil
	}
	return j.makePath(p, r.At, path)
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// makePath makes the departments of a path that are missing.
func (j *judge) makePath(p *pending, at Problem, path []string) *treeNode {
	n := j.tree.nodes[directory.RootDepartment]
	if n == nil {
		p.refuse(at, "departmentNotFound")
		return nil
	}
	for _, name := range path {
		if c := j.tree.child(n.id, name); c != nil {
			n = c
			continue
		}
		rule, most := directory.DepartmentKind.CheckName(name)
		if rule == "" && j.tree.depth(n.id) >= directory.MaxDepartmentDepth {
			rule = "departmentDepth"
		}
		if rule != "" {
			at.Most = most
			p.refuse(at, rule)
			return nil
		}
		id := j.newTreeID(p.row)
		values := directory.Values{"deptId": id, "name": name, "parentId": n.id}
		n = &treeNode{id: id, parent: n.id, name: name, made: true}
		j.tree.put(n)
		p.made = append(p.made, made{
			directory.Edit{Kind: directory.DepartmentKind, Do: directory.CreateObject, ID: strconv.FormatInt(id, 10), NewID: true, Values: values}, j.tree.path(id),
		})
	}
	return n
}

// newTreeID makes an id that no department has.
func (j *judge) newTreeID(row int64) int64 {
	for {
		j.made++
		id, _ := strconv.ParseInt(j.ids.make(directory.DepartmentKind, row, j.made), 10, 64)
		if j.tree.nodes[id] == nil {
			return id
		}
	}
}

// newLabelID makes an id that no label has.
func (j *judge) newLabelID(row int64) int64 {
	for {
		j.made++
		id, _ := strconv.ParseInt(j.ids.make(directory.LabelKind, row, j.made), 10, 64)
		if j.labels.byID[id] == nil && j.labels.groupN[id] == nil {
			return id
		}
	}
}

// unmake takes back what was to be made for a row that is not written.
func (j *judge) unmake(p *pending) {
	for _, m := range slices.Backward(p.made) {
		id, _ := strconv.ParseInt(m.edit.ID, 10, 64)
		if m.edit.Kind == directory.DepartmentKind {
			j.tree.remove(id)
			continue
		}
		n := j.labels.byID[id]
		j.labels.remove(n)
		if n.group.made && !j.labels.used(n.group) {
			j.labels.removeGroup(n.group)
		}
	}
	p.made = nil
}

func (j *judge) resolveLabels(p *pending, refs []Reference) {
	var list []int64
	var shown []string
	failed := false
	for _, r := range refs {
		n := j.label(p, r)
		if n == nil {
			failed = true
			continue
		}
		if !slices.Contains(list, n.id) {
			list = append(list, n.id)
			shown = append(shown, shownIf(n.made, labelText(n.group.name, n.name)))
		}
	}
	if failed {
		delete(p.Values, "labelIds")
		return
	}
	p.show("labelIds", shown)
	p.Values["labelIds"] = list
}

// importGroup is the group of labels that are made and name none.
const importGroup = "导入"

// label resolves a text, and makes the label if that is wanted.
func (j *judge) label(p *pending, r Reference) *labelNode {
	found, several, group, name := j.labels.find(r.Text)
	switch {
	case found != nil:
		return found
	case several:
		p.refuse(r.At, "labelAmbiguous")
		return nil
	case !j.options.CreateLabels || isNumber(r.Text):
		p.refuse(r.At, "labelNotFound")
		return nil
	}
	if group == "" {
		group = importGroup
	}
	for _, text := range []string{group, name} {
		if rule, most := directory.LabelKind.CheckName(text); rule != "" || text == "" {
			r.At.Most = most
			p.refuse(r.At, rule)
			return nil
		}
	}
	g := j.labels.groups[directory.NameKey(group)]
	if g == nil {
		g = &groupNode{name: group, made: true}
		j.labels.putGroup(g)
	}
	n := &labelNode{id: j.newLabelID(p.row), name: name, group: g, made: true}
	j.labels.put(n)
	p.made = append(p.made, made{
		directory.Edit{Kind: directory.LabelKind, Do: directory.CreateObject, ID: strconv.FormatInt(n.id, 10), NewID: true,
			Values: directory.Values{"labelId": n.id, "name": n.name, "group": g.name}}, labelText(g.name, n.name),
	})
	return n
}

// resolveGroup replaces the id or name of a group by its name, by which it is
// compared.
func (j *judge) resolveGroup(p *pending, r Reference) {
	id, err := strconv.ParseInt(r.Text, 10, 64)
	g := j.labels.groupN[id]
	if err != nil || g == nil {
		g = j.labels.groups[directory.NameKey(UnescapeName(r.Text))]
	}
	if g == nil {
		delete(p.Values, "groupId")
		if p.Values.Text("group") == "" {
			p.refuse(r.At, "labelGroupNotFound")
		}
		return
	}
	p.Values["group"] = g.name
	if delete(p.Values, "groupId"); g.id != 0 && !g.made {
		p.Values["groupId"] = g.id
	}
}

// resolvePath gives a department its parent and its name.
func (j *judge) resolvePath(p *pending, refs []Reference) {
	if len(refs) > 0 {
		j.takePath(p, refs[0])
	}
	_, given := p.Values["parentId"]
	if !given && p.Values.Text("name") != "" && !p.wrong("parentId") && !p.wrong(pathField) && givenID(p.Kind, p.Values) == "" {
		p.Values["parentId"] = int64(directory.RootDepartment)
	}
}

func (j *judge) takePath(p *pending, r Reference) {
	names := j.tree.split(r.Text)
	if len(names) == 0 {
		if root := j.tree.nodes[directory.RootDepartment]; root != nil {
			p.Values["deptId"] = root.id
		}
		return
	}
	name := names[len(names)-1]
	if rule, most := directory.DepartmentKind.CheckName(name); rule != "" {
		r.At.Most = most
		p.refuse(r.At, rule)
		return
	}
	parent := j.tree.at(names[:len(names)-1])
	switch {
	case parent == nil && j.options.CreateDepartments && !slices.Contains(names, ""):
		if parent = j.makePath(p, r.At, names[:len(names)-1]); parent == nil {
			return
		}
	case parent == nil:
		p.refuse(r.At, "departmentNotFound")
		return
	}
	if p.Values.Text("name") == "" {
		p.Values["name"] = name
	}
	if _, given := p.Values["parentId"]; !given {
		p.Values["parentId"] = parent.id
		p.show("parentId", []string{shownIf(parent.made, j.tree.path(parent.id))})
	}
}

// setOwner gives a contact the owner of the options.
func (j *judge) setOwner(p *pending, v directory.Values) {
	id, made, several, err := j.person(j.options.Owner)
	at := Problem{Line: p.line, Field: "followerUserId", Value: j.options.Owner}
	switch {
	case several:
		p.refuse(at, "ownerAmbiguous")
	case id == "" || err != nil:
		p.refuse(at, "ownerNotFound")
	default:
		v["followerUserId"] = id
		p.show("followerUserId", []string{shownIf(made, j.options.Owner)})
	}
}

// addLabels adds the labels of the options to those of a contact.
func (j *judge) addLabels(p *pending, v directory.Values) {
	if len(j.options.Labels) == 0 || p.wrong("labelIds") {
		return
	}
	list, shown := v.Numbers("labelIds"), slices.Clone(p.shown["labelIds"])
	for len(shown) < len(list) {
		shown = append(shown, "")
	}
	for _, text := range j.options.Labels {
		n := j.label(p, Reference{Field: "labelIds", Text: text, At: Problem{Line: p.line, Field: "labelIds", Value: text}})
		if n == nil {
			return
		}
		if !slices.Contains(list, n.id) {
			list = append(list, n.id)
			shown = append(shown, shownIf(n.made, labelText(n.group.name, n.name)))
		}
	}
	if len(list) > directory.MaxContactLabels {
		at := p.at("labelIds", directory.RuleTooMany)
		at.Most = directory.MaxContactLabels
		p.errs = append(p.errs, at)
		return
	}
	v["labelIds"] = list
	p.show("labelIds", shown)
}

// addLabelsTo is addLabels for a contact that exists: a row without labels of
// its own keeps those that the contact has.
func (j *judge) addLabelsTo(p *pending, before, given directory.Values) {
	if directory.Equal(given["labelIds"], nil) {
		given["labelIds"] = before.Numbers("labelIds")
	}
	j.addLabels(p, given)
}

// placeDepartment checks the place of a department in the tree. before is nil
// for a new one.
func (j *judge) placeDepartment(p *pending, v directory.Values, before *directory.Object) {
	if p.Kind != directory.DepartmentKind || p.wrong("name") || p.wrong("parentId") || p.wrong(pathField) {
		return
	}
	name, parent, own := v.Text("name"), v.Number("parentId"), int64(0)
	if before == nil && parent == 0 {
		parent = directory.RootDepartment
		v["parentId"] = parent
	}
	if before != nil {
		own, _ = strconv.ParseInt(before.ID, 10, 64)
		if name == "" {
			name = before.Values.Text("name")
		}
		if parent == 0 {
			parent = before.Values.Number("parentId")
			delete(v, "parentId")
		}
	}
	if name == "" || own == directory.RootDepartment {
		return
	}
	switch other := j.tree.child(parent, name); {
	case j.tree.nodes[parent] == nil:
		p.errs = append(p.errs, p.at("parentId", "departmentNotFound"))
	case other != nil && other.id != own:
		p.errs = append(p.errs, p.at("name", "nameTaken"))
	case own != 0 && j.tree.within(parent, own):
		p.errs = append(p.errs, p.at("parentId", "departmentCycle"))
	case j.tree.depth(parent)+j.tree.height(own) > directory.MaxDepartmentDepth:
		p.errs = append(p.errs, p.at("parentId", "departmentDepth"))
	}
}

// placeLabel checks the name of a label in its group, or of a group.
func (j *judge) placeLabel(p *pending, v directory.Values, before *directory.Object) {
	name := v.Text("name")
	switch {
	case p.wrong("name") || p.wrong("group"):
	case p.Kind == directory.LabelGroupKind && name != "":
		if g := j.labels.groups[directory.NameKey(name)]; g != nil && (before == nil || strconv.FormatInt(g.id, 10) != before.ID) {
			p.errs = append(p.errs, p.at("name", "nameTaken"))
		}
	case p.Kind == directory.LabelKind:
		group := v.Text("group")
		if before != nil && group == "" {
			group = before.Values.Text("group")
		}
		if before != nil && name == "" {
			name = before.Values.Text("name")
		}
		g := j.labels.groups[directory.NameKey(group)]
		if g == nil {
			return
		}
		if n := j.labels.in(g, name); n != nil && (before == nil || strconv.FormatInt(n.id, 10) != before.ID) {
			p.errs = append(p.errs, p.at("name", "nameTaken"))
		}
	}
}

// touch brings a department, label or group into memory as the row leaves it.
func (j *judge) touch(out *plan) {
	id, _ := strconv.ParseInt(out.ID, 10, 64)
	row := uint32(out.Row)
	switch out.Kind {
	case directory.DepartmentKind:
		if n := j.tree.nodes[id]; n != nil && out.Object == nil {
			n.row = row
			return
		}
		if out.Object != nil {
			j.tree.remove(id)
			j.tree.put(&treeNode{id: id, parent: out.Object.Number("parentId"), name: out.Object.Text("name"), row: row, made: out.Made})
		}
	case directory.LabelKind:
		n := j.labels.byID[id]
		if n != nil && out.Object == nil {
			n.row = row
			return
		}
		if out.Object == nil {
			return
		}
		if n != nil {
			j.labels.remove(n)
		}
		g := j.labels.groups[directory.NameKey(out.Object.Text("group"))]
		if g == nil {
			g = &groupNode{name: out.Object.Text("group"), made: true}
			j.labels.putGroup(g)
		}
		j.labels.put(&labelNode{id: id, name: out.Object.Text("name"), group: g, row: row, made: out.Made})
	case directory.LabelGroupKind:
		g := j.labels.groupN[id]
		if g == nil && out.Object == nil {
			return
		}
		if g == nil {
			j.labels.putGroup(&groupNode{id: id, name: out.Object.Text("name"), row: row, made: out.Made})
			return
		}
		if g.row = row; out.Object != nil {
			j.labels.removeGroup(g)
			g.name = out.Object.Text("name")
			j.labels.putGroup(g)
		}
	}
}
