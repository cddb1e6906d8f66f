package records

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// valuesOf reads the fields of an object from a body that has the right shape.
// What the server sets is passed over. It refuses masked values and characters that
// no text may have (docs/spec/json-api.md#masked-values).
func valuesOf(kind directory.Kind, body api.Value) (directory.Values, error) {
	values, bad := directory.Values{}, []directory.Problem(nil)
	for _, m := range body.Members {
		f, ok := kind.Field(m.Name)
		if !ok || f.ReadOnly { // version and the times are of no kind
			continue
		}
		if isMasked(f, m.Value) {
			return nil, &Error{Code: maskedValue, Parameter: m.Name, Rule: maskedValue, Message: about(m.Name, ruleText(maskedValue, 0))}
		}
		if !plain(m.Value) {
			bad = append(bad, directory.Problem{Field: m.Name, Rule: "characterInvalid"})
		}
		values[m.Name] = valueOf(f.Type, m.Value)
	}
	if bad != nil {
		return nil, &directory.ObjectError{Kind: kind, Problems: bad}
	}
	return values, nil
}

// valueOf is a value of the type; null is its empty value.
func valueOf(t directory.FieldType, v api.Value) any {
	switch t {
	case directory.TextField:
		return v.Text
	case directory.NumberField, directory.DateField:
		return numberOf(v)
	case directory.BoolField:
		return v.Bool
	case directory.TextsField:
		list := make([]string, len(v.List))
		for i, item := range v.List {
			list[i] = item.Text
		}
		return list
	case directory.NumbersField:
		list := make([]int64, len(v.List))
		for i, item := range v.List {
			list[i] = numberOf(item)
		}
		return list
	}
	tree, _ := treeOf(v).(map[string]any)
	if tree == nil {
		tree = map[string]any{}
	}
	return tree
}

// numberOf is a number whose form was checked; null is 0.
func numberOf(v api.Value) int64 {
	n, _ := strconv.ParseInt(v.Text, 10, 64)
	return n
}

// treeOf is a value of "extra". Integers stay exact.
func treeOf(v api.Value) any {
	switch v.Kind {
	case api.TextValue:
		return v.Text
	case api.BoolValue:
		return v.Bool
	case api.NumberValue:
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			return n
		}
		return json.Number(v.Text)
	case api.ListValue:
		list := make([]any, len(v.List))
		for i, item := range v.List {
			list[i] = treeOf(item)
		}
		return list
	case api.ObjectValue:
		tree := map[string]any{}
		for _, m := range v.Members {
			tree[m.Name] = treeOf(m.Value)
		}
		return tree
	}
	return nil
}

// isMasked reports whether a value was masked by us and sent back.
func isMasked(f directory.ObjectField, v api.Value) bool {
	if f.Type == directory.ExtraField {
		return maskedTree(v, false)
	}
	return f.Personal && maskedTree(v, true)
}

func maskedTree(v api.Value, personal bool) bool {
	switch v.Kind {
	case api.TextValue:
		if directory.IsMaskedText(v.Text) {
			return true
		}
		if i := strings.LastIndexByte(v.Text, '@'); i >= 0 {
			return personal && strings.HasSuffix(v.Text[:i], "***")
		}
		return personal && strings.Contains(v.Text, "****")
	case api.ListValue:
		for _, item := range v.List {
			if maskedTree(item, personal) {
				return true
			}
		}
	case api.ObjectValue:
		for _, m := range v.Members {
			if maskedTree(m.Value, personal || directory.IsPersonalName(m.Name)) {
				return true
			}
		}
	}
	return false
}

// plain reports whether all texts of a value can be stored and sent back.
func plain(v api.Value) bool {
	if v.Kind == api.TextValue && !api.PlainText(v.Text) {
		return false
	}
	for _, item := range v.List {
		if !plain(item) {
			return false
		}
	}
	for _, m := range v.Members {
		if !api.PlainText(m.Name) || !plain(m.Value) {
			return false
		}
	}
	return true
}

// shownObject is an object in an answer: the fields that are not empty, in the
// order of columns.
func shownObject(o directory.Object) object {
	shown := object{}
	for _, f := range o.Kind.Fields() {
		if v, ok := o.Values[f.Name]; ok {
			shown.set(f.Name, v)
		}
	}
	shown.set("version", o.Version)
	for _, at := range [...]struct {
		name string
		time time.Time
	}{{"createdAt", o.CreatedAt}, {"updatedAt", o.UpdatedAt}} {
		if !at.time.IsZero() { // older versions did not note it of every kind
			shown.set(at.name, timeText(at.time))
		}
	}
	return shown
}

// timeText is a time in answers: RFC 3339 with milliseconds.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
