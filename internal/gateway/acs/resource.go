package acs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// resource is a RAM resource with one parameter in it, such as
// messagecontact/{ContactId}; parameter is "" when there is none.
type resource struct {
	before, after string
	names         []string // the parameter's name and its other spellings
	located       string   // for a path, the parameter that names its end
}

// resourcesOf parses the resources of an operation, once at start.
func resourcesOf(o *api.Operation) []resource {
	rs := []resource{resourceOf(o, cmp.Or(o.Resource, "*"))}
	if o.Beside != "" {
		rs = append(rs, resourceOf(o, o.Beside))
	}
	return rs
}

func resourceOf(o *api.Operation, template string) resource {
	before, rest, ok := strings.Cut(template, "{")
	if !ok {
		return resource{before: template}
	}
	name, after, _ := strings.Cut(rest, "}")
	r := resource{before: before, after: after, names: []string{name}}
	for _, f := range o.Inputs() {
		if f.Name == name {
			r.names = append(r.names, f.Aliases...)
		}
		if name == pathParameter && (f.Name == accountParameter || f.Name == parentParameter) {
			r.located = f.Name
		}
	}
	return r
}

// arn returns the name of the call's resource. '*' replaces a parameter that is
// absent or not a single text, because the operation will find nothing under
// it.
func (r resource) arn(c *call) string {
	if r.before == "*" {
		return cmp.Or(c.Resource, "*")
	}
	id := ""
	if r.placed() {
		id = cmp.Or(c.path, "*")
	} else if len(r.names) > 0 {
		i := slices.IndexFunc(r.names, func(name string) bool { return c.params.Get(name) != "" })
		if id = "*"; i >= 0 {
			id = c.params.Get(r.names[i])
		}
	}
	return c.own(r.before + id + r.after)
}

// own names a resource of the caller's account.
func (c *call) own(resource string) string {
	return "acs:resourcemanager:*:" + c.Caller.AccountID + ":" + resource
}

const (
	// pathParameter stands for the path of the account that AccountId names, or
	// of the folder that ParentFolderId names, and is no parameter itself
	// (docs/spec/tags-and-members.md#members-as-resources).
	pathParameter = "ResourceDirectoryPath"
	// parentParameter names a folder, the root by default.
	parentParameter = "ParentFolderId"
)

func (r resource) placed() bool { return len(r.names) > 0 && r.names[0] == pathParameter }

// locate finds the path, if the name of a resource of the call has it.
func (c *call) locate() *api.Failure {
	rs := c.h.resources[c.Op]
	i := slices.IndexFunc(rs, resource.placed)
	if i < 0 {
		return nil
	}
	id := c.params.Get(rs[i].located)
	if id == "" && rs[i].located != parentParameter {
		return nil
	}
	var err error
	if c.path, err = c.h.Directory.ResourcePath(c.Request.Context(), c.Caller.Org, id); err != nil {
		return c.Broken(err)
	}
	return nil
}
