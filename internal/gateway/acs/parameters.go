package acs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// isSystem reports whether a parameter is the gateway's and never reaches an
// operation (docs/spec/alibaba-cloud.md#system-parameters). RegionId is not
// among them: it is an ordinary parameter that no operation of this product
// reads.
func isSystem(name string) bool {
	switch name {
	case "Action", "Version", "Format", "AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce",
		"Timestamp", "Signature", "SignatureType", "SecurityToken", "BearerToken":
		return true
	}
	return false
}

// parseForm reads a query string or form body. A repeated name is refused, even
// with equal values, because the signature does not say which one it covers.
// The result is sorted by name in byte order; with a failure it has the
// parameters that could be parsed, so that Format can still be honoured
// (docs/spec/alibaba-cloud.md#encoding-of-parameters).
func parseForm(form string) (dst api.Parameters, f *api.Failure) {
	if form != "" {
		dst = make(api.Parameters, 0, min(strings.Count(form, "&")+1, api.MaxParameters))
	}
	for p, err := range api.Form(form, api.Charset{}) {
		if f = refused(p, err); f != nil {
			break
		}
		dst = append(dst, p)
	}
	dst.Sort()
	for i := 1; i < len(dst) && f == nil; i++ {
		if dst[i].Name == dst[i-1].Name {
			f = invalidParameter(dst[i].Name, onceRule)
		}
	}
	return dst, f
}

// refused returns what is wrong with a parameter, or nil.
func refused(p api.Parameter, err error) *api.Failure {
	switch {
	case err == api.ErrTooManyParameters:
		return api.Fail(tooManyParameters)
	case p.Name == "" || !api.PlainText(p.Name):
		return invalidParameter("", nameEncodingRule)
	case err != nil || !api.PlainText(p.Value):
		return invalidParameter(p.Name, valueEncodingRule)
	}
	return nil
}

// merge joins the parameters of query and form. A parameter of an operation may
// be in both with the same value; a system parameter may be in only one of them
// (docs/spec/alibaba-cloud.md#repeated-parameters). With a failure the result
// is complete, too.
func merge(query, form api.Parameters) (all api.Parameters, f *api.Failure) {
	if len(form) == 0 {
		return query, nil
	}
	if len(query)+len(form) > api.MaxParameters {
		f = api.Fail(tooManyParameters)
	}
	all = make(api.Parameters, 0, len(query)+len(form))
	for len(query) > 0 && len(form) > 0 {
		order := strings.Compare(query[0].Name, form[0].Name)
		if order == 0 && f == nil && (query[0].Value != form[0].Value || isSystem(query[0].Name)) {
			f = invalidParameter(query[0].Name, onePlaceRule)
		}
		if order <= 0 {
			all, query = append(all, query[0]), query[1:]
		} else {
			all = append(all, form[0])
		}
		if order >= 0 {
			form = form[1:]
		}
	}
	return append(append(all, query...), form...), f
}

// node is one step of a dotted parameter name: Tag, 1 and Key of Tag.1.Key.
type node struct {
	name  string
	value string
	set   bool // a parameter has exactly this name
	below []*node
}

// tree builds the operation's arguments from flat names: X.1, X.2 become a list
// in the order of the numbers, gaps tolerated, and X.Key an object
// (docs/spec/alibaba-cloud.md#lists-and-objects-in-parameters). System
// parameters are left out. Numbers begin at 1. A number is never used as a
// length, so refusing X.99999999999 costs no memory.
func tree(params api.Parameters) (api.Value, *api.Failure) {
	root := &node{}
	for _, p := range params {
		if isSystem(p.Name) {
			continue
		}
		at := root
		for depth, rest, more := 0, p.Name, true; more; depth++ {
			var step string
			step, rest, more = strings.Cut(rest, ".")
			if step == "" || depth == api.Depth {
				return api.Value{}, invalidParameter(p.Name, nameFormRule)
			}
			at = at.child(step)
		}
		at.value, at.set = p.Value, true
	}
	return root.object("")
}

func (n *node) child(name string) *node {
	// In sorted order the steps of one parameter are next to each other.
	for i := len(n.below) - 1; i >= 0; i-- {
		if n.below[i].name == name {
			return n.below[i]
		}
	}
	c := &node{name: name}
	n.below = append(n.below, c)
	return c
}

func (n *node) read(path string) (api.Value, *api.Failure) {
	if len(n.below) == 0 {
		return api.TextOf(n.value), nil
	}
	numbers := 0
	for _, c := range n.below {
		if isDigits(c.name) {
			numbers++
		}
	}
	switch {
	case n.set:
		return api.Value{}, invalidParameter(path, oneFormRule)
	case numbers == len(n.below):
		return n.list(path)
	case numbers > 0:
		return api.Value{}, invalidParameter(path, onePartRule)
	}
	return n.object(path)
}

func (n *node) object(path string) (api.Value, *api.Failure) {
	v := api.Value{Kind: api.ObjectValue, Members: make([]api.Member, 0, len(n.below))}
	for _, c := range n.below {
		below := c.name
		if path != "" {
			below = path + "." + c.name
		}
		member, f := c.read(below)
		if f != nil {
			return api.Value{}, f
		}
		v.Members = append(v.Members, api.Member{Name: c.name, Value: member})
	}
	return v, nil
}

func (n *node) list(path string) (api.Value, *api.Failure) {
	for _, c := range n.below {
		if !isIndex(c.name) {
			return api.Value{}, invalidParameter(path, entriesRule)
		}
	}
	slices.SortFunc(n.below, func(a, b *node) int {
		return cmp.Or(cmp.Compare(len(a.name), len(b.name)), strings.Compare(a.name, b.name))
	})
	v := api.Value{Kind: api.ListValue, List: make([]api.Value, len(n.below))}
	for i, c := range n.below {
		var f *api.Failure
		if v.List[i], f = c.read(path + "." + c.name); f != nil {
			return api.Value{}, f
		}
	}
	return v, nil
}

func isDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// isIndex reports whether s is a number from 1 to api.MaxItems without leading
// zeros: 01 would be a second spelling of 1.
func isIndex(s string) bool {
	if s[0] == '0' || len(s) > 4 {
		return false
	}
	n, err := strconv.Atoi(s)
	return err == nil && n <= api.MaxItems
}
