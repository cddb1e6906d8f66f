package api

import (
	"strconv"
	"strings"
)

// Reading says how freely a gateway's wire may spell values. The zero value is
// strict JSON: a number is a number, a list is a list.
type Reading struct {
	Loose     bool // "20" is also a number, 20 also a text, "true" (any case) also a boolean
	JSONText  bool // a text beginning with [ or { stands for the list or object it holds
	Bare      bool // a single value stands for a list of one
	CommaList bool // "2,3" stands for a list
}

// Bind fills the variables of fs from the members of args. It works in two
// passes: first all missing parameters in the order of fs, then all formats
// and rules in the same order
// (docs/spec/resource-directory.md#order-of-checks-in-an-operation).
// The error is an *ArgumentError; members that no field names are ignored.
func Bind(fs Fields, args Value, r Reading) error { return bind(fs, args, r, "") }

func bind(fs Fields, args Value, r Reading, path string) error {
	for i := range fs {
		if f := &fs[i]; f.required && isEmpty(f.given(args, r)) {
			return f.absent(path)
		}
	}
	for i := range fs {
		f := &fs[i]
		v := f.given(args, r)
		if v.Kind == Absent || v.Kind == Null {
			continue
		}
		if err := f.read(v, r, path); err != nil {
			return err
		}
		if f.required && f.isEmptyList() { // "[]" in a text
			return f.absent(path)
		}
		if err := f.obey(v, path); err != nil {
			return err
		}
	}
	return nil
}

// bindWhole is bind for [Field.Whole]: the formats of all members come first,
// then those that are missing, then the rules, each in the order of fs.
func bindWhole(fs Fields, args Value, r Reading, path string) error {
	given := make([]Value, len(fs))
	for i := range fs {
		given[i] = fs[i].given(args, r)
		if given[i].Kind == Absent || given[i].Kind == Null {
			continue
		}
		if err := fs[i].read(given[i], r, path); err != nil {
			return err
		}
	}
	for i := range fs {
		if f := &fs[i]; f.required && (isEmpty(given[i]) || f.isEmptyList()) {
			return f.absent(path)
		}
	}
	for i := range fs {
		if given[i].Kind == Absent || given[i].Kind == Null {
			continue
		}
		if err := fs[i].obey(given[i], path); err != nil {
			return err
		}
	}
	return nil
}

func (f *Field) absent(path string) error {
	return &ArgumentError{Parameter: path + f.Name, Missing: true, Code: f.missing}
}

// obey checks the rules of a field that was read from v.
func (f *Field) obey(v Value, path string) error {
	for i := range f.rules {
		if r := &f.rules[i]; !r.holds(f) {
			return &ArgumentError{Parameter: path + f.Name, Code: r.code, Rule: r.words(), Value: mask(v)}
		}
	}
	return nil
}

// isEmptyList reports whether what was read is a list without entries.
func (f *Field) isEmptyList() bool {
	switch f.Kind {
	case StringsKind:
		return len(*f.ptr.(*[]string)) == 0
	case IntsKind:
		return len(*f.ptr.(*[]int64)) == 0
	case ObjectsKind:
		return f.list.length() == 0
	}
	return false
}

// value finds the field's value under its own name or, failing that, under an alias.
func (f *Field) value(args Value) Value {
	v := args.Get(f.Name)
	for i := 0; v.Kind == Absent && i < len(f.Aliases); i++ {
		v = args.Get(f.Aliases[i])
	}
	return v
}

// given is value, where the text null in place of an object's JSON is no value:
// the vendor's curl samples send it (docs/spec/top.md#structured-parameters).
func (f *Field) given(args Value, r Reading) Value {
	v := f.value(args)
	if r.JSONText && (f.Kind == ObjectKind || f.Kind == ObjectsKind) && v.Kind == TextValue && strings.TrimSpace(v.Text) == "null" {
		return Value{Kind: Null}
	}
	return v
}

func isEmpty(v Value) bool {
	switch v.Kind {
	case Absent, Null:
		return true
	case TextValue:
		return v.Text == ""
	case ListValue:
		return len(v.List) == 0
	}
	return false
}

func (f *Field) read(v Value, r Reading, path string) error {
	ok := false
	switch f.Kind {
	case StringKind:
		var s string
		if s, ok = readText(v, r); ok {
			f.setText(s)
		}
	case IntKind:
		var n int64
		if n, ok = readInt(v, r); ok {
			f.setInt(n)
		}
	case BoolKind:
		var b bool
		if b, ok = readBool(v, r); ok {
			f.setBool(b)
		}
	case StringsKind:
		ok = readInto(f.ptr.(*[]string), v, r, readText)
	case IntsKind:
		ok = readInto(f.ptr.(*[]int64), v, r, readInt)
	case ObjectKind:
		if v, ok = readObjectValue(v, r); ok && f.whole {
			return bindWhole(f.object.create(), v, r, path+f.Name+".")
		} else if ok {
			return bind(f.object.create(), v, r, path+f.Name+".")
		}
	case ObjectsKind:
		return f.readObjects(v, r, path)
	case AnyKind:
		*f.ptr.(*Value), ok = v, true
	}
	if ok {
		return nil
	}
	return f.malformed(v, path)
}

func (f *Field) malformed(v Value, path string) error {
	return &ArgumentError{Parameter: path + f.Name, Code: f.invalid, Rule: "must be " + f.Kind.words(), Value: mask(v)}
}

func (f *Field) readObjects(v Value, r Reading, path string) error {
	items, ok := listOf(v, r)
	if !ok {
		return f.malformed(v, path)
	}
	f.list.resize(len(items))
	for i, item := range items {
		item, ok := readObjectValue(item, r)
		if !ok {
			return f.malformed(v, path)
		}
		if err := bind(f.list.at(i), item, r, path+f.Name+"["+strconv.Itoa(i)+"]."); err != nil {
			return err
		}
	}
	return nil
}

func readText(v Value, r Reading) (string, bool) {
	switch {
	case v.Kind == TextValue:
		return v.Text, PlainText(v.Text)
	case r.Loose && v.Kind == NumberValue:
		return v.Text, true
	case r.Loose && v.Kind == BoolValue:
		return strconv.FormatBool(v.Bool), true
	}
	return "", false
}

// readInt takes whole decimal numbers of 64 bits only: 1.0, 1e3 and 2^63 are
// refused rather than rounded.
func readInt(v Value, r Reading) (int64, bool) {
	if v.Kind != NumberValue && !(r.Loose && v.Kind == TextValue) {
		return 0, false
	}
	s := v.Text
	if strings.HasPrefix(s, "+") {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func readBool(v Value, r Reading) (bool, bool) {
	switch {
	case v.Kind == BoolValue:
		return v.Bool, true
	case r.Loose && v.Kind == TextValue && strings.EqualFold(v.Text, "true"):
		return true, true
	case r.Loose && v.Kind == TextValue && strings.EqualFold(v.Text, "false"):
		return false, true
	}
	return false, false
}

// listOf returns the entries that v stands for under r
// (docs/spec/top.md#lists-and-numbers-in-text).
func listOf(v Value, r Reading) ([]Value, bool) {
	if v.Kind == ListValue {
		return v.List, len(v.List) <= MaxItems
	}
	if v.Kind == TextValue {
		text := strings.TrimSpace(v.Text)
		switch {
		case r.JSONText && strings.HasPrefix(text, "["):
			parsed, err := ParseJSON([]byte(text))
			return parsed.List, err == nil && parsed.Kind == ListValue
		case text == "" && (r.CommaList || r.JSONText || r.Bare):
			return nil, true
		case r.CommaList:
			parts := strings.Split(text, ",")
			list := make([]Value, len(parts))
			for i, p := range parts {
				list[i] = TextOf(strings.TrimSpace(p))
			}
			return list, len(list) <= MaxItems
		}
	}
	if r.Bare && v.Kind != ObjectValue {
		return []Value{v}, true
	}
	return nil, false
}

func readInto[T any](p *[]T, v Value, r Reading, one func(Value, Reading) (T, bool)) bool {
	items, ok := listOf(v, r)
	if !ok {
		return false
	}
	list := make([]T, len(items))
	for i, item := range items {
		if list[i], ok = one(item, r); !ok {
			return false
		}
	}
	*p = list
	return true
}

func readObjectValue(v Value, r Reading) (Value, bool) {
	if r.JSONText && v.Kind == TextValue {
		parsed, err := ParseJSON([]byte(v.Text))
		if err != nil {
			return Value{}, false
		}
		v = parsed
	}
	return v, v.Kind == ObjectValue
}

func (f *Field) setText(s string) {
	if f.optional {
		*f.ptr.(**string) = &s
		return
	}
	*f.ptr.(*string) = s
}

func (f *Field) setInt(n int64) {
	if f.optional {
		*f.ptr.(**int64) = &n
		return
	}
	*f.ptr.(*int64) = n
}

func (f *Field) setBool(b bool) {
	if f.optional {
		*f.ptr.(**bool) = &b
		return
	}
	*f.ptr.(*bool) = b
}

func (k Kind) words() string {
	switch k {
	case StringKind:
		return "a text without control characters"
	case IntKind:
		return "a whole number of 64 bits"
	case BoolKind:
		return "true or false"
	case StringsKind:
		return "a list of texts"
	case IntsKind:
		return "a list of whole numbers"
	case ObjectKind:
		return "an object"
	case ObjectsKind:
		return "a list of objects"
	}
	return "a JSON value"
}

// mask shows the shape of a value without giving it away: at most its first
// and last character and its length.
func mask(v Value) string {
	switch v.Kind {
	case TextValue, NumberValue:
		return maskText(v.Text)
	case BoolValue:
		return strconv.FormatBool(v.Bool)
	case ListValue:
		return "list of " + strconv.Itoa(len(v.List))
	case ObjectValue:
		return "object of " + strconv.Itoa(len(v.Members))
	}
	return ""
}

func maskText(s string) string {
	rs := []rune(s)
	if len(rs) < 3 {
		return strings.Repeat("*", len(rs))
	}
	if !PlainText(s) {
		return strconv.Itoa(len(rs)) + " characters"
	}
	return string(rs[0]) + "***" + string(rs[len(rs)-1]) + " (" + strconv.Itoa(len(rs)) + " characters)"
}
