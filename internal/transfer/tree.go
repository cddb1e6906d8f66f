package transfer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// tree holds the departments of the organisation and those that the file makes.
type tree struct {
	nodes  map[int64]*treeNode
	below  map[treeKey]int64
	named  map[string][]int64 // by [directory.NameKey]
	loaded bool
	// otherRoot is the name of the file's root, if that is another organisation's.
	otherRoot string
}

type treeNode struct {
	id, parent int64
	name       string
	row        uint32 // of the file; 0: it was there before
	made       bool   // the import made the id
}

type treeKey struct {
	parent int64
	name   string
}

func newTree() *tree {
	return &tree{nodes: map[int64]*treeNode{}, below: map[treeKey]int64{}, named: map[string][]int64{}}
}

func (t *tree) load(f *directory.Finder) error {
	if t.loaded {
		return nil
	}
	ds, err := f.Departments()
	if err != nil {
		return err
	}
	for _, d := range ds {
		t.put(&treeNode{id: d.ID, parent: d.ParentID, name: d.Name})
	}
	t.loaded = true
	return nil
}

// depth counts the levels down to a department.
func (t *tree) depth(id int64) (n int) {
	for at := t.nodes[id]; at != nil && n <= len(t.nodes); at = t.nodes[at.parent] {
		n++
	}
	return n
}

func (t *tree) put(n *treeNode) {
	key := directory.NameKey(n.name)
	t.nodes[n.id] = n
	t.below[treeKey{n.parent, key}] = n.id
	t.named[key] = append(t.named[key], n.id)
}

// remove takes a department out that is about to get another name or parent.
func (t *tree) remove(id int64) {
	n := t.nodes[id]
	if n == nil {
		return
	}
	key := directory.NameKey(n.name)
	delete(t.nodes, id)
	delete(t.below, treeKey{n.parent, key})
	t.named[key] = slices.DeleteFunc(t.named[key], func(other int64) bool { return other == id })
}

// pathKey is a value of [keyPath].
func pathKey(parent int64, name string) string {
	return strconv.FormatInt(parent, 10) + "/" + directory.NameKey(name)
}

// byKey returns the department of a [keyPath], or nil.
func (t *tree) byKey(key string) *treeNode {
	parent, name, _ := strings.Cut(key, "/")
	id, _ := strconv.ParseInt(parent, 10, 64)
	return t.nodes[t.below[treeKey{id, name}]]
}

// child returns the department of that name below another one, or nil.
func (t *tree) child(parent int64, name string) *treeNode {
	return t.nodes[t.below[treeKey{parent, directory.NameKey(name)}]]
}

// byID returns the department whose id the text is, or nil.
func (t *tree) byID(text string) *treeNode {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != text {
		return nil
	}
	return t.nodes[id]
}

// find resolves a text (docs/spec/import.md#departments-in-files): it returns
// the department, or the names of its path below the root, or neither if several
// have the name.
func (t *tree) find(text string) (found *treeNode, path []string, several bool) {
	if n := t.byID(text); n != nil {
		return n, nil, false
	}
	named := t.named[directory.NameKey(UnescapeName(text))]
	if len(named) == 1 {
		return t.nodes[named[0]], nil, false
	}
	if path = t.split(text); len(path) == 0 {
		return t.nodes[directory.RootDepartment], nil, false
	}
	if n := t.at(path); n != nil {
		return n, nil, false
	}
	return nil, path, len(named) > 1
}

// split returns the names of a path below the root.
func (t *tree) split(text string) []string {
	separator := "-"
	switch {
	case len(SplitPath(text, "/")) > 1:
		separator = "/"
	case strings.Contains(text, ">"):
		separator = ">"
	}
	names := SplitPath(text, separator)
	if root := t.nodes[directory.RootDepartment]; root != nil && t.isRoot(root, names[0]) {
		names = names[1:]
	}
	return names
}

// isRoot reports whether a path that begins with the name begins at the root.
func (t *tree) isRoot(root *treeNode, name string) bool {
	key := directory.NameKey(name)
	return key == directory.NameKey(root.name) || t.otherRoot != "" && key == t.otherRoot && t.child(root.id, name) == nil
}

// at returns the department at a path below the root, or nil.
func (t *tree) at(path []string) *treeNode {
	n := t.nodes[directory.RootDepartment]
	for _, name := range path {
		if n == nil {
			return nil
		}
		n = t.child(n.id, name)
	}
	return n
}

// path is the path of a department below the root, as files give it.
func (t *tree) path(id int64) string {
	var names []string
	for n := t.nodes[id]; n != nil && n.parent != 0 && len(names) <= len(t.nodes); n = t.nodes[n.parent] {
		names = append(names, EscapeName(n.name))
	}
	slices.Reverse(names)
	return strings.Join(names, "/")
}

// labels holds the labels of the organisation and those that the file makes.
type labels struct {
	byID   map[int64]*labelNode
	byName map[string][]*labelNode // by name key
	groups map[string]*groupNode   // by name key
	groupN map[int64]*groupNode
	loaded bool
}

type labelNode struct {
	id    int64
	name  string
	group *groupNode
	row   uint32
	made  bool
}

type groupNode struct {
	id    int64 // 0 if the core gives it one
	name  string
	color int64
	row   uint32
	made  bool
}

func newLabels() *labels {
	return &labels{byID: map[int64]*labelNode{}, byName: map[string][]*labelNode{}, groups: map[string]*groupNode{}, groupN: map[int64]*groupNode{}}
}

func (l *labels) load(f *directory.Finder) error {
	if l.loaded {
		return nil
	}
	gs, err := f.LabelGroups()
	if err != nil {
		return err
	}
	for _, g := range gs {
		group := &groupNode{id: g.ID, name: g.Name, color: g.Color}
		l.putGroup(group)
		for _, label := range g.Labels {
			l.put(&labelNode{id: label.ID, name: label.Name, group: group})
		}
	}
	l.loaded = true
	return nil
}

func (l *labels) putGroup(g *groupNode) {
	l.groups[directory.NameKey(g.name)] = g
	if g.id != 0 {
		l.groupN[g.id] = g
	}
}

func (l *labels) removeGroup(g *groupNode) {
	delete(l.groups, directory.NameKey(g.name))
	delete(l.groupN, g.id)
}

func (l *labels) put(n *labelNode) {
	l.byID[n.id] = n
	key := directory.NameKey(n.name)
	l.byName[key] = append(l.byName[key], n)
}

func (l *labels) remove(n *labelNode) {
	delete(l.byID, n.id)
	key := directory.NameKey(n.name)
	l.byName[key] = slices.DeleteFunc(l.byName[key], func(o *labelNode) bool { return o == n })
}

// in returns the label of a group, or nil.
func (l *labels) in(group *groupNode, name string) *labelNode {
	for _, n := range l.byName[directory.NameKey(name)] {
		if n.group == group {
			return n
		}
	}
	return nil
}

// byKey returns the label of a [keyGroupName], or nil.
func (l *labels) byKey(key string) *labelNode {
	group, name, _ := strings.Cut(key, "\x00")
	if g := l.groups[group]; g != nil {
		return l.in(g, name)
	}
	return nil
}

// find resolves a text (docs/spec/import.md#labels-in-files): it returns the
// label, or how many have the name, and the group and name that the text gives.
func (l *labels) find(text string) (found *labelNode, several bool, group, name string) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil && l.byID[id] != nil {
		return l.byID[id], false, "", ""
	}
	if parts := SplitPath(text, "/"); len(parts) == 2 {
		group, name = parts[0], parts[1]
		if g := l.groups[directory.NameKey(group)]; g != nil {
			if n := l.in(g, name); n != nil {
				return n, false, "", ""
			}
		}
	} else {
		name = UnescapeName(text)
	}
	switch all := l.byName[directory.NameKey(UnescapeName(text))]; len(all) {
	case 0:
		return nil, false, group, name
	case 1:
		return all[0], false, "", ""
	}
	return nil, true, group, name
}

func labelText(group, name string) string { return EscapeName(group) + "/" + EscapeName(name) }

// used reports whether a group has labels.
func (l *labels) used(g *groupNode) bool {
	for _, n := range l.byID {
		if n.group == g {
			return true
		}
	}
	return false
}

// within reports whether a department is another one or below it.
func (t *tree) within(id, other int64) bool {
	for n, steps := t.nodes[id], 0; n != nil && steps <= len(t.nodes); n, steps = t.nodes[n.parent], steps+1 {
		if n.id == other {
			return true
		}
	}
	return false
}

// height is how many levels a department has with all below it; 1 for a new one.
func (t *tree) height(id int64) int {
	most := 1
	if id == 0 {
		return most
	}
	own := t.depth(id)
	for other := range t.nodes {
		if t.within(other, id) {
			most = max(most, t.depth(other)-own+1)
		}
	}
	return most
}
