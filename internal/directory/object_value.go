package directory

import (
	"reflect"
	"slices"
	"unicode/utf8"
)

// isEmpty reports whether a value is empty (docs/spec/records.md#fields).
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case int64:
		return v == 0
	case bool:
		return !v
	case []string:
		return len(v) == 0
	case []int64:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// length is the number of characters of a text, or of entries of a list.
func length(v any) int {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v)
	case []string:
		return len(v)
	case []int64:
		return len(v)
	}
	return 0
}

// clipText is a text as a problem shows it; lists are not shown.
func clipText(v any) string {
	s, _ := v.(string)
	for i, n := 0, 0; i < len(s); n++ {
		if n == 80 {
			return s[:i]
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s
}

// Equal reports whether two values are the same; an empty one equals an absent
// one.
func Equal(a, b any) bool {
	if isEmpty(a) || isEmpty(b) {
		return isEmpty(a) && isEmpty(b)
	}
	return reflect.DeepEqual(a, b)
}

// compact removes the empty values.
func (v Values) compact() Values {
	for name, value := range v {
		if isEmpty(value) {
			delete(v, name)
		}
	}
	return v
}

// Text returns the value of a text field, or "".
func (v Values) Text(name string) string {
	s, _ := v[name].(string)
	return s
}

// Number returns the value of a number field, or 0.
func (v Values) Number(name string) int64 {
	n, _ := v[name].(int64)
	return n
}

// Texts returns a copy of the value of a list, or nil.
func (v Values) Texts(name string) []string {
	l, _ := v[name].([]string)
	return slices.Clone(l)
}

// Numbers returns a copy of the value of a list, or nil.
func (v Values) Numbers(name string) []int64 {
	l, _ := v[name].([]int64)
	return slices.Clone(l)
}

// FieldChange is a field that differs between two states of an object. Before
// and After are nil where the field is empty.
type FieldChange struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Differences returns the fields that differ, in the order of the kind's fields.
func (k Kind) Differences(before, after Values) []FieldChange {
	changes := []FieldChange{}
	for _, f := range k.Fields() {
		b, a := before[f.Name], after[f.Name]
		if Equal(b, a) {
			continue
		}
		c := FieldChange{Field: f.Name}
		if !isEmpty(b) {
			c.Before = b
		}
		if !isEmpty(a) {
			c.After = a
		}
		changes = append(changes, c)
	}
	return changes
}
