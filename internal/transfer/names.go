package transfer

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mingce/mingce/internal/directory"
)

// Names give the texts that stand for labels and departments in files for
// people (docs/spec/export.md#names-instead-of-ids).
type Names struct {
	labels, categories, departments map[int64]string
}

// ReadNames returns the names of all labels and departments of the source.
func ReadNames(src ObjectSource) (*Names, error) {
	n := &Names{labels: map[int64]string{}, categories: map[int64]string{}, departments: map[int64]string{}}
	err := src.Whole(directory.LabelKind, func(o directory.Object) error {
		if id, err := strconv.ParseInt(o.ID, 10, 64); err == nil {
			group, _ := o.Values["group"].(string)
			name, _ := o.Values["name"].(string)
			n.labels[id] = readBack(o.ID, cellSeparators, group, name)
			n.categories[id] = readBack(o.ID, "", group, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	tree := departmentTree{nodes: map[int64]departmentNode{}, times: map[string]int{}}
	err = src.Whole(directory.DepartmentKind, func(o directory.Object) error {
		if id, err := strconv.ParseInt(o.ID, 10, 64); err == nil {
			name, _ := o.Values["name"].(string)
			parent, _ := o.Values["parentId"].(int64)
			tree.nodes[id] = departmentNode{name, parent}
			tree.times[name]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for id := range tree.nodes {
		n.departments[id] = tree.text(id)
	}
	return n, nil
}

// Label returns group/name, or the id of a label that has no such text. Without
// names every id stands for itself.
func (n *Names) Label(id int64) string {
	if n == nil {
		return orID(nil, id)
	}
	return orID(n.labels, id)
}

// category is Label for a list that does not separate texts as cells do.
func (n *Names) category(id int64) string {
	if n == nil {
		return orID(nil, id)
	}
	return orID(n.categories, id)
}

// Department returns the path below the root, or the id of a department that
// has no such text: the root, for one.
func (n *Names) Department(id int64) string {
	if n == nil {
		return orID(nil, id)
	}
	return orID(n.departments, id)
}

func orID(texts map[int64]string, id int64) string {
	if text := texts[id]; text != "" {
		return text
	}
	return strconv.FormatInt(id, 10)
}

// EscapeName protects the separators of lists and paths in one name.
func EscapeName(name string) string {
	if !strings.ContainsAny(name, ";/") {
		return name
	}
	return string(appendEscaped(nil, name, ";/", '\\'))
}

type departmentNode struct {
	name   string
	parent int64
}

type departmentTree struct {
	nodes map[int64]departmentNode
	times map[string]int // how many departments have the name
}

// The root and the depth at which a path is given up: it would be a loop.
const (
	rootDepartment = 1
	deepestPath    = 100
)

// text returns the path below the root, or the id if an import would not take
// the path for this department.
func (t *departmentTree) text(id int64) string {
	own := strconv.FormatInt(id, 10)
	var names []string
	for at := id; at != rootDepartment; {
		node, ok := t.nodes[at]
		if !ok || node.name == "" || len(names) == deepestPath {
			return own
		}
		names = append(names, node.name)
		if at = node.parent; at == 0 {
			at = rootDepartment
		}
	}
	if len(names) == 0 {
		return own
	}
	top := names[len(names)-1]
	if root, ok := t.nodes[rootDepartment]; ok && top == root.name {
		return own // would be taken for the root
	}
	if len(names) == 1 {
		_, err := strconv.ParseInt(top, 10, 64)
		if err == nil || t.times[top] > 1 && strings.ContainsAny(top, ">-") {
			return own // would be taken for an id, or for a path
		}
	}
	slices.Reverse(names)
	return readBack(own, cellSeparators, names...)
}

// cellSeparators separate the parts of a cell beside those that can be escaped
// (docs/spec/export.md#names-instead-of-ids).
const cellSeparators = "；,，、|\r\n"

// readBack returns the names as a path, or the id if the path would be read as
// something else: because of a separator that cannot be escaped, a backslash
// that would be taken for one that escapes, or what is dropped at the ends.
func readBack(id, separators string, names ...string) string {
	escaped := make([]string, len(names))
	for i, name := range names {
		if strings.ContainsRune(name, '\\') || strings.ContainsAny(name, separators) || strings.TrimFunc(name, isEdge) != name {
			return id
		}
		escaped[i] = EscapeName(name)
	}
	path := strings.Join(escaped, "/")
	if strings.Contains(path, " ::: ") || strings.HasPrefix(path, "* ") {
		return id
	}
	return path
}

// isEdge reports what an import takes away at both ends of a cell and of each
// name in it: blanks, and marks that are invisible
// (docs/spec/import.md#cells).
func isEdge(r rune) bool {
	switch {
	case r == '\t', r == ' ':
		return true
	case r < 0xA0:
		return false
	}
	return unicode.Is(unicode.Zs, r) || r == 0x061C || r == 0x180E || r == 0xFEFF ||
		r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069
}
