package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// Group is a noun with its operations.
type Group struct {
	Family     api.Family
	Name       string
	Operations []*api.Operation
}

// groups lists the operations by gateway and noun, in the catalogue's order.
func (c *Console) groups() []*Group {
	var groups []*Group
	for _, o := range c.config.Catalogue.Operations() {
		family := o.Routes[0].Family
		i := slices.IndexFunc(groups, func(g *Group) bool { return g.Family == family && g.Name == o.Group })
		if i < 0 {
			i, groups = len(groups), append(groups, &Group{Family: family, Name: o.Group})
		}
		groups[i].Operations = append(groups[i].Operations, o)
	}
	return groups
}

func (c *Console) operation(w http.ResponseWriter, r *http.Request, name string) {
	o := c.config.Catalogue.Named(name)
	if o == nil {
		c.render(w, r, http.StatusNotFound, "absent", nil)
		return
	}
	c.render(w, r, http.StatusOK, "operation", Describe(o))
}

// Operation is an operation as a page shows it.
type Operation struct {
	*api.Operation
	Addresses       []string
	Parameters      []Row
	Answer          []Row
	Errors          []*api.Code
	NeedsCredential bool
	IsRPC           bool
}

// Row is a field in a table of parameters or of an answer; Path is its name
// with those of the fields it is nested in.
type Row struct {
	Path, Name string
	Depth      int
	Type       api.Text
	Required   bool
	Limits     api.Text
	Sample     string
	Doc        api.Text
}

// Indent shows the nesting, as the vendors' own tables do.
func (r Row) Indent() string {
	if r.Depth == 0 {
		return ""
	}
	return strings.Repeat("\u00a0\u00a0", r.Depth-1) + "└ "
}

// Describe returns an operation as its page shows it.
func Describe(o *api.Operation) Operation {
	d := Operation{Operation: o, NeedsCredential: o.Auth != api.NeedsNothing, IsRPC: o.Routes[0].Family == api.RPCFamily}
	for _, r := range o.Routes {
		d.Addresses = append(d.Addresses, address(r))
	}
	d.Parameters = rows(nil, o.Inputs(), "", 0)
	d.Answer = rows(nil, o.Outputs(), "", 0)
	d.Errors = slices.Clone(o.Codes())
	slices.SortStableFunc(d.Errors, func(a, b *api.Code) int { return compareCodes(a.Code, b.Code) })
	return d
}

func address(r api.Route) string {
	switch r.Family {
	case api.TOPFamily:
		return "POST /router/rest?method=" + r.Name
	case api.RPCFamily:
		return "POST /?Action=" + r.Name + "&Version=" + r.Version
	}
	method := r.Method
	if method == "" {
		method = "GET, POST"
	}
	return method + " " + r.Path
}

// deepest is the deepest nesting that a table shows.
const deepest = 8

func rows(list []Row, fs api.Fields, path string, depth int) []Row {
	for _, f := range fs {
		row := Row{
			Path: path + f.Name, Name: f.Name, Depth: depth, Type: typeName(f.Kind), Required: f.IsRequired(),
			Limits: limits(f.Limits()), Sample: f.Sample, Doc: f.Doc,
		}
		list = append(list, row)
		if depth < deepest {
			list = rows(list, f.Children(), row.Path+".", depth+1)
		}
	}
	return list
}

func typeName(k api.Kind) api.Text {
	switch k {
	case api.StringKind:
		return api.Text{Zh: "String", En: "String"}
	case api.IntKind:
		return api.Text{Zh: "Number（64 位整数）", En: "Number (64-bit integer)"}
	case api.BoolKind:
		return api.Text{Zh: "Boolean", En: "Boolean"}
	case api.StringsKind:
		return api.Text{Zh: "String 数组", En: "Array of String"}
	case api.IntsKind:
		return api.Text{Zh: "Number 数组（64 位整数）", En: "Array of Number (64-bit integers)"}
	case api.ObjectKind:
		return api.Text{Zh: "Object", En: "Object"}
	case api.ObjectsKind:
		return api.Text{Zh: "Object 数组", En: "Array of Object"}
	}
	return api.Text{Zh: "任意 JSON", En: "any JSON"}
}

func limits(l api.Limits) api.Text {
	var zh, en []string
	add := func(z, e string) { zh, en = append(zh, z), append(en, e) }
	switch {
	case l.MaxRunes > 0 && l.MinRunes > 1:
		add(fmt.Sprintf("%d～%d 个字符", l.MinRunes, l.MaxRunes), fmt.Sprintf("%d to %d characters", l.MinRunes, l.MaxRunes))
	case l.MaxRunes > 0:
		add(fmt.Sprintf("最多 %d 个字符", l.MaxRunes), fmt.Sprintf("at most %d characters", l.MaxRunes))
	}
	if l.Bounded {
		add(fmt.Sprintf("%d～%d", l.Min, l.Max), fmt.Sprintf("%d to %d", l.Min, l.Max))
	}
	if l.MaxItems > 0 {
		add(fmt.Sprintf("最多 %d 个", l.MaxItems), fmt.Sprintf("at most %d entries", l.MaxItems))
	}
	if len(l.Values) > 0 {
		add("取值："+strings.Join(l.Values, "、"), "one of "+strings.Join(l.Values, ", "))
	}
	return api.Text{Zh: strings.Join(zh, "；"), En: strings.Join(en, "; ")}
}
