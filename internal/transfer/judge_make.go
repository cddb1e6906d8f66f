package transfer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// department resolves a text, and makes the department if that is wanted. If it
// cannot, it tells why and returns nil.
func (j *judge) department(p *pending, r Reference) *treeNode {
	found, path, several := j.tree.find(j.meant(directory.DepartmentKind, r.Text))
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

// importGroup is the group of labels that are made and name none.
const importGroup = "导入"

// label resolves a text, and makes the label if that is wanted.
func (j *judge) label(p *pending, r Reference) *labelNode {
	found, several, group, name := j.labels.find(j.meant(directory.LabelKind, r.Text))
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
