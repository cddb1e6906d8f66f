package transfer

import (
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// resolveGroup replaces the id or name of a group by its name, by which it is
// compared.
func (j *judge) resolveGroup(p *pending, r Reference) {
	id, err := strconv.ParseInt(j.meant(directory.LabelGroupKind, r.Text), 10, 64)
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

// takeRoot takes the root of the file for that of the organisation, whose name is the
// organisation's (docs/spec/import.md#departments-in-files).
func (j *judge) takeRoot(p *pending) {
	root := j.tree.nodes[directory.RootDepartment]
	if root == nil {
		return
	}
	at := p.at("name", directory.RuleIsRoot)
	p.errs = slices.DeleteFunc(p.errs, func(e Problem) bool {
		if e.Field == "name" {
			at.Value = e.Value
		}
		return e.Field == "name"
	})
	if at.Value != "" && at.Value != root.name {
		p.Warnings = append(p.Warnings, at)
		j.tree.otherRoot = directory.NameKey(at.Value)
	}
	p.Values["name"] = root.name
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
			j.labels.putGroup(&groupNode{id: id, name: out.Object.Text("name"), color: out.Object.Number("color"), row: row, made: out.Made})
			return
		}
		if g.row = row; out.Object != nil {
			j.labels.removeGroup(g)
			g.name, g.color = out.Object.Text("name"), out.Object.Number("color")
			j.labels.putGroup(g)
		}
	}
}
