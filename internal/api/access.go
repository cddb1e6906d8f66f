package api

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// Access says whether a principal may call an operation.
type Access struct {
	*Operation
	Allowed bool
	Missing string // the missing permission code; "" if the principal may call it
}

// Access says for every operation that needs a permission code whether the
// principal has it, in the order of the catalogue. It leaves out operations
// without a code, and those for access keys, whose policies decide.
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
	Operations []string // names; empty for a code that opens fields of answers
}

// FieldScopes returns the codes that open fields of answers, not operations.
func FieldScopes() []string {
	return []string{directory.PermissionOwnMobile, directory.PermissionEmail, directory.PermissionMobile}
}

// Scopes returns every permission code in use, sorted.
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
		byCode[BaseScope] = nil // listed even if no operation needs it, because every app has it
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
