package api

import "github.com/mingce/mingce/internal/directory"

// Kind is the type of a field as its documentation names it.
type Kind uint8

const (
	StringKind Kind = iota
	IntKind
	BoolKind
	StringsKind
	IntsKind
	ObjectKind
	ObjectsKind
	AnyKind
)

// Fields is an ordered list of fields; the order is the wire's.
type Fields []Field

// Field binds a name of the wire to a variable, as the standard package flag
// does. The same declaration reads a request and writes an answer.
type Field struct {
	Name    string
	Aliases []string // other spellings that are read but never written
	Kind    Kind
	Doc     Text
	Sample  string // an example value in the form the vendor's page shows

	ptr      any // *string, **string, *int64, **int64, *bool, **bool, *[]string, *[]int64, *Value
	optional bool
	object   objectPtr
	list     listPtr

	item      string // element name of a list in XML and in TOP's JSON wrappers
	asText    bool   // written as a string that holds JSON
	omitEmpty bool
	personal  bool // masked wherever it is shown outside the vendor's API
	body      bool
	whole     bool
	brings    directory.Field
	opaque    bool
	commas    bool

	required bool
	missing  *Code
	invalid  *Code
	rules    []rule
	limits   Limits
}

// Limits are the bounds of a field, for pages and tests.
type Limits struct {
	MinRunes, MaxRunes int
	OrEmpty            bool // "" is allowed whatever MinRunes says
	Min, Max           int64
	Bounded            bool // Min and Max apply
	MaxItems           int
	Values             []string // the enumeration
}

type objectPtr interface {
	fields() (Fields, bool) // false: an optional object that is not set
	create() Fields
}

type listPtr interface {
	length() int
	isNil() bool
	resize(n int)
	at(i int) Fields   // to be read
	show(i int) Fields // to be written; valid until the next call
	vary()
}

// String declares a text that is "" when absent.
func String(name string, p *string) Field { return Field{Name: name, Kind: StringKind, ptr: p} }

// OptString declares a text whose absence differs from "".
func OptString(name string, p **string) Field {
	return Field{Name: name, Kind: StringKind, ptr: p, optional: true}
}

// Int declares a 64-bit integer that is 0 when absent.
func Int(name string, p *int64) Field { return Field{Name: name, Kind: IntKind, ptr: p} }

// OptInt declares a 64-bit integer whose absence differs from 0.
func OptInt(name string, p **int64) Field {
	return Field{Name: name, Kind: IntKind, ptr: p, optional: true}
}

// Bool declares a boolean that is false when absent.
func Bool(name string, p *bool) Field { return Field{Name: name, Kind: BoolKind, ptr: p} }

// OptBool declares a boolean whose absence differs from false.
func OptBool(name string, p **bool) Field {
	return Field{Name: name, Kind: BoolKind, ptr: p, optional: true}
}

// Strings declares a list of texts. A nil slice is absent, an empty one is an empty list.
func Strings(name string, p *[]string) Field {
	return Field{Name: name, Kind: StringsKind, ptr: p, item: "string"}
}

// Ints declares a list of 64-bit integers. A nil slice is absent, an empty one is an empty list.
func Ints(name string, p *[]int64) Field {
	return Field{Name: name, Kind: IntsKind, ptr: p, item: "number"}
}

// Any declares a value of any JSON shape.
func Any(name string, p *Value) Field { return Field{Name: name, Kind: AnyKind, ptr: p} }

// Object declares a nested object that is always written.
func Object[T any](name string, p *T, fields func(*T) Fields) Field {
	return Field{Name: name, Kind: ObjectKind, object: &object[T]{p: p, f: fields}}
}

// OptObject declares a nested object that may be absent (nil).
func OptObject[T any](name string, p **T, fields func(*T) Fields) Field {
	return Field{Name: name, Kind: ObjectKind, object: optObject[T]{p, fields}, optional: true}
}

// Objects declares a list of objects. A nil slice is absent, an empty one is an empty list.
func Objects[T any](name string, p *[]T, fields func(*T) Fields) Field {
	return Field{Name: name, Kind: ObjectsKind, list: &objects[T]{p: p, f: fields}, item: "object"}
}

// object keeps its declaration, because its variable never moves.
type object[T any] struct {
	p    *T
	f    func(*T) Fields
	once Fields
}

func (o *object[T]) fields() (Fields, bool) { return o.create(), true }

func (o *object[T]) create() Fields {
	if o.once == nil {
		o.once = o.f(o.p)
	}
	return o.once
}

type optObject[T any] struct {
	p **T
	f func(*T) Fields
}

func (o optObject[T]) fields() (Fields, bool) {
	if *o.p == nil {
		return nil, false
	}
	return o.f(*o.p), true
}
func (o optObject[T]) create() Fields { *o.p = new(T); return o.f(*o.p) }

// objects copies its elements one after the other into one variable, so that
// all share one declaration.
type objects[T any] struct {
	p      *[]T
	f      func(*T) Fields
	shown  T
	fields Fields
	varied bool
}

func (o *objects[T]) length() int     { return len(*o.p) }
func (o *objects[T]) isNil() bool     { return *o.p == nil }
func (o *objects[T]) resize(n int)    { *o.p = make([]T, n) }
func (o *objects[T]) at(i int) Fields { return o.f(&(*o.p)[i]) }

func (o *objects[T]) vary() { o.varied = true }

func (o *objects[T]) show(i int) Fields {
	o.shown = (*o.p)[i]
	if o.fields == nil || o.varied {
		o.fields = o.f(&o.shown)
	}
	return o.fields
}

// Alias adds spellings that are read as well; the field's own name wins.
func (f Field) Alias(names ...string) Field { f.Aliases = names; return f }

// Describe sets the prose shown on pages.
func (f Field) Describe(zh, en string) Field { f.Doc = Text{zh, en}; return f }

// Describef is Describe with figures; see [Textf].
func (f Field) Describef(zh, en string, figures ...any) Field {
	f.Doc = Textf(zh, en, figures...)
	return f
}

// Example sets the example value shown on pages.
func (f Field) Example(s string) Field { f.Sample = s; return f }

// Item sets the name of a list's elements in XML and in TOP's JSON wrappers.
func (f Field) Item(name string) Field { f.item = name; return f }

// Varied declares the fields anew for each element of a list, because they
// depend on the element.
func (f Field) Varied() Field { f.list.vary(); return f }

// AsText writes the value as a string that holds its JSON (dingtalk.corp.ext.list).
func (f Field) AsText() Field { f.asText = true; return f }

// OmitEmpty leaves the field out of an answer when it is "", 0, false or an empty list.
func (f Field) OmitEmpty() Field { f.omitEmpty = true; return f }

// Personal marks a phone number or mail address: it is masked outside the vendor's API.
func (f Field) Personal() Field { f.personal = true; return f }

// Brings says which field of the core the parameter carries, so that the core's
// errors about the field name the parameter.
func (f Field) Brings(field directory.Field) Field { f.brings = field; return f }

// Body marks the field that a REST body fills if it is a bare array.
func (f Field) Body() Field { f.body = true; return f }

// Opaque marks an object that the vendor's TOP gateway does not parse: errors
// inside have the codes of the service behind it.
func (f Field) Opaque() Field { f.opaque = true; return f }

// CommaList reads a text as a list of what stands between its commas, also
// where the gateway does not.
func (f Field) CommaList() Field { f.commas = true; return f }

// Whole checks all members of an object for form, then for presence, then for
// rules. Without it, each member is checked completely before the next.
func (f Field) Whole() Field { f.whole = true; return f }

// Required refuses an absent, null or empty value with code; nil means the
// code of the gateway's family for a missing parameter.
func (f Field) Required(code *Code) Field { f.required, f.missing = true, code; return f }

// Invalid sets the code of a value that cannot be read as the field's type.
func (f Field) Invalid(code *Code) Field { f.invalid = code; return f }

// Runes bounds the length of a text in characters.
func (f Field) Runes(least, most int, code *Code) Field {
	f.limits.MinRunes, f.limits.MaxRunes = least, most
	return f.rule(rule{kind: lengthRule, code: code, least: int64(least), most: int64(most)})
}

// RunesIfAny bounds the length of a text unless it is "".
func (f Field) RunesIfAny(least, most int, code *Code) Field {
	f = f.Runes(least, most, code)
	f.rules[len(f.rules)-1].orEmpty = true
	f.limits.OrEmpty = true
	return f
}

// Range bounds a number.
func (f Field) Range(least, most int64, code *Code) Field {
	f.limits.Min, f.limits.Max, f.limits.Bounded = least, most, true
	return f.rule(rule{kind: rangeRule, code: code, least: least, most: most})
}

// UpTo raises the upper bound of the preceding Range to the value of p when the
// rule is checked.
func (f Field) UpTo(p *int64) Field {
	f.rules[len(f.rules)-1].upTo = p
	return f
}

// MaxItems bounds the length of a list.
func (f Field) MaxItems(most int, code *Code) Field {
	f.limits.MaxItems = most
	return f.rule(rule{kind: itemsRule, code: code, most: int64(most)})
}

// OneOf allows only the listed values; for a list, only lists of them.
func (f Field) OneOf(code *Code, values ...string) Field {
	f.limits.Values = values
	return f.rule(rule{kind: enumRule, code: code, values: values})
}

// Check adds a rule of the operation's own, described by text.
func (f Field) Check(code *Code, text Text, ok func() bool) Field {
	return f.rule(rule{kind: ownRule, code: code, text: text, ok: ok})
}

func (f Field) rule(r rule) Field {
	f.rules = append(f.rules[:len(f.rules):len(f.rules)], r)
	return f
}

// Limits returns the bounds declared for the field.
func (f Field) Limits() Limits { return f.limits }

// IsRequired reports whether the field must be present and not empty.
func (f Field) IsRequired() bool { return f.required }

// IsOpaque reports whether the field is [Field.Opaque].
func (f Field) IsOpaque() bool { return f.opaque }

// IsText reports whether the value is written as a text that holds its JSON.
func (f Field) IsText() bool { return f.asText }

// IsAlwaysWritten reports whether every answer has the field.
func (f Field) IsAlwaysWritten() bool {
	switch f.Kind {
	case StringKind, IntKind, BoolKind, ObjectKind:
		return !f.optional && !f.omitEmpty
	}
	return false
}

// IsPersonal reports whether the field holds a phone number or mail address.
func (f Field) IsPersonal() bool { return f.personal }

// Children returns the fields of a nested object or of a list's elements; nil for other kinds.
func (f Field) Children() Fields {
	switch {
	case f.object != nil:
		return f.object.create()
	case f.list != nil:
		f.list.resize(1)
		fs := f.list.at(0)
		return fs
	}
	return nil
}

// Codes returns the codes that reading this field and its children can answer.
func (f Field) Codes() []*Code {
	var cs []*Code
	for _, c := range []*Code{f.missing, f.invalid} {
		if c != nil {
			cs = append(cs, c)
		}
	}
	for _, r := range f.rules {
		if r.code != nil {
			cs = append(cs, r.code)
		}
	}
	for _, c := range f.Children() {
		cs = append(cs, c.Codes()...)
	}
	return cs
}

// Rules returns the rules of this field and its children, as ArgumentError gives
// them.
func (f Field) Rules() []Text {
	words := []Text{f.Kind.rule()}
	for i := range f.rules {
		words = append(words, f.rules[i].words())
	}
	for _, c := range f.Children() {
		words = append(words, c.Rules()...)
	}
	return words
}
