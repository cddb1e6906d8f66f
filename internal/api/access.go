package api

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// Access is whether a principal may call an operation.
type Access struct {
	*Operation
	Allowed bool
	Missing string // the permission code that it lacks; "" if it may
}

// Access tells of every operation that a token opens whether the holder's
// permission codes allow it, in the order of the catalogue. Operations that
// need no permission, and those of access keys, whose policies decide, are not
// among them.
func (c *Catalogue) Access(p directory.Principal) (all []Access) {
	for _, o := range c.operations {
		if !o.opensByToken() {
			continue
		}
		a := Access{Operation: o, Allowed: p.May(o.Permission)}
		if !a.Allowed {
			a.Missing = o.Permission
		}
		all = append(all, a)
	}
	return all
}

func (o *Operation) opensByToken() bool {
	return o.Permission != "" && slices.ContainsFunc(o.Routes, func(r Route) bool { return r.Family != RPCFamily })
}

// Scope is a permission code with the operations that need it.
type Scope struct {
	Code       string
	Operations []string // names; none: it opens fields of answers
}

// FieldScopes are the codes that open fields of answers and no operation.
func FieldScopes() []string {
	return []string{directory.PermissionOwnMobile, directory.PermissionEmail, directory.PermissionMobile}
}

// Scopes returns every permission code that means anything, in their order.
func (c *Catalogue) Scopes() (scopes []Scope) {
	byCode := map[string][]string{}
	for _, code := range FieldScopes() {
		byCode[code] = nil
	}
	for _, o := range c.operations {
		if o.opensByToken() {
			byCode[o.Permission] = append(byCode[o.Permission], o.Name)
		}
	}
	if _, ok := byCode[BaseScope]; !ok {
		byCode[BaseScope] = nil // every app has it, also where no operation asks
	}
	for code, names := range byCode {
		slices.Sort(names)
		scopes = append(scopes, Scope{code, names})
	}
	slices.SortFunc(scopes, func(a, b Scope) int { return strings.Compare(a.Code, b.Code) })
	return scopes
}

// BaseScope is the permission code that every app has
// (docs/spec/dingtalk.md#permission-codes).
const BaseScope = "qyapi_base"
