package records

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// places says where an operation's parameters are sent: in the path, in the query
// of a call without a body, or else in the body.
func (w *vendorsWriter) places(o *api.Operation, r api.Route, method string) (parameters []any, body any) {
	inBody := method == http.MethodPost || method == http.MethodPut
	var fields api.Fields
	for _, f := range o.Inputs() {
		switch {
		case strings.Contains(r.Path, "{"+f.Name+"}"), strings.Contains(r.Path, "{"+f.Name+"...}"):
			parameters = append(parameters, parameter(f, "path", r.Family))
		case inBody:
			fields = append(fields, f)
		default:
			parameters = append(parameters, parameter(f, "query", r.Family))
		}
	}
	if len(fields) == 0 {
		return parameters, nil
	}
	return parameters, requestBody(fields, w.component(r, "Request", inputObject(fields, 0)), r.Family)
}

// parameter describes a parameter of the path or the query. There the REST gateway
// reads lists as JSON, the own gateway also with commas.
func parameter(f api.Field, in string, family api.Family) object {
	p := object{{"name", f.Name}, {"in", in}}
	if text := both(f.Doc); text != "" {
		p.set("description", text)
	}
	if in == "path" || f.IsRequired() {
		p.set("required", true)
	}
	schema := inputSchema(f, 0)
	list := f.Kind == api.StringsKind || f.Kind == api.IntsKind
	switch {
	case list && family == api.OAPIFamily:
		p.set("style", "form")
		p.set("explode", false)
		p.set("schema", schema)
	case list, f.Kind == api.ObjectKind, f.Kind == api.ObjectsKind, f.Kind == api.AnyKind:
		p.set("content", object{{"application/json", object{{"schema", schema}}}})
	default:
		p.set("schema", schema)
	}
	return p
}

// requestBody describes a body: JSON, and on the own gateway also a form, in which
// lists have commas and objects are JSON.
func requestBody(fields api.Fields, schema object, family api.Family) object {
	required := false
	for _, f := range fields {
		required = required || f.IsRequired()
	}
	content := object{{"application/json", jsonMedia(fields, schema)}}
	if family == api.OAPIFamily {
		form := object{{"schema", schema}}
		encoding := object{}
		for _, f := range fields {
			switch f.Kind {
			case api.StringsKind, api.IntsKind:
				encoding.set(f.Name, object{{"style", "form"}, {"explode", false}})
			case api.ObjectKind, api.ObjectsKind, api.AnyKind:
				encoding.set(f.Name, object{{"contentType", "application/json"}})
			}
		}
		if len(encoding) > 0 {
			form.set("encoding", encoding)
		}
		content.set("application/x-www-form-urlencoded", form)
	}
	body := object{{"content", content}}
	if required {
		body.set("required", true)
	}
	return body
}

func jsonMedia(fields api.Fields, schema object) object {
	media := object{{"schema", schema}}
	if example := exampleOf(fields, 0); len(example) > 0 {
		media.set("example", example)
	}
	return media
}

// deepest is the deepest nesting that a schema shows.
const deepest = 8

func inputObject(fields api.Fields, depth int) object {
	return fieldsSchema(fields, depth, inputSchema, api.Field.IsRequired)
}

func outputObject(fields api.Fields, depth int) object {
	return fieldsSchema(fields, depth, outputSchema, api.Field.IsAlwaysWritten)
}

func fieldsSchema(fields api.Fields, depth int, schema func(api.Field, int) object, required func(api.Field) bool) object {
	properties, needed := object{}, []any{}
	for _, f := range fields {
		properties.set(f.Name, schema(f, depth))
		if required(f) {
			needed = append(needed, f.Name)
		}
	}
	s := object{{"type", "object"}, {"properties", properties}}
	if len(needed) > 0 {
		s.set("required", needed)
	}
	return s
}

// inputSchema is the schema of a parameter, with its limits.
func inputSchema(f api.Field, depth int) object {
	s := typeSchema(f, depth, inputObject)
	l := f.Limits()
	target := &s
	var items object
	if f.Kind == api.StringsKind || f.Kind == api.IntsKind {
		items, _ = s.get("items").(object)
		target = &items
		if f.IsRequired() {
			s.set("minItems", 1)
		}
	}
	switch {
	case f.Kind == api.StringKind && l.MinRunes > 1 && !l.OrEmpty:
		s.set("minLength", l.MinRunes)
	case f.Kind == api.StringKind && f.IsRequired():
		s.set("minLength", 1)
	}
	if l.MaxRunes > 0 {
		target.set("maxLength", l.MaxRunes)
	}
	if l.Bounded {
		target.set("minimum", l.Min)
		target.set("maximum", l.Max)
	}
	if len(l.Values) > 0 {
		target.set("enum", texts(l.Values))
	}
	if items != nil {
		s.replace("items", items)
	}
	if l.MaxItems > 0 {
		s.set("maxItems", l.MaxItems)
	}
	return described(s, f)
}

// outputSchema is the schema of a field of an answer.
func outputSchema(f api.Field, depth int) object {
	s := typeSchema(f, depth, outputObject)
	if f.IsText() {
		s = object{{"type", "string"}, {"contentMediaType", "application/json"}, {"contentSchema", s}}
	}
	return described(s, f)
}

func described(s object, f api.Field) object {
	if text := both(f.Doc); text != "" {
		s.set("description", text)
	}
	if f.IsText() {
		return s
	}
	if v, ok := example(f); ok {
		s.set("examples", []any{v})
	}
	return s
}

func typeSchema(f api.Field, depth int, nested func(api.Fields, int) object) object {
	children := func() object {
		if depth >= deepest {
			return object{{"type", "object"}}
		}
		return nested(f.Children(), depth+1)
	}
	array := func(items object) object { return object{{"type", "array"}, {"items", items}} }
	whole := object{{"type", "integer"}, {"format", "int64"}}
	switch f.Kind {
	case api.StringKind:
		return object{{"type", "string"}}
	case api.IntKind:
		return whole
	case api.BoolKind:
		return object{{"type", "boolean"}}
	case api.StringsKind:
		return array(object{{"type", "string"}})
	case api.IntsKind:
		return array(whole)
	case api.ObjectKind:
		return children()
	case api.ObjectsKind:
		return array(children())
	}
	return object{} // any JSON
}

// example returns the field's example as a value of its type.
func example(f api.Field) (any, bool) {
	if f.Sample == "" {
		return nil, false
	}
	switch f.Kind {
	case api.StringKind:
		return f.Sample, true
	case api.IntKind:
		n, err := strconv.ParseInt(f.Sample, 10, 64)
		return n, err == nil
	case api.BoolKind:
		b, err := strconv.ParseBool(f.Sample)
		return b, err == nil
	case api.StringsKind:
		if list := []string(nil); json.Unmarshal([]byte(f.Sample), &list) == nil {
			return texts(list), true
		}
		return texts(strings.Split(f.Sample, ",")), true
	case api.IntsKind:
		sample := f.Sample
		if !strings.HasPrefix(sample, "[") {
			sample = "[" + sample + "]"
		}
		var list []int64
		if json.Unmarshal([]byte(sample), &list) != nil {
			return nil, false
		}
		values := make([]any, len(list))
		for i, n := range list {
			values[i] = n
		}
		return values, true
	}
	v := json.RawMessage(f.Sample)
	return v, json.Valid(v)
}

// exampleOf is an object made of the examples of its fields.
func exampleOf(fields api.Fields, depth int) object {
	o := object{}
	for _, f := range fields {
		if v, ok := example(f); ok && !f.IsText() {
			o.set(f.Name, v)
			continue
		}
		if depth >= deepest {
			continue
		}
		inner := exampleOf(f.Children(), depth+1)
		switch {
		case len(inner) == 0:
		case f.IsText():
			var v any = inner
			if f.Kind == api.ObjectsKind {
				v = []any{inner}
			}
			o.set(f.Name, string(appendJSON(nil, v)))
		case f.Kind == api.ObjectsKind:
			o.set(f.Name, []any{inner})
		case f.Kind == api.ObjectKind:
			o.set(f.Name, inner)
		}
		if v := blank(f.Kind); v != nil && f.IsAlwaysWritten() {
			o.set(f.Name, v)
		}
	}
	return o
}

// blank is what an answer shows for a field without a value.
func blank(k api.Kind) any {
	switch k {
	case api.StringKind:
		return ""
	case api.IntKind:
		return 0
	case api.BoolKind:
		return false
	}
	return nil
}
