package api

import (
	"strconv"
	"strings"
)

// Reading says how liberally a gateway reads values. The zero value is strict
// JSON: a number is a number, a list is a list.
type Reading struct {
	Loose     bool // "20" is also a number, 20 also a text, "true" (any case) also a boolean
	JSONText  bool // a text beginning with [ or { is parsed as a list or object
	Bare      bool // a single value is read as a list of one
	CommaList bool // "2,3" is read as a list

	Version string // of the product, as the call names it; "" if the wire has none
}

// Bind fills the variables of fs from the members of args. It works in two
// passes: first it checks for missing parameters in the order of fs, then
// formats and rules in the same order
// (docs/spec/resource-directory.md#order-of-checks-in-an-operation). The error
// is an *ArgumentError; members that no field names are ignored.
func Bind(fs Fields, args Value, r Reading) error { return bind(fs, args, r, "") }

func bind(fs Fields, args Value, r Reading, path string) error {
	for i := range fs {
		if f := &fs[i]; f.required {
			if v, name := f.given(args, r); isEmpty(v) {
				return f.absent(path + name)
			}
		}
	}
	for i := range fs {
		f := &fs[i]
		v, name := f.given(args, r)
		if v.Kind == Absent || v.Kind == Null {
			continue
		}
		if err := f.read(v, r, path, name); err != nil {
			return err
		}
		if f.required && f.isEmptyList() { // "[]" in a text
			return f.absent(path + name)
		}
		if err := f.obey(v, path, name); err != nil {
			return err
		}
	}
	return nil
}

// bindWhole is bind for [Field.Whole]: the formats of all members come first,
// then those that are missing, then the rules, each in the order of fs.
func bindWhole(fs Fields, args Value, r Reading, path string) error {
	given, names := make([]Value, len(fs)), make([]string, len(fs))
	for i := range fs {
		given[i], names[i] = fs[i].given(args, r)
		if given[i].Kind == Absent || given[i].Kind == Null {
			continue
		}
		if err := fs[i].read(given[i], r, path, names[i]); err != nil {
			return err
		}
	}
	for i := range fs {
		if f := &fs[i]; f.required && (isEmpty(given[i]) || f.isEmptyList()) {
			return f.absent(path + names[i])
		}
	}
	for i := range fs {
		if given[i].Kind == Absent || given[i].Kind == Null {
			continue
		}
		if err := fs[i].obey(given[i], path, names[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *Field) absent(parameter string) error {
	return &ArgumentError{Parameter: parameter, Missing: true, Code: f.missing}
}

// obey checks the rules of a field that was read from v; name is its spelling
// in the request.
func (f *Field) obey(v Value, path, name string) error {
	for i := range f.rules {
		if r := &f.rules[i]; !r.holds(f) {
			return &ArgumentError{Parameter: path + name, Code: r.code, Rule: r.words(), Value: mask(v)}
		}
	}
	return nil
}

// isEmptyList reports whether an empty list was read.
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

// value finds the field's value under its own name or else under an alias, and
// returns that name. For an absent value it returns the field's own name.
func (f *Field) value(args Value) (v Value, name string) {
	if v = args.Get(f.Name); v.Kind != Absent {
		return v, f.Name
	}
	for _, alias := range f.Aliases {
		if v = args.Get(alias); v.Kind != Absent {
			return v, alias
		}
	}
	return v, f.Name
}

// given is value, but treats the text null in place of an object's JSON as
// absent: the vendor's curl samples send it
// (docs/spec/top.md#structured-parameters).
func (f *Field) given(args Value, r Reading) (v Value, name string) {
	v, name = f.value(args)
	if r.JSONText && (f.Kind == ObjectKind || f.Kind == ObjectsKind) && v.Kind == TextValue && strings.TrimSpace(v.Text) == "null" {
		v = Value{Kind: Null}
	}
	return v, name
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

func (f *Field) read(v Value, r Reading, path, name string) error {
	ok := false
	r.CommaList = r.CommaList || f.commas
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
			return bindWhole(f.object.create(), v, r, path+name+".")
		} else if ok {
			return bind(f.object.create(), v, r, path+name+".")
		}
	case ObjectsKind:
		return f.readObjects(v, r, path+name)
	case AnyKind:
		*f.ptr.(*Value), ok = v, true
	}
	if ok {
		return nil
	}
	return f.malformed(v, path+name)
}

func (f *Field) malformed(v Value, parameter string) error {
	return &ArgumentError{Parameter: parameter, Code: f.invalid, Rule: f.Kind.rule(), Value: mask(v)}
}

func (f *Field) readObjects(v Value, r Reading, parameter string) error {
	items, ok := listOf(v, r)
	if !ok {
		return f.malformed(v, parameter)
	}
	f.list.resize(len(items))
	for i, item := range items {
		item, ok := readObjectValue(item, r)
		if !ok {
			return f.malformed(v, parameter)
		}
		if err := bind(f.list.at(i), item, r, parameter+"["+strconv.Itoa(i)+"]."); err != nil {
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

// readInt accepts only decimal integers of 64 bits: 1.0, 1e3 and 2^63 are
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

// listOf returns v as a list under r
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

// rule says what every value of the kind must be.
func (k Kind) rule() Text {
	switch k {
	case StringKind:
		return Text{"须为不含控制字符的文本", "must be a text without control characters"}
	case IntKind:
		return Text{"须为 64 位整数", "must be a whole number of 64 bits"}
	case BoolKind:
		return Text{"须为 true 或 false", "must be true or false"}
	case StringsKind:
		return Text{"须为文本列表", "must be a list of texts"}
	case IntsKind:
		return Text{"须为整数列表", "must be a list of whole numbers"}
	case ObjectKind:
		return Text{"须为对象", "must be an object"}
	case ObjectsKind:
		return Text{"须为对象列表", "must be a list of objects"}
	}
	return Text{"须为 JSON 值", "must be a JSON value"}
}

// mask shows at most the first and last character of a value and its length.
func mask(v Value) Text {
	switch v.Kind {
	case TextValue, NumberValue:
		return maskText(v.Text)
	case BoolValue:
		return same(strconv.FormatBool(v.Bool))
	case ListValue:
		return Textf("%d 项的列表", "list of %d", len(v.List))
	case ObjectValue:
		return Textf("%d 个成员的对象", "object of %d", len(v.Members))
	}
	return Text{}
}

func maskText(s string) Text {
	rs := []rune(s)
	if len(rs) < 3 {
		return same(strings.Repeat("*", len(rs)))
	}
	if !PlainText(s) {
		return Textf("%d 个字符", "%d characters", len(rs))
	}
	return Textf("%c***%c（%d 个字符）", "%c***%c (%d characters)", rs[0], rs[len(rs)-1], len(rs))
}

// same returns a Text that is the same in both languages.
func same(text string) Text { return Text{text, text} }
