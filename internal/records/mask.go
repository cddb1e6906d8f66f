package records

import (
	"strconv"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// mask says what of an object an answer hides
// (docs/spec/json-api.md#masked-values).
type mask struct {
	phones, mails bool
	record        bool // the call asked for clear values and gets some
}

var mayNotReveal = &Error{Code: forbidden, Parameter: "reveal", Message: api.Text{
	Zh: "reveal=true 需要管理密钥，或应用有权限点 " + directory.PermissionMobile + " 或 " + directory.PermissionEmail + "。",
	En: "reveal=true needs an admin key, or an app with the permission " + directory.PermissionMobile + " or " + directory.PermissionEmail + ".",
}}

// masks returns what the answer of the call hides: phones and mail addresses,
// unless the caller asks for them and may see them. A development server hides
// nothing.
func (c *call) masks() (*mask, error) {
	if c.config.Dev {
		return &mask{}, nil
	}
	if !c.is("reveal") {
		return &mask{phones: true, mails: true}, nil
	}
	m := &mask{record: true}
	if c.caller.Kind == directory.AppCaller {
		m.phones, m.mails = !c.caller.May(directory.PermissionMobile), !c.caller.May(directory.PermissionEmail)
	}
	if m.phones && m.mails {
		return nil, mayNotReveal
	}
	return m, nil
}

// fileMasks is masks for imports and exports. Nothing is hidden from the operator of
// this machine, who has the file itself.
func (c *call) fileMasks() (*mask, error) {
	if c.config.Local != nil {
		return &mask{}, nil
	}
	return c.masks()
}

// object returns the object as the answer shows it.
func (m *mask) object(o directory.Object) directory.Object {
	if !m.phones && !m.mails {
		return o
	}
	masked := o.Masked()
	for _, f := range o.Kind.Fields() {
		clear := f.Personal && (isMail(f) && !m.mails || !isMail(f) && !m.phones)
		if v, ok := o.Values[f.Name]; ok && clear {
			masked.Values[f.Name] = v
		}
	}
	return masked
}

func isMail(f directory.ObjectField) bool {
	return f.Of == directory.EmailField || f.Of == directory.OrgEmailField
}

// changes are the fields that differ, as the answer shows them.
func (m *mask) changes(kind directory.Kind, before, after directory.Values) []any {
	return m.changed(kind, kind.Differences(before, after))
}

// revealed records that the caller was shown objects in clear.
func (c *call) revealed(m *mask, objects ...directory.Object) error {
	if !m.record || len(objects) == 0 {
		return nil
	}
	return c.session.RecordReveal(c.request.Context(), objects)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
