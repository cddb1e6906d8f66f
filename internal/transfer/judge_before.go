package transfer

import (
	"maps"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// objectOf returns an object as it is before the row.
func (j *judge) objectOf(kind directory.Kind, c *candidate) (directory.Object, error) {
	if c.row != 0 {
		last, err := j.lastOf(kind, c.row)
		if err != nil {
			return directory.Object{}, err
		}
		if last.Object != nil {
			return j.inGroup(directory.Object{Kind: kind, ID: last.ID, Version: last.Version, Values: last.Object}), nil
		}
	}
	if c.made {
		return j.madeObject(kind, c.id), nil
	}
	name := objectName{kind, c.id}
	if _, ok := j.looked.objects[name]; !ok {
		if err := j.session().Find(j.ctx, func(f *directory.Finder) error { return j.looked.readObject(f, name) }); err != nil {
			return directory.Object{}, err
		}
	}
	return j.inGroup(j.looked.objects[name]), nil
}

// inGroup is a label with its group as it is after the earlier rows.
func (j *judge) inGroup(o directory.Object) directory.Object {
	if o.Kind == directory.LabelKind && o.Values != nil {
		o.Values = maps.Clone(o.Values)
		if g := j.labels.groupN[o.Values.Number("groupId")]; g != nil {
			o.Values["group"] = g.name
		}
		j.showGroup(o.Values)
	}
	return o
}

// showGroup lets a label show id and colour of the group that it names, as far as
// they are known.
func (j *judge) showGroup(v directory.Values) {
	delete(v, "groupId")
	delete(v, "color")
	g := j.labels.groups[directory.NameKey(v.Text("group"))]
	if g == nil || g.id == 0 {
		return
	}
	if v["groupId"] = g.id; g.color != 0 {
		v["color"] = g.color
	}
}

// madeObject is a department or a label that an earlier row needed.
func (j *judge) madeObject(kind directory.Kind, id string) directory.Object {
	o := directory.Object{Kind: kind, ID: id, Version: 1, Values: directory.Values{kind.IDField(): idValue(kind, id)}}
	number, _ := strconv.ParseInt(id, 10, 64)
	if n := j.tree.nodes[number]; kind == directory.DepartmentKind && n != nil {
		o.Values["name"], o.Values["parentId"] = n.name, n.parent
	}
	if n := j.labels.byID[number]; kind == directory.LabelKind && n != nil {
		o.Values["name"], o.Values["group"] = n.name, n.group.name
	}
	return o
}
