package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Catalogue finds operations by their routes. It is immutable and safe for
// concurrent use.
type Catalogue struct {
	operations []*Operation
	byName     map[string]*Operation
	top        map[string]*Operation
	rpc        map[[2]string]*Operation
	versions   map[string]bool
	oapi       map[string]*Bound
	rest       []*Bound
}

// Bound is an operation at one of its routes.
type Bound struct {
	*Operation
	Route Route
}

// NewCatalogue returns a catalogue of the operations. It returns an error if
// two of them share a route or a name, which is a bug.
func NewCatalogue(operations ...*Operation) (*Catalogue, error) {
	c := &Catalogue{
		byName: map[string]*Operation{}, top: map[string]*Operation{}, rpc: map[[2]string]*Operation{},
		versions: map[string]bool{}, oapi: map[string]*Bound{},
	}
	for _, o := range operations {
		if c.byName[o.Name] != nil {
			return nil, fmt.Errorf("operation %s is declared twice", o.Name)
		}
		c.byName[o.Name] = o
		c.operations = append(c.operations, o)
		for _, r := range o.Routes {
			if err := c.enter(o, r); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *Catalogue) enter(o *Operation, r Route) error {
	taken := false
	switch r.Family {
	case TOPFamily:
		taken = c.top[r.Name] != nil
		c.top[r.Name] = o
	case RPCFamily:
		key := [2]string{r.Version, r.Name}
		taken = c.rpc[key] != nil
		c.rpc[key] = o
		c.versions[r.Version] = true
	case OAPIFamily:
		key := oapiKey(r.Path)
		taken = c.oapi[key] != nil
		c.oapi[key] = &Bound{o, r}
	case RESTFamily:
		for _, b := range c.rest {
			taken = taken || b.Route.Method == r.Method && b.Route.Path == r.Path
		}
		c.rest = append(c.rest, &Bound{o, r})
	default:
		return fmt.Errorf("operation %s has a route without a family", o.Name)
	}
	if taken {
		return fmt.Errorf("route %v of operation %s is taken", r, o.Name)
	}
	return nil
}

// Operations returns all operations in the order they were entered.
func (c *Catalogue) Operations() []*Operation { return c.operations }

// Named returns the operation of that name, or nil.
func (c *Catalogue) Named(name string) *Operation { return c.byName[name] }

// TOP returns the operation behind a TOP method name, or nil. The names of oapi
// calls (dingtalk.oapi.extcontact.list) are TOP methods, too
// (docs/spec/top.md#own-gateway-methods-over-top).
func (c *Catalogue) TOP(method string) *Operation {
	if o := c.top[method]; o != nil {
		return o
	}
	if o := c.byName[method]; o != nil && o.Routes[0].Family == OAPIFamily && strings.HasPrefix(o.Routes[0].Path, "/topapi/") {
		return o
	}
	return nil
}

// RPC returns the operation behind an action of a version, or nil; known
// reports whether the version exists.
func (c *Catalogue) RPC(version, action string) (o *Operation, known bool) {
	return c.rpc[[2]string{version, action}], c.versions[version]
}

// OAPI returns the operation at an escaped path of DingTalk's older gateway, or
// nil.
func (c *Catalogue) OAPI(escaped string) *Bound {
	segments := segmentsOf(escaped)
	if slices.ContainsFunc(segments, func(s string) bool { return strings.Contains(s, "/") }) {
		return nil
	}
	return c.oapi[oapiKey(strings.Join(segments, "/"))]
}

// segmentsOf splits a path that [net/url.URL.EscapedPath] returned, and decodes
// its segments. An escaped slash is part of a segment.
func segmentsOf(escaped string) []string {
	segments := strings.Split(escaped, "/")
	for i, s := range segments {
		if decoded, err := url.PathUnescape(s); err == nil {
			segments[i] = decoded
		}
	}
	return segments
}

// oapiKey is what a path is looked up by: outside /topapi/ case does not count
// (docs/spec/dingtalk-older-paths.md#case-of-an-older-path).
func oapiKey(path string) string {
	if lower := strings.ToLower(path); !strings.HasPrefix(lower, "/topapi/") {
		return lower
	}
	return path
}

// REST returns the operation at an escaped path and the values of the path's
// parameters. The more specific route wins; a parameter at the end of a route
// takes the rest of the path, because ids may contain slashes
// (docs/spec/dingtalk.md#identifiers-with-slashes-in-rest-paths).
func (c *Catalogue) REST(method, escaped string) (*Bound, Value) {
	var best *Bound
	var args Value
	path := segmentsOf(escaped)
	for _, b := range c.rest {
		if b.Route.Method != method {
			continue
		}
		found, ok := matchPath(strings.Split(b.Route.Path, "/"), path)
		if !ok || slices.ContainsFunc(b.NotUnder, func(end string) bool { return endsWith(path, strings.Split(end, "/")[1:]) }) {
			continue
		}
		if best == nil || literals(b.Route.Path) > literals(best.Route.Path) {
			best, args = b, found
		}
	}
	return best, args
}

func endsWith(path, end []string) bool {
	return len(path) >= len(end) && slices.Equal(path[len(path)-len(end):], end)
}

// literals counts the characters of a route outside its parameters.
func literals(pattern string) int {
	n, in := 0, false
	for _, r := range pattern {
		switch {
		case r == '{':
			in = true
		case r == '}':
			in = false
		case !in:
			n++
		}
	}
	return n
}

// matchPath compares the segments of a route with those of a path.
func matchPath(route, path []string) (Value, bool) {
	args := Value{Kind: ObjectValue}
	for i, segment := range route {
		if i >= len(path) {
			return Value{}, false
		}
		name, isParameter := strings.CutPrefix(segment, "{")
		if !isParameter {
			if segment != path[i] {
				return Value{}, false
			}
			continue
		}
		value := path[i]
		if name = strings.TrimSuffix(name, "}"); strings.HasSuffix(name, "...") {
			name, value, path = strings.TrimSuffix(name, "..."), strings.Join(path[i:], "/"), path[:i+1]
		}
		if value == "" {
			return Value{}, false
		}
		args.Members = append(args.Members, Member{name, TextOf(value)})
	}
	return args, len(route) == len(path)
}
