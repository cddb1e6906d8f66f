package records

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/api"
)

// shape is the form of a value: of a parameter, a body or an answer. What is sent
// is checked against it, and the OpenAPI document shows it.
type shape struct {
	is     shapeKind
	fields []field // of an object
	items  *shape  // of a list, and of an object with any keys
	values []string
	either []*shape // instead of is: what an anyShape may be
	format string   // date-time, binary
	name   string   // of the component that holds it in the document; "" is inline

	least, most int64  // bounds of a number; most 0: only the document shows least
	pattern     string // of a text, for the document: whoever reads it refuses others
	runes, size int    // most characters of a text, most entries of a list; 0: no limit
	number      bool   // a text that may be sent as a whole number, too
	nullable    bool
	// told means that somebody else tells what exceeds runes and size, is not one
	// of values, is null or missing: the document shows it, and nothing is refused
	// here.
	told   bool
	doc    api.Text
	sample any
}

type shapeKind uint8

const (
	textShape shapeKind = iota + 1
	wholeShape
	boolShape
	listShape
	objectShape
	mapShape // an object with any keys
	anyShape
)

// field is a member of an object.
type field struct {
	name     string
	required bool
	readOnly bool
	*shape
}

func text(doc api.Text) *shape  { return &shape{is: textShape, doc: doc} }
func whole(doc api.Text) *shape { return &shape{is: wholeShape, doc: doc} }

// anID is an id of any kind: some are numbers in objects, and all are texts in
// what speaks of several kinds.
func anID(doc api.Text) *shape   { return &shape{is: textShape, number: true, doc: doc} }
func truth(doc api.Text) *shape  { return &shape{is: boolShape, doc: doc} }
func moment(doc api.Text) *shape { return &shape{is: textShape, format: "date-time", doc: doc} }

// binary is a file. Clients that are generated from the document hand it over as it is.
func binary(doc api.Text) *shape { return &shape{is: textShape, format: "binary", doc: doc} }
func list(items *shape, doc api.Text) *shape {
	return &shape{is: listShape, items: items, doc: doc}
}
func members(fields ...field) *shape { return &shape{is: objectShape, fields: fields} }
func mapOf(items *shape, doc api.Text) *shape {
	return &shape{is: mapShape, items: items, doc: doc}
}

func (s *shape) named(name string) *shape      { s.name = name; return s }
func (s *shape) oneOf(values ...string) *shape { s.values = values; return s }
func (s *shape) from(least, most int64) *shape { s.least, s.most = least, most; return s }
func (s *shape) positive() *shape              { s.least = 1; return s }
func (s *shape) like(pattern string) *shape    { s.pattern = pattern; return s }

// suggested is oneOf for the document only: whoever reads the text refuses others.
func (s *shape) suggested(values ...string) *shape { s.values, s.told = values, true; return s }
func (s *shape) upTo(runesOrEntries int) *shape {
	s.runes, s.size = runesOrEntries, runesOrEntries
	return s
}
func (s *shape) example(v any) *shape          { s.sample = v; return s }
func (s *shape) orNull() *shape                { s.nullable = true; return s }
func (s *shape) described(doc api.Text) *shape { c := *s; c.doc = doc; return &c }
func optional(name string, s *shape) field     { return field{name: name, shape: s} }
func required(name string, s *shape) field     { return field{name: name, required: true, shape: s} }

// schema is the shape in JSON Schema. Components are entered in c.
func (s *shape) schema(c *components) object {
	if s.name == "" {
		return s.inline(c)
	}
	c.enter(s.name, func() object { return s.inline(c) })
	return reference("schemas", s.name)
}

func (s *shape) inline(c *components) object {
	o := object{}
	if s.number {
		o.set("type", []any{"string", "integer"})
	} else if word := jsonTypes[s.is]; word != "" && s.nullable {
		o.set("type", []any{word, "null"})
	} else if word != "" {
		o.set("type", word)
	}
	switch s.is {
	case wholeShape:
		o.set("format", "int64")
	case listShape:
		o.set("items", s.items.schema(c))
	case mapShape:
		o.set("additionalProperties", s.items.schema(c))
	case objectShape:
		s.inlineObject(c, &o)
	}
	if s.format != "" {
		o.set("format", s.format)
	}
	if s.pattern != "" {
		o.set("pattern", s.pattern)
	}
	if len(s.either) > 0 {
		var list []any
		for _, other := range s.either {
			list = append(list, other.schema(c))
		}
		o.set("anyOf", list)
	}
	if len(s.values) > 0 {
		o.set("enum", texts(s.values))
	}
	if s.is == wholeShape && (s.least != 0 || s.most > 0) {
		o.set("minimum", s.least)
	}
	if s.is == wholeShape && s.most > 0 {
		o.set("maximum", s.most)
	}
	if s.is == textShape && s.runes > 0 {
		o.set("maxLength", s.runes)
	}
	if s.is == listShape && s.size > 0 {
		o.set("maxItems", s.size)
	}
	if text := both(s.doc); text != "" {
		o.set("description", text)
	}
	if s.sample != nil {
		o.set("examples", []any{s.sample})
	}
	return o
}

var jsonTypes = map[shapeKind]string{
	textShape: "string", wholeShape: "integer", boolShape: "boolean", listShape: "array", objectShape: "object", mapShape: "object",
}

func (s *shape) inlineObject(c *components, o *object) {
	properties, needed := object{}, []any{}
	for _, f := range s.fields {
		p := f.shape.schema(c)
		if f.readOnly {
			p.set("readOnly", true)
		}
		properties.set(f.name, p)
		if f.required {
			needed = append(needed, f.name)
		}
	}
	o.set("properties", properties)
	if len(needed) > 0 {
		o.set("required", needed)
	}
	o.set("additionalProperties", false)
}

// check returns every way in which a value of a body differs from the shape.
func (s *shape) check(v api.Value, path string) (wrong []Detail) {
	if v.Kind == api.Null && (s.nullable || s.told && s.is != objectShape || s.is == anyShape) {
		return nil
	}
	refuse := func(code string, t api.Text) []Detail {
		return []Detail{{Parameter: path, code: code, Message: t}}
	}
	if s.number && v.Kind == api.NumberValue {
		return whole(s.doc).check(v, path)
	}
	if want, ok := valueKinds[s.is]; ok && v.Kind != want {
		return refuse(invalidParameter, typeText(s.is))
	}
	switch s.is {
	case wholeShape:
		n, err := strconv.ParseInt(v.Text, 10, 64)
		if err != nil {
			return refuse(invalidParameter, typeText(wholeShape))
		}
		if s.most > 0 && (n < s.least || n > s.most) {
			return refuse(invalidParameter, api.NumberFrom(s.least, s.most))
		}
	case textShape:
		if t := s.refusedText(v.Text); !t.IsZero() {
			return refuse(invalidParameter, t)
		}
	case listShape:
		if s.size > 0 && !s.told && len(v.List) > s.size {
			return refuse(invalidParameter, api.MostEntries(s.size))
		}
		for i, item := range v.List {
			wrong = append(wrong, s.items.check(item, path+"["+strconv.Itoa(i)+"]")...)
		}
	case mapShape:
		for _, m := range v.Members {
			wrong = append(wrong, s.items.check(m.Value, join(path, m.Name))...)
		}
	case objectShape:
		return s.checkObject(v, path)
	}
	return wrong
}

var valueKinds = map[shapeKind]api.ValueKind{
	textShape: api.TextValue, wholeShape: api.NumberValue, boolShape: api.BoolValue,
	listShape: api.ListValue, objectShape: api.ObjectValue, mapShape: api.ObjectValue,
}

func (s *shape) checkObject(v api.Value, path string) (wrong []Detail) {
	for _, m := range v.Members {
		i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == m.Name })
		if i < 0 {
			wrong = append(wrong, Detail{Parameter: join(path, m.Name), code: unknownParameter, Message: noSuchKey})
			continue
		}
		wrong = append(wrong, s.fields[i].check(m.Value, join(path, m.Name))...)
	}
	for _, f := range s.fields {
		if f.required && !s.told && v.Get(f.name).Kind == api.Absent {
			wrong = append(wrong, Detail{Parameter: join(path, f.name), code: invalidParameter, Message: mustBeGiven})
		}
	}
	return wrong
}

// refusedText says why a text is not of the shape, or nothing.
func (s *shape) refusedText(text string) api.Text {
	switch {
	case len(s.values) > 0 && !s.told && !slices.Contains(s.values, text):
		return api.Textf("只能是 %s 之一", "one of %s", strings.Join(s.values, ", "))
	case s.format == "date-time":
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return api.Text{Zh: "RFC 3339 时间，如 2026-11-29T08:00:00Z", En: "a time of RFC 3339, like 2026-11-29T08:00:00Z"}
		}
	case s.runes > 0 && !s.told && utf8.RuneCountInString(text) > s.runes:
		return api.Textf("最多 %d 个字符", "at most %d characters", s.runes)
	}
	return api.Text{}
}

// parse reads a text of the path or the query as a value of the shape.
func (s *shape) parse(text string) api.Value {
	switch s.is {
	case wholeShape:
		return api.Value{Kind: api.NumberValue, Text: text}
	case boolShape:
		if text == "true" || text == "false" {
			return api.Value{Kind: api.BoolValue, Bool: text == "true"}
		}
	}
	return api.TextOf(text)
}

func join(path, name string) string {
	name = api.Clip(name, 64)
	if path == "" {
		return name
	}
	return path + "." + name
}

func typeText(k shapeKind) api.Text {
	switch k {
	case textShape:
		return api.Text{Zh: "须为文本", En: "must be a text"}
	case wholeShape:
		return api.Text{Zh: "须为 64 位整数", En: "must be an integer of 64 bits"}
	case boolShape:
		return api.Text{Zh: "须为 true 或 false", En: "must be true or false"}
	case listShape:
		return api.Text{Zh: "须为数组", En: "must be an array"}
	}
	return api.Text{Zh: "须为 JSON 对象", En: "must be a JSON object"}
}

var (
	noSuchKey   = api.Text{Zh: "没有这个键；请对照 /mingce/v1/openapi.json 更正或去掉它", En: "there is no such key; correct it as /mingce/v1/openapi.json says, or leave it out"}
	mustBeGiven = api.Text{Zh: "须给出", En: "must be given"}
)
