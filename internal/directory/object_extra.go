package directory

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// extraName is the field that holds what a noun stores beyond its other fields,
// by the vendor's names (docs/spec/records.md#extra).
const extraName = "extra"

// extraField is a value of a noun under "extra".
type extraField[T any] struct {
	name string
	// get returns the value as decoded JSON holds it, with int64 for numbers; an
	// empty one is not shown.
	get func(*T) any
	// set sets it, nil clears it. It returns false for a value of another type.
	set func(*T, any) bool
	// keep: it stays if "extra" is given without it. Others are cleared.
	keep bool
}

func extraText[T any](name string, at func(*T) *string) extraField[T] {
	return extraField[T]{name: name, get: func(noun *T) any { return *at(noun) }, set: func(noun *T, v any) bool {
		text, ok := v.(string)
		*at(noun) = text
		return ok || v == nil
	}}
}

func extraBool[T any](name string, at func(*T) *bool) extraField[T] {
	return extraField[T]{name: name, get: func(noun *T) any { return *at(noun) }, set: func(noun *T, v any) bool {
		set, ok := v.(bool)
		*at(noun) = set
		return ok || v == nil
	}}
}

// extraList is a list of ids or of objects, whose keys are those of its JSON.
func extraList[T, V any](name string, at func(*T) *[]V) extraField[T] {
	get := func(noun *T) any {
		if len(*at(noun)) == 0 {
			return nil
		}
		return decodedJSON(*at(noun))
	}
	return extraField[T]{name: name, get: get, set: func(noun *T, v any) bool {
		text, err := json.Marshal(v)
		if err != nil {
			return false
		}
		var list []V
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&list); err != nil {
			return false
		}
		if len(list) == 0 {
			list = nil
		}
		*at(noun) = list
		return true
	}}
}

// kept is a field that stays unless it is named.
func (f extraField[T]) kept() extraField[T] {
	f.keep = true
	return f
}

// showExtra returns the values that are not empty.
func showExtra[T any](fields []extraField[T], noun *T) map[string]any {
	var shown map[string]any
	for _, f := range fields {
		if v := f.get(noun); !isEmpty(v) {
			if shown == nil {
				shown = map[string]any{}
			}
			shown[f.name] = v
		}
	}
	return shown
}

// applyExtra sets the values of a given "extra", and clears those that it does
// not name unless keep is set. Unknown names and wrong types are problems.
func applyExtra[T any](fields []extraField[T], noun *T, given any, keep bool, p *problems) {
	values, _ := given.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(fields, func(f extraField[T]) bool { return f.name == name }) {
			p.add(extraName, RuleFieldUnknown, name)
		}
	}
	for _, f := range fields {
		v, named := values[f.name]
		if !named && (keep || f.keep) {
			continue
		}
		if !f.set(noun, v) {
			p.add(extraName, RuleValueInvalid, f.name)
		}
	}
}

// decodedJSON returns a value as decoded JSON holds it, with int64 for numbers.
func decodedJSON(v any) any {
	text, err := json.Marshal(v)
	if err != nil { // cannot happen: nouns hold only texts, numbers and lists of them
		panic("extra: " + err.Error())
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		panic("extra: " + err.Error())
	}
	return plainJSON(tree)
}

// hasExtra reports whether "extra" of the kind has a value of that name. Entries
// of the history have others, too: what a call told besides.
func (k Kind) hasExtra(name string) bool {
	switch k {
	case EmployeeKind:
		return slices.ContainsFunc(employeeExtra, func(f extraField[Employee]) bool { return f.name == name })
	case DepartmentKind:
		return slices.ContainsFunc(departmentExtra, func(f extraField[DepartmentSettings]) bool { return f.name == name })
	}
	return false
}
